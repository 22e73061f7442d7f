import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { bidById } from '../../db/bids.ts';
import { decisionsOf, latestDecision, type Decision } from '../../db/decisions.ts';
import { depositsOf } from '../../db/deposits.ts';
import { recordEvent } from '../../db/events.ts';
import { grievanceById } from '../../db/grievances.ts';
import { organisationById } from '../../db/organisations.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import type { AwardGround, Candidate, WinnerReplaced } from '../../domain/decisions.ts';
import { DomainError } from '../../domain/errors.ts';
import { competingOf } from '../../domain/evaluation/report.ts';
import { checkBidderCount } from '../../domain/law/limits.ts';
import { citationOf, getRule, type RuleId } from '../../domain/law/rulebook.ts';
import { lotSubject } from '../../domain/subjects.ts';
import { seenOf } from '../../domain/text.ts';
import { forfeitDeposit } from '../deposits/forfeit.ts';
import { performanceBondOf } from '../contracts/standing.ts';
import { assertDocument } from '../documents/named.ts';
import { failedUnder, failLot } from '../lots/fail.ts';
import { assertNoRecheck } from '../rechecks/refer.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';
import { overdueIsRecorded } from '../tender/timeline.ts';
import { announceAward } from './announce.ts';
import { hasRefused } from './refuse.ts';
import { setAwardAside } from './set-aside.ts';

const GROUNDS_ZH: Readonly<Record<AwardGround, string>> = {
  declined: '放弃中标（成交）或者拒绝签订合同',
  'force-majeure': '因不可抗力不能履行合同',
  'no-performance-bond': '未按要求提交履约保证金',
  'unlawful-conduct': '查实存在影响中标（成交）结果的违法行为',
};

/**
 * 取消中标资格: the award is lost on a ground of the law, and the purchaser chooses: the next-ranked candidate, or a new tender
 * (招标投标法实施条例 55; 政府采购法实施条例 49; 财政部令74号 22).
 * @throws DomainError `unlawful`, `stage-conflict`, `suspended` while the committee looks again, `bad-input`, `not-found`
 */
export async function replaceWinner(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  given: WinnerReplaced,
): Promise<Decision<'replace-winner'>> {
  const { procurementId, lotNo } = place;
  const { documentId, ground, then } = given;
  if (documentId !== null) await assertDocument(tx.q, procurementId, documentId, 'evidence');
  const c = await actOn(tx, procurementId);
  c.assertStage('replace-winner', lotNo);
  await assertNoRecheck(c, lotNo);
  const rule = await assertGround(c, lotNo, given);
  const lost = c.lot(lotNo).winnerBidId;
  if (lost === null) throw new Error(`lot ${procurementId}/${lotNo} has no winner`);
  if (then === 'next') await assertEnough(c, lotNo, ground);
  const next = then === 'next' ? await nextRanked(c, lotNo, lost) : null;
  const { supplierId } = await bidById(tx.q, lost);
  const reasonZh = await reasonOf(c, supplierId, given, rule);
  recordEvent(tx, {
    kind: 'award.lost',
    procurementId,
    lotNo,
    organisationId: supplierId,
    subject: lotSubject(procurementId, lotNo),
    detail: { ground, then },
  });
  if (next) {
    await planFormerBond(c, lotNo, lost);
    setAwardAside(c, lotNo);
    planReport(c, lotNo, given);
    await announceAward(c, actor, lotNo, { bidId: next.bidId, determinedAt: tx.now, deemed: false, reasonZh });
  } else {
    const { again } = c.definition.words;
    await failLot(
      c,
      actor,
      lotNo,
      failedUnder(
        c,
        c.definition.replacement.rule,
        `${reasonZh}；${again}`,
        'The winner has lost the award; to be tendered again',
      ),
    );
  }
  const decision = c.decide('replace-winner', actor, lotNo, {
    ...given,
    ...{ lostBidId: lost, nextBidId: next?.bidId ?? null },
    consequences: (c.definition.replacement.consequences?.[ground] ?? []).map((each) => {
      const { id, law, article, nameZh } = getRule(each);
      return { rule: id, law, article, zh: nameZh };
    }),
  });
  await saveCases(tx, [c]);
  await keepDeposit(tx, actor, c, { lotNo, supplierId, given });
  return decision;
}

