import { wordFor } from '../../domain/fields/field.ts';
import type { PageContext } from '../http/page.ts';
import type { Choice } from '../parts/field.tsx';
import { SEARCHED, type Searched } from '../parts/party-field.tsx';
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
/** The fields that name a procurement, and a person's account: there are too many for a list. */
export const TENDER_KEY = 'procurementId';
const ACCOUNT_KEY = 'accountId';

/** What the box beside a field looks for; null: the field has no box. */
export function searchedBy(key: string): Searched | null {
  if (PARTY_KEYS.has(key)) return 'organisations';
  return key === TENDER_KEY ? 'procurements' : key === ACCOUNT_KEY ? 'accounts' : null;
}

type Read = (context: PageContext, place: Place, ids: ReadonlySet<string>) => Promise<readonly Choice[]>;
interface Place {
  /** Of the route, under /api. */
  readonly path: string;
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
  corrects: correctedOf,
  poolId: poolsOf,
  poolIds: poolsOf,
  representativeIds: peopleOf,
  nomineeId: peopleOf,
  memberId: membersOf,
  accountId: accountsOf,
  roomId: roomsOf,
};

/** What answers call the same. */
const SAME: Readonly<Record<string, string>> = {
  winnerBidId: 'bidId',
  formerBidId: 'bidId',
  leader: 'memberId',
  noticeId: 'corrects',
};

/** They do not belong to one tender, or find theirs by themselves. */
const ANYWHERE: ReadonlySet<Read> = new Set<Read>([poolsOf, accountsOf, roomsOf, correctedOf, bidsOf]);

/** At the place of an act, as far as the visitor may see it. @param typed what was looked for so far */
export async function optionsFor(
  context: PageContext,
  path: string,
  { fields, typed }: { readonly fields: readonly FormField[]; readonly typed: Typed },
): Promise<Options> {
  const place = placeOf(path);
  const options: Record<string, readonly Choice[]> = await searchedIn(context, typed);
  for (const key of keysOf(fields)) {
    const choices = searchedBy(key) === null ? await choicesOf(context, place, key, new Set()) : undefined;
    if (choices) options[key] = choices;
  }
  return options;
}

/** What the ids in an answer are the ids of, as far as the visitor may read it at its place. */
export async function namesIn(context: PageContext, path: string, answer: unknown): Promise<Options> {
  const place = placeOf(path);
  const names: Record<string, readonly Choice[]> = {};
  for (const [key, ids] of idsIn(answer)) {
    const choices = await choicesOf(context, place, SAME[key] ?? key, ids);
    if (choices) names[key] = choices;
  }
  return names;
}

/** What an answer has under each of its keys. */
function idsIn(value: unknown, key = '', found = new Map<string, Set<string>>()): ReadonlyMap<string, Set<string>> {
  if (Array.isArray(value)) for (const each of value) idsIn(each, key, found);
  else if (typeof value === 'object' && value !== null)
    for (const [name, each] of Object.entries(value)) idsIn(each, name, found);
  else if (typeof value === 'string') found.set(key, (found.get(key) ?? new Set<string>()).add(value));
  return found;
}

function placeOf(path: string): Place {
  const [, tender, lot] = /^\/procurements\/([^/]+)(?:\/lots\/(\d+))?/.exec(path) ?? [];
  return { path, tender, lotNo: lot === undefined ? null : Number(lot) };
}

async function choicesOf(
  context: PageContext,
  place: Place,
  key: string,
  ids: ReadonlySet<string>,
): Promise<readonly Choice[] | undefined> {
  const read = Object.hasOwn(READS, key) ? READS[key] : undefined;
  return read && (place.tender !== undefined || ANYWHERE.has(read)) ? read(context, place, ids) : undefined;
}

const keysOf = (fields: readonly FormField[]): ReadonlySet<string> =>
  new Set(fields.flatMap((field) => [field.key, ...keysOf(field.fields)]));

const NAMED: Readonly<Record<Searched, (context: PageContext, text: string) => Promise<readonly Choice[]>>> = {
  organisations: partiesNamed,
  procurements: tendersNamed,
  accounts: accountsNamed,
};

/** What the boxes beside their fields look for: organisations, procurements and accounts. */
export async function searchedIn(context: PageContext, typed: Typed): Promise<Record<string, readonly Choice[]>> {
  const found: Record<string, readonly Choice[]> = {};
  for (const [name, values] of typed) {
    if (!name.startsWith(SEARCHED)) continue;
    const field = name.slice(SEARCHED.length);
    // An organisation's key may have another beginning: `lots[0].purchaserId`.
    const searched = searchedBy(field.split('.').at(-1) ?? '') ?? 'organisations';
    found[field] = await NAMED[searched](context, values.at(-1) ?? '');
  }
  return found;
}

