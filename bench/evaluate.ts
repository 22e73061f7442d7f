import { Client, Connection } from '@temporalio/client';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { startDrill } from '../cli/commands/demo.ts';
import { formCommittee, poolOf, type Panel } from '../cli/demo/committee.ts';
import { electLeader, markPart, signReport, stateConflicts, type Judging, type Seen } from '../cli/demo/evaluation.ts';
import { readExample, type Example } from '../cli/demo/example.ts';
import { launch } from '../cli/demo/launch.ts';
import { join as joinAs, joinOrganisation, type Joined, type Person } from '../cli/demo/people.ts';
import { bidFile, sealedBid } from '../cli/demo/sealing.ts';
import { StoryClock } from '../cli/demo/story-clock.ts';
import { DAY_MS, parseInstant } from '../domain/civil-time.ts';
import { lawOf } from '../domain/evaluation/scheme/law.ts';
import type { Scheme, SubjectiveCriterion } from '../domain/evaluation/scheme/scheme.ts';
import { evaluate } from '../domain/evaluation/scoring/evaluate.ts';
import type { ScoringInput } from '../domain/evaluation/scoring/input.ts';
import type { Entry, MarkSheet, SheetPart } from '../domain/evaluation/sheets/marks.ts';
import { talliesOf } from '../domain/evaluation/sheets/totals.ts';
import { committeeSubject, lotSubject } from '../domain/subjects.ts';
import { procedureOf } from '../domain/procedures/index.ts';
import { readTemporalConfig } from '../temporal.config.ts';
import { inTurn, median, percentile, rounded } from './figures.ts';
import { machine, temporaryFolder } from './installation.ts';

interface Options {
  readonly bids: number;
  readonly members: number;
  readonly criteria: number;
  readonly rounds: number;
}

const PARTS = ['review', 'technical', 'commercial'] as const satisfies readonly SheetPart[];
const PRICE_POINTS = 30;
const DEFINITION = procedureOf({ regime: 'tendering', procedure: 'open-tender' });
const EVALUATION_AT = '2026-04-20T14:00:00+08:00';

/**
 * A lot whose bids are marked by its members over HTTP, one item after another, and ranked. The ranking is also timed alone, from
 * the sheets to the order, beside a bare loop that adds the same marks as exact fractions and sorts.
 */
export async function run(options: Options, say: (line: string) => void): Promise<object> {
  const scheme = schemeOf(options);
  const prices = Array.from(
    { length: options.bids },
    (_, bid) => 600_000_000 + 1_370_011 * ((bid * 17) % options.bids),
  );
  const played = await overHttp(options, { scheme, prices }, say);
  const ranking = ranked(options, scheme, prices);
  return {
    ...{ bench: 'evaluate', machine: machine(), load: loadavg().map((each) => rounded(each, 1)), ...options },
    ...{ http: played, ranking },
    aim: 'ratio of the ranking to the bare loop <= 5; history of the lot <= 150 events',
  };
}

/** Criteria that are judged, and the price: 70 points are shared by them. */
function schemeOf({ criteria: count }: Options): Scheme {
  const { schemes } = readExample('works-b005');
  const judged = count - 1;
  const points = (100 - PRICE_POINTS) / judged;
  const written = `${(100 - PRICE_POINTS) * 1_000}/${judged * 1_000}`;
  const criteria = Array.from({ length: judged }, (_, index): SubjectiveCriterion => ({
    key: `item-${index + 1}`,
    nameZh: `评审因素${index + 1}`,
    kind: 'subjective',
    part: index % 2 === 0 ? 'technical' : 'commercial',
    blind: false,
    points: written,
    bands: [{ nameZh: '全部', from: '0', to: written }],
  }));
  if (points < 1) throw new Error('no more than 70 judged criteria');
  const price = { key: 'price', nameZh: '报价', kind: 'price', part: 'price', points: String(PRICE_POINTS) } as const;
  return {
    ...(schemes?.[1] as Scheme),
    criteria: [...criteria, { ...price, formula: { name: 'low-price-base' } }],
    abnormalLow: [],
    deviationLimit: '1',
  };
}

/** The mark of a member: spread, and the same in every run. */
const markOf = (member: number, bid: number, item: number): string =>
  (((member * 7 + bid * 13 + item * 29 + bid * item) % 14) / 10 + 0.4).toFixed(1);

const entryOf: Judging['entry'] = (item, kind, member, bid) =>
  kind === 'review' ? { passes: true } : { points: markOf(member, bid, Number(item.slice(5))) };

interface Marked {
  readonly scheme: Scheme;
  readonly prices: readonly number[];
}

