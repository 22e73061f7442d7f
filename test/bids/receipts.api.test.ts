import { creditCodeFrom } from '../setup/credit-code.ts';
import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { parseInstant } from '../../domain/civil-time.ts';
import { verifyReceipt, type ReceiptProof, type ReceiptStatement } from '../../proofs/receipt.ts';
import { createSigner, newSigningKey, verifySigned, type PublicJwk } from '../../proofs/signing.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { requestCorrection } from '../../services/organisations/correct.ts';
import { startTestApi, type Member } from '../setup/api.ts';
import { receiptPrinter } from '../../web/bids/receipt-pdf.ts';
import { testSigner } from '../setup/signer.ts';
import { draftOf, tenderAt, moveTo } from '../setup/tenders/tenders.ts';
import { signHead } from '../../services/log/sign-head.ts';

const DEADLINE = parseInstant('2026-04-01T09:30:00+08:00');
const signer = await testSigner();
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function bidding() {
  const clock = { now: DEADLINE - 3_600_000 };
  const api = await startTestApi({ database: { machineClock: () => clock.now } });
  const purchaser = await api.member('purchaser');
  const draft = draftOf({ purchaserId: purchaser.organisationId }, { bidDeadline: DEADLINE });
  const tender = await tenderAt(api.db, 'bidding', draft);
  const supplier = await api.member('supplier');
  const bytes = randomBytes(1_000);
  const send = (by: Member, key: string) =>
    by.call('POST', `/api/procurements/${tender}/lots/1/bids`, { body: bytes, key });
  return { api, clock, tender, purchaser, supplier, bytes, send };
}

// @rule gp-bid-receipt, works30-receipt
it('a receipt is signed with its place in the log: the same bytes each time, after the close and a repetition too', async () => {
  const { api, clock, tender, supplier, bytes, send } = await bidding();
  await using _ = api;
  const first = await send(supplier, 'once');
  const bidId = String(first.get('bidId'));
  const statement = await verifySigned<ReceiptStatement>(String(first.get('signed')), 'kb-receipt', [signer.publicJwk]);
  expect(statement).toMatchObject({
    procurementId: tender,
    lotNo: 1,
    bidId,
    version: 1,
    bidder: creditCodeFrom(2),
    sha256: sha256(bytes),
    size: 1_000,
    receivedAt: DEADLINE - 3_600_000,
    deadline: DEADLINE,
  });
  const again = await send(supplier, 'once');
  expect([again.headers.get('idempotency-replayed'), again.body]).toEqual(['true', first.body]);
  const withdrawn = await supplier.call('POST', `/api/procurements/${tender}/lots/1/bids/withdraw`, {
    json: { password: supplier.password },
  });
  expect(withdrawn.get('signed')).toBe(first.get('signed'));
  // It keeps what it said of its bidder, whose code is corrected after it.
  clock.now += 1;
  const actor = { ...UNATTENDED, accountId: supplier.accountId };
  await api.db.transaction((tx) =>
    requestCorrection(tx, actor, supplier.organisationId, { creditCode: creditCodeFrom(7001), reasonZh: '登记有误' }),
  );
  expect((await supplier.call('GET', '/api/session')).get('memberships.0.creditCode')).toBe(creditCodeFrom(7001));
  await api.db.transaction((tx) => moveTo(tx, tender, 'evaluation', { openedAt: tx.now }));
  expect((await send(supplier, 'once')).body).toEqual(first.body);
  for (const path of ['/api/receipts', `/api/procurements/${tender}/receipts`]) {
    expect((await supplier.call('GET', path)).get('items.0.signed')).toBe(first.get('signed'));
  }
});

it('its bidder has it with its proof, which holds off-line, and nobody else has it', async () => {
  const { api, purchaser, supplier, bytes, send } = await bidding();
  await using _ = api;
  const bidId = String((await send(supplier, 'once')).get('bidId'));
  expect((await supplier.call('GET', `/api/receipts/${bidId}`)).get('proof')).toBeNull();
  await signHead(api.db, signer);
  const answer = await supplier.call('GET', `/api/receipts/${bidId}`);
  await send(supplier, 'twice');
  await signHead(api.db, signer);
  // Later heads change nothing about it.
  expect((await supplier.call('GET', `/api/receipts/${bidId}`)).get('proof')).toEqual(answer.get('proof'));
  const receipt = answer.body as { signed: string; proof: ReceiptProof; keys: PublicJwk[] };
  const file = { sha256: sha256(bytes), size: bytes.length };
  expect((await verifyReceipt(receipt, file, receipt.keys)).faults).toEqual([]);
  const wrong = async (change: Partial<typeof receipt>, of = file) =>
    (await verifyReceipt({ ...receipt, ...change }, of, receipt.keys)).faults.map(({ en }) => en);
  expect(await wrong({}, { ...file, size: 999 })).toMatchObject([expect.stringContaining('999 bytes')]);
  expect(await wrong({}, { ...file, sha256: sha256(randomBytes(1)) })).toHaveLength(1);
  expect(await wrong({ proof: { ...receipt.proof, inclusion: receipt.proof.inclusion.slice(1) } })).toHaveLength(1);
  const { statement } = await verifyReceipt(receipt, null, receipt.keys);
  const late = await signer.sign('kb-receipt', { ...statement, receivedAt: DEADLINE });
  expect(await wrong({ signed: late })).toMatchObject([expect.stringContaining('before the deadline')]);
  const other = await createSigner(await newSigningKey());
  await expect(verifyReceipt(receipt, file, [other.publicJwk])).rejects.toThrow(/no key/);

  const pdf = () => fetch(`${api.url}/api/receipts/${bidId}/receipt.pdf`, { headers: bearer });
  const bearer = { authorization: `Bearer ${supplier.token}` };
  const [one, two] = [await pdf(), await pdf()];
  expect([one.status, one.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  const printed = Buffer.from(await one.arrayBuffer());
  expect(printed.subarray(0, 5).toString()).toBe('%PDF-');
  expect(Buffer.from(await two.arrayBuffer()).equals(printed)).toBe(true);
  const again = await receiptPrinter('http://tender.test')({
    statement,
    signed: receipt.signed,
    procurement: String((await supplier.call('GET', `/api/procurements/${statement.procurementId}`)).get('title')),
    supplier: 'supplier.2',
    drill: false,
  });
  expect(again.equals(printed)).toBe(true);

  const competitor = await api.member('supplier');
  const answers = [
    ...(await Promise.all([competitor, purchaser].map((by) => by.call('GET', `/api/receipts/${bidId}`)))),
    await api.call('GET', `/api/receipts/${bidId}`),
    await competitor.call('GET', `/api/receipts/${bidId}/receipt.pdf`),
  ];
  expect(answers.map(({ status }) => status)).toEqual([404, 403, 401, 404]);
});
