import type { Actor } from '../../db/audit.ts';
import type { StandingBid } from '../../db/bids.ts';
import type { TenderDocument } from '../../db/documents.ts';
import { bidUnknown } from '../../domain/bids/refusals.ts';
import type { Tx } from '../../db/access/database.ts';
import { latestDecision, type Decision } from '../../db/decisions.ts';
import { schemeOf } from '../../db/evaluation/schemes.ts';
import { attendanceOf } from '../../db/openings/openings.ts';
import { openedBids, unsealingsOf } from '../../db/openings/unsealings.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import type { ReportPayload } from '../../domain/decisions.ts';
import {
  assertDistinctMembers,
  assertEachNamedOnce,
  badReport,
  checkEvaluation,
  competingOf,
} from '../../domain/evaluation/report.ts';
import type { ReportFacts } from '../../domain/evaluation/facts.ts';
import { DomainError } from '../../domain/errors.ts';
import { checkBidderCount, checkCandidates, checkCommittee } from '../../domain/law/limits.ts';
import { checkNotAtOpening } from '../../domain/openings/evaluators.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { breachOf, type Violation } from '../../domain/law/violation.ts';
import { missingInReport } from '../../domain/notices/contents.ts';
import { checkReplaced, committeeOf } from './committee.ts';
import { reachesOpenFigure } from '../catalogue/open-figure.ts';
import { depositEntries } from '../deposits/standings.ts';
import { assertDocument, isUploadedBefore } from '../documents/named.ts';
import { failedUnder, failLot, tooFewBidders, type FailureReason } from '../lots/fail.ts';
import { publishNotice } from '../notices/publish.ts';
import { isAnew } from '../rechecks/begin-anew.ts';
import { concludeRecheck, noteConcluded, resultOf } from '../rechecks/conclude.ts';
import { openRecheck } from '../rechecks/open.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';

/**
 * 评标报告: accepts the committee's report. Tendering: the candidates are published (公示). Government: the purchaser's
 * period to decide begins. A lot without enough competition fails.
 * @param confirmed rules not confirmed in the text that this installation applies to reports
 * @throws DomainError `unlawful`, `bid-unknown`, `bad-input`, `stage-conflict`, `not-found`
 */
export async function deliverReport(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  given: ReportPayload,
  confirmed: ReadonlySet<string> = new Set(),
): Promise<Decision<'report'>> {
  const { procurementId, lotNo } = place;
  const file = given.documentId === null ? null : await assertDocument(tx.q, procurementId, given.documentId, 'report');
  const c = await actOn(tx, procurementId);
  const recheck = await openRecheck(c, lotNo);
  if (!recheck) c.assertStage('report', lotNo);
  const former = recheck && (await latestDecision(tx.q, place, 'report'));
  const { members, drawn } = await committeeOf(tx, place, given.committee);
  const report = { ...given, committee: members, made: given.made ?? 'outside' };
  if (drawn && report.made === 'outside') await refuseTyped(c, lotNo);
  const bids = await openedBids(tx.q, procurementId, lotNo);
  const anew = recheck !== null && (await isAnew(c, lotNo, recheck));
  const result = recheck && former ? resultOf(c, recheck, former, { report, anew }) : null;
  const failure = noCompetition(c, report);
  await refuseDefectiveReport(c, lotNo, { report, file, drawn, bids, failure, confirmed });
  const { rules, timeline } = c;
  if (rules.reportDelivery) {
    timeline.planByRule(lotNo, 'evaluation-report', rules.reportDelivery, report.evaluationEndedAt);
  } else timeline.planAt(lotNo, 'evaluation-report', null, []);
  timeline.complete(lotNo, 'evaluation-report', { by: actor.role, at: tx.now });
  // Where its committee was made elsewhere, nobody awaits one here any more.
  timeline.cancelPlanned(lotNo, ['committee']);
  // The names of a drawn committee stay where they are encrypted.
  const kept = { ...report, ...(drawn ? { committee: [] } : {}), ...(result ? { recheck: result } : {}) };
  const decision = c.decide('report', actor, lotNo, kept);
  if (result) {
    timeline.complete(lotNo, 'recheck', { by: actor.role });
    noteConcluded(c, lotNo, result);
  }

  if (failure) await failLot(c, actor, lotNo, failure);
  else if (result && former && c.lot(lotNo).stage !== 'evaluation') {
    await concludeRecheck(c, actor, lotNo, { report, former: former.payload, result }, () =>
      publishCandidates(c, lotNo, report, bids),
    );
  } else {
    c.planFollowing(lotNo, 'evaluation-report', tx.now);
    if (rules.publicity) await publishCandidates(c, lotNo, report, bids);
    c.advanceLot(lotNo, rules.publicity ? 'publicity' : 'award');
  }
  await saveCases(tx, [c]);
  return decision;
}

