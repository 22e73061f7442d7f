import type { WorkflowInterceptors } from '@temporalio/workflow';
import { wakeSignal } from './messages.ts';

/**
 * Of the signals in one activation one is kept, and whatever its name it becomes a wake without arguments: thousands
 * cost as much as one, and their content is never read. In the SDK alone, ten thousand waiting signals end the worker,
 * and one with a reserved name, or with arguments that cannot be decoded, stops its workflow permanently.
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
