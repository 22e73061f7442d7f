import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import { decisionsOf } from '../../db/decisions.ts';
import { documentById } from '../../db/documents.ts';
import type { LotRow, Procurement } from '../../db/procurements.ts';
import { ACCEPTANCE_ROLES, BOND_STEPS, CHANGE_GROUNDS, CHANGE_KINDS } from '../../domain/contracts/acts.ts';
import { daysLate } from '../../domain/contracts/lateness.ts';
import { interestOwed, lateRatePpm, paymentDue } from '../../domain/contracts/payments.ts';
import type { Contract, InstalmentStanding } from '../../domain/contracts/standing.ts';
import { PAYMENT_EVENTS } from '../../domain/contracts/stated.ts';
import type { Calendar } from '../../domain/law/calendar.ts';
import { DEPOSIT_FORMS } from '../../domain/law/facts.ts';
import { amountOf } from '../../domain/law/limits.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { contractStanding, heldFen, performanceBondOf } from '../../services/contracts/standing.ts';
import { awardItem } from '../evaluation/routes.ts';
import { at, atOrNull, fen, id, instant, instantOut, line, prose, sha256 } from '../http/schemas.ts';

const days = z.int().min(0).max(3650);
const instalmentNo = z.int().min(1).max(999);

export const instalmentSchema = z.strictObject({
  no: instalmentNo,
  nameZh: line(200),
  amountFen: fen,
  after: z.enum(PAYMENT_EVENTS).meta({
    description: '支付条件：签订、交付、验收合格 / What it waits for: the signing, the delivery, the acceptance',
  }),
  days: days.nullable().default(null).meta({
    description: '约定的付款期限（日历天）；null：按法定期限 / Agreed period in calendar days; null: that of the law',
  }),
});

export const termsSchema = z
  .strictObject({
    subjectZh: line(500).optional().meta({ description: '标的 / The subject' }),
    items: z.array(awardItem).max(200).default([]).meta({ description: '主要标的 / Main items of what is bought' }),
    quantity: line(500).optional(),
    quality: line(500).optional(),
    period: line(500).optional().meta({ description: '履行期限，如“180 日历天” / Time of performance' }),
    place: line(500).optional().meta({ description: '履行地点和方式 / Place and manner of performance' }),
    projectLead: line(100).optional(),
    acceptance: z
      .strictObject({
        bodyZh: prose(2000).meta({ description: '验收主体 / Who accepts' }),
        withinDays: days.meta({ description: '交付后多少日内验收 / Within how many days of the delivery' }),
        methodZh: prose(2000),
        procedureZh: prose(2000),
        contentZh: prose(5000),
        standardZh: prose(5000),
      })
      .optional()
      .meta({ description: '履约验收方案 / Plan of acceptance' }),
    warrantyZh: prose(2000).optional(),
    breachZh: prose(2000).optional(),
    disputesZh: prose(2000).optional(),
    payments: z
      .array(instalmentSchema)
      .min(1)
      .max(100)
      .refine((list) => new Set(list.map(({ no }) => no)).size === list.length, {
        params: { rule: 'unique', messageZh: '期号重复', messageEn: 'Two instalments have the same number' },
      }),
    bondReleaseDays: days.nullable().default(null).meta({
      description: '验收后多少日内退还履约保证金 / Within how many days of the acceptance the bond goes back',
    }),
    smallFirm: z.boolean().optional().meta({
      description:
        '供应商是中小企业；不填：按投标文件中的中小企业声明 / The supplier is a small or medium firm; absent: as its bid declared',
    }),
    reservedLabel: z.boolean().optional().meta({
      description:
        '合同是否标注为“中小企业预留合同”；专门面向中小企业采购的标段（包）必须标注 / Whether the contract is marked as 中小企业预留合同, as one of a lot that was reserved for small firms must be (财库〔2020〕46号 14)',
    }),
    lateInterest: z
      .strictObject({
        dailyPpm: z.int().min(1).max(10_000),
        lprPpm: z.int().min(1).max(500_000).nullable().default(null),
      })
      .nullable()
      .default(null)
      .meta({
        description:
          '约定的逾期利率（每日百万分之几，万分之五为 500）和合同订立时1年期贷款市场报价利率（每年百万分之几，3.1% 为 31000）；null：按法律规定 / Agreed late interest, in millionths a day (0.05 % is 500), and the one-year loan prime rate of the signing, in millionths a year (3.1 % is 31000); null: that of the law',
      }),
    publicService: z
      .boolean()
      .default(false)
      .meta({ description: '政府向社会公众提供的公共服务项目 / A public service' }),
    explanations: z
      .array(z.strictObject({ field: line(100), reasonZh: prose(2000) }))
      .max(100)
      .default([])
      .meta({
        description:
          '与招标文件、投标文件表述不同而实质一致的条款及理由 / Terms in other words than the documents or the bid, and why',
      }),
  })
  .meta({ id: 'ContractTerms' });