const refused = (rule: RuleId, field: string, given: unknown, zh: string, en: string, more: object = {}) => {
  const cited = citationOf(rule);
  return new DomainError('unlawful', {
    messageZh: `${zh}${cited.zh}`,
    messageEn: `${en}${cited.en}`,
    details: { field, given, ...more, ...cited.details },
  });
};

/** The ground is one that the procedure knows, and the record shows it, or a document does. */
async function assertGround(c: TenderCase, lotNo: number, given: WinnerReplaced): Promise<RuleId> {
  const { ground, reasonZh, documentId } = given;
  const { replacement, words } = c.definition;
  const rule = replacement.grounds[ground];
  if (rule === undefined) {
    throw refused(
      replacement.rule,
      'ground',
      ground,
      `不得以该理由改变${words.award}结果`,
      'The award is not changed on this ground',
      { lawful: Object.keys(replacement.grounds) },
    );
  }
  if (seenOf(reasonZh) === '') {
    throw refused(rule, 'reasonZh', null, '应当写明具体事由', 'State what happened');
  }
  const shown = await isOnRecord(c, lotNo, given, rule);
  if (shown || documentId !== null) return rule;
  throw refused(
    rule,
    'documentId',
    null,
    `平台没有该情形的记录：应当附证明材料，先上传（kind=evidence），再以 documentId 指明`,
    'The platform has no record of it: what shows it is uploaded first (kind=evidence), and named as documentId',
  );
}

/** Whether the platform itself knows it. @throws DomainError `unlawful` where what is stated contradicts the record */
async function isOnRecord(
  c: TenderCase,
  lotNo: number,
  { ground, grievanceId }: WinnerReplaced,
  rule: RuleId,
): Promise<boolean> {
  switch (ground) {
    case 'declined':
      return hasRefused(c.tx.q, c.id, c.lot(lotNo));
    case 'no-performance-bond':
      await assertBondOverdue(c, lotNo, rule);
      return true;
    case 'unlawful-conduct': {
      if (grievanceId === undefined) return false;
      const grievance = await grievanceById(c.tx.q, grievanceId);
      const upheld = grievance.procurementId === c.id && grievance.lotNo === lotNo && grievance.outcome === 'upheld';
      if (upheld) return true;
      throw refused(
        rule,
        'grievanceId',
        grievanceId,
        `应为对本标段提出并经答复认定成立的${c.definition.words.grievance}`,
        'It must be a grievance about this lot that was upheld',
      );
    }
    case 'force-majeure':
      return false;
  }
}

/** 履约保证金: what the documents ask for did not come by its last instant. @throws DomainError `unlawful` */
async function assertBondOverdue(c: TenderCase, lotNo: number, rule: RuleId): Promise<void> {
  const bond = await performanceBondOf(c.tx.q, { procurementId: c.id, lotNo }, c.lot(lotNo), c.tx.now);
  if (bond.state === 'overdue') return;
  const { dueAt, state } = bond;
  const refuse = (zh: string, en: string, more: object = {}) =>
    refused(rule, 'ground', 'no-performance-bond', zh, en, more);
  if (state === 'not-required') {
    const { documents } = c.definition.words;
    throw refuse(`${documents}没有要求提交履约保证金`, 'The documents ask for no performance bond');
  }
  if (state === 'awaited' && dueAt !== null) {
    throw refuse(
      `履约保证金的提交期限（${instantZh(dueAt)}）尚未届满`,
      `The performance bond may still come in until ${instantEn(dueAt)}`,
      { earliestLawful: formatInstant(dueAt) },
    );
  }
  throw refuse('履约保证金已经收到', 'The performance bond was received');
}

/**
 * 合格供应商符合法定数量的: where the law says so, the next-ranked follows only while enough bids are left.
 * @throws DomainError `unlawful`
 */
async function assertEnough(c: TenderCase, lotNo: number, ground: AwardGround): Promise<void> {
  const rule = c.definition.replacement.enough?.[ground];
  if (rule === undefined) return;
  const place = { procurementId: c.id, lotNo };
  const report = await latestDecision(c.tx.q, place, 'report');
  if (!report) return;
  const lost = (await decisionsOf(c.tx.q, place, ['replace-winner'])).filter(
    ({ payload }) => payload.ground === ground,
  );
  const left = competingOf(c.definition, report.payload).conforming - lost.length - 1;
  const few = checkBidderCount(c.definition, left, { stage: 'conforming' }).find(
    ({ severity }) => severity === 'block',
  );
  if (few === undefined) return;
  const { again, winner } = c.definition.words;
  throw refused(
    rule,
    'then',
    'next',
    `其余合格的为 ${left} 家，少于 ${few.limit ?? ''} 家，不能另行确定${winner}，应当${again}`,
    `${left} conforming bids are left, fewer than ${few.limit ?? ''}: no other is chosen, and it is tendered again`,
    { lawful: ['retender'], limit: few.limit ?? null },
  );
}

