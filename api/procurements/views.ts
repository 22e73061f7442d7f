import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import { assertProcedure } from '../../services/procurements/check-draft.ts';
import { inviteesOf, type NamedInvitee } from '../../db/invitees.ts';
import { organisationById, organisationsById } from '../../db/organisations.ts';
import { biddersOf } from '../../db/parties/names.ts';
import type { Draft, LotRow, Procurement, ProcurementRow } from '../../db/procurements.ts';
import { DEPOSIT_FORMS, PROCEDURES } from '../../domain/law/facts.ts';
import { INVITEE_SOURCES } from '../../domain/procedures/invitees.ts';
import { PROCEDURE_DEFINITIONS } from '../../domain/procedures/index.ts';
import { LOT_STAGES, PROCUREMENT_STAGES } from '../../domain/stages.ts';
import type { EndedSuspension, Suspended } from '../../domain/suspended.ts';
import { bondAsked, particularsSchema } from './particulars.ts';
import { pastSuspensionSchema, pastSuspensionView, suspendedSchema, suspendedView } from './suspended.ts';
import { badInput } from '../../domain/issues.ts';
import { ruleLinks, ruleLinksSchema, timelineLink, timelineLinkSchema } from '../law/links.ts';
import { PARTIES } from '../organisations/views.ts';
import type { Acting } from '../http/access.ts';
import type { Judged } from '../http/route.ts';
import {
  at,
  atOrNull,
  bilingual,
  code,
  fen,
  id,
  identifier,
  instant,
  instantOut,
  line,
  prose,
} from '../http/schemas.ts';

export const REGIMES = ['tendering', 'government'] as const;
export const KINDS = ['works', 'goods', 'services'] as const;

const lotNumber = z.int().min(1).max(999);
const RUN = PROCEDURE_DEFINITIONS.map(({ regime, procedure }) => `${regime} / ${procedure}`).join(', ');

const groundSchema = z
  .strictObject({
    case: z.int().min(1).max(99).meta({ description: '第几种法定情形，从 1 起 / Which case of the law, from 1' }),
    approvalNumber: identifier(200)
      .nullable()
      .default(null)
      .meta({ description: '须经批准（认定）的，其文号 / Number of the approval, where one is needed' }),
  })
  .meta({ id: 'MethodGround', description: '采用该方式所依据的情形 / The case of the law by which it was chosen' });

const inviteeSchema = z
  .strictObject({
    organisationId: id,
    source: z.enum(INVITEE_SOURCES).meta({ description: '如何产生 / How it was chosen' }),
    reasonZh: prose(2000).nullable().default(null).meta({ description: '推荐意见 / Why it was recommended' }),
  })
  .meta({ id: 'Invitee', description: '被邀请的供应商 / An invited supplier' });

/** Whose draft it is. */
export const RUN_BY: readonly Judged[] = [
  { field: 'purchaserId', rule: 'required', zh: '代理机构编制的必填', en: 'wanted from an agency' },
  { field: 'purchaserId', rule: 'own', zh: '招标人（采购人）编制的，为本单位', en: 'a purchaser names itself' },
  { field: 'agencyId', rule: 'own', zh: '代理机构编制的，为本单位', en: 'an agency names itself' },
  ...PARTIES,
  { field: 'lots', rule: 'unique', zh: '标段号不重复', en: 'no two have the same number' },
];

const optionalInstant = instant.nullable().default(null);