export const bondBody = z.strictObject({
  step: z.enum(BOND_STEPS),
  bidId: id.optional().meta({
    description:
      '退还、不予退还原中标人的，写明其投标；不填：现中标人 / Of a former winner its bid, where its bond goes back or is kept; absent: the winner',
  }),
  amountFen: fen.min(1),
  form: z.enum(DEPOSIT_FORMS),
  at: instant,
  reference: line(200).meta({ description: '凭证号、保函编号 / Number of the payment or the guarantee' }),
  documentId: id.nullable().default(null),
  reasonZh: prose(2000).nullable().default(null),
});

export const changeBody = z.strictObject({
  kind: z.enum(CHANGE_KINDS),
  ground: z.enum(CHANGE_GROUNDS).nullable().default(null),
  reasonZh: prose(5000),
  signedAt: instant,
  documentId: id,
  amountFen: fen.nullable().default(null).meta({
    description:
      '补充合同：追加的金额；其他：变更后的合同金额；null：不变 / Of a supplement what it adds; else the sum from now on; null: it stays',
  }),
  payments: z.array(instalmentSchema).max(100).nullable().default(null),
  items: z.array(awardItem).max(200).default([]),
  period: line(500).nullable().default(null).meta({
    description:
      '变更后的履行期限，自签订起算，如“240 日历天”；null：不变 / Of a variation the time of performance from the signing, as 240 日历天; null: it stays',
  }),
});

export const deliveryBody = z.strictObject({
  instalment: instalmentNo
    .nullable()
    .default(null)
    .meta({ description: '期号；null：全部 / Instalment; null: the whole' }),
  deliveredAt: instant.nullable().default(null),
  invoicedAt: instant.nullable().default(null).meta({ description: '收到发票的时间 / When the invoice came' }),
  documentId: id.nullable().default(null),
});

export const acceptanceBody = z.strictObject({
  instalment: instalmentNo.nullable().default(null),
  at: instant,
  parties: z
    .array(
      z.strictObject({
        name: line(100),
        role: z.enum(ACCEPTANCE_ROLES),
        organisation: line(200).nullable().default(null),
      }),
    )
    .min(1)
    .max(50),
  items: z
    .array(z.strictObject({ nameZh: line(500), met: z.boolean(), noteZh: prose(2000).nullable().default(null) }))
    .min(1)
    .max(500)
    .meta({ description: '每一项技术、服务、安全标准的履约情况 / Each standard, and whether it is met' }),
  opinionZh: prose(5000),
  documentId: id.meta({ description: '验收书（kind=acceptance） / The signed record (kind=acceptance)' }),
  consequenceZh: prose(5000).nullable().default(null),
  rectifyBy: instant.nullable().default(null),
  lateReasonZh: prose(5000).nullable().default(null).meta({
    description: '迟延履行的原因和处理；迟延的必填 / Why it is late, and what follows; needed where it is',
  }),
});

export const paymentBody = z.strictObject({
  instalment: instalmentNo,
  amountFen: fen,
  interestFen: fen.default(0).meta({ description: '逾期利息 / Late interest' }),
  paidAt: instant,
  voucher: line(200).meta({ description: '支付凭证号 / Number of the payment' }),
  transferFen: fen.min(1).nullable().default(null).meta({
    description:
      '以同一凭证支付多笔的，该转账的总额；null：只支付本笔 / Where the voucher makes several payments, what the transfer came to; null: this alone',
  }),
  documentId: id.nullable().default(null),
});

