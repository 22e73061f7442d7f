import { setTimeout as sleep } from 'node:timers/promises';
import { formatInstant, formatSecond, parseInstant } from '../../domain/civil-time.ts';
import type { Person } from './people.ts';

/** How long what is due may take (real ms): only a hang takes this long. */
const PATIENCE_MS = 180_000;
const LOOK_EVERY_MS = 100;

interface Waiting {
  readonly at: number;
  readonly come: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * The paused clock of a drill (演练), which several stories share. Once all of them wait, it is moved to the earliest
 * instant that one waits for; everything due before that is done at its own instant, however long it takes.
 */
export class StoryClock {
  #now: number;
  #going = 0;
  readonly #waiting = new Set<Waiting>();

  private constructor(
    private readonly office: Person,
    now: number,
  ) {
    this.#now = now;
  }

  /** Pauses the clock. @param office who may set it */
  static async of(office: Person): Promise<StoryClock> {
    const { now } = await office.ask('POST', '/drill/clock/pause', 200);
    return new StoryClock(office, parseInstant(String(now)));
  }

  /** Civil epoch ms. */
  get now(): number {
    return this.#now;
  }

  /** Plays stories side by side; a story that fails does not hold up the others. */
  async play<T>(stories: readonly ((on: (instant: string) => Promise<void>) => Promise<T>)[]): Promise<T[]> {
    this.#going += stories.length;
    const played = await Promise.allSettled(
      stories.map((story) =>
        story((instant) => this.#until(parseInstant(instant))).finally(() => {
          this.#going -= 1;
          this.#moveOnceAllWait();
        }),
      ),
    );
    return played.map((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value;
    });
  }

  /** Moves it to an instant (civil epoch ms), from one thing that is due to the next. */
  async moveTo(at: number): Promise<void> {
    for (let progressAt = performance.now(); this.#now < at;) {
      const { status, body } = await this.office.send('POST', '/drill/clock/jump', { to: formatInstant(at) });
      if (status === 200) {
        this.#now = parseInstant(String(body.now));
        progressAt = performance.now();
      } else if (body.code !== 'clock-busy' || performance.now() - progressAt > PATIENCE_MS) {
        throw new Error(`the clock does not move to ${formatSecond(at)}: ${JSON.stringify(body)}`);
      } else await sleep(LOOK_EVERY_MS);
    }
  }

  async #until(at: number): Promise<void> {
    if (at <= this.#now) return;
    await new Promise<void>((come, fail) => {
      this.#waiting.add({ at, come, fail });
      this.#moveOnceAllWait();
    });
  }

  #moveOnceAllWait(): void {
    const waiting = [...this.#waiting];
    if (waiting.length === 0 || waiting.length < this.#going) return;
    const at = Math.min(...waiting.map((each) => each.at));
    const first = waiting.filter((each) => each.at === at);
    void this.moveTo(at).then(
      () => this.#release(first, ({ come }) => come()),
      (error: unknown) => this.#release(waiting, ({ fail }) => fail(error)),
    );
  }

  #release(some: readonly Waiting[], how: (one: Waiting) => void): void {
    for (const each of some) {
      this.#waiting.delete(each);
      how(each);
    }
  }
}
