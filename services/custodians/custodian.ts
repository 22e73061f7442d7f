import { instantEn, instantZh } from '../../domain/civil-time.ts';
import type { Custodian } from '../../domain/bids/sealing.ts';
import { NotProven, verifyDeadline, type Deadline, type DeadlineProof } from '../../proofs/deadline.ts';
import { verifyConsistency } from '../../proofs/merkle.ts';
import type { PublicJwk } from '../../proofs/signing.ts';
import { isRecipient } from '../../sealing/recipient.ts';
import { SealError } from '../../sealing/fault.ts';
import type { SealedShare } from '../../sealing/format.ts';
import { openShare, resealShare } from '../../sealing/shares.ts';
import type { CustodianMemory, SeenHead } from './memory.ts';

export interface ReleaseRequest {
  readonly procurementId: string;
  readonly deadline: DeadlineProof;
  /** One-time, of the worker that opens: so that no workflow history ever holds a share. */
  readonly recipient: string;
  readonly shares: readonly { readonly bidId: string; readonly share: SealedShare }[];
}

export interface ReleaseAnswer {
  readonly shares: readonly {
    readonly bidId: string;
    /** Base64 of an age file; null where there is a fault. */
    readonly sealed: string | null;
    readonly fault: { readonly zh: string; readonly en: string } | null;
  }[];
}

/** The deadline has not passed on the custodian's own clock: retry then. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
  readonly messageZh: string;
  readonly messageEn: string;

  constructor(
    readonly bidDeadline: number,
    /** By the custodian's clock (real ms). */
    readonly untilMs: number,
    now: number,
  ) {
    const messageZh = `尚未到投标截止时间 ${instantZh(bidDeadline)}（保管人时钟 ${instantZh(now)}）`;
    const messageEn = `the deadline ${instantEn(bidDeadline)} has not passed on the custodian’s clock (${instantEn(now)})`;
    super(`${messageZh} / ${messageEn}`);
    this.messageZh = messageZh;
    this.messageEn = messageEn;
  }
}

/** Of several first notices another was accepted before this one: it is made again, for the head known since. */
export class Overtaken extends NotProven {
  constructor(known: number) {
    super({
      zh: `此前已收到另一通知（日志 ${known} 条）：请就该日志重新证明`,
      en: `another notice came before (a log of ${known} entries): prove it again from there`,
    });
  }
}

export interface CustodianClock {
  /** Epoch ms; civil in a drill. */
  now(): number;
  /** Real time until an instant (ms). */
  untilMs(instant: number): number;
}

export interface CustodianDeps {
  readonly custodian: Custodian;
  /** Newest first. */
  readonly identities: readonly string[];
  /** Its own clock; it trusts no other. */
  readonly clock: CustodianClock;
  readonly memory: CustodianMemory;
  /** Of the platform. */
  readonly keys: readonly PublicJwk[];
  readonly log: { info(about: object, message: string): void; warn(about: object, message: string): void };
}

/**
 * A custodian (保管人): the only code that releases shares, and only after the deadline. A refusal is thrown as
 * `NotProven`; a refusal for now as `NotYet`.
 */
