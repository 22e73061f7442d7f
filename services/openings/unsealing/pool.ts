import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Blobs } from '../../../db/files/blobs.ts';
import type { BidManifest, Custodian, SealingTerms } from '../../../domain/bids/sealing.ts';

/** Everything that a thread receives about a bid. */
export interface Job {
  readonly terms: SealingTerms;
  readonly procurementId: string;
  readonly lotNo: number;
  /** 统一社会信用代码 of its bidder. */
  readonly bidder: string;
  readonly shares: readonly (readonly [Custodian, Uint8Array])[];
  readonly bidderShare: string | null;
  readonly limits: { readonly maxBytes: number; readonly maxParts: number };
}

/** Why a bid could not be opened, for people. */
export interface SealFaultReport {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
}

export type ToThread =
  | { readonly type: 'open'; readonly job: Job }
  | { readonly type: 'chunk'; readonly chunk: Uint8Array<ArrayBuffer> | null }
  | { readonly type: 'ack' };

export type FromThread =
  | { readonly type: 'pull' }
  | { readonly type: 'part'; readonly part: BidManifest['parts'][number] }
  | { readonly type: 'data'; readonly chunk: Uint8Array }
  | { readonly type: 'part-end' }
  | { readonly type: 'done'; readonly manifest: BidManifest }
  | { readonly type: 'fault'; readonly fault: SealFaultReport; readonly cause: string };

export type Unsealed =
  | { readonly manifest: BidManifest }
  /** `cause`: for developers; it may name what is in the bid, so that it is not logged. */
  | { readonly fault: SealFaultReport };

export interface UnsealingPool {
  /**
   * Opens one sealed file and stores its parts.
   * @throws the storage error, for which no bidder is to blame
   */
  unseal(sha256: string, job: Job, blobs: Blobs): Promise<Unsealed>;
  close(): Promise<void>;
}

/**
 * Memory limit of one thread (MB): a part is never entirely in memory. Its young generation stays small, since it grows
 * with all that passes through it: otherwise 25 MB more for 200 MB, and at most one part in twenty faster.
 */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 2 };
/** How long a thread may be silent, although it is its turn, before it is terminated (ms). */
const STALLED_MS = 120_000;

const GIVEN_UP: SealFaultReport = {
  code: 'given-up',
  zh: '投标文件使解密进程耗尽内存或不再响应',
  en: 'the bid exhausts the memory of what opens it, or makes it hang',
};

/** A file of the built program, or beside this one where the sources run. */
const threadFile = (): URL | string =>
  typeof KAIBIAO_BUILT === 'string'
    ? join(KAIBIAO_BUILT, 'unsealing-thread.mjs')
    : new URL('./thread.mjs', import.meta.url);

/** A bounded number of threads, so that neither the event loop nor the closing of other tenders suffers. */
export function createUnsealingPool(size: number, stalledMs = STALLED_MS): UnsealingPool {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const queue: (() => void)[] = [];
  let busy = 0;

  const turn = async (): Promise<void> => {
    if (busy >= size) await new Promise<void>((resolve) => queue.push(resolve));
    else busy += 1;
  };
  const over = (): void => {
    const next = queue.shift();
    // The next waiter takes the place over.
    if (next) next();
    else busy -= 1;
  };
  const discard = async (thread: Worker): Promise<void> => {
    all.delete(thread);
    await thread.terminate();
  };

  const attempt = async (sha256: string, job: Job, blobs: Blobs): Promise<Unsealed | 'given-up'> => {
    const thread = idle.pop() ?? new Worker(threadFile(), { resourceLimits: THREAD_LIMITS });
    all.add(thread);
    let whole = false;
    try {
      const result = await serveThread(thread, { sha256, job, blobs, stalledMs });
      whole = result !== 'given-up';
      return result;
    } finally {
      if (whole) idle.push(thread);
      else await discard(thread);
    }
  };

  return {
    async unseal(sha256, job, blobs) {
      await turn();
      try {
        const first = await attempt(sha256, job, blobs);
        if (first !== 'given-up') return first;
        // Retried once in a fresh thread: the first may have died of another cause.
        const second = await attempt(sha256, job, blobs);
        return second === 'given-up' ? { fault: GIVEN_UP } : second;
      } finally {
        over();
      }
    },
    async close() {
      await Promise.all([...all].map(discard));
    },
  };
}