async function overHttp(
  { bids: count, members: size }: Options,
  { scheme, prices }: Marked,
  say: (line: string) => void,
): Promise<object> {
  const example = exampleOf(scheme, prices);
  const from = parseInstant(example.draft.noticeAt) - DAY_MS;
  const { service, env, administrator } = await startDrill({
    dataDir: join(temporaryFolder(), 'product'),
    from,
    log: say,
  });
  try {
    const member = (...who: [name: string, role: Parameters<typeof joinAs>[3], username: string]) =>
      joinAs(administrator, service.url, ...who);
    const [purchaser, agency] = [
      await member('建设单位', 'purchaser', 'purchaser'),
      await member('代理机构', 'agency', 'agency'),
    ];
    const panel: Panel = {
      purchaser: purchaser.person,
      centre: (await member('交易中心', 'centre', 'centre')).person,
      supervisor: (await member('监督局', 'supervisor', 'supervisor')).person,
      experts: await times(size + 1, (n) => member(`专家${n}`, 'expert', `expert-${n}`)),
      representative: await joinOrganisation(administrator, service.url, {
        ...{
          organisationId: purchaser.organisationId,
          name: '采购人代表',
          role: 'purchaser',
          username: 'representative',
        },
        confirmedBy: purchaser.person,
      }),
    };
    const suppliers = await times(count, (n) => member(`投标人${n}`, 'supplier', `supplier-${n}`));
    const clock = await StoryClock.of((await member('管理办公室', 'office', 'office')).person);
    say(`${count} bidders and ${size} members are there`);
    const { person: asPurchaser, organisationId: purchaserId } = purchaser;
    const id = await launch({ example, agency: agency.person, purchaser: asPurchaser, purchaserId, say });
    const lot = `/procurements/${id}/lots/1`;
    await clock.moveTo(parseInstant('2026-04-17T09:00:00+08:00'));
    const bidIds = await handedIn(id, suppliers, prices);
    const poolId = await poolOf(panel.centre, panel.experts);
    const drawId = await formCommittee(panel, lot, { poolId, seats: size - 1, evaluationAt: EVALUATION_AT });
    await clock.moveTo(parseInstant(EVALUATION_AT));
    const members = await stateConflicts(panel, drawId, lot);
    const [began, requests] = [performance.now(), [] as number[]];
    const timed = members.map((each) => timing(each, requests));
    for (const part of PARTS) {
      await markPart(timed, { lot, scheme, bidIds, entry: entryOf }, part);
      say(`${part}: all have signed after ${rounded((performance.now() - began) / 1_000, 1)} s`);
    }
    const markedMs = performance.now() - began;
    const leader = await electLeader(members, lot);
    const { outcome } = (await leader.ask('GET', `${lot}/evaluation`, 200)) as unknown as Seen;
    assertOrder(
      outcome?.valid.map(({ bidId }) => bidIds.indexOf(bidId)) ?? [],
      barelyRanked(sheetsOf(scheme, prices, size), prices),
    );
    await signReport(members, lot);
    const details = outcome?.valid
      .filter(({ candidate }) => candidate)
      .map(({ bidId }) => ({ bidId, ...example.candidate }));
    const reportBegan = performance.now();
    await leader.ask('POST', `${lot}/evaluation/report`, 200, { details });
    return {
      marks: count * size * scheme.criteria.filter(({ kind }) => kind === 'subjective').length,
      markedMs: rounded(markedMs),
      sheetP50Ms: rounded(median(requests), 1),
      sheetP99Ms: rounded(percentile(requests, 0.99), 1),
      reportMs: rounded(performance.now() - reportBegan),
      history: await historyOf(service.temporalAddress, env, {
        lot: lotSubject(id, 1),
        committee: committeeSubject(id, 1),
      }),
    };
  } finally {
    await service.stop();
  }
}

async function times<T>(n: number, one: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (let index = 1; index <= n; index += 1) made.push(await one(index));
  return made;
}

function exampleOf(scheme: Scheme, prices: readonly number[]): Example {
  const example = readExample('works-b005');
  const budgetFen = Math.max(...prices) + 1;
  const lots = [{ no: 1, title: '一标段', budgetFen }];
  return { ...example, schemes: { 1: scheme }, draft: { ...example.draft, budgetFen, lots } };
}

/** @returns their ids, in the order of the prices */
async function handedIn(id: string, suppliers: readonly Joined[], prices: readonly number[]): Promise<string[]> {
  const bidIds: string[] = [];
  for (const [index, { person }] of suppliers.entries()) {
    const figures = { priceFen: Number(prices[index]), periodDays: null, quality: null };
    const published = await person.ask('GET', `/procurements/${id}/sealing`, 200);
    const bytes = await sealedBid(person, published, { lotNo: 1, figures, file: bidFile(`bid ${index}`) });
    bidIds.push(String((await person.ask('POST', `/procurements/${id}/lots/1/bids`, 201, bytes)).bidId));
  }
  return bidIds;
}

/** The same person; each sheet's time is noted. */
function timing(person: Person, into: number[]): Person {
  const ask = async (...given: Parameters<Person['ask']>) => {
    const began = performance.now();
    const answer = await person.ask(...given);
    if (given[0] === 'PUT') into.push(performance.now() - began);
    return answer;
  };
  return Object.assign(Object.create(person) as Person, { ask });
}

