import { ActivityFailure, ApplicationFailure, proxyLocalActivities, setHandler } from '@temporalio/workflow';
import type { TenderActivities } from '../activities/index.ts';
import { DECISION_STAGES, type DecisionKind } from '../domain/decisions.ts';
import {
  LOT_TRANSITIONS,
  mayReach,
  PROCUREMENT_TRANSITIONS,
  type LotStage,
  type ProcurementStage,
} from '../domain/stages.ts';
import { decisionUpdate, type DecisionMessage } from './messages.ts';

/** Local, since each is one short transaction: no round trip to the server stands between an instant and its act. */
const local = proxyLocalActivities<TenderActivities>({
  startToCloseTimeout: '60s',
  // A failure that is nobody's fault is tried for ever.
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '30s' },
  localRetryThreshold: '10s',
});

/**
 * What one workflow asks for, one after the other in the order of asking. Two local activities that ran at once may end
 * in one order and be replayed in another; a workflow whose worker had died could then never go on.
 */
export function oneAtATime(): TenderActivities {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (run: (input: never) => Promise<unknown>) => (input: never) => {
    const turn = last.then(() => run(input));
    last = turn.catch(() => undefined);
    return turn;
  };
  return new Proxy(local, {
    get: (_, name) => inTurn(local[name as keyof TenderActivities]),
  });
}

/**
 * Takes decisions of one kind as Updates. Its validator refuses at once what no later stage will allow; the activity,
 * in its transaction, refuses what only the facts can show.
 */
export function onDecision(
  kind: DecisionKind,
  stage: () => { procurement?: ProcurementStage; lot?: LotStage },
  act: (decisionId: string) => Promise<void>,
): void {
  setHandler(
    decisionUpdate(kind),
    async ({ decisionId }: DecisionMessage) => {
      try {
        await act(decisionId);
      } catch (error) {
        if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure) throw error.cause;
        throw error;
      }
    },
    { validator: (_message: DecisionMessage) => refuseOutOfStage(kind, stage()) },
  );
}

/**
 * The stage in which a decision is taken was judged by the database when it stored it, and is judged again by the
 * activity. After a fault the workflow may know less than the database, so that it refuses only what can come no more.
 */
function refuseOutOfStage(kind: DecisionKind, now: { procurement?: ProcurementStage; lot?: LotStage }): void {
  const allowed = DECISION_STAGES[kind];
  const { procurement, lot } = now;
  if (allowed.procurement && procurement && !mayReach(PROCUREMENT_TRANSITIONS, procurement, allowed.procurement)) {
    throw outOfStage(kind, procurement, allowed.procurement);
  }
  if (allowed.lot && lot && !mayReach(LOT_TRANSITIONS, lot, allowed.lot)) throw outOfStage(kind, lot, allowed.lot);
}

function outOfStage(kind: DecisionKind, stage: string, allowed: readonly string[]): ApplicationFailure {
  const { law, article } = DECISION_STAGES[kind];
  const messageZh = `当前阶段（${stage}）不能作出该决定（${kind}）：${law}第${article}条`;
  const messageEn = `This decision (${kind}) cannot be taken at stage ${stage}: ${law} art. ${article}`;
  return ApplicationFailure.create({
    message: `${messageZh} / ${messageEn}`,
    type: 'stage-conflict',
    nonRetryable: true,
    details: [{ messageZh, messageEn, details: { stage, allowed, law, article } }],
  });
}
