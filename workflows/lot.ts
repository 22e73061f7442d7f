import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow';
import type { LotStage } from '../domain/stages.ts';
import { onDecision, oneAtATime } from './decisions.ts';
import {
  lotStateQuery,
  recountedSignal,
  resumeSignal,
  suspendSignal,
  terminatedSignal,
  type LotInput,
} from './messages.ts';
import { noteNextDeadline, noteStage } from './search-attributes.ts';
import { StatutoryWait } from './statutory-wait.ts';

/** A lot (标段 / 包), from its evaluation to the end of its last duty. */
export async function lot(input: LotInput): Promise<LotStage> {
  const activities = oneAtATime();
  const self = { procurementId: input.procurementId, lotNo: input.lotNo };
  let stage: LotStage = input.stage ?? 'evaluation';
  let wait = new StatutoryWait(input.clock, noteNextDeadline);

  const now = () => ({ lot: stage });
  const goTo = (next: LotStage) => {
    stage = next;
    wait.cancel();
  };
  setHandler(lotStateQuery, () => ({ stage, until: wait.until }));
  // Which clock a grievance stops, if any, is the law's and the database's to say.
  setHandler(suspendSignal, () => wait.askAgain());
  setHandler(resumeSignal, ({ grievanceId, lotStage }) => {
    wait.resume(grievanceId);
    if (lotStage !== null && lotStage !== stage) goTo(lotStage);
  });
  setHandler(recountedSignal, () => wait.askAgain());
  setHandler(terminatedSignal, () => goTo('terminated'));
  onDecision('report', now, async (decisionId) => goTo((await activities.report({ decisionId })).stage));
  onDecision('award', now, async (decisionId) => {
    try {
      goTo((await activities.award({ decisionId })).stage);
    } finally {
      // Refused after the period ended, it holds back no longer what is deemed.
      wait.askAgain();
    }
  });
  onDecision('contract', now, async (decisionId) => goTo((await activities.contract({ decisionId })).stage));
  for (const kind of ['publish-contract', 'duty'] as const) {
    onDecision(kind, now, async (decisionId) => {
      await activities.perform({ decisionId });
      wait.askAgain();
    });
  }

  for (let noted: LotStage = stage; ;) {
    wait = new StatutoryWait(input.clock, noteNextDeadline);
    if (stage !== noted) noteStage((noted = stage));
    switch (stage) {
      // 评标: until the committee's report is delivered.
      case 'evaluation':
        await wait.over();
        break;

      // 公示 (tendering): candidates stand public; an objection stops the clock.
      case 'publicity': {
        wait.askAgain();
        const ended = await wait.thenAct(() => activities.endPublicity(self));
        if (ended !== 'cancelled') stage = ended.stage;
        break;
      }

      // 定标: government: a purchaser silent to the end of the period is deemed to have chosen the first-ranked.
      case 'award': {
        wait.askAgain();
        const decided = await wait.thenAct(() => activities.awardDue(self));
        if (decided !== 'cancelled') stage = decided.stage;
        break;
      }

      // 中标通知 … 合同 … 公告、备案、退保证金: duties, each with its limit; what is overdue is put on the record.
      case 'contract':
      case 'performance': {
        wait.askAgain();
        const done = await wait.thenAct(() => activities.reviewDuties(self));
        if (done !== 'cancelled') stage = done.stage;
        break;
      }

      case 'pending':
      case 'opening':
      case 'archived':
      case 'stopped':
      case 'terminated':
        await condition(allHandlersFinished);
        return stage;
    }
  }
}
