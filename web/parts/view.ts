import { createContext, useContext } from '#jsx';
import type { NamedMembership } from '../../db/accounts/memberships.ts';
import { localised, type Lang, type Messages } from '../http/language.ts';

/** What every part of a page can ask: who reads it, in which language, when. */
export interface View {
  readonly lang: Lang;
  /** The civil instant (epoch ms), by the server's clock. */
  readonly now: number;
  /** Civil milliseconds that pass in a real one. */
  readonly pace: number;
  /** 演练. */
  readonly drill: boolean;
  /** The name of the centre that runs this installation. */
  readonly site: string;
  /** Of the Chinese page, with its query. */
  readonly path: string;
  /** Public address of the site, without a slash at its end. */
  readonly publicUrl: string;
  /** Of the signed-in person; null on pages that are the same for everybody. */
  readonly person: { readonly name: string; readonly memberships: readonly NamedMembership[] } | null;
  readonly acting: NamedMembership | null;
  /** For the forms of this session. */
  readonly formToken: string;
  readonly assets: { readonly style: string; readonly script: string; readonly board: string };
}

const context = createContext<View | null>(null);

export const ViewProvider = context.Provider;

type UsedView = View & {
  readonly href: (path: string) => string;
  readonly t: <T>(messages: Messages<T>) => T;
};

/** A page has hundreds of parts, and one view. */
const used = new WeakMap<View, UsedView>();

/** The view of the page that is rendered. */
export function useView(): UsedView {
  const view = useContext(context);
  if (!view) throw new Error('a part was rendered outside a page');
  let found = used.get(view);
  if (!found) {
    found = { ...view, href: (path) => localised(path, view.lang), t: (messages) => messages[view.lang] };
    used.set(view, found);
  }
  return found;
}
