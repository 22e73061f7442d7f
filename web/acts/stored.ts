import type * as z from 'zod';
import type { procurementSchema } from '../../api/procurements/views.ts';
import type { PageContext } from '../http/page.ts';
import type { FormField } from './form-fields.ts';
import { SEARCHED } from '../parts/party-field.tsx';
import { typedFrom, type Typed } from './form-values.ts';
import { PARTY_KEYS } from './options.ts';

type Ask = PageContext['ask'];

/**
 * What an act changes, and the read that has its present values: a form that begins empty would take them away. And what
 * an act must agree with: a contract begins with what was tendered and won (招标投标法 46, 政府采购法 46), a report with
 * its candidates.
 */
const STORED: readonly (readonly [
  act: RegExp,
  read: string,
  fields: readonly string[],
  of?: (ask: Ask, act: string, answer: unknown) => Promise<unknown>,
])[] = [
  [/^post (\/procurements\/[^/]+\/lots\/\d+)\/contract$/, '$1/report', ['amountFen', 'terms'], promisedTerms],
  [/^post (\/procurements\/[^/]+\/lots\/\d+\/evaluation)\/report$/, '$1', ['details'], candidateRows],
  [/^put (\/organisations\/[^/]+)\/standing$/, '$1', ['identity', 'duties', 'reportsTo']],
  [/^post (\/organisations\/[^/]+)\/corrections$/, '$1', ['name', 'creditCode']],
];

/** The present values of what an act changes, as they are typed; nothing where it changes none. */
export async function storedValues(
  { ask }: { readonly ask: Ask },
  { method, path, body }: { readonly method: string; readonly path: string; readonly body: FormField | null },
): Promise<Typed> {
  const act = `${method} ${path}`;
  const found = STORED.find(([pattern]) => pattern.test(act));
  if (!found || !body) return new Map();
  const told = await ask({ method: 'get', path: act.replace(found[0], found[1]) });
  if (told.problem) return new Map();
  const [, , fields, of] = found;
  const value = of ? await of(ask, act, told.body) : told.body;
  const typed = typedFrom({ ...body, fields: body.fields.filter(({ key }) => fields.includes(key)) }, value);
  for (const key of PARTY_KEYS) {
    const [id] = typed.get(key) ?? [];
    if (id === undefined) continue;
    // Its name stands in the box beside the field, as if it had been looked for.
    const party = await ask({ method: 'get', path: `/organisations/${id}` });
    if (!party.problem) typed.set(`${SEARCHED}${key}`, [(party.body as { creditCode: string }).creditCode]);
  }
  return typed;
}

type Procurement = z.infer<typeof procurementSchema>;
interface Promised {
  readonly bidId: string;
  readonly priceFen: number;
  readonly items?: readonly unknown[];
  readonly quality?: string;
  readonly period?: string;
  readonly projectLead?: string;
}

/** What the documents and the bid of the winner say of a contract. */
async function promisedTerms(ask: Ask, act: string, answer: unknown): Promise<unknown> {
  const [, tenderPath = '', no] = /^post (\/procurements\/[^/]+)\/lots\/(\d+)\//.exec(act) ?? [];
  const told = await ask({ method: 'get', path: tenderPath });
  const tender = told.body as Procurement | undefined;
  const winner = tender?.lots.find((lot) => String(lot.no) === no)?.winnerBidId;
  const won = (answer as { candidates: readonly Promised[] }).candidates.find(({ bidId }) => bidId === winner);
  if (told.problem || !tender || !won) return {};
  const { place, quantity } = tender.particulars ?? {};
  const { items, quality, period, projectLead } = won;
  return {
    amountFen: won.priceFen,
    terms: { subjectZh: tender.title, items, quality, period, projectLead, place, quantity },
  };
}

interface Outcome {
  readonly valid: readonly { readonly bidId: string; readonly candidate: boolean }[];
}

/** A row for each candidate whom the marks give. */
async function candidateRows(_ask: Ask, _act: string, answer: unknown): Promise<unknown> {
  const { outcome } = answer as { readonly outcome: Outcome | null };
  const candidates = outcome?.valid.filter(({ candidate }) => candidate) ?? [];
  return { details: candidates.map(({ bidId }) => ({ bidId })) };
}
