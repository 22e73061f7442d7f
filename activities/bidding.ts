import { acceptDecision, decisionById, decisionToCarryOut } from '../db/decisions.ts';
import type { Database, Tx } from '../db/access/database.ts';
import { recordAudit, UNATTENDED } from '../db/audit.ts';
import { standingBids } from '../db/bids.ts';
import type { BankAccount } from '../db/deposits.ts';
import { factsOf, planBidding } from '../db/launch.ts';
import { latestNotice, publishNotice } from '../db/notices.ts';
import { recordOpenings } from '../services/openings/record.ts';
import {
  advanceLot,
  advanceProcurement,
  changeProcurement,
  dueToClose,
  procurementById,
  stageConflict,
  type Procurement,
} from '../db/procurements.ts';
import { openGrievances } from '../db/suspensions.ts';
import { complete, findMilestone } from '../db/timeline.ts';
import { withdrawUnfinished } from '../db/uploads.ts';
import { civilDayOf, formatInstant } from '../domain/civil-time.ts';
import { DECISION_STAGES } from '../domain/decisions.ts';
import { DomainError } from '../domain/errors.ts';
import { checkAmendment } from '../domain/law/amendment.ts';
import { check } from '../domain/law/check.ts';
import { checkBidderCount, rulesOf } from '../domain/law/limits.ts';
import { plan } from '../domain/law/plan.ts';
import { getRule } from '../domain/law/rulebook.ts';
import type { LotStage, ProcurementStage } from '../domain/stages.ts';
import type { Acted } from './acted.ts';
import { depositNotice } from './deposit-notice.ts';
import { partiesOf } from './parties.ts';
import { stopLot, tooFewBidders } from './stopping.ts';
import { transact } from './transact.ts';
import { sealingTerms } from '../services/custodians/sealing-terms.ts';
import { recordDeadline } from '../services/custodians/set-deadline.ts';

/** How many closings are taken along in one go. */
const TAKEN_TOGETHER = 200;
/** No closing takes others along for longer (real ms): it has a workflow of its own that waits for it. */
const TAKES_ALONG_MS = 20_000;

interface Subject {
  readonly procurementId: string;
}

const GOING: readonly LotStage[] = ['evaluation', 'publicity', 'award', 'contract', 'performance'];

interface Closed {
  readonly stage: ProcurementStage;
  readonly lots: number[];
  /** Where each of these lots stands; not in histories that began before it was told. */
  readonly lotStages?: Readonly<Record<number, LotStage>>;
  /** Only in histories that began when closings were each on their own: to leave those still to come the machine. */
  readonly pauseMs?: number;
}

