import { createHash } from 'node:crypto';
import type { Database, Tx } from '../../db/access/database.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Signer } from '../../proofs/signing.ts';
import { comeFrom } from './chance/process.ts';
import { Random } from './chance/random.ts';
import { Agenda } from './engine/agenda.ts';
import { Engine, type Troubles } from './engine/engine.ts';
import type { Clocks } from './clocks.ts';
import type { People } from './people/people.ts';
import type { Story } from './people/story.ts';
import { Broken, judge } from './invariants/judge.ts';
import { actHasEntry } from './invariants/entries.ts';
import { entriesAfter, lastInstantOf, snapshotOf, waitingWakes } from './invariants/snapshot.ts';
import { noWakeIsLost } from './invariants/wakes.ts';

/** What became of an act. */
export type Outcome<T> =
  | { readonly accepted: true; readonly value: T; readonly at: number }
  | { readonly accepted: false; readonly refusal: DomainError; readonly at: number };

/** What the law says of an act: `either` where the simulation does not know. */
export type Expected = 'accepted' | 'refused' | 'either';

/** The entry of a jump of the clock. */
const JUMP = 'clock.jump';
/** What a clock may be ahead by that somebody has accepted (ms). */
const DATED_AHEAD_MS = 30_000;

/** How many of the last steps a report shows. */
const SHOWN = 40;

/** One installation, all that happens to it, and what is known of it besides what it stores. */
export class World {
  readonly agenda = new Agenda();
  readonly stories: Story[] = [];
  readonly people: People;
  readonly engine: Engine;
  /** The last entry of the trail that was judged. */
  head = { seq: 0, hash: '' };
  /** The last instant that the database has issued. */
  lastInstant = 0;
  steps = 0;
  /** Whether something was committed since its wakes were sent. */
  #moved = false;
  readonly #touched = new Set<Story>();
  readonly #counts = new Map<string, number>();
  readonly #trail = createHash('sha256');
  readonly #last: string[] = [];

  constructor(
    readonly db: Database,
    readonly random: Random,
    readonly clocks: Clocks,
    people: People,
    troubles: Troubles,
    signer: Signer,
    inTurn: boolean,
  ) {
    this.people = people;
    this.engine = new Engine({
      db,
      signer,
      random,
      troubles,
      after: (ms, name, happen) => this.after(ms, name, happen),
      note: (what) => this.note(what),
      inTurn,
    });
  }

  static seed(seed: number, clocks: Clocks): Random {
    comeFrom(
      seed,
      () => clocks.worker(),
      () => clocks.now,
    );
    return new Random(seed + 0x5eed);
  }

  after(ms: number, name: string, happen: () => Promise<void>): void {
    this.at(this.clocks.now + ms, name, happen);
  }

  at(instant: number, name: string, happen: () => Promise<void>): void {
    this.agenda.add({ at: Math.max(instant, this.clocks.now), order: this.random.bits(), name, happen });
  }

  /** The next thing happens, and what it touched is judged. False: nothing is left. */
  async step(): Promise<boolean> {
    const next = this.agenda.take();
    if (!next) return false;
    this.clocks.now = Math.max(this.clocks.now, next.at);
    this.steps += 1;
    await next.happen();
    await this.judge();
    while (this.#moved) {
      this.#moved = false;
      await this.engine.afterCommit();
      await this.judge();
    }
    await this.#judgeWakes();
    return true;
  }

  /** The civil instant that the next transaction gets. */
  get civilNow(): number {
    return Math.max(this.lastInstant, this.clocks.database());
  }