export function createCustodian(deps: CustodianDeps) {
  const { custodian, identities, clock, memory, keys, log } = deps;

  // A judgement depends on what was seen before, so that requests are judged one after the other.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  /** How often a caller was told that no head is known, and has not come back: its proof connects to none. */
  let withoutHead = 0;

  /** @throws NotProven */
  async function accept(proof: DeadlineProof, procurementId: string | null): Promise<Deadline & { at: number }> {
    const { head, at, ...deadline } = await verifyDeadline(proof, keys, null);
    if (procurementId !== null && deadline.procurementId !== procurementId) {
      throw new NotProven({
        zh: `所附截止时间属于另一项目（${deadline.procurementId}）`,
        en: `the deadline is that of another procurement (${deadline.procurementId})`,
      });
    }
    refuseOtherLog(head, proof.consistency, memory);
    refuseEarlier(deadline, memory);
    const before = memory.seen(deadline.procurementId);
    if (before?.version !== deadline.version || !memory.heads.some(({ size }) => size === head.size)) {
      await memory.add({ kind: 'deadline', at: clock.now(), ...deadline, ...head });
    }
    return { ...deadline, at };
  }

  const note = async (kind: 'released' | 'refused', request: ReleaseRequest, bidIds: string[], reasons: string[]) => {
    const { procurementId, recipient } = request;
    await memory.add({ kind, at: clock.now(), procurementId, bidIds, recipient, reasons });
    const about = { custodian, procurementId, bids: bidIds.length, recipient, reasons };
    if (kind === 'released') log.info(about, 'shares released');
    else log.warn(about, 'shares refused');
  };

  /** Whether its deadline has passed: judged in order, and the refusal is stored. */
  const judge = (request: ReleaseRequest): Promise<void> =>
    inTurn(async () => {
      try {
        const { bidDeadline, at } = await accept(request.deadline, request.procurementId);
        if (!isRecipient(request.recipient)) {
          throw new NotProven({ zh: '接收方不是 age 公钥', en: 'the recipient is not an age recipient' });
        }
        if (bidDeadline === null) {
          throw new NotProven({
            zh: '投标截止时间处于暂停之中，不得开标',
            en: 'the deadline is suspended: nothing is opened',
          });
        }
        const now = clock.now();
        if (now < bidDeadline) throw new NotYet(bidDeadline, clock.untilMs(bidDeadline), now);
        if (at < bidDeadline) {
          throw new NotProven({
            zh: `所附截止时间签于 ${instantZh(at)}，不能说明此后未变更`,
            en: `the deadline was signed at ${instantEn(at)}: it may have been changed before it passed`,
          });
        }
      } catch (error) {
        if (!(error instanceof NotProven)) throw error;
        await note(
          'refused',
          request,
          request.shares.map(({ bidId }) => bidId),
          [error.message],
        );
        throw error;
      }
    });

  return {
    /** Size of the largest head of the log that it has accepted, 0 where there is none. */
    knownHead: async (): Promise<number> => {
      if (memory.head === null) withoutHead += 1;
      return memory.head?.size ?? 0;
    },

    /** Notified of each deadline as it is set, so that it cannot be shown an earlier one later. */
    noteDeadline: ({ proof }: { readonly proof: DeadlineProof }): Promise<void> =>
      inTurn(async () => {
        const isFirst = proof.consistency.length === 0 && withoutHead > 0;
        if (isFirst) withoutHead -= 1;
        try {
          await accept(proof, null);
        } catch (error) {
          if (!(error instanceof NotProven)) throw error;
          if (isFirst && memory.head !== null) {
            log.info({ custodian }, 'a first deadline came after another one: it is to be proven again');
            throw new Overtaken(memory.head.size);
          }
          log.warn({ custodian, reason: error.message }, 'a deadline was rejected');
          throw error;
        }
      }),

    releaseShares: async (request: ReleaseRequest): Promise<ReleaseAnswer> => {
      await judge(request);
      const shares: ReleaseAnswer['shares'][number][] = [];
      for (const { bidId, share } of request.shares) {
        try {
          // The share is committed to its procurement: no share of another is released under this deadline.
          const opened = await openShare(share, identities, request.procurementId);
          shares.push({ bidId, sealed: await resealShare(opened, request.recipient), fault: null });
          opened.fill(0);
        } catch (error) {
          if (!(error instanceof SealError)) throw error;
          shares.push({ bidId, sealed: null, fault: { zh: error.messageZh, en: error.messageEn } });
        }
      }
      const released = shares.filter(({ sealed }) => sealed !== null).map(({ bidId }) => bidId);
      const faults = shares.flatMap(({ bidId, fault }) => (fault ? [`${bidId}: ${fault.en}`] : []));
      await note('released', request, released, faults);
      return { shares };
    },
  };
}

export type CustodianService = ReturnType<typeof createCustodian>;

/** @throws NotProven where the log does not continue one that was accepted before */
function refuseOtherLog(
  head: SeenHead,
  consistency: readonly string[],
  { heads, head: largest }: CustodianMemory,
): void {
  if (largest === null) return;
  const same = heads.find(({ size }) => size === head.size);
  if (same?.root === head.root) return;
  const continues =
    same === undefined &&
    heads.some(({ size, root }) =>
      verifyConsistency({ first: size, second: head.size, firstRoot: root, secondRoot: head.root, proof: consistency }),
    );
  if (continues) return;
  throw new NotProven({
    zh: `日志（${head.size} 条）不是此前所见日志（${largest.size} 条）的延续，可能被改写`,
    en: `the log (${head.size} entries) does not continue the one seen before (${largest.size} entries): it may have been rewritten`,
  });
}

/** @throws NotProven where another deadline was seen that this one cannot follow */
function refuseEarlier({ procurementId, version, bidDeadline }: Deadline, memory: CustodianMemory): void {
  const before = memory.seen(procurementId);
  if (before === undefined) return;
  if (version < before.version) {
    throw new NotProven({
      zh: `截止时间已变更（第 ${before.version} 次），所附为第 ${version} 次`,
      en: `the deadline has been changed since (version ${before.version}; this is ${version})`,
    });
  }
  if (version === before.version && bidDeadline !== before.bidDeadline) {
    throw new NotProven({
      zh: `第 ${version} 次截止时间与此前所见不同`,
      en: `version ${version} of the deadline is another than the one seen before`,
    });
  }
  if (bidDeadline !== null && before.latest !== null && bidDeadline < before.latest) {
    throw new NotProven({
      zh: `截止时间 ${instantZh(bidDeadline)} 早于此前所见的 ${instantZh(before.latest)}`,
      en: `the deadline ${instantEn(bidDeadline)} is earlier than one seen before, ${instantEn(before.latest)}`,
    });
  }
}
