import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Database } from '../../db/access/database.ts';
import { openDatabase } from '../../db/access/open.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import { DAY_MS } from '../../domain/civil-time.ts';
import { testSigner } from '../setup/signer.ts';
import { quickPlace } from '../setup/quick-place.ts';
import { Clocks, UNSEEN_MS } from './clocks.ts';
import { NO_TROUBLES, type Troubles } from './engine/engine.ts';
import { Broken } from './invariants/judge.ts';
import { acceptsClock } from './people/clock.ts';
import { launches } from './people/launches.ts';
import { peopleOf } from './people/people.ts';
import { obtains } from './people/bidding.ts';
import { assertDepositsKept } from './people/deposits.ts';
import { look, openEyes, type Eyes } from './people/eyes.ts';
import { goesOn, hasEnded } from './people/rhythm.ts';
import { World } from './world.ts';

export interface Played {
  readonly seed: number;
  readonly tenders: number;
  readonly steps: number;
  /** Of everything that happened and was stored. */
  readonly digest: string;
  readonly counts: ReadonlyMap<string, number>;
  readonly broken: { readonly invariant: string; readonly what: string; readonly lastSteps: readonly string[] } | null;
}

export interface Setting {
  readonly tenders: number;
  /** Of PostgreSQL; an empty database. */
  readonly url?: string | undefined;
}

/** Tenders begin within so many days, and end within so many more; then their people do what is lawful. */
const BEGIN_WITHIN = 40 * DAY_MS;
const LEAD_ON_AFTER = 200 * DAY_MS;
const OVER_AFTER = 700 * DAY_MS;
/** In one of so many installations everybody looks everywhere, so often. */
const LOOKED_AT = 3;
const LOOKS = 1;
const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 5, 1);