  note(what: string): void {
    const line = `${this.steps} ${new Date(this.clocks.now + 8 * 3_600_000).toISOString().slice(0, 23)} ${what}`;
    this.#trail.update(`${line}\n`);
    if (this.#last.push(line) > SHOWN) this.#last.shift();
  }

  count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  get lastSteps(): readonly string[] {
    return this.#last;
  }

  /** Of everything that happened and everything that was stored. */
  digest(): string {
    return this.#trail.copy().update(this.head.hash).digest('hex');
  }

  /**
   * A person's act. Whatever is refused is refused by the law, in words, and changes nothing.
   * @param accepted what is known of it from then on
   * @throws Broken
   */
  async act<T>(
    story: Story | null,
    name: string,
    expected: Expected,
    work: (tx: Tx) => Promise<T>,
    accepted: (value: T) => void = () => undefined,
    subject?: 'clock-in-doubt',
  ): Promise<Outcome<T>> {
    const outcome = await this.#outcomeOf(story, work, subject);
    this.#told(story, name, expected, outcome, subject);
    if (!outcome.accepted) {
      const left = (await entriesAfter(this.db.read, this.head.seq)).filter(({ action }) => action !== JUMP);
      if (left[0]) throw new Broken('a refusal changes nothing', `${name} left ${left[0].action}`);
      await this.judge();
      return outcome;
    }
    accepted(outcome.value);
    await this.judge(name);
    return outcome;
  }

  async #judgeWakes(): Promise<void> {
    if (this.#touched.size === 0) return;
    const touched = [...this.#touched];
    this.#touched.clear();
    // What a server has lost is found by the next reconciliation.
    if (this.engine.lost) return;
    const waiting = await waitingWakes(this.db.read);
    for (const { seen, name } of touched) {
      if (!seen) continue;
      const carrying = (subject: string) => ({
        run: this.engine.carries(subject),
        isWakeWaiting: waiting.has(subject),
      });
      for (const what of noWakeIsLost(seen, carrying, this.civilNow))
        throw new Broken('no wake is lost', `${name}: ${what}`);
    }
  }

  /** Acts that are committed together, in their order: each is judged by itself. */
  async actTogether<T>(
    story: Story,
    name: string,
    acts: readonly {
      readonly expected: Expected;
      readonly work: (tx: Tx) => Promise<T>;
      readonly accepted: (value: T) => void;
    }[],
  ): Promise<void> {
    const outcomes = await Promise.all(acts.map(({ work }) => this.#outcomeOf(story, work)));
    for (const [index, outcome] of outcomes.entries()) {
      const act = acts[index];
      this.#told(story, name, act?.expected ?? 'either', outcome);
      if (outcome.accepted) act?.accepted(outcome.value);
    }
    await this.judge();
  }

  #told(
    story: Story | null,
    name: string,
    expected: Expected,
    outcome: Outcome<unknown>,
    subject?: 'clock-in-doubt',
  ): void {
    const told = outcome.accepted ? 'accepted' : outcome.refusal.code;
    this.note(`${story?.name ?? '-'} ${name} ${told}`);
    if (subject === undefined && told === 'clock-jumped') return this.#doubted(name);
    this.count(`${name} ${outcome.accepted ? 'accepted' : 'refused'}`);
    if (subject === undefined && this.clocks.mustBeDoubted)
      throw new Broken('nothing is decided by a clock that has jumped', `${story?.name ?? ''} ${name} was ${told}`);
    if (outcome.accepted ? expected !== 'refused' : expected !== 'accepted') return;
    const why = outcome.accepted ? '' : `: ${outcome.refusal.messageEn} ${JSON.stringify(outcome.refusal.details)}`;
    const { seen } = story ?? {};
    const stage = seen ? [seen.procurement.stage, ...seen.lots.map((lot) => lot.stage)].join('/') : 'the beginning';
    throw new Broken('the law is applied', `${story?.name ?? ''} ${name} at ${stage} was ${told}${why}`);
  }

  #doubted(name: string): void {
    if (!this.clocks.mayBeDoubted)
      throw new Broken('a clock that goes evenly is believed', `${name} at ${this.clocks.now}`);
    this.count('refused by a clock that has jumped');
  }

  async #outcomeOf<T>(
    story: Story | null,
    work: (tx: Tx) => Promise<T>,
    subject?: 'clock-in-doubt',
  ): Promise<Outcome<T>> {
    const at = this.civilNow;
    try {
      const value = await this.db.transaction(work, story ? { procurementId: story.id } : subject);
      return { accepted: true, value, at };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      if (error.messageZh === '' || error.messageEn === '') throw new Broken('refusals are in words', error.code);
      return { accepted: false, refusal: error, at };
    }
  }

  /** Judges every tender that the trail names since the last time; `act`: which a person has just done. */
  async judge(act?: string): Promise<void> {
    const entries = await entriesAfter(this.db.read, this.head.seq);
    for (const what of actHasEntry(act, entries)) throw new Broken('each act has its entry', what);
    const last = entries.at(-1);
    if (!last) return;
    this.#moved = true;
    this.head = { seq: last.seq, hash: last.hash };
    this.lastInstant = Math.max(this.lastInstant, await lastInstantOf(this.db.read));
    if (this.lastInstant > this.clocks.now + DATED_AHEAD_MS)
      throw new Broken('nothing is dated ahead', `${last.action} by ${this.lastInstant - this.clocks.now} ms`);
    for (const { action } of entries) {
      if (action === JUMP) this.clocks.isInDoubt = true;
      else if (action === 'clock.accept') this.clocks.accepted();
      else if (this.clocks.isInDoubt) throw new Broken('nothing is decided by a clock that has jumped', action);
      else this.clocks.committed();
    }
    const touched = new Set(entries.flatMap(({ procurementId }) => procurementId ?? []));
    for (const story of this.stories) {
      if (!touched.has(story.id)) continue;
      this.#touched.add(story);
      const seen = await snapshotOf(this.db.read, story.id);
      judge(
        story,
        seen,
        entries.filter(({ procurementId }) => procurementId === story.id),
        this.lastInstant,
      );
      story.seen = seen;
    }
  }
}
