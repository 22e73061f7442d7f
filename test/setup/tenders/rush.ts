import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { hashPassword } from 'better-auth/crypto';
import { freePort } from '../../../cli/servers/processes.ts';
import { createAccount } from '../../../services/accounts/create.ts';
import { standingBids, type StandingBid } from '../../../db/bids.ts';
import type { Database } from '../../../db/access/database.ts';
import { openDatabase } from '../../../db/access/open.ts';
import { CUSTODIANS, type SealingTerms } from '../../../domain/bids/sealing.ts';
import { sealBid } from '../../../sealing/seal.ts';
import { actorOf, at, draftOf, launch, onCase, people } from './tender.ts';

const project = join(import.meta.dirname, '../../..');
const TEST_PASSWORD = 'a-password-for-rushes';
const TUS = { 'tus-resumable': '1.0.0' };

/** A sealed bid that is about to be handed in, and who hands it in. */
export interface Hand {
  readonly username: string;
  readonly file: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
  token: string;
  /** Where its upload goes on. */
  upload: string;
}

export type HandedIn =
  | {
      readonly outcome: 'accepted';
      readonly ms: number;
      readonly bidId: string;
      readonly sha256: string;
      readonly receivedAt: number;
    }
  | { readonly outcome: 'late'; readonly ms: number }
  /** The line broke: whether it counts is for the receipts to tell. */
  | { readonly outcome: 'unknown'; readonly why: string };

/** An installation with one tender that takes sealed bids, and an API in a process of its own. */
export interface Rush extends AsyncDisposable {
  readonly db: Database;
  readonly procurementId: string;
  /** Where the API is asked. */
  readonly url: string;
  readonly hands: readonly Hand[];
  readonly pid: () => number;
  /** Peak of the API's resident memory (bytes). */
  readonly peakMemory: () => Promise<number>;
  startApi(): Promise<void>;
  /** Ends the API at once, as a power cut would. */
  kill(): Promise<void>;
  /** Sets the deadline so many real milliseconds from now; answers it (civil epoch ms). */
  deadlineIn(ms: number): Promise<number>;
  /** Signs everybody in, and brings so many bytes of each: by default all but the last. */
  begin(hands?: readonly Hand[], bytes?: number): Promise<void>;
  /** Hands in the last bytes, or all from that one on. */
  finish(hand: Hand, from?: number): Promise<HandedIn>;
  /** Asks how much has come, and goes on from there. */
  resume(hand: Hand): Promise<HandedIn>;
  /** The receipts that a bidder has. */
  receipts(hand: Hand): Promise<{ bidId: string; sha256: string; state: string }[]>;
  standing(): Promise<StandingBid[]>;
}

/** How much of a file is left for the last call. */
const LAST_BYTES = 4_096;

