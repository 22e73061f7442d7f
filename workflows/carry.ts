import { CancellationScope, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Advancing, Turn } from '../activities/turn.ts';
import { isFailure, local } from './local.ts';
import { stateQuery, type Carried, type WorkflowState } from './messages.ts';
import { Pace, Wakes } from './pace.ts';
import { note } from './search-attributes.ts';

const { advance } = local<Advancing>();

/**
 * Runs one subject to its end: queries the database for what is due and what comes next, waits for that or for a wake,
 * and queries again. It holds no state of its own, so that no message, outage or failure can mislead it: it cannot be
 * cancelled, no failure ends it, and an unknown answer fails its task, which waits for a newer worker.
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
 * Queries until nothing is left to be done, or this run is full; null: the query failed.
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
        // A wake may have arrived after the answer was given and before it was received.
        if (!pace.isWoken) return 'ended';
        break;
      default:
        throw unknownAnswer(turn);
    }
  }
  return 'ended';
}

/** A failure delays the query and never ends the workflow. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
}

/** Fails the task, not the workflow: a worker of the version that gave the answer will take the task. */
export const unknownAnswer = (answer: never): Error =>
  new Error(`an answer for a newer worker: ${JSON.stringify(answer)}`);
