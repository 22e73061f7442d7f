import * as z from 'zod';
import type { Database } from '../../db/access/database.ts';
import { depositsOf, openedGuarantees, type Deposit, type DepositAccount } from '../../db/deposits.ts';
import { guaranteeDocumentsOf, type Document } from '../../db/documents.ts';
import { formerNamesOf } from '../../db/parties/corrections.ts';
import type { Procurement } from '../../db/procurements.ts';
import { openGrievances } from '../../db/tender/suspensions.ts';
import type { DepositSource } from '../../db/schema/sqlite.ts';
import { DEPOSIT_FAULTS, depositFaultText, suspendedDeadlineText } from '../../domain/deposits/faults.ts';
import { FORFEIT_GROUNDS } from '../../domain/deposits/grounds.ts';
import type { DepositRates } from '../../domain/deposits/interest.ts';
import { depositRatesInForce } from '../../services/deposits/rates.ts';
import type { RefundDuty } from '../../domain/deposits/refund-duty.ts';
import { interestOwed } from '../../domain/deposits/settlement.ts';
import { fromSharedPayers, isPaidByAnother } from '../../domain/deposits/payers.ts';
import { withPrincipals, type SettledDeposit } from '../../domain/deposits/principal.ts';
import { standingOf } from '../../domain/deposits/standing.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { acceptedForms, depositTermsOf } from '../../domain/deposits/terms.ts';
import { DomainError } from '../../domain/errors.ts';
import { DEPOSIT_FORMS } from '../../domain/law/facts.ts';
import { depositStandings, standingsOf } from '../../services/deposits/standings.ts';
import { isSameGuarantee } from '../../domain/deposits/same-guarantee.ts';
import { isRecordedOverdue, withRefundDuties } from '../../services/deposits/refund-duties.ts';
import { at, atOrNull, bilingual, fen, id, identifier, instantOrDay, instantOut, line } from '../http/schemas.ts';
import type { ApiSettings } from '../http/settings.ts';
import { ruleSchema, ruleView } from './rule.ts';
import { uncoveredOf, warningSchema, warningsOf } from './warnings.ts';

export const refundDutySchema = z
  .object({
    why: z
      .enum(['withdrawn', 'terminated', 'failed', 'undecided', 'lost', 'won'])
      .meta({ description: '撤回、终止、标段失败、未定标、未中标、中标' }),
    rule: ruleSchema.nullable().meta({ description: '法律未规定日数时为 null / null: no rule speaks of it' }),
    dueAt: instantOut.nullable().meta({
      description:
        '最迟退还时间；尚未起算或法律未规定日数时为 null / null: the period has not started, or has no limit',
    }),
    overdue: z.boolean(),
  })
  .meta({ id: 'RefundDuty' });

export type RefundDutyView = z.infer<typeof refundDutySchema>;

export function dutyView(account: DepositAccount, { why, rule, dueAt }: RefundDuty, now: number): RefundDutyView {
  const overdue = account.leftFen > 0 && ((dueAt !== null && dueAt < now) || isRecordedOverdue(account));
  return { why, rule: rule === null ? null : ruleView(rule), dueAt: atOrNull(dueAt), overdue };
}

export const DEPOSIT_SOURCES = ['callback', 'file', 'supplier', 'centre'] as const satisfies readonly DepositSource[];

export const guaranteeDocumentSchema = z
  .object({ name: z.string(), mediaType: z.string(), sha256: z.string(), size: z.int(), uploadedAt: instantOut })
  .meta({ id: 'GuaranteeDocument' });

export const guaranteeDocumentView = ({
  name,
  mediaType,
  sha256,
  size,
  uploadedAt,
}: Document): z.infer<typeof guaranteeDocumentSchema> => ({
  name,
  mediaType,
  sha256,
  size,
  uploadedAt: at(uploadedAt),
});

const NUMBER = '银行流水号，或保函编号 / Number of the transaction or guarantee';
export const transactionId = identifier(100).meta({ description: NUMBER });

export const guaranteeSchema = z.strictObject({
  form: z.enum(['guarantee', 'insurance']),
  transactionId,
  issuer: line(200),
  amountFen: fen.min(1),
  validUntil: instantOrDay,
});
/** As the services take it. */
export const guaranteeOf = ({ transactionId: number, ...guarantee }: z.infer<typeof guaranteeSchema>) => ({
  ...guarantee,
  number,
});
export const takenSchema = z.object({ depositId: id, arrivedAt: instantOut });
export const takenView = ({ id: depositId, arrivedAt }: Deposit): z.infer<typeof takenSchema> => ({
  depositId,
  arrivedAt: at(arrivedAt),
});

const movementSchema = z.object({
  kind: z.enum(['replaced', 'confirmed', 'rejected', 'refunded', 'forfeited', 'overdue']),
  amountFen: z.int(),
  interestFen: z.int(),
  at: instantOut,
  bankReference: z.string().nullable(),
  ground: z.enum(FORFEIT_GROUNDS).nullable(),
  reasonZh: z.string().nullable(),
  recordedAt: instantOut,
});

