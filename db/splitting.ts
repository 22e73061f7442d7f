import { and, eq, gte, lt, ne, notInArray, or, type SQL } from 'drizzle-orm';
import { civilDayOf, dayFromParts, partsOfDay, startOfDay } from '../domain/civil-time.ts';
import type { Sibling } from '../domain/law/splitting.ts';
import { permission, type Role } from '../domain/roles.ts';
import type { Actor } from './audit.ts';
import type { Queries } from './access/database.ts';
import { tradesOfItem } from './off-platform.ts';
import { organisationById } from './organisations.ts';
import type { Draft } from './procurements.ts';
import { procurements } from './schema/sqlite.ts';

export type Viewer = Pick<Actor, 'role' | 'organisationId'>;

/** What a viewer may see of procurements that are not announced: all, or only what its organisation runs. */
function visible({ role, organisationId }: Viewer): SQL | undefined {
  const granted = permission(role as Role, 'procurement.read-draft', { stage: 'draft' });
  if ('scope' in granted && granted.scope === 'any') return undefined;
  const announced = notInArray(procurements.stage, ['draft', 'launched']);
  if ('denied' in granted || organisationId === null) return announced;
  return or(announced, eq(role === 'agency' ? procurements.agencyId : procurements.purchaserId, organisationId));
}

/**
 * The other procurements of the same purchaser and project (works), or of the same purchaser, item and calendar year
 * (government; 财政年度 is the calendar year), terminated ones left out: what the viewer may see of them.
 * @param draft with its id where it is stored
 */
export async function siblingsOf(
  q: Queries,
  draft: Draft & { readonly id?: string },
  viewer: Viewer,
): Promise<Sibling[]> {
  const { regime, kind, purchaserId, projectCode = null, catalogueCode = null, id = '' } = draft;
  const among =
    regime === 'tendering'
      ? projectCode === null
        ? null
        : and(eq(procurements.projectCode, projectCode), eq(procurements.kind, kind))
      : catalogueCode === null
        ? null
        : and(eq(procurements.catalogueCode, catalogueCode), ...inYearOf(draft.noticeAt));
  if (among === null) return [];
  const rows = await q
    .select({
      id: procurements.id,
      title: procurements.title,
      procedure: procurements.procedure,
      amountFen: procurements.budgetFen,
      retenderOf: procurements.retenderOf,
    })
    .from(procurements)
    .where(
      and(
        eq(procurements.purchaserId, purchaserId),
        among,
        eq(procurements.regime, regime),
        ne(procurements.id, id),
        ne(procurements.stage, 'terminated'),
        visible(viewer),
      ),
    )
    .orderBy(procurements.id);
  return catalogueCode === null || regime === 'tendering'
    ? rows
    : [...rows, ...(await elsewhere(q, { purchaserId, catalogueCode, noticeAt: draft.noticeAt }, viewer))];
}

const yearOfInstant = (at: number): number => partsOfDay(civilDayOf(at)).year;

function inYearOf(noticeAt: number): SQL[] {
  const year = yearOfInstant(noticeAt);
  const start = (of: number) => startOfDay(dayFromParts({ year: of, month: 1, day: 1 }));
  return [gte(procurements.noticeAt, start(year)), lt(procurements.noticeAt, start(year + 1))];
}

/** What the office recorded of the same purchaser and item in that year, for those who may read it. */
async function elsewhere(
  q: Queries,
  item: { purchaserId: string; catalogueCode: string; noticeAt: number },
  { role }: Viewer,
): Promise<Sibling[]> {
  if (!('scope' in permission(role as Role, 'off-platform.read', {}))) return [];
  const { creditCode } = await organisationById(q, item.purchaserId);
  const trades = await tradesOfItem(q, creditCode, item.catalogueCode, yearOfInstant(item.noticeAt));
  return trades.map(({ id, title, procedure, amountFen }) => ({ id, title, procedure, amountFen, retenderOf: null }));
}