interface Task {
  readonly sha256: string;
  readonly job: Job;
  readonly blobs: Blobs;
  readonly stalledMs: number;
}

/** Serves the requests of a thread until it has opened the bid. @throws the storage error */
function serveThread(thread: Worker, { sha256, job, blobs, stalledMs }: Task): Promise<Unsealed | 'given-up'> {
  return new Promise((resolve, reject) => {
    const file = blobs.open(sha256);
    // A missing file emits an error before it is read; the reader gets the error then.
    file.on('error', () => undefined);
    const chunks = file[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    let part: StoredPart | null = null;
    let stalled: NodeJS.Timeout | undefined;
    const end = (settle: () => void): void => {
      clearTimeout(stalled);
      thread.off('message', onMessage).off('error', onGone).off('exit', onGone);
      file.destroy();
      part?.abandon();
      settle();
    };
    const onGone = (): void => end(() => resolve('given-up'));
    const send = (message: ToThread): void => {
      thread.postMessage(message, message.type === 'chunk' && message.chunk ? [message.chunk.buffer] : []);
      stalled = setTimeout(onGone, stalledMs);
    };
    const answer = async (message: FromThread): Promise<void> => {
      switch (message.type) {
        case 'pull': {
          return send({ type: 'chunk', chunk: await gather(chunks) });
        }
        case 'part':
          part = message.part.size === 0 ? null : storePart(blobs, message.part.size);
          return send({ type: 'ack' });
        case 'data':
          await part?.add(message.chunk);
          return send({ type: 'ack' });
        case 'part-end':
          await part?.finish();
          part = null;
          return send({ type: 'ack' });
        case 'done':
          return end(() => resolve({ manifest: message.manifest }));
        case 'fault':
          return end(() => resolve({ fault: message.fault }));
      }
    };
    const onMessage = (message: FromThread): void => {
      clearTimeout(stalled);
      answer(message).catch((error: unknown) =>
        end(() => reject(error instanceof Error ? error : new Error(String(error)))),
      );
    };
    thread.on('message', onMessage).on('error', onGone).on('exit', onGone);
    send({ type: 'open', job });
  });
}

/** Fewer and larger messages: each costs a round trip to the other thread. */
export const MESSAGE_BYTES = 1024 * 1024;

/** Null at the end. */
async function gather(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array<ArrayBuffer> | null> {
  const gathered: Uint8Array[] = [];
  for (let size = 0; size < MESSAGE_BYTES;) {
    const read = await chunks.next();
    if (read.done === true) break;
    gathered.push(read.value);
    size += read.value.length;
  }
  return gathered.length === 0 ? null : joined(gathered);
}

/** In its own buffer, so that it can be transferred. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

interface StoredPart {
  /** Resolves when the storage has taken the chunk. */
  add(chunk: Uint8Array): Promise<void>;
  finish(): Promise<void>;
  abandon(): void;
}

/** Lets the storage pull what the thread pushes, a chunk at a time. */
function storePart(blobs: Blobs, maxBytes: number): StoredPart {
  let given: { readonly chunk: Uint8Array | null; readonly taken: () => void } | null = null;
  let wake: () => void = () => undefined;
  let abandoned = false;
  const source = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (abandoned) throw new Error('the bid was not opened after all');
      if (given === null) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      const { chunk, taken } = given;
      given = null;
      if (chunk === null) return;
      yield chunk;
      taken();
    }
  };
  const stored = blobs.store(source(), maxBytes);
  // The callers of `add` and `finish` get the error; after an abort nobody needs it.
  stored.catch(() => undefined);
  const hand = (chunk: Uint8Array | null): Promise<void> =>
    new Promise((taken) => {
      given = { chunk, taken };
      wake();
    });
  return {
    add: (chunk) => Promise.race([hand(chunk), stored.then(() => undefined)]),
    finish: async () => {
      void hand(null);
      await stored;
    },
    abandon: () => {
      abandoned = true;
      wake();
    },
  };
}
