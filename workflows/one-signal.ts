import type { WorkflowInterceptors } from '@temporalio/workflow';
import { wakeSignal } from './messages.ts';

/**
 * Of the signals that come together one is left, and whatever its name it is a wake without arguments: thousands cost as
 * much as one, and nothing that somebody put into one is ever looked at. Left to the SDK, ten thousand that waited for a
 * worker end it, and one with a reserved name, or with arguments that cannot be decoded, stops its workflow for good.
 */
export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      activate(input, next) {
        const jobs = input.activation.jobs ?? [];
        let first = true;
        input.activation.jobs = jobs.filter(({ signalWorkflow }) => {
          if (!signalWorkflow) return true;
          if (!first) return false;
          first = false;
          signalWorkflow.signalName = wakeSignal.name;
          signalWorkflow.input = [];
          return true;
        });
        next(input);
      },
    },
  ],
});
