import type { Request, Response } from 'express';
import type { Readable } from 'node:stream';
import type * as z from 'zod';
import type { Actor } from '../../db/audit.ts';
import type { Queries, Tx } from '../../db/access/database.ts';
import type { LotRow, Procurement } from '../../db/procurements.ts';
import type { Decision } from '../../db/decisions.ts';
import type { DecisionKind } from '../../domain/decisions.ts';
import type { DomainError, ErrorCode } from '../../domain/errors.ts';
import type { Action, Role, Scope } from '../../domain/roles.ts';
import type { ProcurementStage } from '../../domain/stages.ts';
import type { Caller, SignedIn } from './auth.ts';
import type { Services } from './services.ts';

/** What a handler returns; the body is JSON, or a file. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly file?: {
    readonly stream: Readable;
    readonly name: string;
    readonly mediaType: string;
    /** Null where it is not known before it is sent. */
    readonly size: number | null;
    /** Its tag, where it always has these bytes. */
    readonly sha256?: string;
  };
  /** The decision that was taken, for the log. */
  readonly decisionId?: string;
}

/** Where an action takes place, which decides the stage it is judged by. */
export type RouteLevel = 'anywhere' | 'procurement' | 'lot';

type Located<At extends RouteLevel> = At extends 'lot'
  ? { readonly procurement: Procurement; readonly lot: LotRow }
  : At extends 'procurement'
    ? {
        readonly procurement: Procurement;
        /** Whether the acting organisation runs the procurement; an agency, while it is mandated. */
        readonly runsIt: boolean;
        /** Whether it runs or supervises it. */
        readonly insider: boolean;
        /** The action that allows it: that of the route, or one of `orElse`. */
        readonly allowedBy: Action;
      }
    : unknown;

/** What a handler receives: the caller, the place, and the request, valid and typed. */
export type RouteContext<At extends RouteLevel, P, Q, B> = Located<At> & {
  readonly services: Services;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly request: Request;
  /** For what depends on the connection; answers are what the handler returns. */
  readonly response: Response;
  readonly caller: Caller;
  readonly who: SignedIn | null;
  readonly role: Role;
  readonly organisationId: string | null;
  readonly scope: Scope;
  readonly actor: Actor;
  /** The signed-in person; only for actions that the public may not do. */
  readonly person: () => SignedIn;
  /** The organisation acted for; only for actions that the public may not do. */
  readonly organisation: () => string;
  /** One transaction that also stores the answer for the Idempotency-Key: both or neither. */
  readonly commit: (work: (tx: Tx) => Promise<Answer>) => Promise<Answer>;
  /** One act of the law in one transaction, judged and final: the answer holds the decision. */
  readonly decide: (kind: DecisionKind, act: (tx: Tx) => Promise<Decision>) => Promise<Answer>;
};

interface Outcome {
  readonly status: number;
  readonly schema?: z.ZodType;
  /** Media type of a file; its answer has no schema. */
  readonly file?: string;
  readonly zh: string;
  readonly en: string;
}

/** What a request is judged by beyond its schema: `bad-input` then names the field and, where it has one, the rule. */
export interface Judged {
  /** `*` stands for any part of it. */
  readonly field: string;
  readonly rule?: string;
  readonly zh: string;
  readonly en: string;
}

export interface RouteSpec<At extends RouteLevel, P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete' | 'head' | 'options';
  /** Under /api, parameters in braces. */
  readonly path: string;
  readonly action: Action;
  /** Checked instead of `action` while the procurement is not announced. */
  readonly draftAction?: Action;
  /** Checked in this order, once it is announced, where `action` is refused: it is enough that one is allowed. */
  readonly orElse?: readonly Action[];
  readonly at: At;
  /** The stage at which what is created here begins; the action is judged by it. */
  readonly stage?: ProcurementStage;
  /** Finds the procurement where the path does not name it. */
  readonly procurementOf?: (q: Queries, params: z.infer<P>) => Promise<string>;
  /** That it is asked for tells that somebody bids, although its action is everybody's. */
  readonly ofBidders?: true;
  /**
   * The answer before the opening, as for one that there is not, to who may not act on a bidder's thing in any tender.
   */
  readonly unseen?: (params: z.infer<P>) => DomainError;
  /** Whether a signed-in person is required although everybody has the action. */
  readonly signedIn?: boolean;
  /** Allowed before the one-time password is changed. */
  readonly beforePasswordChange?: boolean;
  /**
   * Allowed where the session lacks its second factor: `to-prove`, before its code is proved and before it is set up; `to-set-up`,
   * before it is set up only.
   */
  readonly beforeSecondFactor?: 'to-prove' | 'to-set-up';
  /**
   * It weighs so much that a session of a browser (a cookie) must have given its password or a code a short time ago; a session that was
   * left open is not enough.
   */
  readonly fresh?: true;
  /** The error returned instead of "not at this stage". */
  readonly outOfStage?: (procurement: Procurement, now: number) => DomainError | null;
  /** POSTs require an Idempotency-Key unless it makes no sense (sign-in). */
  readonly withoutKey?: boolean;
  /** Its transaction runs also while the clock is in doubt: its instant is then the last one. */
  readonly whileInDoubt?: true;
  /** Headers of every answer, refusals included. */
  readonly always?: Readonly<Record<string, string>>;
  /** Removes from the answer what may be shown only once, before it is stored for the Idempotency-Key. */
  readonly shownOnce?: (body: unknown) => unknown;
  readonly tag: string;
  readonly zh: string;
  readonly en: string;
  readonly params?: P;
  readonly query?: Q;
  /** JSON body. */
  readonly body?: B;
  /** The body may be left out. */
  readonly bodyOptional?: boolean;
  /** The body is a file, streamed. */
  readonly upload?: {
    readonly zh: string;
    readonly en: string;
    readonly mediaType?: string;
    readonly optional?: true;
    /** It comes in pieces, of which no hash is declared. */
    readonly pieces?: true;
  };
  readonly headers?: z.ZodObject;
  /** What no schema can say of the request. */
  readonly judged?: readonly Judged[];
  /** Adds to a body what is known only after the commit; also called each time a stored answer is returned. */
  readonly completed?: (services: Services, body: unknown) => Promise<unknown>;
  readonly outcomes: readonly Outcome[];
  readonly errors?: readonly ErrorCode[];
  readonly handle: (context: RouteContext<At, z.infer<P>, z.infer<Q>, z.infer<B>>) => Promise<Answer>;
}

/** A route without its type parameters: the server, the OpenAPI document and the tests iterate over these. */
export type Route = RouteSpec<RouteLevel, z.ZodObject, z.ZodObject, z.ZodType>;

/** The one definition of a route: authorisation, validation, documentation and tests all come from it. */
export function route<
  At extends RouteLevel,
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodUndefined,
>(spec: RouteSpec<At, P, Q, B>): Route {
  return spec;
}

export const ok = (body: unknown, headers?: Answer['headers']): Answer => ({
  status: 200,
  body,
  ...(headers ? { headers } : {}),
});
export const created = (body: unknown, location: string): Answer => ({
  status: 201,
  body,
  headers: { Location: location },
});
export const noContent = (headers?: Answer['headers']): Answer => ({ status: 204, ...(headers ? { headers } : {}) });
