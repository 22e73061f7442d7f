import { asc, eq, inArray, or, sql, type SQL } from 'drizzle-orm';
import type { DeclaredControl } from '../../domain/organisations/control.ts';
import type { Queries, Tx } from '../access/database.ts';
import { formerCodesOf, presentCode } from './corrections.ts';
import { notFound } from '../procurements.ts';
import { controls, organisations, procurements } from '../schema/sqlite.ts';

export type Control = typeof controls.$inferSelect;

export async function insertControl(tx: Tx, control: Control): Promise<void> {
  await tx.q.insert(controls).values(control);
}

export async function endControl(tx: Tx, id: string): Promise<void> {
  await tx.q.update(controls).set({ endedAt: tx.now }).where(eq(controls.id, id));
}

/** @throws DomainError `not-found` */
export async function controlById(q: Queries, id: string): Promise<Control> {
  const [row] = await q.select().from(controls).where(eq(controls.id, id));
  if (!row) throw notFound('control', id);
  return row;
}

/** What an organisation has declared, ended declarations included, oldest first. */
export async function controlsDeclaredBy(q: Queries, organisationId: string): Promise<Control[]> {
  return q.select().from(controls).where(eq(controls.organisationId, organisationId)).orderBy(asc(controls.id));
}

/** What these organisations have declared, or others of them, also by a code that was corrected since. */
export async function controlsAbout(
  q: Queries,
  of: readonly { readonly id: string; readonly creditCode: string }[],
): Promise<DeclaredControl[]> {
  if (of.length === 0) return [];
  const ids = of.map(({ id }) => id);
  const rows = await q
    .select({ control: controls, creditCode: organisations.creditCode, otherCode: presentCode(controls.otherCode) })
    .from(controls)
    .innerJoin(organisations, eq(organisations.id, controls.organisationId))
    .where(
      or(
        inArray(controls.organisationId, ids),
        inArray(
          controls.otherCode,
          of.map(({ creditCode }) => creditCode),
        ),
        inArray(controls.otherCode, formerCodesOf(q, ids)),
      ),
    )
    .orderBy(asc(controls.id));
  return rows.map(({ control, creditCode, otherCode }) => ({
    ...{ ...control, creditCode },
    otherCode: otherCode ?? control.otherCode,
  }));
}

type Id = ReturnType<typeof sql.placeholder> | typeof organisations.id;

/** Whether people of an organisation operate the platform: a condition within a statement. */
export const operates = (organisationId: Id): SQL<boolean> =>
  sql<boolean>`exists (select 1 from memberships m where m.organisation_id = ${organisationId} and m.role = 'centre')`;

/** Who has the declared code now, or else had it before it was corrected. */
const OTHER = sql.raw('coalesce(o.id, f.organisation_id)');

/**
 * Of what a supplier itself declares and has not ended, one about who runs the procurement of the same statement or the
 * platform; null: there is none.
 */
export const conflictingControl = (supplierId: ReturnType<typeof sql.placeholder>): SQL<string | null> =>
  sql<string | null>`(select c.id from controls c
    left join organisations o on o.credit_code = c.other_code
    left join organisation_corrections f on f.former_code = c.other_code and f.state = 'done'
    where c.organisation_id = ${supplierId} and c.ended_at is null and (${OTHER} = ${procurements.purchaserId}
      or ${OTHER} = ${procurements.agencyId} or exists (
        select 1 from memberships m where m.organisation_id = ${OTHER} and m.role = 'centre'))
    order by case ${OTHER} when ${procurements.purchaserId} then 0 when ${procurements.agencyId} then 1 else 2 end limit 1)`;

/** A declaration, with the registered organisation that it is about. @throws DomainError `not-found` */
export async function controlWithOther(q: Queries, id: string): Promise<Control & { readonly otherId: string }> {
  const [row] = await q
    .select({ control: controls, otherId: organisations.id })
    .from(controls)
    .innerJoin(organisations, eq(organisations.creditCode, presentCode(controls.otherCode)))
    .where(eq(controls.id, id));
  if (!row) throw notFound('control', id);
  return { ...row.control, otherId: row.otherId };
}