export const depositSchema = z
  .object({
    depositId: id,
    lotNo: z.int(),
    form: z.enum(DEPOSIT_FORMS),
    amountFen: z.int(),
    transactionId: z.string().meta({ description: NUMBER }),
    payer: z.string().nullable(),
    issuer: z.string().nullable(),
    validUntil: instantOut.nullable(),
    arrivedAt: instantOut.meta({ description: '到账时间，是否按时以此为准 / The instant that decides' }),
    recordedAt: instantOut,
    source: z.enum(DEPOSIT_SOURCES),
    leftFen: z.int().meta({ description: '尚未退还（也未依法不予退还）的金额 / Neither back nor kept' }),
    document: guaranteeDocumentSchema
      .nullable()
      .meta({ description: '保函（保险单）文件；未提交时为 null / null: none was submitted' }),
    refund: refundDutySchema,
    movements: z.array(movementSchema),
  })
  .meta({ id: 'Deposit', description: '投标保证金' });

interface DepositView {
  readonly account: DepositAccount;
  readonly duty: RefundDuty;
  readonly shown: z.infer<typeof depositSchema>;
}

async function depositViews(db: Database, accounts: readonly DepositAccount[]): Promise<DepositView[]> {
  const documents = await guaranteeDocumentsOf(
    db.read,
    accounts.map(({ id: depositId }) => depositId),
  );
  const owed = await withRefundDuties(db.read, await db.calendar(), accounts);
  return owed.map(({ account, duty }) => {
    const document = documents.get(account.id);
    const shown = {
      depositId: account.id,
      lotNo: account.lotNo,
      form: account.form,
      amountFen: account.amountFen,
      transactionId: account.externalId,
      payer: account.payer,
      issuer: account.issuer,
      validUntil: atOrNull(account.validUntil),
      arrivedAt: at(account.arrivedAt),
      recordedAt: at(account.recordedAt),
      source: account.source,
      leftFen: account.leftFen,
      document: document ? guaranteeDocumentView(document) : null,
      refund: dutyView(account, duty, db.now()),
      movements: account.movements.map(
        ({ kind, amountFen, interestFen, at: when, bankReference, ground, reasonZh, recordedAt }) => ({
          ...{ kind, amountFen, interestFen, bankReference, ground, reasonZh },
          at: at(when),
          recordedAt: at(recordedAt),
        }),
      ),
    };
    return { account, duty, shown };
  });
}

/** What a bidder sees: only its own deposits. */
export const ownDepositSchema = z
  .object({
    procurementId: id,
    lotNo: z.int(),
    amountFen: z.int(),
    forms: z.array(z.enum(DEPOSIT_FORMS)),
    decides: z.boolean().meta({ description: '未足额提交的投标是否无效 / Whether a bid without it is invalid' }),
    account: z.object({ holder: z.string(), bank: z.string(), number: z.string() }).nullable(),
    reference: z
      .string()
      .nullable()
      .meta({ description: '汇款附言，须原样填写；不得告知他人 / To be quoted in the payment; keep it secret' }),
    bidDeadline: instantOut,
    guaranteeUntil: instantOut
      .nullable()
      .meta({ description: '保函有效期至少至此 / A guarantee must be valid at least until then' }),
    standing: z.object({
      held: z.boolean(),
      amountFen: z.int(),
      form: z.string().nullable(),
      faults: z.array(bilingual.extend({ fault: z.enum(DEPOSIT_FAULTS) })),
    }),
    suspended: bilingual.nullable().meta({
      description:
        '截止时间暂停计算时的说明，此时 bidDeadline 是暂停前的 / While the deadline is suspended; `bidDeadline` is then the former one',
    }),
    deposits: z.array(depositSchema),
  })
  .meta({ id: 'OwnDeposit', description: '本单位的投标保证金' });

export async function ownDepositView(
  db: Database,
  settings: ApiSettings,
  tender: Procurement,
  own: { readonly lotNo: number; readonly supplierId: string; readonly reference: string | null },
): Promise<z.infer<typeof ownDepositSchema> | null> {
  const { lotNo, supplierId, reference } = own;
  const stated = depositTermsOf(tender, lotNo);
  if (!stated) return null;
  const place = { procurementId: tender.id, lotNo: 0 };
  const suspended = tender.stage === 'bidding' && (await openGrievances(db.read, place, 'bid-deadline')).length > 0;
  const terms = { ...stated, suspended };
  const accounts = await depositsOf(db.read, { procurementId: tender.id, lotNo, supplierId });
  // Before the opening nothing of it depends on what others handed in.
  const known = tender.openedAt === null ? null : await depositStandings(db.read, tender, lotNo);
  const { faults, ...standing } = known?.get(supplierId) ?? standingOf(accounts, terms);
  const { deposits, words } = procedureOf(tender);
  return {
    procurementId: tender.id,
    lotNo,
    amountFen: terms.requiredFen,
    forms: [...acceptedForms(tender)],
    decides: tender.depositDecides,
    account: settings.depositAccount,
    reference,
    bidDeadline: at(terms.deadline),
    guaranteeUntil: atOrNull(terms.validUntil),
    standing: {
      ...standing,
      faults: faults.map((fault) => ({
        fault,
        ...depositFaultText(fault, deposits, terms, words, standing.amountFen),
      })),
    },
    suspended: suspended ? suspendedDeadlineText(accounts, terms, words) : null,
    deposits: (await depositViews(db, accounts)).map(({ shown }) => shown),
  };
}

