import type { Request, Response } from 'express';
import { pathOf, placesOf, type FieldPath } from '../../../domain/fields/field.ts';
import { NOTHING_ASKED, type AskedFields } from '../../../domain/fields/named.ts';
import type { Route } from '../route.ts';

const routes = new WeakMap<Response, Pick<Route, 'path'>>();

/** Remembers which route answers, so that an error is in the words of its request. */
export function answers(response: Response, spec: Pick<Route, 'path'>): void {
  routes.set(response, spec);
}

/** The request that a response answers: where its fields are, and what they came with. */
export function askedOf(response: Response): AskedFields {
  const spec = routes.get(response);
  if (!spec) return NOTHING_ASKED;
  const { req } = response;
  return { places: placesOf(spec.path), valueOf: (field) => valueIn(req, field) };
}

function valueIn(request: Request, field: string): unknown {
  const path = pathOf(field);
  if (path.length === 0) return undefined;
  const sent = [request.body as unknown, request.query as unknown].map((part) => valueAt(part, path));
  return sent.find((value) => value !== undefined) ?? (path.length === 1 ? request.get(field) : undefined);
}

function valueAt(from: unknown, [step, ...rest]: FieldPath): unknown {
  if (step === undefined) return from;
  if (typeof from !== 'object' || from === null || !Object.hasOwn(from, step)) return undefined;
  return valueAt((from as Record<string | number, unknown>)[step], rest);
}