async function historyOf(
  address: string,
  env: NodeJS.ProcessEnv,
  workflows: Readonly<Record<string, string>>,
): Promise<Record<string, number>> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace: readTemporalConfig(env).namespace });
    const counted: Record<string, number> = {};
    for (const [name, workflowId] of Object.entries(workflows)) {
      counted[name] = (await client.workflow.getHandle(workflowId).describe()).historyLength;
    }
    return counted;
  } finally {
    await connection.close();
  }
}

const sheetsOf = (scheme: Scheme, prices: readonly number[], members: number): MarkSheet[] =>
  prices.flatMap((_, bid) =>
    Array.from({ length: members }, (__, member) => ({
      memberId: `expert-${member + 1}`,
      bidId: String(bid).padStart(4, '0'),
      entries: [...scheme.qualification, ...scheme.conformity]
        .map(({ key }): Entry => ({ item: key, passes: true }))
        .concat(
          scheme.criteria.flatMap(({ key, kind }, item): Entry[] =>
            kind === 'subjective' ? [{ item: key, points: markOf(member, bid, item + 1) }] : [],
          ),
        ),
    })),
  );

/** From the sheets to the order, in turn with the bare loop. */
function ranked({ rounds, members }: Options, scheme: Scheme, prices: readonly number[]): object {
  const sheets = sheetsOf(scheme, prices, members);
  const bidIds = prices.map((_, bid) => String(bid).padStart(4, '0'));
  const seats = Array.from({ length: members }, (_, n) => ({
    memberId: `expert-${n + 1}`,
    replaced: false,
    signed: true,
  }));
  const law = lawOf(DEFINITION, scheme, { kind: 'works', noticeAt: parseInstant('2026-03-27T09:00:00+08:00') });
  const limits = { budgetFen: Math.max(...prices) + 1, ceilingFen: null };
  const product = (): number[] => {
    const tallies = talliesOf(DEFINITION, scheme, seats, sheets, bidIds);
    const bids = tallies.map(({ bidId, facts }, index) => ({
      ...{ bidId, priceFen: Number(prices[index]), corrections: [], confirmed: null },
      ...{ brand: null, claims: [], deviations: {}, lowPrice: null, ...facts },
    }));
    const input: ScoringInput = { scheme, law, limits, bids, drawn: bids.map(({ bidId }) => bidId), competition: null };
    return evaluate(input).valid.map(({ bidId }) => Number(bidId));
  };
  const bare = (): number[] => barelyRanked(sheets, prices);
  assertOrder(product(), bare());
  const [ours, theirs]: [number[], number[]] = [[], []];
  const timedInto = (into: number[], rank: () => number[]) => () => {
    const began = performance.now();
    rank();
    into.push(performance.now() - began);
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const one of inTurn(round, [timedInto(ours, product), timedInto(theirs, bare)])) one();
  }
  const [productMs, bareMs] = [median(ours), median(theirs)];
  return { productMs: rounded(productMs, 2), bareMs: rounded(bareMs, 2), ratio: rounded(productMs / bareMs, 2) };
}

interface Ratio {
  readonly n: bigint;
  readonly d: bigint;
}

/** Adds the marks of each bid as exact fractions, and the points of its price, and sorts. */
function barelyRanked(sheets: readonly MarkSheet[], prices: readonly number[]): number[] {
  const lowest = BigInt(Math.min(...prices));
  const of = new Map<number, MarkSheet[]>();
  for (const sheet of sheets) of.set(Number(sheet.bidId), [...(of.get(Number(sheet.bidId)) ?? []), sheet]);
  const totals = prices.map((price, bid): Ratio => {
    const own = of.get(bid) ?? [];
    let [n, d] = [0n, 1n];
    for (const { entries } of own) {
      for (const entry of entries) {
        if (!('points' in entry)) continue;
        const [units = '', tenths = ''] = entry.points.split('.');
        const [top, bottom] = [BigInt(units + tenths), 10n ** BigInt(tenths.length)];
        [n, d] = d === bottom ? [n + top, d] : [n * bottom + top * d, d * bottom];
      }
    }
    const [top, bottom] = [BigInt(PRICE_POINTS) * lowest, BigInt(price)];
    d *= BigInt(own.length);
    return { n: n * bottom + top * d, d: d * bottom };
  });
  const compared = (a: number, b: number): number => {
    const [one, other] = [totals[a] as Ratio, totals[b] as Ratio];
    const difference = other.n * one.d - one.n * other.d;
    return difference === 0n ? Number(prices[a]) - Number(prices[b]) : difference < 0n ? -1 : 1;
  };
  return prices.map((_, bid) => bid).sort(compared);
}

/** @throws Error where the two do not rank alike */
function assertOrder(product: readonly number[], bare: readonly number[]): void {
  if (product.join() !== bare.join()) throw new Error(`ranked ${product.join()}, not ${bare.join()}`);
}