export const draftSchema = z
  .strictObject({
    title: line(200),
    regime: z.enum(REGIMES).meta({ description: '法律体系：招标投标法 / 政府采购法' }),
    procedure: z
      .enum(PROCEDURES)
      .default('open-tender')
      .meta({
        description: `目前编排的有 ${RUN}；其他方式会被拒绝，并说明是否合法及依据 / Run are those; any other is refused, with whether it is lawful and why`,
      }),
    kind: z.enum(KINDS),
    mandatory: z.boolean().default(true).meta({ description: '依法必须招标' }),
    purchaserId: id.optional().meta({ description: '代理机构编制时必填 / Wanted from an agency' }),
    agencyId: id.nullable().optional(),
    budgetFen: fen,
    contentZh: prose(20_000),
    particulars: particularsSchema.default({}),
    intentionAt: optionalInstant,
    noticeAt: instant,
    documentsFrom: optionalInstant,
    documentsUntil: optionalInstant,
    bidDeadline: optionalInstant,
    bidValidityDays: z.int().min(1).max(3650).nullable().default(null),
    catalogueCode: code
      .nullable()
      .default(null)
      .meta({ description: '交易目录、集中采购目录的品目 / Item of the catalogue' }),
    projectCode: code
      .nullable()
      .default(null)
      .meta({ description: '项目代码：同一项目的各次招标相同 / The same for all tenders of one project' }),
    fiscalFundsFen: fen
      .nullable()
      .default(null)
      .meta({ description: '项目中的预算资金，分 / Fiscal funds in the project (16号令 2)' }),
    investmentFen: fen
      .nullable()
      .default(null)
      .meta({ description: '项目投资额，分 / Whole investment in the project' }),
    bidderWindowMinutes: z.int().min(1).max(10_080).nullable().default(null).meta({
      description:
        '双锁：投标人须在开标后多少分钟内解密；不填则投标人不留份额 / Minutes within which each bidder must release the share that it keeps; null: it keeps none',
    }),
    depositDecides: z.boolean().default(false).meta({
      description:
        '招标文件规定：投标截止前未足额提交投标保证金的，投标无效 / By the tender documents: a bid without its deposit at the deadline is invalid',
    }),
    depositForms: z
      .array(z.enum(DEPOSIT_FORMS))
      .min(1)
      .max(DEPOSIT_FORMS.length)
      .nullable()
      .default(null)
      .meta({ description: '接受的保证金形式，默认全部 / Forms of deposits that are taken; default: all' }),
    methodGround: groundSchema.nullable().default(null),
    invitees: z.array(inviteeSchema).max(200).default([]).meta({
      description:
        '以邀请方式开始的采购方式：被邀请的供应商 / Of procedures that begin with invitations: who is invited',
    }),
    objectionMinutes: z.int().min(1).max(10_080).nullable().default(null).meta({
      description:
        '开标记录公布后多少分钟内可对开标提出异议；不填则至当日结束 / Minutes after the opening record for objections to the opening; null: to the end of that day',
    }),
    lots: z
      .array(
        z.strictObject({
          no: lotNumber,
          title: line(200),
          budgetFen: fen,
          bidBondFen: fen.nullable().default(null),
          ...bondAsked,
        }),
      )
      .min(1)
      .max(200)
      .refine((lots) => new Set(lots.map(({ no }) => no)).size === lots.length, {
        params: { rule: 'unique', messageZh: '标段号重复', messageEn: 'Two lots have the same number' },
      }),
  })
  .meta({ id: 'Draft' });

/**
 * The draft as it is stored: its author runs the tender.
 * @param confirmed RECALLED rules that the installation confirms
 * @throws DomainError `bad-input` where another organisation is named instead of one's own, `not-found`; `unlawful` or
 *   `procedure-not-supported` for a procedure that is not run
 */
export async function draftFrom(
  q: Queries,
  body: z.infer<typeof draftSchema>,
  acting: Acting,
  confirmed: ReadonlySet<string>,
): Promise<Draft> {
  const own = acting.organisationId;
  if (own === null) throw new Error('a draft is written for an organisation');
  const place = acting.role === 'agency' ? 'agencyId' : 'purchaserId';
  const purchaserId = acting.role === 'agency' ? body.purchaserId : (body.purchaserId ?? own);
  const agencyId = acting.role === 'agency' ? (body.agencyId ?? own) : (body.agencyId ?? null);
  if (purchaserId === undefined) {
    throw badInput([
      {
        field: 'purchaserId',
        rule: 'required',
        messageZh: '代理机构应注明招标人（采购人）',
        messageEn: 'An agency names the purchaser it acts for',
      },
    ]);
  }
  if ((acting.role === 'agency' ? agencyId : purchaserId) !== own) {
    throw badInput([
      { field: place, rule: 'own', messageZh: '应为本单位', messageEn: 'It must be your own organisation' },
    ]);
  }
  const parties = agencyId === null ? [purchaserId] : [purchaserId, agencyId];
  for (const organisationId of [...parties, ...body.invitees.map((invitee) => invitee.organisationId)]) {
    await organisationById(q, organisationId);
  }
  const draft = { ...body, purchaserId, agencyId };
  await assertProcedure(q, draft, acting, confirmed);
  return draft;
}

const partySchema = z.object({ id, name: z.string() });