export async function tendersNamed({ ask }: PageContext, text: string): Promise<readonly Choice[]> {
  if (text.trim() === '') return [];
  const { body } = await ask({ method: 'get', path: `/procurements?limit=20&q=${encodeURIComponent(text.trim())}` });
  return itemsOf<{ id: string; title: string }>(body).map(({ id, title }) => ({ value: id, text: title }));
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

/** Who may link an account with an expert finds those of experts. */
export async function accountsNamed({ ask }: PageContext, text: string): Promise<readonly Choice[]> {
  if (text.trim() === '') return [];
  const { body } = await ask({ method: 'get', path: `/expert-accounts?limit=20&q=${encodeURIComponent(text.trim())}` });
  return itemsOf<NamedAccount>(body).map(accountChoice);
}

interface NamedAccount {
  readonly id: string;
  readonly name: string;
  readonly username: string;
}

const accountChoice = ({ id, name, username }: NamedAccount): Choice => ({ value: id, text: `${name}（${username}）` });

const itemsOf = <T>(body: unknown): T[] => (body as { items?: T[] } | undefined)?.items ?? [];

/** The bids that the opening record names: of a lot, or of all. */
async function bidsOf(context: PageContext, { path, ...at }: Place): Promise<readonly Choice[]> {
  const { tender, lotNo } = at.tender === undefined ? await placeOfCall(context, path) : at;
  if (tender === undefined) return [];
  const ranked = async (): Promise<readonly Choice[]> => {
    const report = await context.ask({ method: 'get', path: `/procurements/${tender}/lots/${lotNo}/report` });
    const { candidates = [], others = [] } = (report.body ?? {}) as Record<
      'candidates' | 'others',
      Ranked[] | undefined
    >;
    const nth = (rank: number) => (context.lang === 'zh' ? `第 ${rank} 名` : `No. ${rank}`);
    return [
      ...candidates.map(({ bidId, supplier, rank }) => ({ value: bidId, text: `${supplier} · ${nth(rank)}` })),
      ...(AWARDING.test(path) ? [] : others.map(({ bidId, supplier }) => ({ value: bidId, text: supplier }))),
    ];
  };
  if (AWARDING.test(path)) return ranked();
  const { body } = await context.ask({ method: 'get', path: `/procurements/${tender}/opening` });
  const { items: records = [] } = (body ?? {}) as {
    items?: { lotNo: number; entries: { bidId: string; supplier: string }[] }[];
  };
  const opened = records
    .filter((record) => lotNo === null || record.lotNo === lotNo)
    .flatMap(({ entries }) => entries.map(({ bidId, supplier }) => ({ value: bidId, text: supplier })));
  if (opened.length > 0 || lotNo === null) return opened;
  // Bids that were not sealed have no opening record; the report ranks them.
  return ranked();
}

/** Acts that choose among the candidates, in their order. */
const AWARDING = /\/lots\/\d+\/award$/;

/** An expert states its conflicts of the tender that it is called to. */
async function placeOfCall({ ask }: PageContext, path: string): Promise<Omit<Place, 'path'>> {
  const [, drawId] = /^\/expert\/calls\/([^/]+)/.exec(path) ?? [];
  if (drawId === undefined) return { tender: undefined, lotNo: null };
  const { body } = await ask({ method: 'get', path: '/expert/calls' });
  const call = itemsOf<{ drawId: string; procurementId: string; lotNo: number }>(body).find(
    (each) => each.drawId === drawId,
  );
  return { tender: call?.procurementId, lotNo: call?.lotNo ?? null };
}

interface Ranked {
  readonly bidId: string;
  readonly rank: number;
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

/** Trades off the platform correct one another; all else corrects notices. */
async function correctedOf({ ask, lang }: PageContext, { path, tender }: Place): Promise<readonly Choice[]> {
  if (path.startsWith('/off-platform-trades')) {
    const { body } = await ask({ method: 'get', path: '/off-platform-trades?limit=100' });
    return itemsOf<{ id: string; title: string; tradedOn: string }>(body).map(({ id, title, tradedOn }) => ({
      ...{ value: id, text: `${tradedOn} ${title}` },
    }));
  }
  if (tender === undefined) return [];
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

const ROLE_OF_MEMBER = {
  zh: { expert: '评审专家', purchaser: '招标人（采购人）代表' },
  en: { expert: 'expert', purchaser: 'representative of the purchaser' },
} as const;

/** Who sits in the committee: by name where the visitor may know it, which the staff may not before the award. */
async function membersOf(context: PageContext, { tender, lotNo }: Place): Promise<readonly Choice[]> {
  if (lotNo === null) return [];
  const read = context.view.acting?.role === 'centre' ? 'evaluation/presence' : 'evaluation';
  const { body } = await context.ask({ method: 'get', path: `/procurements/${tender}/lots/${lotNo}/${read}` });
  const { members = [] } = (body ?? {}) as {
    members?: { memberId: string; kind: 'expert' | 'purchaser'; name: string | null; replaced: boolean }[];
  };
  return members
    .filter(({ replaced }) => !replaced)
    .map(({ memberId, kind, name }) => ({
      value: memberId,
      text: [name, ROLE_OF_MEMBER[context.lang][kind], memberId].filter((part) => part !== null).join(' · '),
    }));
}

/** How many accounts of one answer are read by their ids. */
const ACCOUNTS_READ = 50;

/** Of an answer: who manages accounts reads each by its id; others know their own people. */
async function accountsOf(context: PageContext, _place: Place, ids: ReadonlySet<string>): Promise<readonly Choice[]> {
  if (context.view.acting?.role !== 'administrator') return peopleOf(context);
  const told = await Promise.all(
    [...ids]
      .slice(0, ACCOUNTS_READ)
      .map((id) => context.ask({ method: 'get', path: `/accounts/${encodeURIComponent(id)}` })),
  );
  return told.flatMap(({ problem, body }) => (problem ? [] : [accountChoice(body as NamedAccount)]));
}

async function roomsOf({ ask }: PageContext): Promise<readonly Choice[]> {
  const { body } = await ask({ method: 'get', path: '/rooms' });
  return itemsOf<{ id: string; venue: string; name: string; seats: number; retiredAt: string | null }>(body)
    .filter(({ retiredAt }) => retiredAt === null)
    .map(({ id, venue, name }) => ({ value: id, text: `${venue} ${name}` }));
}
