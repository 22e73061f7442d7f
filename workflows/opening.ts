import {
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  proxyActivities,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { TenderActivities } from '../activities/index.ts';
import type { CustodianNote, UnsealingActivities } from '../activities/openings.ts';
import type { Turn } from '../activities/turn.ts';
import { CUSTODIANS, CUSTODIANS_NEEDED, type Custodian } from '../domain/bids/sealing.ts';
import { unknownAnswer, untilEnded } from './carry.ts';
import { custodianOn, refusalOf } from './custodians.ts';
import { isFailure, oneAtATime } from './local.ts';
import type { Carried } from './messages.ts';
import { Pace, Wakes } from './pace.ts';
import { subjectOf } from './subject.ts';

/** How long two custodians wait for the third (real ms). */
const GRACE_MS = 20_000;
/** After so long without two custodians, everybody is notified which are missing, where a worker does not say (real ms). */
const MISSED_MS = 120_000;
/** Delay before a custodian is retried after a refusal (real ms): four times as long each time, up to the longest. */
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 3_600_000;
/** How often to query the database, without a wake, whether the opening continues (real ms). */
const RECHECK_MS = 600_000;

/**
 * 开标 of bids that are sealed to custodians, from the close to the published record (电子招标投标办法 29–32).
 *
 * 1. 保管人: two of the three release what was sealed to them.
 * 2. 双锁: each bidder has a window to release the share that it kept.
 * 3. 解密: each bid by itself, so that a broken one does not fail the others.
 * 4. 唱标、公布: the record of every lot at once.
 *
 * Paused by a supervisor, it continues when it is resumed. It ends when the database reports that the opening is over.
 */
export async function opening(_: Carried): Promise<void> {
  const { procurementId } = subjectOf('opening');
  const wakes = new Wakes();
  const activities = oneAtATime<TenderActivities>(wakes);
  await CancellationScope.nonCancellable(async () => {
    for (const pace = new Pace(wakes); ;) {
      if (wakes.isRunFull() && (await wakes.areQuiet()))
        await continueAsNew<typeof opening>({ subject: workflowInfo().workflowId });
      await pace.turn();
      try {
        const begun = await activities.beginOpening({ procurementId });
        switch (begun.state) {
          case 'over':
            return;
          case 'paused':
            await pace.rest(inAWhile());
            break;
          case 'begun':
            await open({ procurementId, ...begun }, activities, wakes, pace);
            break;
          default:
            throw unknownAnswer(begun);
        }
      } catch (error) {
        // Also where the keys were lost with their worker: another begins, and repeats only what is left.
        if (!isFailure(error)) throw error;
        await pace.restAfterFault();
      }
    }
  });
}

interface Opened {
  readonly procurementId: string;
  /** One-time, of the worker that unseals. */
  readonly recipient: string;
  readonly taskQueue: string;
  readonly pages: number;
  readonly bidderWindow: boolean;
  readonly custodiansMissedMs?: number;
}

/** With one key; afterwards the database is queried for the state of the opening. */
async function open(opened: Opened, activities: TenderActivities, wakes: Wakes, pace: Pace): Promise<void> {
  const { procurementId, recipient, pages, bidderWindow } = opened;
  const unsealer = unsealerOn(opened.taskQueue);
  const custodians = new CustodianRequests(opened, activities, unsealer);
  let left = false;
  const given = () => left;
  const leaveWhenOver = async (): Promise<void> => {
    for (;;) {
      await pace.rest(inAWhile(), given);
      if (left) return;
      if (wakes.isRunFull() && (await wakes.areQuiet())) break;
      await pace.turn();
      if (!(await activities.isOpening({ procurementId }))) break;
    }
    left = true;
  };
  const watching = leaveWhenOver().catch(() => undefined);
  try {
    if (pages > 0) await custodians.suffice(given);
    if (bidderWindow) {
      const closed = async () => {
        const { notes } = custodians;
        const turn = await unsealer.brief.closeBidderWindow({ procurementId, recipient, notes });
        custodians.recorded(notes);
        return turn;
      };
      await untilEnded(wakes, closed, given);
    }
    const unsealed = async () => {
      const { notes } = custodians;
      return turnOf(await unsealer.long.unseal({ procurementId, recipient, notes }));
    };
    await untilEnded(wakes, unsealed, given);
    const concluded = async () => {
      const { notes } = custodians;
      return turnOf(await unsealer.brief.concludeOpening({ procurementId, recipient, notes }));
    };
    await untilEnded(wakes, concluded, given);
  } finally {
    left = true;
    await watching;
  }
}

const inAWhile = (): number => Date.now() + RECHECK_MS;

/** `bids-left`: not every outcome is known; the opening is begun again. */
function turnOf({ outcome }: { outcome: 'done' | 'paused' | 'bids-left' }): Turn {
  switch (outcome) {
    case 'done':
    case 'bids-left':
      return { then: 'ended', stage: 'opening' };
    case 'paused':
      return { then: 'wait', stage: 'opening', until: null, wakeAtMs: inAWhile() };
    default:
      throw unknownAnswer(outcome);
  }
}

/**
 * The only worker that holds the one-time key; brief activities have a short timeout in case it hangs. One that sends
 * no more heartbeats has died with its key: nothing is retried there, another begins.
 */
function unsealerOn(taskQueue: string) {
  const retry = { initialInterval: '1s', maximumInterval: '30s' } as const;
  const common = { taskQueue, scheduleToStartTimeout: '30s', retry } as const;
  return {
    brief: proxyActivities<UnsealingActivities>({ ...common, startToCloseTimeout: '30s' }),
    long: proxyActivities<UnsealingActivities>({
      ...common,
      startToCloseTimeout: '24h',
      heartbeatTimeout: '30s',
      retry: { ...retry, nonRetryableErrorTypes: ['TemporalTimeout:Heartbeat'] },
    }),
  };
}
type Unsealer = ReturnType<typeof unsealerOn>;

/** Requests to all custodians at once; each answers when it can. */
class CustodianRequests {
  /** `unfit`: it has answered, and none of its shares fits. */
  private readonly answers = new Map<Custodian, 'released' | 'unfit' | 'refused'>();
  /** What they did that is not recorded yet: normally it is recorded with the conclusion. */
  notes: readonly CustodianNote[] = [];

  constructor(
    private readonly opened: Opened,
    private readonly activities: TenderActivities,
    private readonly unsealer: Unsealer,
  ) {}

  /** Resolves when the shares suffice; custodians missing then are recorded. */
  async suffice(given: () => boolean): Promise<void> {
    const scope = new CancellationScope();
    let lost: unknown;
    const pending = scope.run(() =>
      Promise.all(
        CUSTODIANS.map((custodian) =>
          this.ask(custodian).catch((error: unknown) => {
            if (!isCancellation(error)) lost ??= error;
          }),
        ),
      ),
    );
    try {
      const enough = () => given() || lost !== undefined || this.enough();
      if (!(await condition(enough, this.opened.custodiansMissedMs ?? MISSED_MS))) {
        await this.noteMissing();
        await condition(enough);
      }
      if (!given() && lost === undefined) await condition(() => lost !== undefined || this.complete(), GRACE_MS);
    } finally {
      scope.cancel();
      await pending;
    }
    if (lost !== undefined) throw lost as Error;
    if (!given()) await this.noteMissing();
  }

  recorded(notes: readonly CustodianNote[]): void {
    this.notes = this.notes.filter((note) => !notes.includes(note));
  }

  private count(...answers: string[]): number {
    return [...this.answers.values()].filter((answer) => answers.includes(answer)).length;
  }

  private enough(): boolean {
    return this.count('released') >= CUSTODIANS_NEEDED || this.count('released', 'unfit') === CUSTODIANS.length;
  }

  private complete(): boolean {
    return this.answers.size === CUSTODIANS.length;
  }

  /** Records this with the waiting notes; also when the opening no longer waits for the others. */
  private async noteNow(...more: CustodianNote[]): Promise<void> {
    const { procurementId } = this.opened;
    const notes = [...this.notes, ...more];
    await CancellationScope.nonCancellable(() => this.activities.noteCustodians({ procurementId, notes }));
    this.recorded(notes);
  }

  private async noteMissing(): Promise<void> {
    const missing = CUSTODIANS.filter((custodian) => !this.answers.has(custodian));
    if (missing.length === 0) return;
    await this.noteNow(
      ...missing.map((custodian) => ({ custodian, state: 'missing', reason: null, at: null }) as const),
    );
  }

  private async ask(custodian: Custodian): Promise<void> {
    for (let again = FIRST_RETRY_MS; ; again = Math.min(again * 4, LONGEST_RETRY_MS)) {
      try {
        const { fitting, at } = await this.collect(custodian);
        this.answers.set(custodian, fitting > 0 ? 'released' : 'unfit');
        if (fitting > 0) this.notes = [...this.notes, { custodian, state: 'released', reason: null, at }];
        else await this.noteNow({ custodian, state: 'refused', reason: NOTHING_FITS, at });
        return;
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal === null) throw error;
        this.answers.set(custodian, 'refused');
        await this.noteNow({ custodian, state: 'refused', reason: refusal, at: null });
      }
      await sleep(again);
    }
  }

  /** How many of its shares fit, and when the last was received. */
  private async collect(custodian: Custodian): Promise<{ fitting: number; at: number | null }> {
    const { procurementId, recipient, pages } = this.opened;
    // A custodian that died with the task is retried.
    const own = custodianOn(custodian, { startToCloseTimeout: '10m', heartbeatTimeout: '30s' });
    let fitting = 0;
    let at: number | null = null;
    for (let page = 0; page < pages; page += 1) {
      const knownSize = await own.knownHead();
      const request = await this.unsealer.brief.releaseRequest({
        procurementId,
        recipient,
        custodian,
        page,
        knownSize,
      });
      const answer = await own.releaseShares(request);
      const taken = await this.unsealer.long.takeShares({ procurementId, recipient, custodian, ...answer });
      fitting += taken.fitting;
      ({ at } = taken);
    }
    return { fitting, at };
  }
}

const NOTHING_FITS = '交出的份额无一与封装时的承诺相符 / none of its shares is what was committed to';