const out = <T extends z.ZodRawShape>(shape: T) => z.object(shape);
const bondSchema = out({
  state: z.enum(['not-required', 'awaited', 'overdue', 'received', 'released']),
  ...{ requiredFen: z.int(), receivedFen: z.int(), releasedFen: z.int(), keptFen: z.int(), guaranteeFen: z.int() },
  formerFen: z.int().meta({
    description: '尚未退还的原中标人的履约保证金 / What is held of the bonds of former winners',
  }),
  dueAt: instantOut.nullable(),
  steps: z.array(
    out({
      step: z.enum(BOND_STEPS),
      amountFen: z.int(),
      form: z.enum(DEPOSIT_FORMS),
      at: instantOut,
      reference: z.string(),
      documentId: id.nullable(),
      reasonZh: z.string().nullable(),
    }),
  ),
});

const paymentOut = out({
  instalment: z.int(),
  amountFen: z.int(),
  interestFen: z.int(),
  paidAt: instantOut,
  voucher: z.string(),
  transferFen: z.int().nullable(),
  documentId: id.nullable(),
});

const signedSchema = out({
  signedAt: instantOut,
  document: out({ id, sha256 }).nullable(),
  originalFen: z.int(),
  amountFen: z.int().meta({ description: '经变更、补充后的合同金额 / With what changes made of it' }),
  version: z.int(),
  state: z.enum(['in-force', 'suspended', 'terminated']),
  supplementsFen: z.int(),
  supplementLimitFen: z
    .int()
    .nullable()
    .meta({ description: '所有补充合同的上限 / The most that all supplements may come to' }),
  terms: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: '合同主要条款（见 ContractTerms） / The terms, as they were stated (ContractTerms)' }),
  deviations: z.array(
    out({
      field: z.string(),
      given: z.string(),
      known: z.string(),
      of: z.enum(['bid', 'documents']),
      reasonZh: z.string().nullable(),
    }),
  ),
  changes: z.array(
    out({
      version: z.int(),
      kind: z.enum(CHANGE_KINDS),
      ground: z.enum(CHANGE_GROUNDS).nullable(),
      reasonZh: z.string(),
      signedAt: instantOut,
      recordedAt: instantOut,
      documentId: id,
      amountFen: z.int().nullable(),
      items: z.array(awardItem),
      period: z.string().nullable(),
    }),
  ),
  performanceDueAt: instantOut.nullable().meta({
    description:
      '履行期限届满之时（签订次日起的日历天，中止期间顺延）；null：没有约定日数，或者正在中止 / The end of the time of performance; null: no days are stated, or it is suspended',
  }),
  lateDays: z.int().meta({
    description:
      '迟延履行的天数：至交付（没有登记的，至验收），尚未交付的至今 / Days late: until the delivery, else the acceptance; until now where there is neither',
  }),
  deliveries: z.array(
    out({
      instalment: z.int().nullable(),
      by: z.enum(['purchaser', 'supplier']),
      deliveredAt: instantOut.nullable(),
      invoicedAt: instantOut.nullable(),
      documentId: id.nullable(),
    }),
  ),
  acceptances: z.array(
    out({
      instalment: z.int().nullable(),
      at: instantOut,
      passed: z.boolean(),
      parties: z.array(out({ name: z.string(), role: z.enum(ACCEPTANCE_ROLES), organisation: z.string().nullable() })),
      items: z.array(out({ nameZh: z.string(), met: z.boolean(), noteZh: z.string().nullable() })),
      opinionZh: z.string(),
      documentId: id,
      consequenceZh: z.string().nullable(),
      rectifyBy: instantOut.nullable(),
      lateReasonZh: z.string().nullable(),
    }),
  ),
  acceptedAt: instantOut.nullable(),
  instalments: z.array(
    out({
      no: z.int(),
      nameZh: z.string(),
      amountFen: z.int(),
      after: z.enum(PAYMENT_EVENTS),
      days: z.int().nullable(),
      from: instantOut.nullable().meta({ description: '支付条件成就之时 / When what it waits for happened' }),
      invoicedAt: instantOut.nullable(),
      disputed: z.boolean().meta({ description: '双方登记的时间不一致 / The two sides state different days' }),
      dueAt: instantOut.nullable(),
      rule: z.string().nullable(),
      paidFen: z.int(),
      interestOwedFen: z.int().meta({ description: '至今的逾期利息 / Late interest until now' }),
      interestPaidFen: z.int(),
      payments: z.array(paymentOut),
    }),
  ),
});