/** Plays one installation: everything about it comes from the seed. */
export async function play(seed: number, { tenders, url }: Setting): Promise<Played> {
  const clocks = new Clocks(START);
  const random = World.seed(seed, clocks);
  const dataDir = mkdtempSync(join(quickPlace(), 'kaibiao-simulation-'));
  const db = await openDatabase({ dataDir, url, machineClock: clocks.database, steadyClock: clocks.steady });
  const troubles = random.percent(20) ? NO_TROUBLES : troublesOf(random);
  let world: World | null = null;
  let broken: Played['broken'] = null;
  try {
    world = new World(db, random, clocks, await peopleOf(db), troubles, await testSigner(), url !== undefined);
    await live(world, tenders, seed % LOOKED_AT === 0);
  } catch (error) {
    broken = { ...told(error), lastSteps: world?.lastSteps ?? [] };
  } finally {
    await world?.engine.stop();
    await db.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
  const { steps = 0, counts = new Map<string, number>() } = world ?? {};
  return { seed, tenders, steps, digest: world?.digest() ?? '', counts, broken };
}

const told = (error: unknown): { invariant: string; what: string } =>
  error instanceof Broken
    ? { invariant: error.invariant, what: error.what }
    : {
        invariant: 'nothing fails but by the law',
        what:
          error instanceof Error
            ? `${error.stack ?? error.message}${error.cause ? `\n${inspect(error.cause)}` : ''}`
            : String(error),
      };

const troublesOf = (random: World['random']): Troubles => ({
  unsent: random.between(0, 40),
  twice: random.between(0, 10),
  failing: random.between(0, 5),
  unanswered: random.between(0, 10),
  late: random.between(0, 30),
});

async function live(world: World, tenders: number, isLookedAt: boolean): Promise<void> {
  const { clocks, random } = world;
  for (let n = 0; n < tenders; n += 1) {
    world.after(random.between(1, BEGIN_WITHIN), 'launch', async () => {
      const story = await launches(world);
      if (story) goesOn(world, story);
    });
  }
  keepsGoing(world);
  if (isLookedAt) looksAround(world);
  while (clocks.now < START + LEAD_ON_AFTER && !isOver(world, tenders)) if (!(await world.step())) break;
  for (const story of world.stories) story.leadsOn = true;
  await settleDown(world);
  while (!isOver(world, tenders) && clocks.now < START + OVER_AFTER) if (!(await world.step())) break;
  await world.engine.reconcile();
  await world.judge();
  for (const story of world.stories) {
    if (hasEnded(story)) continue;
    const { procurement, lots = [] } = story.seen ?? {};
    const stages = [procurement?.stage, ...lots.map((lot) => lot.stage)].join('/');
    throw new Broken('every stage has a way out', `${story.name} (${story.id}) is at ${stages} in the end`);
  }
  await assertDepositsKept(world);
  await verified(world.db);
}

const isOver = ({ stories, clocks }: World, _tenders: number): boolean =>
  clocks.now > START + BEGIN_WITHIN && stories.every((story) => story.isOver || hasEnded(story));

/** The engine’s own rounds, and what befalls it and its clocks. */
function keepsGoing(world: World): void {
  const { random, engine, clocks } = world;
  const every = (least: number, most: number, name: string, happen: () => Promise<void>): void => {
    world.after(random.between(least, most), name, async () => {
      await happen();
      every(least, most, name, happen);
    });
  };
  every(6 * 60 * MINUTE, DAY_MS, 'round', () => engine.deliver());
  every(MINUTE, 2 * DAY_MS, 'wake', () => engine.wakeAny());
  every(3 * DAY_MS, 8 * DAY_MS, 'reconcile', () => engine.reconcile());
  every(2 * DAY_MS, 30 * DAY_MS, 'away', async () => {
    if (calm(world)) return;
    engine.down = true;
    world.note('the engine is away');
    world.after(
      random.weighed([
        [3, random.between(1, 60) * MINUTE],
        [1, random.between(1, 48) * 60 * MINUTE],
      ]),
      'back',
      async () => {
        engine.down = false;
        world.note('the engine is back');
        await engine.deliver();
      },
    );
  });
  every(20 * DAY_MS, 80 * DAY_MS, 'lost', async () => {
    if (calm(world)) return;
    engine.loseStore();
    world.note('the engine has lost its store');
    world.after(random.between(MINUTE, DAY_MS), 'reconcile', () => engine.reconcile());
  });
  every(DAY_MS, 10 * DAY_MS, 'clocks', async () => {
    if (calm(world)) return;
    const right = random.percent(40);
    clocks.ahead.worker = right ? 0 : random.between(-5_000, 5_000);
    if (clocks.isInDoubt) return;
    clocks.setDatabase(
      right
        ? 0
        : random.weighed([
            [6, random.between(-50, 50)],
            [3, random.between(-UNSEEN_MS, UNSEEN_MS)],
            [1, random.between(-10 * MINUTE, 0)],
            [1, jump(random)],
          ]),
    );
    world.note(`clocks ${JSON.stringify(clocks.ahead)}`);
    // As after a clock that was ten minutes behind.
    if (clocks.mayBeDoubted) looksAtTheClock(world);
  });
}

/** Ahead by some seconds, or by days. */
const jump = (random: World['random']): number =>
  random.weighed([
    [1, random.between(12_000, 29_000)],
    [2, random.between(MINUTE, 10 * MINUTE)],
    [1, random.between(DAY_MS, 60 * DAY_MS)],
  ]);

/** Somebody notices, puts the clock right or not, and accepts it, until it is accepted. */
function looksAtTheClock(world: World): void {
  const { random, clocks } = world;
  world.after(random.between(MINUTE, 2 * DAY_MS), 'look at the clock', async () => {
    if (random.percent(70)) clocks.setDatabase(0);
    await acceptsClock(world);
    if (clocks.mayBeDoubted) looksAtTheClock(world);
  });
}

/** Everybody looks at a tender whose bids are secret, a few times. */
function looksAround(world: World): void {
  const { random, stories } = world;
  let eyes: Promise<Eyes> | null = null;
  for (let n = 0; n < LOOKS; n += 1) {
    world.after(random.between(10, 40) * DAY_MS, 'look', async () => {
      if (world.clocks.mayBeDoubted) return;
      const secret = stories.filter(({ seen, receipts }) => seen?.procurement.stage === 'bidding' && receipts.size > 0);
      if (secret.length === 0) return;
      eyes ??= openEyes(world);
      const open = secret.filter(({ invited }) => invited === null);
      const story = random.of(open.length > 0 ? open : secret);
      // Somebody has them for certain.
      await obtains(world, story);
      await look(world, story, await eyes);
    });
  }
}

const calm = ({ stories }: World): boolean => stories.some(({ leadsOn }) => leadsOn);

async function settleDown(world: World): Promise<void> {
  const { clocks, engine } = world;
  clocks.ahead.worker = 0;
  clocks.setDatabase(0);
  engine.down = false;
  if (clocks.mayBeDoubted) await acceptsClock(world);
}

async function verified(db: Database): Promise<void> {
  const { faults } = await verifyInstallation(db);
  const [first] = faults;
  if (first) throw new Broken('each row has its entry', `${first.subject}: ${first.en} (${faults.length} faults)`);
}
