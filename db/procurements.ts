import { and, asc, count, eq, inArray, isNull, lt, lte, notExists, notInArray, sql } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { DomainError } from '../domain/errors.ts';
import type { DepositForm, Procedure, TenderRegime } from '../domain/law/facts.ts';
import type { Particulars } from '../domain/notices/particulars.ts';
import type { Invitee, MethodGround } from '../domain/procedures/invitees.ts';
import { PROCUREMENT_STAGES, type ProcurementStage } from '../domain/stages.ts';
import type { Queries, Tx } from './access/database.ts';
import { indexTitle, listBoard, PROCUREMENTS, searchedTextOf } from './access/search.ts';
import { prepared } from './access/statements.ts';
import { insertInvitees, isKnownTo, replaceInvitees } from './invitees.ts';
import { isSuspended } from './tender/suspensions.ts';
import { lots, milestones, procurements, suspensions } from './schema/sqlite.ts';

export type ProcurementRow = typeof procurements.$inferSelect;
export type LotRow = typeof lots.$inferSelect;
export interface Procurement extends ProcurementRow {
  readonly lots: LotRow[];
}

/** What a purchaser or its agency writes before the launch. Instants are civil epoch ms, money is fen. */
export interface Draft {
  readonly title: string;
  readonly regime: TenderRegime;
  readonly procedure: Procedure;
  readonly kind: 'works' | 'goods' | 'services';
  /** 依法必须招标. */
  readonly mandatory: boolean;
  readonly purchaserId: string;
  readonly agencyId: string | null;
  readonly budgetFen: number;
  readonly contentZh: string;
  /** 公告事项; null only in tenders from a release without them. */
  readonly particulars: Particulars | null;
  readonly intentionAt: number | null;
  readonly noticeAt: number;
  readonly documentsFrom: number | null;
  readonly documentsUntil: number | null;
  readonly bidDeadline: number | null;
  readonly bidValidityDays: number | null;
  readonly lots: readonly {
    no: number;
    title: string;
    budgetFen: number;
    bidBondFen: number | null;
    performanceBondPermille?: number | null;
    performanceBondDays?: number | null;
  }[];
  readonly retenderOf?: string | null;
  /** The earlier lot that its first lot is, and those that its other lots are. */
  readonly retenderLot?: number | null;
  readonly retenderOthers?: number[] | null;
  /** 品目 of the catalogue in force at the notice. */
  readonly catalogueCode?: string | null;
  /** 项目代码: what belongs to one project. */
  readonly projectCode?: string | null;
  /** 预算资金 in the project, and its whole investment (16号令 2). */
  readonly fiscalFundsFen?: number | null;
  readonly investmentFen?: number | null;
  /** 双锁: minutes within which each bidder must release its own share; null: bidders keep none. */
  readonly bidderWindowMinutes?: number | null;
  /** 开标异议: minutes after the opening record; null: to the end of that day. */
  readonly objectionMinutes?: number | null;
  /** Whether a bid is invalid whose deposit has not arrived by the deadline (as the documents say); default: not. */
  readonly depositDecides?: boolean;
  /** Accepted forms of a deposit; null: every lawful one. */
  readonly depositForms?: DepositForm[] | null;
  /** The case of the law by which the procedure was chosen; null: it needs none. */
  readonly methodGround?: MethodGround | null;
  /** Who is invited; default: nobody. */
  readonly invitees?: readonly Invitee[];
}

/** @returns the id of the new draft */
export async function insertDraft(
  q: Queries,
  draft: Draft,
  made: Pick<ProcurementRow, 'rulebookVersion' | 'createdAt'>,
): Promise<string> {
  const id = newId();
  const { lots: draftLots, invitees = [], ...fields } = draft;
  await q.insert(procurements).values({ ...fields, ...made, id, stage: 'draft', version: 1 });
  await Promise.all([indexTitle(q, 'procurements', id, searchedTextOf(draft)), insertLots(q, id, draftLots)]);
  await insertInvitees(q, id, invitees);
  return id;
}

export async function replaceDraft(q: Queries, id: string, draft: Draft, version: number): Promise<void> {
  const { lots: draftLots, invitees = [], ...fields } = draft;
  await q
    .update(procurements)
    .set({ ...fields, version })
    .where(eq(procurements.id, id));
  await q.delete(lots).where(eq(lots.procurementId, id));
  await Promise.all([
    indexTitle(q, 'procurements', id, searchedTextOf(draft)),
    insertLots(q, id, draftLots),
    replaceInvitees(q, id, invitees),
  ]);
}

