import { and, asc, eq, inArray, or } from 'drizzle-orm';
import type { Queries } from '../access/database.ts';
import type { TenderPlace } from '../tender/place.ts';
import type { Organisation } from '../organisations.ts';
import { accounts, audit, deposits, memberships, openings, organisations } from '../schema/sqlite.ts';

/** Who acted for which organisation in a procurement, and from where: by the audit trail, confidential entries included. */
export interface Traced {
  readonly procurementId: string;
  readonly organisationId: string;
  readonly accountId: string | null;
  readonly address: string | null;
}

export async function actorsIn(q: Queries, procurementIds: readonly string[]): Promise<Traced[]> {
  if (procurementIds.length === 0) return [];
  const rows = await q
    .select({ procurementId: audit.procurementId, actor: audit.actor })
    .from(audit)
    .where(inArray(audit.procurementId, [...procurementIds]));
  return rows.flatMap(({ procurementId, actor: { organisationId, accountId, address } }) =>
    procurementId === null || organisationId === null ? [] : [{ procurementId, organisationId, accountId, address }],
  );
}

/** Who paid the deposits of the bidders of a procurement, by the bank. */
export interface PaidDeposit {
  readonly procurementId: string;
  readonly lotNo: number;
  readonly supplierId: string;
  readonly payer: string | null;
  readonly payerAccount: string | null;
}

/** Those lots of these procurements that were opened. */
export async function openedLots(q: Queries, procurementIds: readonly string[]): Promise<TenderPlace[]> {
  const lots: TenderPlace[] = [];
  for (let from = 0; from < procurementIds.length; from += IDS_PER_QUERY) {
    const { procurementId, lotNo } = openings;
    const rows = await q
      .select({ procurementId, lotNo })
      .from(openings)
      .where(and(inArray(procurementId, procurementIds.slice(from, from + IDS_PER_QUERY)), eq(openings.opened, true)));
    lots.push(...rows);
  }
  return lots;
}

/** Ids in one query. */
const IDS_PER_QUERY = 5_000;

export async function payersIn(q: Queries, procurementIds: readonly string[]): Promise<PaidDeposit[]> {
  if (procurementIds.length === 0) return [];
  const { procurementId, lotNo, supplierId, payer, payerAccount } = deposits;
  return q
    .select({ procurementId, lotNo, supplierId, payer, payerAccount })
    .from(deposits)
    .where(and(inArray(procurementId, [...procurementIds]), eq(deposits.form, 'transfer')))
    .orderBy(asc(deposits.id));
}

/** An organisation with its people. */
export interface Peopled extends Organisation {
  /** Whether it operates the platform. */
  readonly operates: boolean;
  readonly members: readonly { readonly accountId: string; readonly name: string }[];
}

/** These organisations, and those that operate the platform. */
export async function withOperators(q: Queries, ids: readonly string[]): Promise<ReadonlyMap<string, Peopled>> {
  const operators = q
    .select({ id: memberships.organisationId })
    .from(memberships)
    .where(eq(memberships.role, 'centre'));
  const rows = await q
    .select({ organisation: organisations, role: memberships.role, accountId: accounts.id, name: accounts.name })
    .from(organisations)
    .leftJoin(memberships, eq(memberships.organisationId, organisations.id))
    .leftJoin(accounts, eq(accounts.id, memberships.accountId))
    .where(or(inArray(organisations.id, [...new Set(ids)]), inArray(organisations.id, operators)))
    .orderBy(asc(organisations.id), asc(accounts.id));
  const found = new Map<string, Peopled>();
  for (const { organisation, role, accountId, name } of rows) {
    const { operates, members } = found.get(organisation.id) ?? { operates: false, members: [] };
    found.set(organisation.id, {
      ...organisation,
      operates: operates || role === 'centre',
      members: accountId === null || name === null ? members : [...members, { accountId, name }],
    });
  }
  return found;
}

/** The clues of a procurement are entries of its audit trail. */
export const CLUE_FOUND = 'clue.found';

export type ClueEntry = Pick<typeof audit.$inferSelect, 'hash' | 'at' | 'detail'>;

export async function cluesOf(q: Queries, procurementId: string): Promise<ClueEntry[]> {
  return q
    .select({ hash: audit.hash, at: audit.at, detail: audit.detail })
    .from(audit)
    .where(and(eq(audit.procurementId, procurementId), eq(audit.action, CLUE_FOUND)))
    .orderBy(asc(audit.seq));
}
