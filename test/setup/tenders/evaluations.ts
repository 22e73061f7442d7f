import { eq, isNull } from 'drizzle-orm';
import type { Bid } from '../../../db/bids.ts';
import type { Database, Tx } from '../../../db/access/database.ts';
import { callsOf, drawById, type Draw } from '../../../db/committees/draws.ts';
import { experts } from '../../../db/schema/sqlite.ts';
import type { Scheme } from '../../../domain/evaluation/scheme/scheme.ts';
import type { StatedScheme } from '../../../domain/evaluation/scheme/statement.ts';
import { blindItemsOf } from '../../../domain/evaluation/sheets/blind.ts';
import { templateOf } from '../../../domain/evaluation/scheme/templates.ts';
import type { Entry, SheetPart } from '../../../domain/evaluation/sheets/marks.ts';
import { procedureOf } from '../../../domain/procedures/index.ts';
import { createAccount } from '../../../services/accounts/create.ts';
import { move, stateConflict, vote, voteForLeader } from '../../../services/evaluation/deliberate.ts';
import { enterMarks, signPart } from '../../../services/evaluation/marks.ts';
import { evaluationOf, type Evaluation, type NamedSeat } from '../../../services/evaluation/proceedings.ts';
import { stateScheme } from '../../../services/evaluation/scheme.ts';
import { launchProcurement } from '../../../services/procurements/launch.ts';
import { createDraft } from '../../../services/procurements/draft.ts';
import { answer, CENTRE, confirmAll, drawn, poolOf, representative, requestOf } from './committees.ts';
import { replaceMember } from '../../../services/committees/replace.ts';
import { addTenderDocument, advance, at, bid, draftOf, type People } from './tender.ts';

const DAY_MS = 86_400_000;
export const NOTHING_STATED = { uniform: false, reserved: false, exempt: false, answers: {} } as const;

/** Works by points: a plan that is judged, data that are found, contracts that are counted, and the price by its mean. */
export const worksScheme = (change: Partial<Scheme> = {}): Scheme => {
  const facts = { kind: 'works', noticeAt: at('2026-03-27T09:00+08:00') } as const;
  const template = templateOf(procedureOf({ regime: 'tendering', procedure: 'open-tender' }), 'comprehensive', facts);
  if (!template) throw new Error('works have no comprehensive method');
  return { ...template, ...change };
};

/** Goods under 财政部令87号 by points: the purchaser examines the qualification. */
export const governmentScheme = (change: Partial<Scheme> = {}): Scheme => {
  const facts = { kind: 'goods', noticeAt: draftOf('government', '').noticeAt } as const;
  const template = templateOf(procedureOf({ regime: 'government', procedure: 'open-tender' }), 'comprehensive', facts);
  if (!template) throw new Error('government tenders have no comprehensive method');
  return { ...template, ...change };
};

/** 财库〔2016〕198号 14: at most two working days before the evaluation; of a budget below 10 million five members do (87令 47). */
const DAYS = {
  tendering: { draw: '2026-04-17T09:00', opening: '2026-04-20T09:00', evaluation: '2026-04-20T14:00', seats: 6 },
  government: { draw: '2026-04-07T09:00', opening: '2026-04-08T09:30', evaluation: '2026-04-08T14:00', seats: 4 },
} as const;

export interface Evaluated {
  readonly place: { readonly procurementId: string; readonly lotNo: number };
  readonly draw: Draw;
  readonly bids: readonly Bid[];
}

interface EvaluatedAs {
  readonly scheme?: Scheme;
  readonly bidders?: number;
  readonly centre?: typeof CENTRE;
  readonly representativeId?: string;
  readonly regime?: keyof typeof DAYS;
}

/** A tender whose bids are opened, with a committee of seven that has its scheme and has marked nothing. */
export async function evaluating(
  db: Database,
  clock: { set(instant: string | number): void | Promise<void> },
  who: People,
  {
    scheme = worksScheme(),
    bidders = who.suppliers.length,
    centre = CENTRE,
    representativeId = '',
    regime = 'tendering',
  }: EvaluatedAs = {},
): Promise<Evaluated> {
  const draft = draftOf(regime, who.purchaser.id);
  const days = DAYS[regime];
  await clock.set(draft.noticeAt - DAY_MS);
  const stated: StatedScheme = { lotNo: 1, scheme, statements: NOTHING_STATED };
  const { id: procurementId } = await db.transaction((tx) => createDraft(tx, who.asPurchaser, draft));
  await db.transaction((tx) => stateScheme(tx, who.asPurchaser, procurementId, stated, new Set()));
  await addTenderDocument(db, who.asPurchaser, procurementId);
  await db.transaction((tx) => launchProcurement(tx, who.asPurchaser, procurementId));
  await clock.set(draft.noticeAt);
  await advance(db, procurementId);
  const poolId = await poolOf(db, who.purchaser.id);
  await withAccounts(db);
  await clock.set(`${days.draw}+08:00`);
  const request = requestOf(
    poolId,
    [representativeId || (await representative(db, who))],
    at(`${days.evaluation}+08:00`),
    {
      groups: [{ field: 'A08', seats: days.seats }],
    },
  );
  const draw = await drawn(db, who, { id: procurementId }, request, centre);
  await confirmAll(db, draw);
  const bids: Bid[] = [];
  for (let index = 0; index < bidders; index += 1) bids.push(await bid(db, who, index, procurementId));
  await clock.set(`${days.opening}+08:00`);
  await advance(db, procurementId);
  await clock.set(`${days.evaluation}+08:00`);
  return { place: { procurementId, lotNo: 1 }, draw: await drawById(db.read, draw.id), bids };
}

