import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { bidById } from '../../db/bids.ts';
import { depositsOf } from '../../db/deposits.ts';
import { latestDecision, type Decision } from '../../db/decisions.ts';
import type { TenderDocument } from '../../db/documents.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import { contractOf, type Contract } from '../../domain/contracts/standing.ts';
import type { TypedTerms } from '../../domain/contracts/stated.ts';
import type { DecisionPayloads } from '../../domain/decisions.ts';
import { DomainError } from '../../domain/errors.ts';
import { citationOf, getRule } from '../../domain/law/rulebook.ts';
import { assertDocument, isUploadedBefore } from '../documents/named.ts';
import { hasRefused } from '../awards/refuse.ts';
import { assertNoRecheck } from '../rechecks/refer.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';
import { planPerformance } from './plan.ts';
import { assertTerms } from './terms.ts';

/**
 * 签订合同: on the terms of the bid, within its limit, and not while a query that may change the result is open.
 * @throws DomainError `unlawful`, `suspended`, `stage-conflict`, `not-found`
 */
export async function signContract(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  given: Omit<DecisionPayloads['contract'], 'terms'> & { readonly terms?: TypedTerms | undefined },
): Promise<Decision<'contract'>> {
  const { procurementId, lotNo } = place;
  const { documentId } = given;
  const file = documentId === null ? null : await assertDocument(tx.q, procurementId, documentId, 'contract');
  const c = await actOn(tx, procurementId);
  c.assertStage('contract', lotNo);
  await assertNoRecheck(c, lotNo);
  refuseWhileQueried(c, lotNo, given.signedAt);
  await refuseAfterRefusal(c, lotNo);
  await refuseDeclined(c, lotNo);
  await refuseOtherPrice(c, lotNo, given.amountFen);
  refuseOutOfTime(c, lotNo, given.signedAt);
  if (file) refuseUnsigned(c, file, given.signedAt);
  const stated = given.terms && (await assertTerms(c, lotNo, { ...given, terms: given.terms }));
  const contract: DecisionPayloads['contract'] = { ...given, ...stated, terms: stated?.terms };
  const { timeline } = c;
  const { signedAt } = contract;
  timeline.complete(lotNo, 'contract', { by: actor.role, at: signedAt });
  c.planFollowing(lotNo, 'contract', signedAt);
  // Where no law asks for it, it may be published all the same.
  if (!c.milestone(lotNo, 'contract-publication')) timeline.planAt(lotNo, 'contract-publication', null, []);
  if (stated) planPerformance(c, lotNo, newContract(contract, tx.now), actor);
  c.advanceLot(lotNo, 'performance');
  const decision = c.decide('contract', actor, lotNo, contract);
  await saveCases(tx, [c]);
  return decision;
}

/** How it stands once it is signed. */
function newContract(payload: DecisionPayloads['contract'], receivedAt: number): Contract {
  const contract = contractOf([{ kind: 'contract', payload, receivedAt }]);
  if (!contract) throw new Error('a contract without its signing');
  return contract;
}

function refuseWhileQueried(c: TenderCase, lotNo: number, signedAt: number): void {
  const suspensions = c.timeline.suspensionsOf(lotNo, 'contract');
  const open = suspensions.filter(({ until }) => until === null);
  // A contract signed while a query was open does not become lawful by being recorded after the reply.
  const signedIn = suspensions.filter(({ from, until }) => until !== null && from <= signedAt && signedAt < until);
  const inTheWay = open.length > 0 ? open : signedIn;
  if (inTheWay.length === 0) return;
  const { id: rule, law, article } = getRule(c.rules.contractSuspension ?? c.rules.contract);
  throw new DomainError(open.length > 0 ? 'suspended' : 'unlawful', {
    messageZh: `${c.definition.words.grievance}尚未答复，可能影响${c.definition.words.award}结果，应当暂停签订合同（${law}第${article}条）`,
    messageEn: `A query that may change the result is not answered: no contract may be signed (${law} art. ${article})`,
    details: {
      rule,
      law,
      article,
      grievanceIds: inTheWay.map(({ grievanceId }) => grievanceId),
      ...(open.length > 0 ? {} : { field: 'signedAt', given: formatInstant(signedAt) }),
    },
  });
}

