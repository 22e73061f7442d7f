import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow';
import type { LotStage } from '../domain/stages.ts';
import { onDecision, oneAtATime } from './decisions.ts';
import {
  grievanceStateQuery,
  lotWorkflowId,
  procurementWorkflowId,
  recountedSignal,
  resumeSignal,
  suspendSignal,
  type GrievanceInput,
} from './messages.ts';
import { StatutoryWait } from './statutory-wait.ts';
import { tell } from './tell.ts';

/** An objection (异议) or a query (质疑): filed, suspends where the law says so, replied to or overdue, resumed. */
export async function grievance(input: GrievanceInput): Promise<void> {
  const activities = oneAtATime();
  const { grievanceId, procurementId, lotNo } = input;
  const target = lotNo === 0 ? procurementWorkflowId(procurementId) : lotWorkflowId(procurementId, lotNo);
  let state: 'filed' | 'overdue' | 'replied' = 'filed';
  let lotStage: LotStage | null = null;
  const wait = new StatutoryWait(input.clock);
  wait.moveTo(input.replyOverdueAt);

  setHandler(grievanceStateQuery, () => ({ stage: state, until: wait.until }));
  setHandler(recountedSignal, () => wait.askAgain());
  onDecision(
    'reply',
    () => ({}),
    async (decisionId) => {
      ({ lotStage } = await activities.reply({ decisionId }));
      state = 'replied';
      wait.cancel();
    },
  );

  await tell(target, suspendSignal, { grievanceId });

  // The filing itself stopped the clock, in its own transaction; it stands still until the reply, however late.
  const asked = await wait.thenAct(() => activities.replyOverdue({ grievanceId }));
  // Begun anew from the database after the reply (`kaibiao rebuild`): what is left is to tell of it.
  if (asked !== 'cancelled' && asked.replied) {
    state = 'replied';
    ({ lotStage } = asked.replied);
  }
  // A reply may have come while the database was asked whether it is overdue.
  if (state === 'filed') state = 'overdue';
  await condition(() => state === 'replied');

  await tell(target, resumeSignal, { grievanceId, lotStage });
  await condition(allHandlersFinished);
}