/** Where a committee that was drawn here evaluates under the scheme of the documents, the report comes from its marks and is not typed. */
async function refuseTyped(c: TenderCase, lotNo: number): Promise<void> {
  if (!(await schemeOf(c.tx.q, { procurementId: c.id, lotNo }))) return;
  const { words, acts } = c.definition;
  throw unlawfulReport([
    breachOf(getRule(acts.report.rule), 'block', {
      field: 'made',
      given: 'outside',
      messageZh: `本标段由平台抽取的${words.committee}按${words.evaluation}办法在平台评审：报告由评审结果生成（POST …/evaluation/report），不得另行填写`,
      messageEn:
        'The committee that was drawn here evaluates this lot on the platform: its report comes from the marks (POST …/evaluation/report)',
    }),
  ]);
}

const unlawfulReport = (violations: readonly Violation[]): DomainError =>
  new DomainError('unlawful', {
    messageZh: violations.map(({ messageZh }) => messageZh).join('；'),
    messageEn: violations.map(({ messageEn }) => messageEn).join('; '),
    details: { violations },
  });

async function publishCandidates(
  c: TenderCase,
  lotNo: number,
  report: ReportPayload,
  bids: readonly StandingBid[],
): Promise<void> {
  const { timeline, tx } = c;
  timeline.complete(lotNo, 'publicity-start', { by: 'unattended' });
  c.planFollowing(lotNo, 'publicity-start', tx.now);
  const suppliers = new Map(bids.map(({ id, supplier }) => [id, supplier]));
  publishNotice(
    c,
    UNATTENDED,
    'candidates',
    { lotNo },
    {
      candidates: report.candidates.map((each) => ({ ...each, supplier: suppliers.get(each.bidId) })),
      publicityUntil: timeline.get(lotNo, 'publicity-end').dueAt,
    },
  );
}

interface Delivered {
  readonly report: ReportPayload;
  /** Whether its committee was drawn here: its members are known to be different people. */
  readonly drawn: boolean;
  /** The written report. */
  readonly file: TenderDocument | null;
  readonly bids: readonly StandingBid[];
  /** Why the lot cannot continue after it. */
  readonly failure: FailureReason | undefined;
  readonly confirmed: ReadonlySet<string>;
}

async function refuseDefectiveReport(
  c: TenderCase,
  lotNo: number,
  { report, file, drawn, bids, failure, confirmed }: Delivered,
): Promise<void> {
  const { committee, candidates, others, rejected, evaluationEndedAt } = report;
  const { conforming } = competingOf(c.definition, report);
  const { tender, tx } = c;
  const { award, bidding, evaluation, opening } = c.definition.words;
  const standing = new Set(bids.map(({ id }) => id));
  for (const { bidId } of [...candidates, ...others, ...rejected]) if (!standing.has(bidId)) throw bidUnknown(bidId);
  const facts = { ...(await factsOf(c, lotNo, bids)), openedAt: tender.openedAt ?? 0, evaluationEndedAt };
  assertEachNamedOnce(c.definition, facts, report);
  if (!drawn) assertDistinctMembers(c.definition, committee);
  const violations: Violation[] = [
    ...withoutFile(c, file, evaluationEndedAt),
    ...checkCommittee(c.definition, {
      members: committee.length,
      experts: committee.filter(({ kind }) => kind === 'expert').length,
      // 采购预算金额 is the project's (财政部令87号 47), however it is divided into lots.
      budgetFen: tender.budgetFen,
      openFigureReached: await reachesOpenFigure(c),
    }),
    ...(drawn ? await checkReplaced(c, { procurementId: c.id, lotNo }) : []),
    ...checkNotAtOpening(c.definition, committee, (await attendanceOf(tx.q, c.id))?.people ?? []),
    ...checkCandidates(c.definition, candidates.length, conforming),
    ...checkEvaluation(c.definition, facts, report),
    ...(tender.particulars === null || failure ? [] : missingInReport(tender, report, confirmed)),
  ].filter(({ severity }) => severity === 'block');
  violations.push(...withoutDeposit(c, facts, report));
  if (candidates.length === 0 && conforming > 0 && !failure) {
    throw badReport(
      'candidates',
      `有 ${conforming} 个有效${bidding}，应当推荐${award}候选人`,
      `There are ${conforming} valid bids: candidates must be named`,
    );
  }
  const openedAt = tender.openedAt ?? 0;
  if (evaluationEndedAt < openedAt || evaluationEndedAt > tx.now) {
    throw badReport(
      'evaluationEndedAt',
      `${evaluation}结束时间应在${opening}之后、报告送达之前`,
      'The evaluation must have ended after the opening and before the report',
    );
  }
  if (violations.length > 0) throw unlawfulReport(violations);
}

/**
 * 书面评标报告: what the members sign is a document, of which the report is the data (招标投标法 40, 招标投标法实施条例 53). They sign what
 * they have found: no file is it that was uploaded before they had.
 */