/** A draft that its author deletes: its rows stay, as the trail names them, and nothing shows them any more. */
export async function discardDraft(tx: Tx, id: string): Promise<void> {
  await tx.q.update(procurements).set({ discardedAt: tx.now }).where(eq(procurements.id, id));
}

/** Forgets the plan of a launch that was withdrawn: the next one is counted anew. */
export async function forgetPlan(tx: Tx, id: string): Promise<void> {
  await tx.q.delete(milestones).where(eq(milestones.procurementId, id));
}

async function insertLots(q: Queries, procurementId: string, draftLots: Draft['lots']): Promise<void> {
  await q.insert(lots).values(draftLots.map((lot) => ({ ...lot, procurementId, stage: 'pending' as const })));
}

/** @throws DomainError `not-found` */
export async function procurementById(q: Queries, id: string): Promise<Procurement> {
  const rows = await selectWithLots(q).execute({ id });
  const [first] = rows;
  if (!first) throw notFound('procurement', id);
  return { ...first.procurement, lots: rows.flatMap(({ lot }) => lot ?? []) };
}

/** Those that tender lots of a procurement again, with their lots. */
export async function retendersOf(q: Queries, earlierId: string): Promise<Procurement[]> {
  const rows = await q
    .select({ id: procurements.id })
    .from(procurements)
    .where(and(eq(procurements.retenderOf, earlierId), isNull(procurements.discardedAt)));
  return Promise.all(rows.map(({ id }) => procurementById(q, id)));
}

const selectWithLots = prepared((q) =>
  q
    .select({ procurement: procurements, lot: lots })
    .from(procurements)
    .leftJoin(lots, eq(lots.procurementId, procurements.id))
    .where(and(eq(procurements.id, sql.placeholder('id')), isNull(procurements.discardedAt)))
    .orderBy(lots.no)
    .prepare(),
);

/** The procurement without its lots. @throws DomainError `not-found` */
export async function procurementRow(q: Queries, id: string): Promise<ProcurementRow> {
  const [row] = await selectProcurement(q).execute({ id });
  if (!row) throw notFound('procurement', id);
  return row;
}

const selectProcurement = prepared((q) =>
  q
    .select()
    .from(procurements)
    .where(and(eq(procurements.id, sql.placeholder('id')), isNull(procurements.discardedAt)))
    .prepare(),
);

/** Titles by the ids of their procurements; of drafts that were discarded there is none. */
export async function titlesOf(q: Queries, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await q
    .select({ id: procurements.id, title: procurements.title })
    .from(procurements)
    .where(and(inArray(procurements.id, [...new Set(ids)]), isNull(procurements.discardedAt)));
  return new Map(rows.map(({ id, title }) => [id, title]));
}

/** @throws DomainError `not-found` */
export async function lotOf(q: Queries, procurementId: string, no: number): Promise<LotRow> {
  const [row] = await selectLot(q).execute({ procurementId, no });
  if (!row) throw notFound('lot', `${procurementId}/lot/${no}`);
  return row;
}

const selectLot = prepared((q) =>
  q
    .select()
    .from(lots)
    .where(and(eq(lots.procurementId, sql.placeholder('procurementId')), eq(lots.no, sql.placeholder('no'))))
    .prepare(),
);

/** Those that still accept bids although their deadline has come, longest due first; suspended ones are left out. */
export async function dueToClose(q: Queries, now: number): Promise<string[]> {
  return (await selectDueToClose(q).execute({ now })).map(({ id }) => id);
}

/** Most that one call returns. */
const MOST_DUE = 2_000;

const selectDueToClose = prepared((q) =>
  q
    .select({ id: procurements.id })
    .from(procurements)
    .where(
      and(
        // Literally as in its index: a bound value would not be known to match.
        sql`${procurements.stage} = 'bidding'`,
        lte(procurements.bidDeadline, sql.placeholder('now')),
        notExists(q.select({ id: suspensions.id }).from(suspensions).where(isSuspended('bid-deadline'))),
      ),
    )
    .orderBy(asc(procurements.bidDeadline))
    .limit(MOST_DUE)
    .prepare(),
);

