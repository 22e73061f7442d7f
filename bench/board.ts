import { Agent, request } from 'node:http';
import { pino } from 'pino';
import { createApi, DEFAULT_SETTINGS } from '../api/http/app.ts';
import { createMetrics } from '../api/http/metrics.ts';
import type { Database } from '../db/access/database.ts';
import { openDatabase } from '../db/access/open.ts';
import { indexTitles } from '../db/access/search.ts';
import { createSigner, newSigningKey } from '../proofs/signing.ts';
import { dossierPages } from '../web/dossiers/pages.ts';
import { publicPages } from '../web/pages.ts';
import { onPostgres, onSqlite } from './board/driver.ts';
import { fill, FORTY } from './board/rows.ts';
import { listener, openStreams } from './board/streams.ts';
import { renderingOf } from './board/template.tsx';
import { inTurn, median, percentile, rounded } from './figures.ts';
import { machine } from './installation.ts';

interface Options {
  /** Two sizes: the second is compared with the first. */
  readonly n: readonly number[];
  readonly samples: number;
  readonly rounds: number;
  readonly database: 'sqlite' | 'postgres';
}

/** What a citizen asks of the board; `like` keeps a frequent and a rare word apart. */
const ASKED = {
  'the board': '/',
  'in English': '/en',
  'one stage': '/?stage=bidding',
  // Each finds a page of rows in either.
  'several filters': '/?kind=goods&regime=government&least=1',
  'nothing fits': '/?procedure=single-source&most=1',
  'a date': '/?from=2020-01-05&until=2020-01-06',
  'a frequent word': `/?q=${encodeURIComponent('工程')}`,
  'a rare word': `/?q=${encodeURIComponent(FORTY)}`,
  'a company': `/?q=${encodeURIComponent('某局')}`,
  'a number that nothing has': '/?q=JX-2026-0042',
  calls: '/?list=calls',
  'results with a word': `/?list=results&q=${encodeURIComponent('道路')}`,
  'openings to come': '/?list=openings',
  statistics: '/statistics?year=2020',
  'an Atom feed': '/feed.atom?list=results',
} as const;
type Name = keyof typeof ASKED;
const NAMES = Object.keys(ASKED) as Name[];
const PUBLIC_URL = 'http://board.test';

interface Site {
  readonly url: string;
  readonly db: Database;
  readonly close: () => Promise<void>;
}

/**
 * First byte of the public board over HTTP, with few and with many procurements, in one run: the ratio of the medians is what
 * counts; `quiet` is that of the tenth percentiles, which other work of the machine disturbs less.
 */
export async function run({ n, samples, rounds, database }: Options, say: (line: string) => void): Promise<object> {
  const [few, many] = n;
  if (few === undefined || many === undefined || n.length !== 2) throw new Error('--n wants two sizes, as 1000,100000');
  const pair = [await siteWith(few, database, say), await siteWith(many, database, say)] as const;
  const agent = new Agent({ keepAlive: true });
  const took = new Map(NAMES.map((name) => [name, [[], []] as [number[], number[]]]));
  // Both are warm before anything is measured.
  for (const site of pair)
    for (const name of NAMES) for (let turn = 0; turn < 5; turn += 1) await firstByte(agent, site.url + ASKED[name]);
  const part = Math.max(1, Math.ceil(samples / rounds));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of NAMES) {
      for (const which of inTurn(round, [0, 1] as const)) {
        for (let turn = 0; turn < part; turn += 1)
          took.get(name)?.[which].push(await firstByte(agent, pair[which].url + ASKED[name]));
      }
    }
  }
  const streamed = await besideStreams(pair[1], agent, { samples, rounds });
  const rendering = await renderingOf(pair[1].db, { samples, rounds });
  agent.destroy();
  for (const site of pair) await site.close();
  const figures = Object.fromEntries(
    NAMES.map((name) => {
      const [small, large] = took.get(name) ?? [[], []];
      const both = (of: readonly number[]) => ({
        p10Ms: rounded(percentile(of, 0.1), 2),
        p50Ms: rounded(median(of), 2),
        p95Ms: rounded(percentile(of, 0.95), 2),
      });
      return [
        name,
        {
          few: both(small),
          many: both(large),
          ratio: rounded(median(large) / median(small), 2),
          quiet: rounded(percentile(large, 0.1) / percentile(small, 0.1), 2),
        },
      ];
    }),
  );
  for (const [name, figure] of Object.entries(figures)) say(`${name}: ${JSON.stringify(figure)}`);
  say(`beside ${STREAMS} streams: ${JSON.stringify(streamed)}`);
  say(`rendering: ${JSON.stringify(rendering)}`);
  const worst = Math.max(...Object.values(figures).map(({ ratio }) => ratio));
  return {
    ...{ bench: 'board', machine: machine(), n, samples, rounds, database, pages: figures, worst },
    ...{ streams: STREAMS, streamed, rendering },
    aim: 'ratio <= 2; beside streams <= 1.5; rendering <= 3',
  };
}

