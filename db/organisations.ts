import { and, asc, eq, gt, inArray, isNotNull, isNull, or, sql, type SQL } from 'drizzle-orm';
import type { Role } from '../domain/roles.ts';
import { foldedOf } from '../domain/text.ts';
import type { Queries, Tx } from './access/database.ts';
import { prepared } from './access/statements.ts';
import { notFound } from './procurements.ts';
import { memberships, organisationCorrections, organisations } from './schema/sqlite.ts';

export type Organisation = Omit<typeof organisations.$inferSelect, 'folded'>;

/**
 * What an organisation is, may do here, and belongs to: three things, recorded separately
 * (domain/organisations/separation.ts).
 */
export type Standing = Pick<Organisation, 'identity' | 'duties' | 'reportsTo'>;

export async function insertOrganisation(tx: Tx, organisation: Organisation): Promise<void> {
  await tx.q.insert(organisations).values({ ...organisation, folded: foldedOf(organisation.name) });
}

export async function updateName(
  tx: Tx,
  id: string,
  { name, creditCode }: Pick<Organisation, 'name' | 'creditCode'>,
): Promise<void> {
  await tx.q
    .update(organisations)
    .set({ name, creditCode, folded: foldedOf(name) })
    .where(eq(organisations.id, id));
}

export async function updateStanding(tx: Tx, id: string, standing: Standing): Promise<void> {
  await tx.q.update(organisations).set(standing).where(eq(organisations.id, id));
}

/** Whether the person who is being added is the first that the organisation has ever had. */
export async function noteFirstPerson(tx: Tx, id: string): Promise<boolean> {
  const noted = await tx.q
    .update(organisations)
    .set({ firstPersonAt: tx.now })
    .where(and(eq(organisations.id, id), isNull(organisations.firstPersonAt)))
    .returning({ id: organisations.id });
  return noted.length > 0;
}

/** The trading centre itself (交易中心): the organisation of the first administrator. */
export async function centreOf(q: Queries): Promise<Pick<Organisation, 'id' | 'name' | 'creditCode'> | undefined> {
  const [row] = await q
    .select({ id: organisations.id, name: organisations.name, creditCode: organisations.creditCode })
    .from(memberships)
    .innerJoin(organisations, eq(organisations.id, memberships.organisationId))
    .where(eq(memberships.role, 'administrator'))
    .orderBy(asc(memberships.createdAt), asc(organisations.id))
    .limit(1);
  return row;
}

/** @throws DomainError `not-found` */
export async function organisationById(q: Queries, id: string): Promise<Organisation> {
  const [row] = await selectById(q).execute({ id });
  if (!row) throw notFound('organisation', id);
  return row;
}

const selectById = prepared((q) =>
  q
    .select()
    .from(organisations)
    .where(eq(organisations.id, sql.placeholder('id')))
    .prepare(),
);

export async function organisationByCreditCode(q: Queries, creditCode: string): Promise<Organisation | undefined> {
  const [row] = await q.select().from(organisations).where(eq(organisations.creditCode, creditCode));
  return row;
}

/** Those of these codes that are registered, by the code. */
export async function organisationsByCreditCode(
  q: Queries,
  creditCodes: readonly string[],
): Promise<ReadonlyMap<string, Organisation>> {
  if (creditCodes.length === 0) return new Map();
  const rows = await q
    .select()
    .from(organisations)
    .where(inArray(organisations.creditCode, [...new Set(creditCodes)]));
  return new Map(rows.map((row) => [row.creditCode, row]));
}

/** Organisations that are called so, or have that code. */
export async function organisationsCalled(q: Queries, name: string): Promise<string[]> {
  const rows = await q
    .select({ id: organisations.id })
    .from(organisations)
    .where(or(eq(organisations.name, name), eq(organisations.creditCode, name)));
  return rows.map(({ id }) => id);
}

