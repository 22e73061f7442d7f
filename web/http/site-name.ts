import type { Database } from '../../db/access/database.ts';
import { centreOf } from '../../db/organisations.ts';
import { isNamed } from '../../services/accounts/set-up.ts';

/** How long a public page may show the former name (real ms). */
const KEPT_MS = 10_000;

export type SiteName = (fresh: boolean) => Promise<string | null>;

/**
 * What the site is called: the name of the centre; null where nobody has named it. Public pages, which are many, do not read it each
 * time; a page of a person does.
 */
export function siteName(db: Pick<Database, 'read'>): SiteName {
  let known: { readonly name: string | null; readonly until: number } | null = null;
  return async (fresh) => {
    if (!fresh && known && Date.now() < known.until) return known.name;
    const centre = await centreOf(db.read);
    known = { name: centre && isNamed(centre) ? centre.name : null, until: Date.now() + KEPT_MS };
    return known.name;
  };
}
