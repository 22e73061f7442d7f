import { parentPort } from 'node:worker_threads';
import type { BidManifest } from '../../../domain/bids/sealing.ts';
import { checkSeal, joinIdentity, openPayload, readSeal, SealError } from '../../../sealing/open.ts';
import { joined, MESSAGE_BYTES, type FromThread, type Job, type ToThread } from './pool.ts';

// Opens sealed bids one after the other. It has no file, no database and no credential: bytes come and go by messages,
// so that the worst that a hostile file can do is to end this thread.

const port = parentPort;
if (!port) throw new Error('this is a thread of the pool that unseals bids');

const say = (message: FromThread, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

let last: Promise<unknown> = Promise.resolve();

/**
 * Sends one request and waits for the answer. Read-ahead is requested while a part is written: one after the other, so
 * that each request gets its own answer, and never more than one chunk is in transit.
 */
function ask(message: FromThread, transfer: ArrayBuffer[] = []): Promise<ToThread> {
  const answer = last.then(
    () =>
      new Promise<ToThread>((resolve) => {
        port?.once('message', resolve);
        say(message, transfer);
      }),
  );
  last = answer;
  return answer;
}

const sealedFile = (): AsyncIterable<Uint8Array> => ({
  async *[Symbol.asyncIterator]() {
    for (;;) {
      const answer = await ask({ type: 'pull' });
      if (answer.type !== 'chunk' || answer.chunk === null) return;
      yield answer.chunk;
    }
  },
});

async function give(part: BidManifest['parts'][number], body: ReadableStream<Uint8Array>): Promise<void> {
  await ask({ type: 'part', part });
  let gathered: Uint8Array[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    if (size === 0) return;
    const chunk = joined(gathered);
    [gathered, size] = [[], 0];
    await ask({ type: 'data', chunk }, [chunk.buffer]);
  };
  for await (const chunk of body) {
    gathered.push(chunk);
    size += chunk.length;
    if (size >= MESSAGE_BYTES) await flush();
  }
  await flush();
  await ask({ type: 'part-end' });
}

async function open({ terms, procurementId, lotNo, bidder, shares, bidderShare, limits }: Job): Promise<BidManifest> {
  const { seal, payload } = await readSeal(sealedFile());
  checkSeal(seal, { terms, procurementId, lotNo });
  const identity = await joinIdentity(seal, new Map(shares), bidderShare);
  return openPayload(payload, identity, { procurementId, lotNo, bidder }, limits, give);
}

async function next(message: ToThread): Promise<void> {
  if (message.type !== 'open') return;
  try {
    say({ type: 'done', manifest: await open(message.job) });
  } catch (error) {
    const fault =
      error instanceof SealError
        ? { code: error.code, zh: error.messageZh, en: error.messageEn }
        : { code: 'unreadable', zh: '投标文件无法处理', en: 'the bid cannot be processed' };
    say({ type: 'fault', fault, cause: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
  wait();
}

const wait = (): void => void port.once('message', (message: ToThread) => void next(message));
wait();