const lotSchema = z
  .object({
    no: z.int(),
    title: z.string(),
    budgetFen: z.int(),
    bidBondFen: z.int().nullable(),
    performanceBondPermille: z.int().nullable(),
    performanceBondDays: z.int().nullable(),
    stage: z.enum(LOT_STAGES),
    failure: z
      .object({
        rule: z.string(),
        law: z.string().nullable(),
        article: z.string().nullable(),
        reasonZh: z.string(),
        reasonEn: z.string(),
        at: instantOut,
        links: ruleLinksSchema,
        nextSteps: z.array(bilingual.extend({ action: z.string(), law: z.string(), article: z.string() })),
      })
      .nullable(),
    winnerBidId: id.nullable(),
    winner: z.string().nullable().meta({ description: '中标人（成交供应商）名称 / The name of who won' }),
    awardedAt: instantOut.nullable(),
    deemed: z.boolean().meta({ description: '招标人逾期未定，视为排名第一的候选人中标' }),
    suspensions: z
      .array(suspendedSchema)
      .meta({ description: '本标段现在暂停计算的期限；没有则为空 / Its clocks that do not run now; empty: all do' }),
  })
  .meta({ id: 'Lot' });

export const summarySchema = z
  .object({
    id,
    title: z.string(),
    regime: z.enum(REGIMES),
    procedure: z.enum(PROCEDURES),
    kind: z.enum(KINDS),
    mandatory: z.boolean(),
    catalogueCode: z.string().nullable(),
    projectCode: z.string().nullable(),
    purchaser: partySchema,
    agency: partySchema.nullable(),
    budgetFen: z.int(),
    stage: z.enum(PROCUREMENT_STAGES),
    suspensions: z.array(suspendedSchema).meta({
      description:
        '现在暂停计算的期限，自何时起、因何、依据、接下来如何；没有则为空。投标截止暂停的，bidDeadline 为暂停前的时间，不会届满 / Clocks that do not run now; empty: all of them do. While that of the deadline is suspended, bidDeadline is what it was, and does not pass',
    }),
    intentionAt: instantOut.nullable(),
    noticeAt: instantOut,
    documentsFrom: instantOut.nullable(),
    documentsUntil: instantOut.nullable(),
    bidDeadline: instantOut.nullable(),
    bidValidityDays: z.int().nullable(),
    launchedAt: instantOut.nullable(),
    openedAt: instantOut.nullable(),
    endedAt: instantOut.nullable(),
    retenderOf: id.nullable(),
    retenderLot: z
      .int()
      .nullable()
      .meta({ description: '重新招标的标段号；多个标段的，为其第一个 / The first, of several' }),
    retenderLots: z
      .array(z.int())
      .nullable()
      .meta({ description: '重新招标的各标段号，依次对应本项目的标段 / The earlier lots, in the order of its own' }),
    links: timelineLinkSchema,
  })
  .meta({ id: 'ProcurementSummary' });

export const procurementSchema = summarySchema
  .extend({
    contentZh: z.string(),
    particulars: particularsSchema.nullable().meta({
      description: '公告事项；此前版本发起的项目为 null / null where an earlier version launched it',
    }),
    fiscalFundsFen: z.int().nullable(),
    investmentFen: z.int().nullable(),
    bidderWindowMinutes: z.int().nullable(),
    objectionMinutes: z.int().nullable(),
    depositDecides: z.boolean(),
    depositForms: z.array(z.enum(DEPOSIT_FORMS)).nullable(),
    methodGround: groundSchema.nullable(),
    invitees: z
      .array(inviteeSchema.extend({ name: z.string(), invitedAt: instantOut.nullable() }))
      .nullable()
      .meta({
        description:
          '被邀请的供应商，仅组织者和监督者可见，其他人为 null / Only for those who run or supervise it; null for others',
      }),
    version: z.int(),
    rulebookVersion: z.string(),
    lots: z.array(lotSchema),
    pastSuspensions: z.array(pastSuspensionSchema).meta({ description: '已结束的暂停 / Suspensions that have ended' }),
  })
  .meta({ id: 'Procurement' });

type Names = Awaited<ReturnType<typeof organisationsById>>;
type Summary = z.infer<typeof summarySchema>;

/** @param suspended their clocks that do not run now, by their ids */
export async function summaryViews(
  q: Queries,
  rows: readonly ProcurementRow[],
  suspended: ReadonlyMap<string, readonly Suspended[]>,
): Promise<Summary[]> {
  const names = await partiesOf(q, rows);
  return rows.map((row) => summaryOf(row, suspended.get(row.id) ?? [], names));
}