/** What those who run or supervise the tender see, after the opening. */
export const bidderDepositSchema = depositSchema
  .extend({
    supplierId: id,
    supplier: z.string(),
    standing: z.object({ held: z.boolean(), amountFen: z.int() }).nullable(),
    conflicts: z.array(z.object({ depositId: id, procurementId: id, lotNo: z.int(), supplier: z.string() })).meta({
      description:
        '提交了同一保函（保险）的其他单位，由开立人确认或者中心核验（…/check）裁决 / Others who submitted the same guarantee: settled by its issuer, or by the centre (…/check)',
    }),
    interest: z
      .object({
        rule: ruleSchema,
        fen: z.int().nullable().meta({ description: '现在退还应付的利息 / What is owed if it went back now' }),
        days: z.int().nullable(),
        sources: z.array(z.string()),
        missing: bilingual.nullable().meta({ description: '利率未登记，不能计算 / Why it cannot be calculated' }),
      })
      .nullable(),
    warnings: z.array(warningSchema),
  })
  .meta({ id: 'BidderDeposit' });

export async function bidderDepositsView(
  db: Database,
  settings: ApiSettings,
  tender: Procurement,
): Promise<z.infer<typeof bidderDepositSchema>[]> {
  const accounts = await depositsOf(db.read, { procurementId: tender.id });
  const formerNames = await formerNamesOf(
    db.read,
    accounts.map(({ supplierId }) => supplierId),
  );
  const paidFor = accounts.map((account) => ({
    ...account,
    supplier: { name: account.supplier, formerNames: formerNames.get(account.supplierId) ?? [] },
  }));
  const shared = fromSharedPayers(paidFor);
  const byAnother = new Set(paidFor.filter((each) => isPaidByAnother(each, each.supplier)).map(({ id: of }) => of));
  const rates = await depositRatesInForce(db.read, settings.depositRates);
  const numbers = accounts.flatMap(({ form, externalId }) => (form === 'transfer' ? [] : [externalId]));
  const guarantees = [...accounts, ...(await openedGuarantees(db.read, numbers))];
  return (await depositViews(db, accounts)).map(({ account, duty, shown }) => {
    const terms = depositTermsOf(tender, account.lotNo);
    const own = accounts.filter(
      ({ lotNo, supplierId }) => lotNo === account.lotNo && supplierId === account.supplierId,
    );
    const ofLot = accounts.filter(({ lotNo }) => lotNo === account.lotNo);
    const standing = terms && standingsOf(ofLot, terms).get(account.supplierId);
    return {
      ...shown,
      supplierId: account.supplierId,
      supplier: account.supplier,
      standing: standing ? { held: standing.held, amountFen: standing.amountFen } : null,
      conflicts: conflictsOf(account, guarantees),
      interest: interestView(
        tender,
        withPrincipals(own, terms).find(({ id: of }) => of === account.id),
        duty,
        rates,
        db.now(),
      ),
      warnings: [...warningsOf(tender, account, { shared, byAnother }), ...uncoveredOf(tender, own, terms, duty)],
    };
  });
}

function conflictsOf(
  account: DepositAccount,
  guarantees: readonly DepositAccount[],
): z.infer<typeof bidderDepositSchema>['conflicts'] {
  const others = guarantees.filter(
    (other) => other.supplierId !== account.supplierId && isSameGuarantee(other, account),
  );
  const distinct = new Map(others.map((other) => [other.id, other]));
  return [...distinct.values()].map(({ id: depositId, procurementId, lotNo, supplier }) => ({
    ...{ depositId, procurementId, lotNo, supplier },
  }));
}

type InterestView = z.infer<typeof bidderDepositSchema>['interest'];

function interestView(
  tender: Procurement,
  account: SettledDeposit | undefined,
  duty: RefundDuty,
  rates: DepositRates | null,
  now: number,
): InterestView {
  if (!account || account.leftFen === 0) return null;
  try {
    const owed = interestOwed(
      procedureOf(tender).deposits,
      account,
      duty,
      { amountFen: account.leftFen, at: now },
      rates,
    );
    return (
      owed && {
        rule: ruleView(owed.rule),
        fen: owed.interest.fen,
        days: owed.interest.days,
        sources: [...owed.interest.sources],
        missing: null,
      }
    );
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'rates-missing') throw error;
    const missing = { zh: error.messageZh, en: error.messageEn };
    return { rule: ruleView(String(error.details?.['rule'])), fen: null, days: null, sources: [], missing };
  }
}