/** Each expert of the pools signs in as somebody. */
export async function withAccounts(db: Database): Promise<void> {
  await db.transaction(async (tx: Tx) => {
    for (const { id, number, name } of await tx.q.select().from(experts).where(isNull(experts.accountId))) {
      const account = await createAccount(tx, CENTRE, {
        ...{ username: `expert-${number}`, name, memberships: [], passwordHash: 'salt:hash', oneTimeUntil: 1 },
      });
      await tx.q.update(experts).set({ accountId: account.id }).where(eq(experts.id, id));
    }
  });
}

export const evaluationNow = (db: Database, { place }: Evaluated): Promise<Evaluation> =>
  evaluationOf({ q: db.read, committees: db.committees }, place, db.now());

/** Those who sit, in their order. */
export const seated = async (db: Database, of: Evaluated): Promise<NamedSeat[]> =>
  (await evaluationNow(db, of)).seats.filter(({ replaced }) => !replaced);

const accountOf = ({ accountId, memberId }: NamedSeat): string => {
  if (accountId === null) throw new Error(`${memberId} has no account`);
  return accountId;
};

/** An act of a member, in a transaction of its own. */
export const by = <T>(
  db: Database,
  of: Evaluated,
  seat: NamedSeat,
  act: (tx: Tx, place: Evaluated['place'], accountId: string) => Promise<T>,
): Promise<T> => db.transaction((tx) => act(tx, of.place, accountOf(seat)), { procurementId: of.place.procurementId });

export const clear = (db: Database, of: Evaluated, seat: NamedSeat): Promise<boolean> =>
  by(db, of, seat, (tx, place, account) => stateConflict(tx, place, account, { bidIds: [], reasonZh: null }));

export const mark = (db: Database, of: Evaluated, seat: NamedSeat, bidId: string, entries: readonly Entry[]) =>
  by(db, of, seat, async (tx, place, account) => {
    const { numbering, proceedings } = await evaluationOf(tx, place, tx.now);
    const isBlind = entries.some(({ item }) => blindItemsOf(proceedings.of.scheme).has(item));
    const numbered = isBlind ? numbering?.bids.find((each) => each.bidId === bidId) : undefined;
    return enterMarks(tx, place, account, { bidId: numbered?.blindId ?? bidId, entries });
  });

export const sign = (db: Database, of: Evaluated, seat: NamedSeat, part: SheetPart): Promise<void> =>
  by(db, of, seat, (tx, place, account) => signPart(tx, place, account, part));

/** Everything of a part for a bid: it passes, is found alike by all, and has these points. */
export function entriesOf(scheme: Scheme, part: SheetPart, points: string, contracts = '5'): Entry[] {
  if (part === 'review') {
    return [...scheme.qualification, ...scheme.conformity].map(({ key }) => ({ item: key, passes: true }));
  }
  return scheme.criteria.flatMap((criterion): Entry[] => {
    if (criterion.part !== part) return [];
    if (criterion.kind === 'subjective') return [{ item: criterion.key, points }];
    return [{ item: criterion.key, value: criterion.key === 'technical-data' ? 'all' : contracts }];
  });
}

/** All who have not signed a part enter it and sign; `points` of a bid by its place. */
export async function markPart(
  db: Database,
  of: Evaluated,
  scheme: Scheme,
  part: SheetPart,
  points: readonly string[] = [],
): Promise<void> {
  const { proceedings } = await evaluationNow(db, of);
  const signedBy = proceedings.parts.find((each) => each.part === part)?.signedBy ?? [];
  for (const seat of await seated(db, of)) {
    if (signedBy.includes(seat.memberId)) continue;
    for (const [index, { id }] of of.bids.entries())
      await mark(db, of, seat, id, entriesOf(scheme, part, points[index] ?? '15'));
    await sign(db, of, seat, part);
  }
}

/** An expert is replaced by the next in order, who has stated that there is no conflict. */
export async function replaced(db: Database, of: Evaluated): Promise<{ gone: NamedSeat; newcomer: NamedSeat }> {
  const gone = (await seated(db, of)).find(({ kind }) => kind === 'expert');
  const call = gone?.call;
  if (!call) throw new Error('no expert sits');
  await db.transaction((tx) => replaceMember(tx, CENTRE, call, { departure: 'health', reasonZh: '突发疾病' }));
  const called = (await callsNow(db, of)).find(({ state }) => state === 'invited');
  if (!called) throw new Error('nobody was called');
  await answer(db, called, 'confirm');
  const newcomer = (await seated(db, of)).find(({ memberId }) => memberId === `expert-${called.no}`);
  if (!newcomer) throw new Error('the new one does not sit');
  await clear(db, of, newcomer);
  return { gone, newcomer: { ...newcomer, cleared: true } };
}

/** A motion that all who sit vote for. */
export async function agree(db: Database, of: Evaluated, motion: Parameters<typeof move>[3]): Promise<void> {
  const [first, ...others] = await seated(db, of);
  if (!first) throw new Error('nobody sits');
  const motionId = await by(db, of, first, (tx, place, account) => move(tx, place, account, motion));
  for (const seat of others)
    await by(db, of, seat, (tx, place, account) => vote(tx, place, account, { motionId, yes: true }));
}

/** All vote for the first expert. */
export async function electLeader(db: Database, of: Evaluated): Promise<NamedSeat> {
  const seats = await seated(db, of);
  const leader = seats.find(({ kind }) => kind === 'expert');
  if (!leader) throw new Error('no expert sits');
  for (const seat of seats.slice(0, Math.floor(seats.length / 2) + 1))
    await by(db, of, seat, (tx, place, account) => voteForLeader(tx, place, account, leader.memberId));
  return leader;
}

export const callsNow = (db: Database, { draw }: Evaluated) => callsOf(db.read, draw.id);