/** Pages that keep themselves up to date, open at the same time. */
const STREAMS = 200;

/** Each page with and without streams that others have open, in turn: the ratio of the medians. */
async function besideStreams(
  { db, url }: Site,
  agent: Agent,
  { samples, rounds }: Pick<Options, 'samples' | 'rounds'>,
): Promise<Record<string, { readonly alone: number; readonly beside: number; readonly ratio: number }>> {
  const cookie = await listener(db, url, PUBLIC_URL);
  const took = new Map(NAMES.map((name) => [name, { alone: [] as number[], beside: [] as number[] }]));
  const part = Math.max(1, Math.ceil(samples / rounds));
  for (let round = 0; round < rounds; round += 1) {
    for (const which of inTurn(round, ['alone', 'beside'] as const)) {
      const streams = which === 'beside' ? await openStreams(url, cookie, STREAMS) : null;
      for (const name of NAMES)
        for (let turn = 0; turn < part; turn += 1)
          took.get(name)?.[which].push(await firstByte(agent, url + ASKED[name]));
      streams?.close();
    }
  }
  return Object.fromEntries(
    [...took].map(([name, { alone, beside }]) => [
      name,
      {
        ...{ alone: rounded(median(alone), 2), beside: rounded(median(beside), 2) },
        ratio: rounded(median(beside) / median(alone), 2),
      },
    ]),
  );
}

async function siteWith(n: number, database: Options['database'], say: (line: string) => void): Promise<Site> {
  const field = await (database === 'sqlite' ? onSqlite() : onPostgres(say));
  const db = await openDatabase(field.storage);
  const bare = field.bare();
  const startedAt = performance.now();
  await fill(bare, n);
  await db.transaction((tx) => indexTitles(tx.q));
  await bare.settle();
  say(`${n} procurements filled in and indexed in ${rounded((performance.now() - startedAt) / 1_000)} s`);
  const served = await serve(db);
  return {
    ...{ url: served.at, db },
    close: async () => {
      await served.close();
      await bare.close();
      await db.close();
      await field.close();
    },
  };
}

async function serve(db: Database): Promise<{ readonly at: string; readonly close: () => Promise<void> }> {
  const settings = {
    ...DEFAULT_SETTINGS,
    publicUrl: PUBLIC_URL,
    sessionKey: 'only for this measurement, and long enough',
    rateLimit: 'off' as const,
  };
  const api = await createApi({
    db,
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
    pages: publicPages({ db, publicUrl: settings.publicUrl }),
    temporalReady: async () => true,
    signer: await createSigner(await newSigningKey()),
    printReceipt: async () => Buffer.alloc(0),
    printEvaluation: async () => ({ html: '', pdf: null }),
    dossierPages: dossierPages(settings.publicUrl),
    settings,
  });
  const { url } = await api.listen(0);
  return { at: url, close: () => api.close() };
}

/** Milliseconds until the first byte of the body; what follows is read and forgotten. */
function firstByte(agent: Agent, url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const from = performance.now();
    const sent = request(url, { agent }, (response) => {
      let at: number | null = null;
      response.on('data', () => (at ??= performance.now()));
      response.on('end', () => {
        if (response.statusCode !== 200 || at === null)
          reject(new Error(`${url} was answered with ${response.statusCode}`));
        else resolve(at - from);
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}