/** @param depositAccount where bidders pay their deposits to; null where the documents alone say */
export const biddingActivities = (db: Database, depositAccount: BankAccount | null = null) => ({
  /** 招标公告: publishes the tender at the instant announced, and opens the bidding. */
  publishTender: ({ procurementId }: Subject): Promise<Acted<{ stage: ProcurementStage; bidDeadline: number }>> =>
    transact(db, { procurementId }, async (tx) => {
      let tender = await procurementById(tx.q, procurementId);
      if (tender.stage === 'launched') {
        if (tx.now < tender.noticeAt) return { outcome: 'not-yet', at: tender.noticeAt };
        await complete(tx, { procurementId, lotNo: 0 }, 'notice', { by: 'unattended' });
        tender = await allowForDelay(tx, tender);
        // The keys in force now are those that its bids are sealed to, for its whole life.
        const sealing = await sealingTerms(tx.q, tender.bidderWindowMinutes);
        if (sealing) {
          await changeProcurement(tx, procurementId, { sealing });
          tender = { ...tender, sealing };
        }
        await publishNotice(tx, UNATTENDED, {
          procurementId,
          lotNo: 0,
          kind: 'tender',
          titleZh: `${tender.title}招标公告`,
          content: await tenderNotice(tx, tender, depositAccount),
          legalAt: tender.noticeAt,
        });
        await advanceProcurement(tx, procurementId, 'bidding');
        await recordDeadline(tx, procurementId, tender.bidDeadline);
        return { outcome: 'done', stage: 'bidding', bidDeadline: deadlineOf(tender) };
      }
      return { outcome: 'done', stage: tender.stage, bidDeadline: deadlineOf(tender) };
    }),

  /** 澄清或修改: publishes an amendment and moves the deadline where the law or the purchaser wants it moved. */
  amend: ({ decisionId }: { decisionId: string }): Promise<{ bidDeadline: number }> =>
    transact(db, { decisionId }, async (tx) => {
      const decision = await decisionToCarryOut(tx, 'amend', decisionId);
      if (!decision)
        return { bidDeadline: deadlineOf(await procurementById(tx.q, await procurementOf(tx, decisionId))) };
      const { procurementId, payload } = decision;
      const tender = await procurementById(tx.q, procurementId);
      if (tender.stage !== 'bidding')
        throw stageConflict('procurement', tender.stage, ['bidding'], DECISION_STAGES.amend);
      const before = deadlineOf(tender);
      await refuseAfterDeadline(tx, tender, before);
      const after = payload.bidDeadlineAt ?? before;
      refuseUnlawfulDeadline(tx, tender, payload.affectsBids, before, after);
      const original = await latestNotice(tx.q, procurementId, 0, 'tender');
      await publishNotice(tx, decision.actor, {
        procurementId,
        lotNo: 0,
        kind: 'amendment',
        titleZh: `${tender.title}澄清（更正）公告`,
        content: {
          textZh: payload.textZh,
          affectsBids: payload.affectsBids,
          documentIds: payload.documentIds,
          bidDeadlineBefore: formatInstant(before),
          bidDeadline: formatInstant(after),
        },
        legalAt: tx.now,
        ...(original ? { corrects: original.id } : {}),
      });
      if (after !== before) {
        await changeProcurement(tx, procurementId, { bidDeadline: after });
        await recordDeadline(tx, procurementId, after);
        await planBidding(tx, { ...tender, bidDeadline: after });
      }
      await acceptDecision(tx, decision);
      return { bidDeadline: after };
    }),

  /**
   * 投标截止与开标: closes at the deadline, opens each lot that has enough bidders, stops each that has not; and takes
   * along what else is due, so that of many with one deadline the last is closed soon after the first. The timers of
   * those then find it done; what could not be taken along is done by them.
   */
  closeAndOpen: closer(db),

  /** The last lot has ended. */
  conclude: ({ procurementId }: Subject): Promise<void> =>
    transact(db, { procurementId }, async (tx) => {
      const { stage } = await procurementById(tx.q, procurementId);
      if (stage !== 'evaluation') return;
      await advanceProcurement(tx, procurementId, 'concluded', { endedAt: tx.now });
      recordAudit(tx, UNATTENDED, {
        action: 'procurement.conclude',
        procurementId,
        subject: `procurement/${procurementId}`,
      });
    }),
});

function closer(db: Database): (subject: Subject) => Promise<Acted<Closed>> {
  const underWay = new Map<string, Promise<Acted<Closed>>>();
  const close = (procurementId: string): Promise<Acted<Closed>> => {
    const joined = underWay.get(procurementId);
    if (joined) return joined;
    const begun = transact(db, { procurementId }, (tx) => closeOne(tx, procurementId));
    underWay.set(procurementId, begun);
    const over = () => underWay.delete(procurementId);
    begun.then(over, over);
    return begun;
  };
  /** Until nothing is due: whatever a closing causes would else come before the timers of those that are left. */
  const takeAlong = async (): Promise<void> => {
    const tried = new Set<string>();
    for (const giveUpAt = performance.now() + TAKES_ALONG_MS; performance.now() < giveUpAt;) {
      const due = (await dueToClose(db.read, db.now())).filter((id) => !tried.has(id));
      if (due.length === 0) return;
      // Another process, which does the same just now, begins elsewhere; that is no secret.
      const from = Math.floor(Math.random() * due.length);
      const taken = [...due.slice(from), ...due.slice(0, from)].slice(0, TAKEN_TOGETHER);
      for (const id of taken) tried.add(id);
      // One that fails is tried again, and told of, when its own timer asks.
      await Promise.allSettled(taken.map(close));
    }
  };
  let taking: Promise<void> | null = null;
  return async ({ procurementId }) => {
    const tender = await procurementById(db.read, procurementId);
    if (tender.stage !== 'bidding') return closed(tender);
    const own = close(procurementId);
    if (taking) return own;
    taking = takeAlong()
      // To take others along is a favour: each of them has a timer of its own.
      .catch(() => undefined)
      .finally(() => (taking = null));
    const [answer] = await Promise.all([own, taking]);
    return answer;
  };
}

