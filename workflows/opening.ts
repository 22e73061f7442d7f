import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { TenderActivities } from '../activities/index.ts';
import type { UnsealingActivities } from '../services/openings/unsealing/desk.ts';
import { CUSTODIANS, CUSTODIANS_NEEDED, type Custodian } from '../domain/bids/sealing.ts';
import { custodianOn, refusalOf } from './custodians.ts';
import { oneAtATime } from './decisions.ts';
import { openingChangedSignal, terminatedSignal, type OpeningInput } from './messages.ts';
import { StatutoryWait } from './statutory-wait.ts';

/** How long two custodians wait for the third (real ms). */
const GRACE_MS = 20_000;
/** After so long without two custodians everybody is told who is missing (real ms). */
const MISSED_MS = 120_000;
/** After a refusal a custodian is asked again (real ms): four times as long each time, up to the longest. */
const FIRST_AGAIN_MS = 5_000;
const LONGEST_AGAIN_MS = 3_600_000;

/** Not local: it reads the heads of files, and carries hundreds of shares. A worker that hangs with it is not waited for long. */
const prepare = proxyActivities<Pick<TenderActivities, 'releaseRequest'>>({ startToCloseTimeout: '30s' });

/** 开标 of bids that are sealed to custodians, from the close to the published record (电子招标投标办法 29–32). */
export async function opening({ procurementId, clock }: OpeningInput): Promise<void> {
  const activities = oneAtATime();
  let wait = new StatutoryWait(clock);
  let changes = 0;
  let terminated = false;
  setHandler(openingChangedSignal, () => {
    changes += 1;
    wait.askAgain();
  });
  setHandler(terminatedSignal, () => {
    terminated = true;
    wait.cancel();
  });
  const changed = async (since: number) => condition(() => changes !== since || terminated);

  while (!terminated) {
    let seen = changes;
    const begun = await activities.beginOpening({ procurementId });
    if (begun.state === 'over') return;
    if (begun.state === 'paused') {
      await changed(seen);
      continue;
    }
    const unsealer = unsealerOn(begun.taskQueue);
    try {
      // 保管人: two of the three must give up what was sealed to them.
      const custodians = new Asked({ procurementId, ...begun }, activities, unsealer);
      await custodians.suffice(() => terminated);

      // 双锁: each bidder has its time to release the share that it kept.
      wait = new StatutoryWait(clock);
      wait.askAgain();
      if (terminated || (await wait.thenAct(() => activities.closeBidderWindow({ procurementId }))) === 'cancelled')
        return;

      // 解密: each bid by itself, so that a broken one hurts no other.
      for (;;) {
        seen = changes;
        const { outcome } = await unsealer.unseal({ procurementId, recipient: begun.recipient });
        if (outcome === 'done' || terminated) break;
        await changed(seen);
      }
    } catch (error) {
      // The keys went with the worker that held them: another begins anew, and repeats only what is left.
      if (isLost(error)) continue;
      throw error;
    }

    // 唱标、公布: the record of every lot at once.
    for (;;) {
      seen = changes;
      const { outcome } = await activities.concludeOpening({ procurementId });
      if (outcome === 'done' || terminated) return;
      if (outcome === 'bids-left') break;
      await changed(seen);
    }
  }
}

type Unsealer = Pick<UnsealingActivities, 'takeShares' | 'unseal'>;

/** The one worker that holds the one-time key. */
const unsealerOn = (taskQueue: string): Unsealer =>
  proxyActivities<UnsealingActivities>({
    taskQueue,
    scheduleToStartTimeout: '1m',
    startToCloseTimeout: '24h',
    heartbeatTimeout: '1m',
    retry: { initialInterval: '1s', maximumInterval: '30s' },
  });

function isLost(error: unknown): boolean {
  if (!(error instanceof ActivityFailure)) return false;
  const { cause } = error;
  return (
    (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START') ||
    (cause instanceof ApplicationFailure && cause.type === 'opening-unknown')
  );
}

interface Opened {
  readonly procurementId: string;
  /** One-time, of the worker that unseals. */
  readonly recipient: string;
  readonly pages: number;
}

/** The custodians, asked all at once; each answers when it can. */
class Asked {
  /** `unfit`: it has answered, and nothing it gave fits. */
  private readonly answers = new Map<Custodian, 'released' | 'unfit' | 'refused'>();

  constructor(
    private readonly opened: Opened,
    private readonly activities: TenderActivities,
    private readonly unsealer: Unsealer,
  ) {}

  /** Resolves when the shares suffice; whoever is missing then is on the record. */
  async suffice(given: () => boolean): Promise<void> {
    const scope = new CancellationScope();
    let lost: unknown;
    const asking = scope.run(() =>
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
      if (!(await condition(enough, MISSED_MS))) {
        await this.noteMissing();
        await condition(enough);
      }
      if (!given() && lost === undefined) await condition(() => lost !== undefined || this.complete(), GRACE_MS);
    } finally {
      scope.cancel();
      await asking;
    }
    if (lost !== undefined) throw lost as Error;
    if (!given()) await this.noteMissing();
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

  private async noteMissing(): Promise<void> {
    for (const custodian of CUSTODIANS) {
      if (!this.answers.has(custodian)) await this.note(custodian, 'missing', null);
    }
  }

  private note(custodian: Custodian, state: 'released' | 'refused' | 'missing', reason: string | null): Promise<void> {
    // What has happened goes on the record, also when nobody waits for the others any more.
    return CancellationScope.nonCancellable(() =>
      this.activities.noteCustodian({ procurementId: this.opened.procurementId, custodian, state, reason }),
    );
  }

  private async ask(custodian: Custodian): Promise<void> {
    for (let again = FIRST_AGAIN_MS; ; again = Math.min(again * 4, LONGEST_AGAIN_MS)) {
      try {
        const fitting = await this.collect(custodian);
        this.answers.set(custodian, fitting > 0 ? 'released' : 'unfit');
        await this.note(custodian, fitting > 0 ? 'released' : 'refused', fitting > 0 ? null : NOTHING_FITS);
        return;
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal === null) throw error;
        this.answers.set(custodian, 'refused');
        await this.note(custodian, 'refused', refusal);
      }
      await sleep(again);
    }
  }

  /** How many of the shares fit. */
  private async collect(custodian: Custodian): Promise<number> {
    const { procurementId, recipient, pages } = this.opened;
    // One that has died with the task is asked anew.
    const own = custodianOn(custodian, { startToCloseTimeout: '10m', heartbeatTimeout: '30s' });
    let fitting = 0;
    for (let page = 0; page < pages; page += 1) {
      const knownSize = await own.knownHead();
      const request = await prepare.releaseRequest({ procurementId, custodian, recipient, page, knownSize });
      const answer = await own.releaseShares(request);
      fitting += (await this.unsealer.takeShares({ procurementId, recipient, custodian, ...answer })).fitting;
    }
    return fitting;
  }
}

const NOTHING_FITS = '交出的份额无一与封装时的承诺相符 / none of its shares is what was committed to';
