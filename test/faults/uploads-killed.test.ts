import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { tidyUp } from '../../db/files/housekeeping.ts';
import { planBidding } from '../../services/procurements/bidding.ts';
import { uploads } from '../../db/schema/sqlite.ts';
import { verifyReceipt } from '../../proofs/receipt.ts';
import type { PublicJwk } from '../../proofs/signing.ts';
import { eventually } from '../setup/eventually.ts';
import { prepareRush, type Hand, type Rush } from '../setup/tenders/rush.ts';
import { advance, onCase } from '../setup/tenders/tender.ts';

const BEGUN = 100_000;
const LAST_BYTES = 4_096;

const headersOf = (hand: Hand, more: Record<string, string> = {}) => ({
  authorization: `Bearer ${hand.token}`,
  'tus-resumable': '1.0.0',
  'content-type': 'application/offset+octet-stream',
  ...more,
});

const patch = (rush: Rush, hand: Hand, from: number): Promise<Response> =>
  fetch(rush.url + hand.upload, {
    method: 'PATCH',
    headers: headersOf(hand, { 'upload-offset': String(from) }),
    body: hand.file.subarray(from),
  });

/** Sends a piece, or its beginning alone, and listens to no answer. */
function sendUnheard(rush: Rush, hand: Hand, from: number, until = hand.file.length): () => void {
  const length = String(hand.file.length - from);
  const headers = headersOf(hand, { 'upload-offset': String(from), 'content-length': length });
  const sending = request(rush.url + hand.upload, { method: 'PATCH', headers });
  sending.on('error', () => undefined);
  sending.write(hand.file.subarray(from, until));
  if (until === hand.file.length) sending.end();
  return () => void sending.destroy();
}

/** The receipt as its bidder downloads it, checked against the file that was sealed. */
async function checkReceipt(rush: Rush, hand: Hand, bidId: string): Promise<void> {
  const answer = await fetch(`${rush.url}/api/receipts/${bidId}`, { headers: headersOf(hand) });
  const { signed, proof, keys } = (await answer.json()) as Parameters<typeof verifyReceipt>[0] & { keys: PublicJwk[] };
  const { faults } = await verifyReceipt({ signed, proof }, { sha256: hand.sha256, size: hand.file.length }, keys);
  expect(faults).toEqual([]);
}

// 电子招标投标办法 27: a receipt for what is received whole, and withdrawn is what is not whole at the deadline.
it('uploads broken by a kill resume at the offset of the server, count once with a valid receipt, and leave nothing behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kaibiao-uploads-killed-'));
  try {
    await using rush = await prepareRush(folder, 5, 400_000);
    const [cutOff, unheard, small, left, late] = rush.hands as [Hand, Hand, Hand, Hand, Hand];
    const bytesOf = ({ upload }: Hand) => join(folder, 'uploads', upload.slice(-36));
    await rush.startApi();
    await rush.begin([cutOff, small, left], BEGUN);
    await rush.begin([unheard]);

    // The first is midway in a piece, the second has sent all; the API is killed before either gets an answer.
    const half = BEGUN + 150_000;
    const ends = [sendUnheard(rush, cutOff, BEGUN, half), sendUnheard(rush, unheard, unheard.file.length - LAST_BYTES)];
    await eventually('half a piece is written', async () => statSync(bytesOf(cutOff)).size > BEGUN);
    await eventually('one is a bid', async () => (await rush.standing()).length === 1);
    await rush.kill();
    ends.forEach((end) => end());
    await rush.startApi();

    // Exactly the written part of the piece counts; a client that resumes elsewhere gets the offset.
    let offset = NaN;
    // What was killed still holds it, for a moment.
    await eventually('the server says how much there is', async () => {
      const asked = await fetch(rush.url + cutOff.upload, { method: 'HEAD', headers: headersOf(cutOff) });
      offset = Number(asked.headers.get('upload-offset'));
      return asked.status === 200;
    });
    expect(offset).toBe(statSync(bytesOf(cutOff)).size);
    expect(offset).toBeGreaterThan(BEGUN);
    expect(offset).toBeLessThanOrEqual(half);
    const elsewhere = await patch(rush, cutOff, BEGUN);
    expect([elsewhere.status, ((await elsewhere.json()) as { code: string }).code]).toEqual([409, 'upload-offset']);
    for (const hand of [cutOff, small]) {
      const handedIn = await rush.resume(hand);
      expect(handedIn).toMatchObject({ outcome: 'accepted', sha256: hand.sha256 });
      expect(await rush.db.blobs.inspect(hand.sha256)).toEqual({ sha256: hand.sha256, size: hand.file.length });
      if (handedIn.outcome === 'accepted') await checkReceipt(rush, hand, handedIn.bidId);
    }

    // Sent again, the last piece is answered with the receipt that was lost, each time the same.
    const receipts = await rush.receipts(unheard);
    expect(receipts).toMatchObject([{ sha256: unheard.sha256, state: 'standing' }]);
    for (const time of ['first', 'second']) {
      const again = await patch(rush, unheard, unheard.file.length - LAST_BYTES);
      expect(again.status, time).toBe(200);
      expect(await again.json(), time).toEqual(receipts[0]);
    }
    await checkReceipt(rush, unheard, String(receipts[0]?.bidId));
    expect(await rush.standing()).toHaveLength(3);

    // Two are never whole: one begun before the kill, one after it.
    await rush.begin([late], BEGUN);
    expect([left, late].map((hand) => existsSync(bytesOf(hand)))).toEqual([true, true]);
    const deadline = await rush.deadlineIn(500);
    const { db, procurementId } = rush;
    await onCase(db, procurementId, planBidding);
    while (db.now() < deadline) await sleep(50);
    await advance(db, procurementId);
    await tidyUp(db, Date.now());
    const rows = new Map((await db.read.select().from(uploads)).map((row) => [row.id, row]));
    const states = rush.hands.map(({ upload }) => rows.get(upload.slice(-36))?.state);
    expect(states).toEqual(['taken', 'taken', 'taken', 'withdrawn', 'withdrawn']);
    expect(rush.hands.map((hand) => existsSync(bytesOf(hand)))).toEqual(Array(5).fill(false));
    for (const { sha256 } of [cutOff, unheard, small]) expect(await db.blobs.inspect(sha256)).not.toBeNull();
    const gone = await patch(rush, left, BEGUN);
    expect(gone.status).toBeGreaterThanOrEqual(400);
    expect(await rush.standing()).toHaveLength(3);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
