import type { Request, Response } from 'express';
import type { Child } from '#jsx';
import type { Visit } from '../../api/visit.ts';
import type { Database } from '../../db/access/database.ts';
import type { About } from '../parts/layout.tsx';
import type { View } from '../parts/view.ts';
import type { Lang } from './language.ts';

/** What a page depends on. */
export interface PageDeps {
  readonly db: Pick<Database, 'read' | 'now' | 'clock' | 'calendar'>;
  /** Public address of the site. */
  readonly publicUrl: string;
}

export interface PageContext extends PageDeps, Visit {
  readonly lang: Lang;
  readonly request: Request;
  readonly response: Response;
  readonly param: (name: string) => string;
  /** One value of the query; empty where it has none. */
  readonly query: (name: string) => string;
  /** A localised address. */
  readonly href: (path: string) => string;
  readonly view: View;
}

export interface ShownPage {
  readonly title: string;
  readonly content: Child;
  readonly status?: number;
  /** Addresses of its own scripts, which only it loads. */
  readonly scripts?: readonly string[];
  /** Of a public page: what others show of it, and where its feed is. */
  readonly about?: About;
}
export interface Redirect {
  /** Of the Chinese page; it is localised. */
  readonly redirect: string;
  readonly cookies?: readonly string[];
}
/** A part of a page, for what the script of the page replaces. */
export interface Part {
  readonly part: Child;
}
/** Bytes of another kind: a feed, a table. */
export interface Feed {
  readonly type: string;
  readonly text: string | Buffer;
  readonly name?: string;
  readonly status?: number;
}
/** `sent`: the handler has answered by itself (a stream). */
export type Outcome = ShownPage | Redirect | Feed | Part | 'sent';

export interface PageSpec {
  /** Of the Chinese page, in Express syntax. */
  readonly path: string;
  readonly method?: 'get' | 'post';
  /**
   * `public`: the same for everybody, and may be kept; `person`: for who is signed in, and kept by nobody; `guest`: as a person's, without
   * one; `bidder`: the same for everybody, but that it is asked for tells who bids: kept by nobody. Of all but the public ones no log,
   * number or span tells that they were asked for.
   */
  readonly for: 'public' | 'person' | 'guest' | 'bidder';
  /** Default: all. */
  readonly languages?: readonly Lang[];
  /** What its Content-Security-Policy has instead of that of all pages. */
  readonly policy?: Readonly<Record<string, readonly string[]>>;
  readonly handle: (context: PageContext) => Promise<Outcome>;
}

/** The definition of a page: a route of a page is one file of these. */
export const page = (spec: PageSpec): PageSpec => spec;
