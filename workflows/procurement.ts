import {
  allHandlersFinished,
  condition,
  executeChild,
  ParentClosePolicy,
  setHandler,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { ProcurementStage } from '../domain/stages.ts';
import { onDecision, oneAtATime } from './decisions.ts';
import { lot } from './lot.ts';
import { opening } from './opening.ts';
import {
  lotWorkflowId,
  openingWorkflowId,
  procurementStateQuery,
  recountedSignal,
  resumeSignal,
  searchAttributesOf,
  suspendSignal,
  terminatedSignal,
  type ProcurementInput,
} from './messages.ts';
import { noteNextDeadline, noteStage } from './search-attributes.ts';
import { StatutoryWait } from './statutory-wait.ts';
import { tell } from './tell.ts';

/** A procurement (采购项目), from its launch to the end of its last lot. */
export async function procurement(input: ProcurementInput): Promise<void> {
  const activities = oneAtATime();
  const { procurementId } = input;
  let stage: ProcurementStage = 'launched';
  let wait = new StatutoryWait(input.clock, noteNextDeadline);
  let lots: readonly number[] = [];
  let starting = false;
  let ended = false;
  let unsealing = false;
  const terminated = () => ended;
  // Begun anew from the database (`kaibiao rebuild`), it learns only from there that all is over.
  const findTerminated = (found: ProcurementStage) => {
    if (found !== 'terminated') return;
    ended = true;
    stage = found;
  };

  setHandler(procurementStateQuery, () => ({ stage, until: wait.until }));
  // Which clock a grievance stops, if any, is the law's and the database's to say.
  setHandler(suspendSignal, () => wait.askAgain());
  setHandler(resumeSignal, ({ grievanceId }) => wait.resume(grievanceId));
  setHandler(recountedSignal, () => wait.askAgain());
  onDecision(
    'amend',
    () => ({ procurement: stage }),
    async (decisionId) => {
      const { bidDeadline } = await activities.amend({ decisionId });
      wait.moveTo(bidDeadline);
    },
  );
  onDecision(
    'terminate',
    () => ({ procurement: stage }),
    async (decisionId) => {
      await activities.terminate({ decisionId });
      ended = true;
      stage = 'terminated';
      wait.cancel();
      await condition(() => !starting);
      if (unsealing) await tell(openingWorkflowId(procurementId), terminatedSignal);
      await Promise.all(lots.map((lotNo) => tell(lotWorkflowId(procurementId, lotNo), terminatedSignal)));
    },
  );
  onDecision(
    'duty',
    () => ({ procurement: stage }),
    async (decisionId) => {
      await activities.perform({ decisionId });
      wait.askAgain();
    },
  );

  // 招标公告: the tender notice, at the instant it was announced for.
  wait.moveTo(input.noticeAt);
  const published = await wait.thenAct(() => activities.publishTender({ procurementId }));
  if (published !== 'cancelled') findTerminated(published.stage);
  if (published !== 'cancelled' && !terminated()) {
    stage = published.stage;
    noteStage(stage);
    wait.moveTo(published.bidDeadline);

    // 投标截止与开标: bids close and are opened at the same instant (招标投标法 34, 财政部令87号 39).
    let closed = await wait.thenAct(() => activities.closeAndOpen({ procurementId }));
    // Sealed to custodians they are opened by a workflow of their own, and evaluated when it has ended.
    while (closed !== 'cancelled' && closed.stage === 'opening' && !terminated()) {
      stage = closed.stage;
      noteStage(stage);
      wait.moveTo(null);
      unsealing = true;
      await executeChild(opening, {
        workflowId: openingWorkflowId(procurementId),
        parentClosePolicy: ParentClosePolicy.ABANDON,
        workflowIdReusePolicy: WorkflowIdReusePolicy.TERMINATE_IF_RUNNING,
        args: [{ procurementId, clock: input.clock }],
      });
      unsealing = false;
      wait.askAgain();
      closed = await wait.thenAct(() => activities.closeAndOpen({ procurementId }));
    }
    if (closed !== 'cancelled') findTerminated(closed.stage);
    if (closed !== 'cancelled' && !terminated()) {
      stage = closed.stage;
      if (closed.pauseMs) await condition(terminated, closed.pauseMs);
    }
    if (closed !== 'cancelled' && !terminated()) {
      noteStage(stage);
      wait.moveTo(null);

      // 评标 … 合同: each lot goes its own way; one that had too few bidders is stopped already.
      starting = true;
      const children = await Promise.all(
        closed.lots.map((lotNo) => {
          const stage = closed.lotStages?.[lotNo] ?? 'evaluation';
          return startChild(lot, {
            workflowId: lotWorkflowId(procurementId, lotNo),
            parentClosePolicy: ParentClosePolicy.ABANDON,
            // One that runs was left behind by a run of this workflow that was ended by hand: nobody waits for it.
            workflowIdReusePolicy: WorkflowIdReusePolicy.TERMINATE_IF_RUNNING,
            typedSearchAttributes: searchAttributesOf(stage, input),
            args: [{ ...pinned(input), lotNo, stage }],
          });
        }),
      );
      lots = closed.lots;
      starting = false;
      await Promise.all(children.map((child) => child.result()));
    }
  }

  await condition(allHandlersFinished);
  if (terminated()) {
    noteStage(stage);
    // 终止后退还费用和保证金 (招标投标法实施条例 31, 财政部令87号 29).
    wait = new StatutoryWait(input.clock, noteNextDeadline);
    wait.askAgain();
    await wait.thenAct(() => activities.reviewDuties({ procurementId, lotNo: 0 }));
    await condition(allHandlersFinished);
    return;
  }
  await activities.conclude({ procurementId });
  stage = 'concluded';
  noteStage(stage);
}

function pinned({ procurementId, regime, kind, rulebookVersion, clock }: ProcurementInput) {
  return { procurementId, regime, kind, rulebookVersion, clock };
}
