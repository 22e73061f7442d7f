import { and, asc, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import type { DeclaredControl } from '../../domain/organisations/control.ts';
import type { Queries, Tx } from '../access/database.ts';
import { prepared } from '../access/statements.ts';
import { notFound } from '../procurements.ts';
import { controls, memberships, organisations } from '../schema/sqlite.ts';

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

/** What these organisations have declared, or others of them. */
export async function controlsAbout(
  q: Queries,
  of: readonly { readonly id: string; readonly creditCode: string }[],
): Promise<DeclaredControl[]> {
  if (of.length === 0) return [];
  const rows = await q
    .select({ control: controls, creditCode: organisations.creditCode })
    .from(controls)
    .innerJoin(organisations, eq(organisations.id, controls.organisationId))
    .where(
      or(
        inArray(
          controls.organisationId,
          of.map(({ id }) => id),
        ),
        inArray(
          controls.otherCode,
          of.map(({ creditCode }) => creditCode),
        ),
      ),
    )
    .orderBy(asc(controls.id));
  return rows.map(({ control, creditCode }) => ({ ...control, creditCode }));
}

/** A declaration of a supplier that stands, about an organisation that is registered here. */
export type OwnControl = Pick<Control, 'relation' | 'otherName'> & {
  readonly otherId: string;
  /** Whether the other operates the platform. */
  readonly otherOperates: boolean;
};

export async function standingControlsOf(q: Queries, organisationId: string): Promise<OwnControl[]> {
  const rows = await selectStandingControls(q).execute({ organisationId });
  return rows.map((row) => ({ ...row, otherOperates: Boolean(row.otherOperates) }));
}

/** Whether people of an organisation of the same statement operate the platform. */
export const operates = (organisationId: ReturnType<typeof sql.placeholder> | typeof organisations.id) =>
  sql<boolean>`exists (select 1 from ${memberships} where ${memberships.organisationId} = ${organisationId}
    and ${memberships.role} = 'centre')`;

const selectStandingControls = prepared((q) =>
  q
    .select({
      relation: controls.relation,
      otherName: organisations.name,
      otherId: organisations.id,
      otherOperates: operates(organisations.id),
    })
    .from(controls)
    .innerJoin(organisations, eq(organisations.creditCode, controls.otherCode))
    .where(and(eq(controls.organisationId, sql.placeholder('organisationId')), isNull(controls.endedAt)))
    .prepare(),
);