/**
 * Organisations that have, or had, the name of one of these under another code, whatever its width, case and blanks: whoever
 * reads only names takes them for each other. In the order of what is given.
 */
export async function namesakesOf(
  q: Queries,
  given: readonly Pick<Organisation, 'name' | 'creditCode'>[],
): Promise<Organisation[][]> {
  if (given.length === 0) return [];
  const keys = [...new Set(given.map(({ name }) => nameKey(foldedOf(name))))];
  const called = await q
    .select()
    .from(organisations)
    .where(inArray(sql`replace(${organisations.folded}, ' ', '')`, keys));
  const formerly = await q
    .select({ organisation: organisations, formerName: organisationCorrections.formerName })
    .from(organisationCorrections)
    .innerJoin(organisations, eq(organisations.id, organisationCorrections.organisationId))
    .where(eq(organisationCorrections.state, 'done'));
  const named = [
    ...called.map((organisation) => ({ organisation, key: nameKey(organisation.folded) })),
    ...formerly.map(({ organisation, formerName }) => ({ organisation, key: nameKey(foldedOf(formerName)) })),
  ];
  return given.map(({ name, creditCode }) => {
    const key = nameKey(foldedOf(name));
    const found = named.flatMap((each) =>
      each.key === key && each.organisation.creditCode !== creditCode ? each.organisation : [],
    );
    return [...new Map(found.map((each) => [each.id, each])).values()];
  });
}

const nameKey = (folded: string): string => folded.replaceAll(' ', '');

export async function organisationsById(
  q: Queries,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Organisation>> {
  if (ids.length === 0) return new Map();
  const rows = await q
    .select()
    .from(organisations)
    .where(inArray(organisations.id, [...new Set(ids)]));
  return new Map(rows.map((row) => [row.id, row]));
}

/** An organisation and all that it belongs to, at any number of levels. */
export async function withSuperiors(q: Queries, id: string): Promise<Organisation[]> {
  const superiors = sql`(with recursive superiors (id) as (
    select cast(${id} as text)
    union
    select below.reports_to from organisations below join superiors on below.id = superiors.id
      where below.reports_to is not null
  ) select id from superiors)`;
  return q
    .select()
    .from(organisations)
    .where(sql`${organisations.id} in ${superiors}`);
}

/** Organisations with more recorded than a name, and those whose people have one of these roles. */
export async function organisationsWithStanding(q: Queries, roles: readonly Role[]): Promise<Organisation[]> {
  const withRole = q
    .select({ id: memberships.organisationId })
    .from(memberships)
    .where(inArray(memberships.role, [...roles]));
  return q
    .select()
    .from(organisations)
    .where(
      or(
        isNotNull(organisations.identity),
        isNotNull(organisations.duties),
        isNotNull(organisations.reportsTo),
        inArray(organisations.id, withRole),
      ),
    )
    .orderBy(asc(organisations.id));
}

export async function listOrganisations(q: Queries, page: { after?: string; limit: number }): Promise<Organisation[]> {
  return q
    .select()
    .from(organisations)
    .where(page.after ? gt(organisations.id, page.after) : undefined)
    .orderBy(asc(organisations.id))
    .limit(page.limit);
}

/** By part of the name, whatever its width and case, or by the whole credit code. */
export async function findOrganisations(
  q: Queries,
  { text, after, limit }: { text: string; after?: string; limit: number },
): Promise<Organisation[]> {
  return q
    .select()
    .from(organisations)
    .where(and(isNamed(text), after ? gt(organisations.id, after) : undefined))
    .orderBy(asc(organisations.id))
    .limit(limit);
}

/** That an organisation of a query has this in its name, or has this credit code. */
export function isNamed(text: string): SQL | undefined {
  const folded = foldedOf(text);
  const part = `%${folded.replace(/[\\%_]/g, '\\$&')}%`;
  return or(sql`${organisations.folded} like ${part} escape '\\'`, eq(organisations.creditCode, folded.toUpperCase()));
}