export async function prepareRush(dataDir: string, bidders: number, bytes: number): Promise<Rush> {
  const db = await openDatabase({
    dataDir,
    // As fast as the machine's own clock, a month before the deadline that the law asks for.
    clock: { mode: 'drill', msPerDay: 86_400_000, civilStartMs: at('2026-03-26T10:00+08:00'), realStartMs: Date.now() },
  });
  const who = await people(db, bidders);
  const { procurement } = await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id));
  const { id: procurementId } = procurement;
  const terms: SealingTerms = {
    format: 'KB-SEAL-1',
    suite: 'age-x25519',
    custodians: await Promise.all(
      CUSTODIANS.map(async (custodian) => ({
        custodian,
        recipient: await identityToRecipient(await generateX25519Identity()),
      })),
    ),
    bidderWindowMinutes: null,
  };
  await onCase(db, procurementId, (c) => c.advance('bidding', { sealing: terms }));
  const passwordHash = await hashPassword(TEST_PASSWORD);
  const hands: Hand[] = [];
  for (const [index, supplier] of who.suppliers.entries()) {
    const username = `bidder.${index}`;
    await db.transaction((tx) =>
      createAccount(tx, actorOf(supplier, 'supplier'), {
        username,
        name: username,
        memberships: [{ organisationId: supplier.id, role: 'supplier' }],
        passwordHash,
        oneTimeUntil: null,
      }),
    );
    const content = randomBytes(bytes);
    const { stream } = await sealBid({
      terms,
      procurementId,
      lotNo: 1,
      bidder: supplier.creditCode,
      figures: { priceFen: 100_000_000 + index, periodDays: 180, quality: '合格' },
      parts: [
        {
          path: 'bid.pdf',
          mediaType: 'application/pdf',
          size: content.length,
          open: () => new Blob([content]).stream(),
        },
      ],
    });
    const file = new Uint8Array(await new Response(stream).arrayBuffer());
    hands.push({ username, file, sha256: createHash('sha256').update(file).digest('hex'), token: '', upload: '' });
  }

  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    KAIBIAO_DATA_DIR: dataDir,
    KAIBIAO_PORT: String(port),
    KAIBIAO_RATE_LIMIT: 'off',
    KAIBIAO_LOG_LEVEL: 'error',
    // Nobody is there: bids are taken without Temporal.
    TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}`,
    DATABASE_URL: '',
  };
  let api: ChildProcess | undefined;
  const uploads = `/api/procurements/${procurementId}/lots/1/uploads`;
  const call = (hand: Hand, path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${hand.token}`, ...(init.headers as Record<string, string>) },
    });
  const must = async (response: Response, status: number): Promise<Response> => {
    if (response.status === status) return response;
    throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  };
  const patch = (hand: Hand, offset: number, body: Uint8Array<ArrayBuffer>) =>
    call(hand, hand.upload, {
      method: 'PATCH',
      headers: { ...TUS, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
      body,
    });

  const rush: Rush = {
    db,
    procurementId,
    url,
    hands,
    pid: () => api?.pid ?? 0,
    peakMemory: async () => {
      const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${rush.pid()}/status`, 'utf8')) ?? [];
      return Number(kilobytes) * 1_024;
    },
    startApi: async () => {
      api = spawn(process.execPath, [join(project, 'cli/kaibiao.mjs'), 'api'], {
        env,
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      await Promise.race([
        once(api, 'message'),
        once(api, 'exit').then(([code]) => {
          throw new Error(`the API ended before it was ready (${String(code)})`);
        }),
      ]);
    },
    kill: async () => {
      if (!api || api.exitCode !== null || api.signalCode !== null) return;
      const ended = once(api, 'exit');
      api.kill('SIGKILL');
      await ended;
    },
    deadlineIn: async (ms) => {
      const bidDeadline = db.now() + ms;
      await onCase(db, procurementId, (c) => c.change({ bidDeadline }));
      return bidDeadline;
    },
    begin: async (beginners = hands, count = -LAST_BYTES) => {
      for (const hand of beginners) {
        const session = await call(hand, '/api/session', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ username: hand.username, password: TEST_PASSWORD }),
        });
        hand.token = ((await (await must(session, 200)).json()) as { token: string }).token;
        const { headers } = await must(
          await call(hand, uploads, {
            method: 'POST',
            headers: {
              ...TUS,
              'upload-length': String(hand.file.length),
              'upload-metadata': `sha256 ${btoa(hand.sha256)}`,
            },
          }),
          201,
        );
        hand.upload = String(headers.get('location'));
        await must(await patch(hand, 0, hand.file.subarray(0, count)), 204);
      }
    },
    resume: async (hand) => {
      for (;;) {
        const asked = await call(hand, hand.upload, { method: 'HEAD', headers: TUS });
        // What was killed still holds it, for a moment.
        if (asked.status === 423) await sleep(200);
        else return rush.finish(hand, Number((await must(asked, 200)).headers.get('upload-offset')));
      }
    },
    finish: async (hand, from = hand.file.length - LAST_BYTES) => {
      const began = performance.now();
      try {
        const response = await patch(hand, from, hand.file.subarray(from));
        const body = (await response.json()) as { bidId: string; sha256: string; receivedAt: string; code?: string };
        const ms = performance.now() - began;
        if (response.status === 200) {
          return { outcome: 'accepted', ms, bidId: body.bidId, sha256: body.sha256, receivedAt: at(body.receivedAt) };
        }
        if (body.code === 'bid-late') return { outcome: 'late', ms };
        return { outcome: 'unknown', why: `${response.status} ${body.code ?? ''}` };
      } catch (error) {
        return { outcome: 'unknown', why: String(error) };
      }
    },
    receipts: async (hand) => {
      const response = await must(await call(hand, `/api/procurements/${procurementId}/receipts`), 200);
      return ((await response.json()) as { items: { bidId: string; sha256: string; state: string }[] }).items;
    },
    standing: () => standingBids(db.read, procurementId, 1),
    [Symbol.asyncDispose]: async () => {
      await rush.kill();
      await db.close();
    },
  };
  return rush;
}