export const contractSchema = out({
  procurementId: id,
  lotNo: z.int(),
  bond: bondSchema,
  contract: signedSchema.nullable().meta({ description: 'null：尚未签订 / null: it is not signed yet' }),
}).meta({ id: 'Contract' });

type Tender = Pick<Procurement, 'id' | 'regime' | 'procedure' | 'rulebookVersion'>;

/** @param now civil epoch ms */
export async function contractView(
  q: Queries,
  tender: Procurement & Tender,
  lot: LotRow,
  calendar: Calendar,
  now: number,
): Promise<z.infer<typeof contractSchema>> {
  const place = { procurementId: tender.id, lotNo: lot.no };
  const [bond, contract, steps, held] = await Promise.all([
    performanceBondOf(q, place, lot, now),
    contractStanding(q, place),
    decisionsOf(q, place, ['performance-bond']),
    heldFen(q, place),
  ]);
  return {
    ...place,
    bond: {
      ...bond,
      formerFen: held - (bond.receivedFen - bond.releasedFen - bond.keptFen),
      dueAt: atOrNull(bond.dueAt),
      steps: steps
        .filter(({ payload }) => payload.bidId === lot.winnerBidId)
        .map(({ payload: { bidId: _bidId, ...step } }) => ({ ...step, at: at(step.at) })),
    },
    contract: contract ? await signedView(q, tender, contract, calendar, now) : null,
  };
}

async function signedView(
  q: Queries,
  tender: Procurement,
  contract: Contract,
  calendar: Calendar,
  now: number,
): Promise<z.infer<typeof signedSchema>> {
  const { contract: definition } = procedureOf(tender);
  const { documentId, changes, deliveries, acceptances, instalments } = contract;
  const file = documentId === null ? null : await documentById(q, tender.id, documentId);
  const { supplement } = definition.changes;
  const isSmall = contract.terms?.smallFirm === true;
  const rate = lateRatePpm(definition.payment, contract.terms);
  const instalmentView = (each: InstalmentStanding): z.infer<typeof signedSchema>['instalments'][number] => {
    const { no, nameZh, amountFen, after, days, from, invoicedAt, disputed, paidFen, interestFen, payments } = each;
    const owed = paymentDue(definition.payment, each, isSmall, calendar);
    return {
      ...{ no, nameZh, amountFen, after, days, disputed, paidFen },
      ...{ from: atOrNull(from), invoicedAt: atOrNull(invoicedAt), interestPaidFen: interestFen },
      ...{ dueAt: atOrNull(owed?.dueAt ?? null), rule: owed?.rule ?? null },
      interestOwedFen: interestOwed(rate, each, owed, now),
      payments: payments.map(({ voucherKey: _key, ...payment }) => ({
        ...payment,
        ...{ transferFen: payment.transferFen ?? null, paidAt: at(payment.paidAt) },
      })),
    };
  };
  return {
    ...{ originalFen: contract.originalFen, amountFen: contract.amountFen, version: contract.version },
    ...{ state: contract.state, supplementsFen: contract.supplementsFen },
    signedAt: at(contract.signedAt),
    document: file && { id: file.id, sha256: file.sha256 },
    supplementLimitFen:
      supplement === undefined ? null : Math.floor((contract.originalFen * amountOf(supplement)) / 100),
    terms: contract.terms as Record<string, unknown> | null,
    deviations: contract.deviations.map((each) => ({ ...each })),
    changes: changes.map(({ payments: _payments, ...change }) => ({
      ...change,
      period: change.period ?? null,
      signedAt: at(change.signedAt),
      recordedAt: at(change.recordedAt),
    })),
    deliveries: deliveries.map((each) => ({
      ...each,
      deliveredAt: atOrNull(each.deliveredAt),
      invoicedAt: atOrNull(each.invoicedAt),
    })),
    performanceDueAt: atOrNull(contract.performanceDueAt),
    lateDays: daysLate(contract.performanceDueAt, contract.deliveredAt ?? contract.acceptedAt ?? now),
    acceptances: acceptances.map((each) => ({
      ...each,
      ...{ at: at(each.at), rectifyBy: atOrNull(each.rectifyBy), lateReasonZh: each.lateReasonZh ?? null },
    })),
    acceptedAt: atOrNull(contract.acceptedAt),
    instalments: instalments.map(instalmentView),
  };
}