async function closeOne(tx: Tx, procurementId: string): Promise<Acted<Closed>> {
  const tender = await procurementById(tx.q, procurementId);
  if (tender.stage !== 'bidding') return closed(tender);
  const stoppedBy = await openGrievances(tx.q, { procurementId, lotNo: 0 }, 'bid-deadline');
  if (stoppedBy.length > 0) return { outcome: 'suspended', grievanceIds: stoppedBy };
  const deadline = deadlineOf(tender);
  if (tx.now < deadline) return { outcome: 'not-yet', at: deadline };
  await withdrawUnfinished(tx, procurementId);
  for (const { no } of tender.lots) await openLot(tx, tender, no);
  for (const key of ['bid-deadline', 'opening'] as const) {
    await complete(tx, { procurementId, lotNo: 0 }, key, { by: 'unattended' });
  }
  const left = await procurementById(tx.q, procurementId);
  // Sealed to custodians: the opening has begun, and nobody reads anything before it has ended.
  if (left.lots.some(({ stage }) => stage === 'opening')) await advanceProcurement(tx, procurementId, 'opening');
  else await advanceProcurement(tx, procurementId, 'evaluation', { openedAt: tx.now });
  return closed(await procurementById(tx.q, procurementId));
}

function closed({ stage, lots }: Procurement): Acted<Closed> {
  const going = lots.filter((lot) => GOING.includes(lot.stage));
  return {
    outcome: 'done',
    stage,
    lots: going.map(({ no }) => no),
    lotStages: Object.fromEntries(going.map((lot) => [lot.no, lot.stage])),
  };
}

async function openLot(tx: Tx, tender: Procurement, lotNo: number): Promise<void> {
  const bids = await standingBids(tx.q, tender.id, lotNo);
  const [tooFew] = checkBidderCount(tender.regime, bids.length);
  if (tender.sealing !== null && !tooFew) {
    await advanceLot(tx, tender.id, lotNo, 'opening');
    return;
  }
  const instants = { legalAt: deadlineOf(tender), actualAt: tx.now };
  await recordOpenings(tx, UNATTENDED, tender, [{ lotNo, bids, tooFew: tooFew !== undefined }], instants);
  if (tooFew) await stopLot(tx, UNATTENDED, tender, lotNo, tooFewBidders(tender, tooFew));
  else await advanceLot(tx, tender.id, lotNo, 'evaluation');
}

/**
 * A notice that could not go out on its day (an outage) starts every period later: what was planned moves with it, so
 * that no bidder gets a shorter period than the law gives.
 */
async function allowForDelay(tx: Tx, tender: Procurement): Promise<Procurement> {
  // Periods are counted in days from the day of the event: within that day nothing changes.
  if (civilDayOf(tx.now) <= civilDayOf(tender.noticeAt)) return tender;
  const facts = {
    ...factsOf(tender),
    noticeAt: tx.now,
    documentsFrom: Math.max(tx.now, tender.documentsFrom ?? tx.now),
  };
  const late = check(plan(facts, tx.calendar), {}).filter(({ severity }) => severity === 'block');
  const { documentsUntil: _until, bidDeadline: _deadline, ...open } = facts;
  const lawful = plan(late.length === 0 ? facts : open, tx.calendar);
  const at = (key: string) => lawful.milestones.find((milestone) => milestone.key === key)?.at ?? 0;
  const moved = {
    documentsFrom: facts.documentsFrom,
    documentsUntil: Math.max(tender.documentsUntil ?? 0, at('documents-until')),
    bidDeadline: Math.max(tender.bidDeadline ?? 0, at('bid-deadline')),
  };
  await changeProcurement(tx, tender.id, moved);
  await planBidding(tx, { ...tender, ...moved });
  return { ...tender, ...moved };
}

