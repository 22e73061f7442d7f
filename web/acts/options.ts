import { wordFor } from '../../domain/fields/field.ts';
import type { PageContext } from '../http/page.tsx';
import type { Choice } from '../parts/field.tsx';
import { SEARCHED } from '../parts/party-field.tsx';
import type { FormField } from './form-fields.ts';
import type { Typed } from './form-values.ts';

/** Values that a field can have here, by its path without places in lists, or by the end of it; of an organisation by its whole path. */
export interface Options {
  readonly [field: string]: readonly Choice[];
}

/** Fields that name an organisation; who looks them up has the table of roles decide. */
export const PARTY_KEYS: ReadonlySet<string> = new Set([
  ...['organisationId', 'purchaserId', 'agencyId', 'withId', 'reportsTo'],
]);

type Read = (context: PageContext, place: Place) => Promise<readonly Choice[]>;
interface Place {
  readonly tender: string | undefined;
  readonly lotNo: number | null;
}

/** What a request names by an id or a number, and people choose by a name. */
const READS: Readonly<Record<string, Read>> = {
  bidId: bidsOf,
  bidIds: bidsOf,
  documentId: documentsOf,
  documentIds: documentsOf,
  lotNo: lotsOf,
  lotNos: lotsOf,
  grievanceId: grievancesOf,
  corrects: noticesOf,
  poolId: poolsOf,
  poolIds: poolsOf,
  representativeIds: peopleOf,
  nomineeId: peopleOf,
};

/** At the place of an act, as far as the visitor may see it. @param typed what was looked for so far */
export async function optionsFor(
  context: PageContext,
  path: string,
  { fields, typed }: { readonly fields: readonly FormField[]; readonly typed: Typed },
): Promise<Options> {
  const [, tender, lot] = /^\/procurements\/([^/]+)(?:\/lots\/(\d+))?/.exec(path) ?? [];
  const place = { tender, lotNo: lot === undefined ? null : Number(lot) };
  const options: Record<string, readonly Choice[]> = await partiesIn(context, typed);
  for (const key of keysOf(fields)) {
    const read = Object.hasOwn(READS, key) ? READS[key] : undefined;
    if (!read || (tender === undefined && read !== poolsOf)) continue;
    options[key] = await read(context, place);
  }
  return options;
}

const keysOf = (fields: readonly FormField[]): ReadonlySet<string> =>
  new Set(fields.flatMap((field) => [field.key, ...keysOf(field.fields)]));

/** The organisations that the boxes beside their fields look for. */
export async function partiesIn(context: PageContext, typed: Typed): Promise<Record<string, readonly Choice[]>> {
  const found: Record<string, readonly Choice[]> = {};
  for (const [name, values] of typed)
    if (name.startsWith(SEARCHED))
      found[name.slice(SEARCHED.length)] = await partiesNamed(context, values.at(-1) ?? '');
  return found;
}

export async function partiesNamed(context: PageContext, text: string): Promise<readonly Choice[]> {
  if (text.trim() === '') return [];
  const { body } = await context.ask({
    method: 'get',
    path: `/organisations/look-up?limit=20&q=${encodeURIComponent(text.trim())}`,
  });
  return itemsOf<{ id: string; name: string; creditCode?: string }>(body).map(({ id, name, creditCode }) => ({
    value: id,
    text: creditCode === undefined ? name : `${name}（${creditCode}）`,
  }));
}

const itemsOf = <T>(body: unknown): T[] => (body as { items?: T[] } | undefined)?.items ?? [];