function withoutFile({ definition }: TenderCase, file: TenderDocument | null, evaluationEndedAt: number): Violation[] {
  const { words, acts } = definition;
  if (file === null) {
    return [
      breachOf(getRule(acts.report.rule), 'block', {
        field: 'documentId',
        given: null,
        messageZh: `应当提交${words.committee}签署的书面${words.evaluation}报告：先上传（kind=report），再以 documentId 指明`,
        messageEn:
          'The written report that the members have signed is missing: upload it (kind=report) and name it as documentId',
      }),
    ];
  }
  const { uploadedAt } = file;
  if (!isUploadedBefore(file, evaluationEndedAt)) return [];
  return [
    breachOf(getRule(acts.report.rule), 'block', {
      field: 'documentId',
      given: formatInstant(uploadedAt),
      earliestLawful: formatInstant(evaluationEndedAt),
      messageZh: `所列文件上传于 ${instantZh(uploadedAt)}，早于${words.evaluation}结束（${instantZh(evaluationEndedAt)}），不是${words.committee}签署的书面${words.evaluation}报告：请上传签署后的报告`,
      messageEn: `The file was uploaded ${instantEn(uploadedAt)}, before the evaluation ended (${instantEn(evaluationEndedAt)}): it is not the report that the members have signed; upload that`,
    }),
  ];
}

/** What the platform knows of the bids and of their limits. */
type OpenedFacts = Omit<ReportFacts, 'openedAt' | 'evaluationEndedAt'>;

async function factsOf(c: TenderCase, lotNo: number, bids: readonly StandingBid[]): Promise<OpenedFacts> {
  const { tx, tender } = c;
  const manifests = new Map((await unsealingsOf(tx.q, c.id)).map(({ bidId, manifest }) => [bidId, manifest]));
  const depositOf = await depositEntries(tx.q, tender, lotNo);
  const scheme = await schemeOf(tx.q, { procurementId: c.id, lotNo });
  return {
    opened: bids.map(({ id, supplierId }) => {
      const { priceFen = null, periodDays = null, quality = null } = manifests.get(id) ?? {};
      const { deposit } = depositOf(supplierId);
      const onRecord = deposit === undefined ? 'not-asked' : deposit.held ? 'held' : 'lacking';
      return { bidId: id, priceFen, periodDays, quality, deposit: onRecord };
    }),
    limits: { budgetFen: c.lot(lotNo).budgetFen, ceilingFen: tender.particulars?.ceilingPriceFen ?? null },
    method: tender.particulars?.evaluationMethod ?? scheme?.scheme.method ?? null,
    consortium: tender.particulars?.consortium,
    kind: tender.kind,
    noticeAt: tender.noticeAt,
  };
}

/** 未按要求提交投标保证金的投标无效, where the documents say so; bids are named by their ids. */
function withoutDeposit(
  { tender, definition }: TenderCase,
  { opened }: OpenedFacts,
  report: ReportPayload,
): Violation[] {
  if (!tender.depositDecides) return [];
  const { bidding, deposit, documents } = definition.words;
  const lacking = new Set(opened.filter((bid) => bid.deposit === 'lacking').map(({ bidId }) => bidId));
  const valid = [
    ...report.candidates.map(({ bidId }) => ({ bidId, field: 'candidates' })),
    ...report.others.map(({ bidId }) => ({ bidId, field: 'others' })),
  ];
  return valid
    .filter(({ bidId }) => lacking.has(bidId))
    .map(({ bidId, field }) =>
      breachOf(getRule(definition.deposits.invalidWithout), 'block', {
        field,
        given: bidId,
        messageZh: `${bidding} ${bidId} 未按${documents}在${bidding}截止前提交${deposit}，其${bidding}无效，应当否决`,
        messageEn: `Bid ${bidId} has no deposit by the deadline as the documents ask: it is invalid and is rejected`,
      }),
    );
}

/** Why the lot cannot continue after the report; undefined where it can. */
function noCompetition(c: TenderCase, report: ReportPayload): FailureReason | undefined {
  const { definition, rules } = c;
  const { bidding, committee } = definition.words;
  const { qualified, conforming } = competingOf(definition, report);
  const tooFew = (stage: 'qualified' | 'conforming', count: number) =>
    checkBidderCount(definition, count, { stage }).find(({ severity }) => severity === 'block');
  const fewQualified = tooFew('qualified', qualified);
  if (fewQualified) return tooFewBidders(c, fewQualified);
  if (conforming === 0) {
    return failedUnder(c, rules.allRejected, `所有${bidding}均被否决`, 'All bids were rejected');
  }
  const fewConforming = tooFew('conforming', conforming);
  if (fewConforming) return tooFewBidders(c, fewConforming);
  // With too few conforming bids the committee of a works tender has a choice (12号令 27).
  const few = checkBidderCount(definition, conforming, { stage: 'conforming' });
  if (few.length > 0 && rules.fewConforming && report.competition === 'insufficient') {
    return failedUnder(
      c,
      rules.fewConforming,
      `有效${bidding}不足法定数，${committee}认为明显缺乏竞争，否决全部${bidding}`,
      'Too few valid bids are left and the committee finds no competition: all are rejected',
    );
  }
  return undefined;
}