/** Whose winner has stated that it refuses the award, of that no contract is signed: what follows is decided first. */
async function refuseDeclined(c: TenderCase, lotNo: number): Promise<void> {
  if (!(await hasRefused(c.tx.q, c.id, c.lot(lotNo)))) return;
  const { zh, en, details } = citationOf(c.definition.replacement.rule);
  const { award, winner } = c.definition.words;
  throw new DomainError('unlawful', {
    messageZh: `${winner}已书面放弃${award}、拒绝签订合同，应当依法确定下一步，不能再登记与其签订的合同${zh}`,
    messageEn: `The winner has stated that it refuses the award: what follows is decided, and no contract with it is recorded${en}`,
    details: { field: 'signedAt', ...details },
  });
}

/** 取消其中标资格: the deposit of the winner is kept because it refused the contract. */
async function refuseAfterRefusal(c: TenderCase, lotNo: number): Promise<void> {
  const { winnerBidId } = c.lot(lotNo);
  if (winnerBidId === null) return;
  const { supplierId } = await bidById(c.tx.q, winnerBidId);
  const own = await depositsOf(c.tx.q, { procurementId: c.id, lotNo, supplierId });
  if (!own.some(({ movements }) => movements.some(({ ground }) => ground === 'contract-refused'))) return;
  const { zh, en, details } = citationOf(c.definition.deposits.forfeit['contract-refused']);
  const { award, deposit, winner } = c.definition.words;
  throw new DomainError('unlawful', {
    messageZh: `${winner}的${deposit}已因不订立合同不予退还，其${award}资格应当取消${zh}`,
    messageEn: `The winner's deposit is kept because it refused the contract: it has lost the award${en}`,
    details,
  });
}

async function refuseOtherPrice(c: TenderCase, lotNo: number, amountFen: number): Promise<void> {
  const { winnerBidId } = c.lot(lotNo);
  const report = await latestDecision(c.tx.q, { procurementId: c.id, lotNo }, 'report');
  const price = report?.payload.candidates.find(({ bidId }) => bidId === winnerBidId)?.priceFen;
  if (price === amountFen) return;
  const { zh, en, details } = citationOf(c.rules.contractTerms ?? c.rules.contract);
  throw new DomainError('unlawful', {
    messageZh: `合同金额应与${c.definition.words.award}价一致，不得订立背离合同实质性内容的协议${zh}`,
    messageEn: `The contract must be for the price that won${en}`,
    details: { field: 'amountFen', given: amountFen, lawful: price ?? null, ...details },
  });
}

const SIGNED = {
  contract: { zh: { at: '签订', what: '合同' }, en: 'contract' },
  acceptance: { zh: { at: '验收', what: '验收书' }, en: 'record of acceptance' },
} as const;

/**
 * A file from before the signing is no signed contract.
 * @throws DomainError `unlawful`
 */
export function refuseUnsigned(
  c: TenderCase,
  file: TenderDocument,
  signedAt: number,
  of: 'contract' | 'acceptance' = 'contract',
): void {
  if (!isUploadedBefore(file, signedAt)) return;
  const { uploadedAt } = file;
  const ruleId = of === 'contract' ? c.rules.contract : (c.definition.contract.acceptance.rule ?? c.rules.contract);
  const { id: rule, law, article } = getRule(ruleId);
  const { zh, en } = SIGNED[of];
  throw new DomainError('unlawful', {
    messageZh: `所列文件上传于 ${instantZh(uploadedAt)}，早于${zh.at}时间（${instantZh(signedAt)}），不是所签${zh.what}：请上传签署后的${zh.what}（${law}第${article}条）`,
    messageEn: `The file was uploaded ${instantEn(uploadedAt)}, before the ${en} was signed (${instantEn(signedAt)}): it is not that ${en}; upload the one that was signed (${law} art. ${article})`,
    details: {
      ...{ field: 'documentId', given: formatInstant(uploadedAt), earliestLawful: formatInstant(signedAt) },
      ...{ rule, law, article },
    },
  });
}

function refuseOutOfTime(c: TenderCase, lotNo: number, signedAt: number): void {
  const awardedAt = c.lot(lotNo).awardedAt ?? 0;
  const { now } = c.tx;
  if (signedAt >= awardedAt && signedAt <= now) return;
  const { law, article } = getRule(c.rules.contract);
  throw new DomainError('unlawful', {
    messageZh: `签订时间应在${c.definition.words.award}通知书发出（${instantZh(awardedAt)}）之后、登记之前（${law}第${article}条）`,
    messageEn: `The contract is signed after the notice of award (${instantEn(awardedAt)}) and before it is recorded (${law} art. ${article})`,
    details: {
      field: 'signedAt',
      given: formatInstant(signedAt),
      earliestLawful: formatInstant(awardedAt),
      latestLawful: formatInstant(now),
      law,
      article,
    },
  });
}