/** How many others that accept bids until the same instant come before this one, by their ids. */
export async function closingRank(q: Queries, id: string, bidDeadline: number): Promise<number> {
  const [row] = await selectClosingRank(q).execute({ id, bidDeadline });
  return row?.before ?? 0;
}

const selectClosingRank = prepared((q) =>
  q
    .select({ before: count() })
    .from(procurements)
    .where(
      and(
        // Literally as in its index.
        sql`${procurements.stage} = 'bidding'`,
        eq(procurements.bidDeadline, sql.placeholder('bidDeadline')),
        lt(procurements.id, sql.placeholder('id')),
      ),
    )
    .prepare(),
);

export interface ProcurementFilter {
  readonly stages?: readonly ProcurementStage[];
  readonly regime?: TenderRegime;
  readonly kind?: 'works' | 'goods' | 'services';
  /** Part of the title. */
  readonly text?: string;
  /** Only those whose purchaser or agency is this organisation. */
  readonly runBy?: string;
  /** Only those that this organisation may know of (empty: that the public may); absent: all. */
  readonly seenBy?: string;
  /** The id of the last row of the previous page. */
  readonly after?: string;
  readonly limit: number;
}

/** Newest first. */
export async function listProcurements(q: Queries, filter: ProcurementFilter): Promise<ProcurementRow[]> {
  const { stages = PROCUREMENT_STAGES, regime, kind, runBy, seenBy, after, text, limit } = filter;
  if (stages.length === 0) return [];
  const stage = stages.length === 1 ? stages[0] : undefined;
  // For several stages, the newest of all stages are read, and the others are filtered out.
  const others = stage ? [] : PROCUREMENT_STAGES.filter((each) => !stages.includes(each));
  return listBoard(q, PROCUREMENTS, {
    shape: [
      stage && 'stage',
      others.length,
      regime && 'regime',
      kind && 'kind',
      runBy && 'run',
      seenBy !== undefined && 'seen',
    ].join(' '),
    where: () =>
      and(
        stage ? eq(procurements.stage, sql.placeholder('stage')) : undefined,
        others.length > 0
          ? notInArray(
              procurements.stage,
              others.map((_, index) => sql.placeholder(`other${index}`)),
            )
          : undefined,
        regime ? eq(procurements.regime, sql.placeholder('regime')) : undefined,
        kind ? eq(procurements.kind, sql.placeholder('kind')) : undefined,
        runBy
          ? sql`(${procurements.purchaserId} = ${sql.placeholder('runBy')} or ${procurements.agencyId} = ${sql.placeholder('runBy')})`
          : undefined,
        seenBy === undefined ? undefined : isKnownTo(sql.placeholder('seenBy')),
        isNull(procurements.discardedAt),
      ),
    narrow: [stage, regime, kind, runBy].some((each) => each !== undefined),
    next: after ? () => lt(procurements.id, sql.placeholder('after')) : undefined,
    values: {
      ...Object.fromEntries(others.map((other, index) => [`other${index}`, other])),
      ...{ stage, regime, kind, runBy, seenBy, after },
    },
    text,
    limit,
  });
}

const NAMES_ZH: Readonly<Record<string, string>> = {
  account: '账号',
  control: '控股、管理关系声明',
  correction: '更正申请',
  'custodian-key': '保管人公钥',
  decision: '决定',
  deposit: '投标保证金',
  document: '文件',
  draw: '专家抽取',
  expert: '专家',
  'expert-pool': '专家库',
  booking: '场地预订',
  call: '评审邀请',
  grievance: '异议（质疑）',
  leaf: '日志叶子',
  lot: '标段',
  mandate: '委托',
  notice: '公告',
  'off-platform-trade': '场外交易记录',
  organisation: '机构',
  payment: '付款',
  procurement: '项目',
  question: '疑问',
  report: '评标报告',
  reference: '保证金编号',
  resource: '资源',
  room: '场地',
  session: '会话',
  registration: '供应商注册',
  'tree-head': '日志树头',
  'audit-entry': '审计记录',
};

export function notFound(what: string, id: string): DomainError {
  return new DomainError('not-found', {
    messageZh: `未找到${NAMES_ZH[what] ?? what}：${id}`,
    messageEn: `Not found: ${what} ${id}`,
    details: { what, id },
  });
}