/** Bids that were due are in and others were refused: what was asked of them can change no more. */
async function refuseAfterDeadline(tx: Tx, tender: Procurement, deadline: number): Promise<void> {
  if (tx.now < deadline) return;
  if ((await openGrievances(tx.q, { procurementId: tender.id, lotNo: 0 }, 'bid-deadline')).length > 0) return;
  const { id, law, article } = getRule(rulesOf(tender.regime, tender.noticeAt).amendment);
  throw new DomainError('unlawful', {
    messageZh: `投标截止时间 ${formatInstant(deadline)} 已过，不得再澄清、修改招标文件（${law}第${article}条）`,
    messageEn: `The bid deadline ${formatInstant(deadline)} has passed: the documents can be amended no more (${law} art. ${article})`,
    details: { rule: id, law, article, latestLawful: formatInstant(deadline), given: formatInstant(tx.now) },
  });
}

/** A deadline never moves nearer, and one that an amendment of substance makes too near must move away. */
function refuseUnlawfulDeadline(
  tx: Tx,
  tender: Procurement,
  affectsBids: boolean,
  before: number,
  after: number,
): void {
  if (after < before) {
    throw new DomainError('unlawful', {
      messageZh: `投标截止时间只能顺延，不得提前：原为 ${formatInstant(before)}，所给为 ${formatInstant(after)}`,
      messageEn: `A bid deadline may be put off, never brought forward: it is ${formatInstant(before)}, given ${formatInstant(after)}`,
      details: { field: 'bidDeadlineAt', given: formatInstant(after), earliestLawful: formatInstant(before) },
    });
  }
  if (!affectsBids) return;
  const violations = checkAmendment(tender.regime, { amendedAt: tx.now, bidDeadline: after }, tx.calendar);
  const [first] = violations;
  if (!first) return;
  throw new DomainError('unlawful', {
    messageZh: first.messageZh,
    messageEn: first.messageEn,
    details: { violations },
  });
}

function deadlineOf(tender: { id: string; bidDeadline: number | null }): number {
  if (tender.bidDeadline === null) throw new Error(`procurement ${tender.id} was launched without a bid deadline`);
  return tender.bidDeadline;
}

async function tenderNotice(
  tx: Tx,
  tender: Procurement,
  depositAccount: BankAccount | null,
): Promise<Record<string, unknown>> {
  const instant = (at: number | null) => (at === null ? null : formatInstant(at));
  const noticeEnd = await findMilestone(tx.q, { procurementId: tender.id, lotNo: 0 }, 'notice-end');
  return {
    ...tender.particulars,
    ...(await partiesOf(tx, tender)),
    title: tender.title,
    regime: tender.regime,
    procedure: tender.procedure,
    kind: tender.kind,
    budgetFen: tender.budgetFen,
    contentZh: tender.contentZh,
    lots: tender.lots.map(({ no, title, budgetFen, bidBondFen }) => ({ no, title, budgetFen, bidBondFen })),
    documentsFrom: instant(tender.documentsFrom),
    documentsUntil: instant(tender.documentsUntil),
    noticeUntil: instant(noticeEnd?.dueAt ?? null),
    bidDeadline: instant(tender.bidDeadline),
    opening: instant(tender.bidDeadline),
    bidValidityDays: tender.bidValidityDays,
    ...depositNotice(tender, depositAccount),
    ...(tender.sealing === null ? {} : { sealing: tender.sealing, objectionMinutes: tender.objectionMinutes }),
  };
}

async function procurementOf(tx: Tx, decisionId: string): Promise<string> {
  return (await decisionById(tx.q, decisionId)).procurementId;
}
