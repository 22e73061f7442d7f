import { REGIME_DEFINITIONS } from '../../domain/procedures/regimes.ts';
import type { Queries } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { tradesOfItem } from '../../db/off-platform.ts';
import { formerCodesOf } from '../../db/parties/corrections.ts';
import { organisationById } from '../../db/organisations.ts';
import type { Draft } from '../../db/procurements.ts';
import { partsOf, type Unannounced, type Whole } from '../../db/splitting.ts';
import { civilDayOf, dayFromParts, partsOfDay, startOfDay } from '../../domain/civil-time.ts';
import type { Sibling } from '../../domain/procedures/choice/splitting.ts';
import { permission, type Role } from '../../domain/roles.ts';

export type Viewer = Pick<Actor, 'role' | 'organisationId'>;

/**
 * The other procurements of the same purchaser and project (works), or of the same purchaser, item and calendar year
 * (government; 财政年度 is the calendar year), without terminated ones: those that the viewer may see.
 * @param draft with its id where it is stored
 */
export async function siblingsOf(
  q: Queries,
  draft: Draft & { readonly id?: string },
  viewer: Viewer,
): Promise<Sibling[]> {
  const whole = wholeOf(draft);
  if (whole === null) return [];
  const { regime, purchaserId, id: except = '' } = draft;
  const parts = await partsOf(q, whole, { purchaserId, regime, except }, unannouncedFor(viewer));
  return 'catalogueCode' in whole ? [...parts, ...(await elsewhere(q, draft, whole.catalogueCode, viewer))] : parts;
}

const yearOf = (at: number): number => partsOfDay(civilDayOf(at)).year;
const startOfYear = (year: number): number => startOfDay(dayFromParts({ year, month: 1, day: 1 }));

function wholeOf({ regime, kind, projectCode = null, catalogueCode = null, noticeAt }: Draft): Whole | null {
  if (REGIME_DEFINITIONS[regime].splitBy === 'project') return projectCode === null ? null : { projectCode, kind };
  const year = yearOf(noticeAt);
  return catalogueCode === null ? null : { catalogueCode, from: startOfYear(year), before: startOfYear(year + 1) };
}

function unannouncedFor({ role, organisationId }: Viewer): Unannounced {
  const granted = permission(role as Role, 'procurement.read-draft', { stage: 'draft' });
  if ('scope' in granted && granted.scope === 'any') return 'all';
  if ('denied' in granted || organisationId === null) return 'none';
  return { runBy: organisationId, as: role === 'agency' ? 'agency' : 'purchaser' };
}

/** The office's records of the same purchaser and item in that year, for those who may read them. */
async function elsewhere(
  q: Queries,
  { purchaserId, noticeAt }: Draft,
  catalogueCode: string,
  { role }: Viewer,
): Promise<Sibling[]> {
  if (!('scope' in permission(role as Role, 'off-platform.read', {}))) return [];
  const { creditCode } = await organisationById(q, purchaserId);
  // Also what was recorded by a code that was corrected since.
  const former = (await formerCodesOf(q, [purchaserId])).map(({ formerCode }) => formerCode);
  const trades = await tradesOfItem(q, [creditCode, ...former], catalogueCode, yearOf(noticeAt));
  return trades.map(({ id, title, procedure, amountFen }) => ({ id, title, procedure, amountFen, retenderOf: null }));
}