/** 质疑答复导致结果改变的: it is reported to the supervisor in writing, as a new evaluation is (财政部令94号 16). */
function planReport(c: TenderCase, lotNo: number, { grievanceId }: WinnerReplaced): void {
  const { report } = c.definition.replacement;
  if (report === undefined || grievanceId === undefined) return;
  c.timeline.planAt(lotNo, 'recheck-report', null, [report], {
    ifNobodyActs: {
      zh: '质疑答复导致结果改变的，应当书面报告；法律未规定日数，登记之前不能归档',
      en: 'A result that a query changed is reported in writing; the law sets no number of days, and nothing is archived before it is recorded',
    },
  });
}

/** What the former winner handed in goes back to it; no archive before. */
async function planFormerBond(c: TenderCase, lotNo: number, lost: string): Promise<void> {
  const place = { procurementId: c.id, lotNo };
  const bond = await performanceBondOf(c.tx.q, place, { ...c.lot(lotNo), winnerBidId: lost }, c.tx.now);
  if (bond.receivedFen > bond.releasedFen + bond.keptFen)
    c.timeline.planAt(lotNo, 'performance-bond-release', null, [c.rules.performanceBond], overdueIsRecorded);
}

/**
 * 依次: the next in the order of the report that has not lost the award, nor was passed over before.
 * @throws DomainError `unlawful` where there is none
 */
async function nextRanked(c: TenderCase, lotNo: number, lost: string): Promise<Candidate> {
  const place = { procurementId: c.id, lotNo };
  const [report, lostBefore, awards] = await Promise.all([
    latestDecision(c.tx.q, place, 'report'),
    decisionsOf(c.tx.q, place, ['replace-winner']),
    decisionsOf(c.tx.q, place, ['award']),
  ]);
  const candidates = (report?.payload.candidates ?? []).toSorted((a, b) => a.rank - b.rank);
  const out = new Set([lost, ...lostBefore.flatMap(({ payload }) => payload.lostBidId ?? [])]);
  const current = candidates.find(({ bidId }) => bidId === lost);
  const passed = awards.at(-1)?.payload;
  if (passed?.ground) {
    for (const { bidId, rank } of candidates) if (current && rank < current.rank) out.add(bidId);
  }
  const next = candidates.find(({ bidId }) => !out.has(bidId));
  if (next) return next;
  const { winner, again } = c.definition.words;
  throw refused(
    c.definition.replacement.rule,
    'then',
    'next',
    `没有其他候选人可以确定为${winner}，应当${again}`,
    'No other candidate is left: it is tendered again',
    { lawful: ['retender'] },
  );
}

async function reasonOf(
  c: TenderCase,
  supplierId: string,
  { ground, reasonZh }: WinnerReplaced,
  rule: RuleId,
): Promise<string> {
  const { name } = await organisationById(c.tx.q, supplierId);
  return `原${c.definition.words.winner}${name}${GROUNDS_ZH[ground]}，取消其${c.definition.words.award}资格：${reasonZh}${citationOf(rule).zh}`;
}

/** 投标保证金不予退还, where the law says so for the ground (招标投标法实施条例 74; 财政部令74号 20). */
async function keepDeposit(
  tx: Tx,
  actor: Actor,
  c: TenderCase,
  of: { readonly lotNo: number; readonly supplierId: string; readonly given: WinnerReplaced },
): Promise<void> {
  const { lotNo, supplierId, given } = of;
  const kept = c.definition.replacement.keepsDeposit[given.ground];
  if (kept === undefined) return;
  for (const { id, leftFen } of await depositsOf(tx.q, { procurementId: c.id, lotNo, supplierId })) {
    if (leftFen <= 0) continue;
    await forfeitDeposit(tx, actor, id, { amountFen: leftFen, ground: kept, reasonZh: given.reasonZh });
  }
}
