import { CancellationScope, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Advancing, Turn } from '../activities/turn.ts';
import { isFailure, local } from './local.ts';
import { stateQuery, type Carried, type WorkflowState } from './messages.ts';
import { Pace, Wakes } from './pace.ts';
import { note } from './search-attributes.ts';

const { advance } = local<Advancing>();

/**
 * Carries one subject to its end: asks the database what is due and what comes next, waits for that or for a wake, and
 * asks again. It knows nothing itself, so that no message, outage or fault can lead it astray: it cannot be cancelled,
 * no failure ends it, and an answer that it does not know fails its task, which waits for a newer worker.
 */
export async function carry(): Promise<void> {
  // Not from the input, which anybody who starts a workflow could misstate.
  const subject = workflowInfo().workflowId;
  let state: WorkflowState | null = null;
  setHandler(stateQuery, () => state);
  const wakes = new Wakes();
  const ask = async (): Promise<Turn | null> => {
    const turn = await orNull(advance({ subject }));
    if (turn === null) return null;
    state = { stage: turn.stage, until: turn.then === 'wait' ? turn.until : null };
    note(state);
    return turn;
  };
  await CancellationScope.nonCancellable(async () => {
    while ((await untilEnded(wakes, ask)) === 'full') {
      await continueAsNew<(carried: Carried) => Promise<void>>({ subject });
    }
  });
}

/**
 * Asks until the answer is that nothing is left to be done, or this run is full; null: it could not be answered.
 * @param given ends it too, as if that had been the answer
 */
export async function untilEnded(
  wakes: Wakes,
  ask: () => Promise<Turn | null>,
  given: () => boolean = () => false,
): Promise<'ended' | 'full'> {
  for (const pace = new Pace(wakes); !given();) {
    if (wakes.isRunFull() && (await wakes.areQuiet())) return 'full';
    await pace.turn();
    const turn = await ask();
    if (turn === null) {
      await pace.restAfterFault(given);
      continue;
    }
    switch (turn.then) {
      case 'wait':
        await pace.rest(turn.wakeAtMs, given);
        break;
      case 'ended':
        // Somebody may have acted after the answer was given and before it was heard.
        if (!pace.isWoken) return 'ended';
        break;
      default:
        throw unknownAnswer(turn);
    }
  }
  return 'ended';
}

/** A fault is a reason to ask later, never one to end. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
}

/** Fails the task, not the workflow: a worker of the version that gave the answer takes the task in the end. */
export const unknownAnswer = (answer: never): Error =>
  new Error(`an answer for a newer worker: ${JSON.stringify(answer)}`);
