import { and, eq, gte, isNull, lt, ne, not, notInArray, or, type SQL } from 'drizzle-orm';
import type { Sibling } from '../domain/procedures/choice/splitting.ts';
import type { Kind, TenderRegime } from '../domain/law/facts.ts';
import type { Queries } from './access/database.ts';
import { isInvitationUnderWay } from './invitees.ts';
import { procurements } from './schema/sqlite.ts';

/** What makes procurements parts of one: a project, or an item between two instants (civil epoch ms). */
export type Whole =
  | { readonly projectCode: string; readonly kind: Kind }
  | { readonly catalogueCode: string; readonly from: number; readonly before: number };

/** Which unannounced procurements are shown: all, those that an organisation runs, or none. */
export type Unannounced = 'all' | 'none' | { readonly runBy: string; readonly as: 'purchaser' | 'agency' };

/** The procurements of a purchaser that are parts of one whole, except `except` and terminated ones. */
export async function partsOf(
  q: Queries,
  whole: Whole,
  of: { readonly purchaserId: string; readonly regime: TenderRegime; readonly except: string },
  unannounced: Unannounced,
): Promise<Sibling[]> {
  return q
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
        eq(procurements.purchaserId, of.purchaserId),
        within(whole),
        eq(procurements.regime, of.regime),
        ne(procurements.id, of.except),
        ne(procurements.stage, 'terminated'),
        isNull(procurements.discardedAt),
        shown(unannounced),
      ),
    )
    .orderBy(procurements.id);
}

function within(whole: Whole): SQL | undefined {
  if ('projectCode' in whole) {
    return and(eq(procurements.projectCode, whole.projectCode), eq(procurements.kind, whole.kind));
  }
  const { catalogueCode, from, before } = whole;
  return and(
    eq(procurements.catalogueCode, catalogueCode),
    gte(procurements.noticeAt, from),
    lt(procurements.noticeAt, before),
  );
}

function shown(unannounced: Unannounced): SQL | undefined {
  if (unannounced === 'all') return undefined;
  const announced = and(notInArray(procurements.stage, ['draft', 'launched']), not(isInvitationUnderWay));
  if (unannounced === 'none') return announced;
  const { as, runBy } = unannounced;
  return or(announced, eq(as === 'agency' ? procurements.agencyId : procurements.purchaserId, runBy));
}
