import { latestDraw } from '../../db/committees/draws.ts';
import { latestDecision } from '../../db/decisions.ts';
import { schemeOf } from '../../db/evaluation/schemes.ts';
import { actsOf } from '../../db/evaluation/sheets.ts';
import { noticeOf } from '../../db/notices.ts';
import { openedBids, unsealingOf } from '../../db/openings/unsealings.ts';
import type { ContractTerms, Deviation, TypedTerms } from '../../domain/contracts/stated.ts';
import { lateInterestFaults } from '../../domain/contracts/payments.ts';
import { checkPayments, compareTerms, missingTerms, type Promised } from '../../domain/contracts/terms.ts';
import type { Candidate } from '../../domain/decisions.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { breachOf, severityOf, type Violation } from '../../domain/law/violation.ts';
import { standingOf } from '../notices/corrected.ts';
import { unlawful } from '../procurements/check-draft.ts';
import type { TenderCase } from '../tender/case.ts';

/**
 * The terms of a contract: what the law asks for, what was asked for and promised, and payments that are lawful. What is only
 * said otherwise, with its reasons, is returned: it stays on record for who supervises it.
 * @throws DomainError `unlawful` with every fault, each with its article
 */
export async function assertTerms(
  c: TenderCase,
  lotNo: number,
  { amountFen, terms: typed }: { readonly amountFen: number; readonly terms: TypedTerms },
): Promise<{ readonly terms: ContractTerms; readonly deviations: readonly Deviation[] }> {
  const { definition } = c;
  const promised = await promisedOf(c, lotNo);
  const declared = await isDeclaredSmall(c, lotNo, promised);
  const terms: ContractTerms = { ...typed, smallFirm: typed.smallFirm ?? declared };
  const compared = compareTerms(definition, terms, promised);
  const violations = [
    ...missingTerms(definition, terms),
    ...compared.violations,
    ...checkPayments(definition, terms.payments, {
      smallFirm: terms.smallFirm,
      totalFen: amountFen,
      field: 'terms.payments',
    }),
    ...lateInterestFaults(definition.contract.payment, terms),
    ...checkPayee(c, terms, declared),
    ...checkPublicService(c, terms),
    ...(await checkReservedLabel(c, lotNo, terms)),
  ];
  if (violations.some(({ severity }) => severity === 'block'))
    throw unlawful(violations, { zh: '未登记', en: 'nothing was recorded' });
  return { terms, deviations: compared.deviations };
}

async function promisedOf(c: TenderCase, lotNo: number): Promise<Promised> {
  const { q } = c.tx;
  const { winnerBidId } = c.lot(lotNo);
  const [report, unsealing, bids] = await Promise.all([
    latestDecision(q, { procurementId: c.id, lotNo }, 'report'),
    winnerBidId === null ? undefined : unsealingOf(q, winnerBidId),
    openedBids(q, c.id, lotNo),
  ]);
  const candidate = report?.payload.candidates.find(({ bidId }) => bidId === winnerBidId);
  const supplier = bids.find(({ id }) => id === winnerBidId)?.supplier;
  return {
    opened: unsealing?.manifest ?? undefined,
    candidate: candidate && { ...candidate, ...(await publishedOf(c, lotNo, supplier)) },
    particulars: c.procurement.particulars,
  };
}

const STATED = ['quality', 'period', 'projectLead', 'items', 'smeDeclarationZh'] as const;

/** What stands of the winner in the notices of the candidates and of the award, after their corrections. */
async function publishedOf(c: TenderCase, lotNo: number, supplier: string | undefined): Promise<Partial<Candidate>> {
  const stands = async (kind: 'candidates' | 'award'): Promise<Readonly<Record<string, unknown>>> => {
    const notice = c.latestNotice(lotNo, kind);
    return notice ? (await standingOf(c.tx.q, await noticeOf(c.tx.q, notice.id))).content : {};
  };
  const [publicity, award] = [await stands('candidates'), await stands('award')];
  const candidates = (publicity['candidates'] ?? []) as readonly Readonly<Record<string, unknown>>[];
  const own = { ...candidates.find((each) => each['supplier'] === supplier), ...award };
  return Object.fromEntries(
    STATED.flatMap((key) => (own[key] === undefined || own[key] === null ? [] : [[key, own[key]]])),
  );
}

/** Whether the bid that won declared its bidder a small firm: as published with the result, or as its preference was granted. */
async function isDeclaredSmall(c: TenderCase, lotNo: number, { candidate }: Promised): Promise<boolean> {
  if (candidate?.smeDeclarationZh) return true;
  const draw = await latestDraw(c.tx.q, { procurementId: c.id, lotNo });
  const acts = draw ? await actsOf(c.tx.q, draw.id) : [];
  const reported = acts.flatMap(({ act }) => (act.kind === 'report' ? [act] : [])).at(-1);
  const own = reported?.input.bids.find(({ bidId }) => bidId === c.lot(lotNo).winnerBidId);
  return own?.claims.some(({ key, granted }) => key === 'small-firm' && granted) ?? false;
}

/** Who declared itself a small firm to be preferred is paid as one. */
function checkPayee({ definition }: TenderCase, terms: ContractTerms, declared: boolean): Violation[] {
  const { smallFirm } = definition.contract.payment;
  if (terms.smallFirm || !smallFirm || !declared) return [];
  const rule = getRule(smallFirm.period);
  return [
    breachOf(rule, severityOf(rule), {
      ...{ field: 'terms.smallFirm', given: 'false', lawfulChoices: ['true'] },
      messageZh: '供应商以中小企业声明函参加，应当按中小企业付款',
      messageEn: 'The supplier declared itself a small firm, and must be paid as one',
    }),
  ];
}

/** What was reserved for small firms is a contract that says so, and what was not does not (财库〔2020〕46号 14). */
async function checkReservedLabel(c: TenderCase, lotNo: number, terms: ContractTerms): Promise<Violation[]> {
  const ruleId = c.definition.contract.reservedLabel;
  const stated = await schemeOf(c.tx.q, { procurementId: c.id, lotNo });
  const reserved = stated?.statements.reserved ?? null;
  if (ruleId === undefined || reserved === null || (terms.reservedLabel ?? false) === reserved) return [];
  const rule = getRule(ruleId);
  return [
    breachOf(rule, severityOf(rule), {
      ...{
        field: 'terms.reservedLabel',
        given: String(terms.reservedLabel ?? false),
        lawfulChoices: [String(reserved)],
      },
      messageZh: reserved
        ? '本标段（包）专门面向中小企业采购，合同应当明确标注为中小企业预留合同'
        : '本标段（包）未专门面向中小企业采购，合同不是中小企业预留合同',
      messageEn: reserved
        ? 'The lot was reserved for small firms: its contract must be marked as 中小企业预留合同'
        : 'The lot was not reserved for small firms: its contract is not 中小企业预留合同',
    }),
  ];
}

function checkPublicService({ definition, procurement }: TenderCase, { publicService }: ContractTerms): Violation[] {
  const { publicService: ruleId } = definition.contract.acceptance;
  if (!publicService || (ruleId !== undefined && procurement.kind === 'services')) return [];
  const rule = getRule(ruleId ?? definition.rules.contractTerms ?? definition.rules.contract);
  return [
    breachOf(rule, severityOf(rule), {
      ...{ field: 'terms.publicService', given: 'true', lawfulChoices: ['false'] },
      messageZh: '公共服务项目是政府采购的服务项目，本项目不是',
      messageEn: 'Only a government procurement of services can be a public service',
    }),
  ];
}