const partiesOf = (q: Queries, rows: readonly ProcurementRow[]): Promise<Names> =>
  organisationsById(
    q,
    rows.flatMap(({ purchaserId, agencyId }) => (agencyId === null ? [purchaserId] : [purchaserId, agencyId])),
  );

/** Shown to everybody: nothing here may reveal how many have bid, or who. */
function summaryOf(row: ProcurementRow, suspended: readonly Suspended[], names: Names): Summary {
  const party = (organisationId: string) => ({ id: organisationId, name: names.get(organisationId)?.name ?? '' });
  return {
    id: row.id,
    title: row.title,
    regime: row.regime,
    procedure: row.procedure,
    kind: row.kind,
    mandatory: row.mandatory,
    catalogueCode: row.catalogueCode,
    projectCode: row.projectCode,
    purchaser: party(row.purchaserId),
    agency: row.agencyId === null ? null : party(row.agencyId),
    budgetFen: row.budgetFen,
    stage: row.stage,
    suspensions: suspended.map(suspendedView),
    intentionAt: atOrNull(row.intentionAt),
    noticeAt: at(row.noticeAt),
    documentsFrom: atOrNull(row.documentsFrom),
    documentsUntil: atOrNull(row.documentsUntil),
    bidDeadline: atOrNull(row.bidDeadline),
    bidValidityDays: row.bidValidityDays,
    launchedAt: atOrNull(row.launchedAt),
    openedAt: atOrNull(row.openedAt),
    endedAt: atOrNull(row.endedAt),
    retenderOf: row.retenderOf,
    retenderLot: row.retenderLot,
    retenderLots: row.retenderLot === null ? null : [row.retenderLot, ...(row.retenderOthers ?? [])],
    links: timelineLink(row.id),
  };
}

/**
 * @param insider whether the reader runs or supervises it, and may see who is invited
 * @param suspended its clocks that do not run now; of a draft none does yet
 */
export async function procurementView(
  q: Queries,
  procurement: Procurement,
  insider: boolean,
  suspended: readonly Suspended[] = [],
  past: readonly EndedSuspension[] = [],
): Promise<z.infer<typeof procurementSchema>> {
  const winners = await biddersOf(
    q,
    procurement.lots.flatMap(({ winnerBidId }) => winnerBidId ?? []),
  );
  return {
    ...summaryOf(procurement, suspended, await partiesOf(q, [procurement])),
    contentZh: procurement.contentZh,
    particulars: procurement.particulars,
    fiscalFundsFen: procurement.fiscalFundsFen,
    investmentFen: procurement.investmentFen,
    bidderWindowMinutes: procurement.bidderWindowMinutes,
    objectionMinutes: procurement.objectionMinutes,
    depositDecides: procurement.depositDecides,
    depositForms: procurement.depositForms,
    methodGround: procurement.methodGround,
    invitees: insider ? (await inviteesOf(q, procurement.id)).map(inviteeView) : null,
    version: procurement.version,
    rulebookVersion: procurement.rulebookVersion,
    pastSuspensions: past.map(pastSuspensionView),
    lots: procurement.lots.map((lot) => lotView(lot, suspended, winners.get(lot.winnerBidId ?? '')?.supplier ?? null)),
  };
}

const inviteeView = ({ organisationId, name, source, reasonZh, invitedAt }: NamedInvitee) => ({
  ...{ organisationId, name, source, reasonZh },
  invitedAt: atOrNull(invitedAt),
});

function lotView(lot: LotRow, suspended: readonly Suspended[], winner: string | null): z.infer<typeof lotSchema> {
  return {
    no: lot.no,
    title: lot.title,
    budgetFen: lot.budgetFen,
    bidBondFen: lot.bidBondFen,
    performanceBondPermille: lot.performanceBondPermille,
    performanceBondDays: lot.performanceBondDays,
    stage: lot.stage,
    failure: lot.failure && { ...lot.failure, at: at(lot.failure.at), links: ruleLinks(lot.failure.rule) },
    winnerBidId: lot.winnerBidId,
    winner,
    awardedAt: atOrNull(lot.awardedAt),
    deemed: lot.deemed,
    suspensions: suspended.filter(({ lotNo }) => lotNo === lot.no).map(suspendedView),
  };
}

export const etagOf = ({ version }: Pick<Procurement, 'version'>): string => `"${version}"`;
