import type { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import type { NamedMembership } from '../db/accounts/memberships.ts';
import type { SignedIn } from './http/auth.ts';
import type { Problem } from './http/problems.ts';

/** A page or a file beside the API, counted, limited and traced like its own routes. */
export interface PublicPage {
  /** In Express syntax. */
  readonly path: string;
  /** `post`: a form of a page. */
  readonly method?: 'get' | 'post';
  /** Everybody sees the same. Any other page is one that bidders may use: no log, number or span tells that it was asked for. */
  readonly sameForAll?: true;
  /** Answers; or sets the headers of a file and returns its bytes, of which a part may be wanted. */
  readonly handle: (request: Request, response: Response, visit: Visit) => Promise<Uint8Array | void>;
}

export interface Asked {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Under /api, with the values of its parameters and its query. */
  readonly path: string;
  readonly json?: unknown;
  /** A file, as it arrives. */
  readonly file?: { readonly stream: Readable; readonly mediaType: string };
  /** The Idempotency-Key of a POST: the same for a form that is sent twice. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The JSON of the answer; undefined where it has none. */
  readonly body: unknown;
  /** What was refused, and why; null where nothing was. */
  readonly problem: Problem | null;
  readonly bytes: Buffer;
}

/** The person whose dates an address shows. */
export interface CalendarOwner {
  readonly accountId: string;
  readonly memberships: readonly NamedMembership[];
}

/** One request for a page, and who sent it. */
export interface Visit {
  /** Who is signed in; null: nobody. */
  readonly who: () => Promise<SignedIn | null>;
  /** The membership that the person acts under: the only one, or the one that the cookie of `actingCookie` names. */
  readonly acting: () => Promise<NamedMembership | null>;
  /** Sends a request to the API, as the visitor. */
  readonly ask: (asked: Asked) => Promise<Told>;
  /** Whose calendar the token of an address is, and under which memberships; null: nobody's. It asks for no session. */
  readonly calendarOwner: (token: string) => Promise<CalendarOwner | null>;
  /** For the forms of this session, and of nobody. */
  readonly formToken: () => Promise<string>;
  /** That a form comes from a page of this session. @throws DomainError `cross-site` */
  readonly assertForm: (token: unknown) => Promise<void>;
}