/** The bids that the opening record names: of a lot, or of all. */
async function bidsOf(context: PageContext, { tender, lotNo }: Place): Promise<readonly Choice[]> {
  const { body } = await context.ask({ method: 'get', path: `/procurements/${tender}/opening` });
  const { items: records = [] } = (body ?? {}) as {
    items?: { lotNo: number; entries: { bidId: string; supplier: string }[] }[];
  };
  const opened = records
    .filter((record) => lotNo === null || record.lotNo === lotNo)
    .flatMap(({ entries }) => entries.map(({ bidId, supplier }) => ({ value: bidId, text: supplier })));
  if (opened.length > 0 || lotNo === null) return opened;
  // Bids that were not sealed have no opening record; the report ranks them.
  const report = await context.ask({ method: 'get', path: `/procurements/${tender}/lots/${lotNo}/report` });
  const { candidates = [], others = [] } = (report.body ?? {}) as Record<'candidates' | 'others', Ranked[] | undefined>;
  return [...candidates, ...others].map(({ bidId, supplier }) => ({ value: bidId, text: supplier }));
}

interface Ranked {
  readonly bidId: string;
  readonly supplier: string;
}

async function documentsOf({ ask, lang }: PageContext, { tender }: Place): Promise<readonly Choice[]> {
  const { body } = await ask({ method: 'get', path: `/procurements/${tender}/documents` });
  return itemsOf<{ id: string; name: string; kind: string }>(body).map(({ id, name, kind }) => ({
    value: id,
    text:
      lang === 'zh' ? `${name}（${wordFor('kind', kind, ['documents'])}）` : `${name} (${kind.replaceAll('-', ' ')})`,
  }));
}

async function lotsOf({ ask, lang }: PageContext, { tender }: Place): Promise<readonly Choice[]> {
  const { body } = await ask({ method: 'get', path: `/procurements/${tender}` });
  const { lots = [] } = (body ?? {}) as { lots?: { no: number; title: string }[] };
  return lots.map(({ no, title }) => ({
    value: String(no),
    text: lang === 'zh' ? `第${no}标段（包） ${title}` : `Lot ${no}: ${title}`,
  }));
}

async function grievancesOf({ ask, lang }: PageContext, { tender }: Place): Promise<readonly Choice[]> {
  const { body } = await ask({ method: 'get', path: `/procurements/${tender}/grievances` });
  return itemsOf<{ id: string; kind: string; filedAt: string; lotNo: number }>(body).map(
    ({ id, kind, filedAt, lotNo }) => ({
      value: id,
      text:
        lang === 'zh'
          ? `${kind === 'query' ? '质疑' : '异议'} ${filedAt.slice(0, 10)}${lotNo > 0 ? ` 第${lotNo}标段（包）` : ''}`
          : `${kind} of ${filedAt.slice(0, 10)}${lotNo > 0 ? `, lot ${lotNo}` : ''}`,
    }),
  );
}

async function noticesOf({ ask, lang }: PageContext, { tender }: Place): Promise<readonly Choice[]> {
  const { body } = await ask({ method: 'get', path: `/notices?procurementId=${tender}&limit=100` });
  return itemsOf<{ id: string; titleZh: string; titleEn?: string; publishedAt: string }>(body).map((notice) => ({
    value: notice.id,
    text: `${notice.publishedAt.slice(0, 10)} ${lang === 'en' ? (notice.titleEn ?? notice.titleZh) : notice.titleZh}`,
  }));
}

async function poolsOf({ ask }: PageContext): Promise<readonly Choice[]> {
  const { body } = await ask({ method: 'get', path: '/expert-pools' });
  return itemsOf<{ id: string; name: string }>(body).map(({ id, name }) => ({ value: id, text: name }));
}

/** Those who act for the organisation that the visitor acts for. */
async function peopleOf({ ask, view }: PageContext): Promise<readonly Choice[]> {
  if (!view.acting) return [];
  const { body } = await ask({ method: 'get', path: `/organisations/${view.acting.organisationId}/people` });
  const { people = itemsOf<Person>(body) } = (body ?? {}) as { people?: Person[] };
  return people.map(({ accountId, name }) => ({ value: accountId, text: name }));
}

interface Person {
  readonly accountId: string;
  readonly name: string;
}
