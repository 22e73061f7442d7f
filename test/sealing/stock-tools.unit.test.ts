import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkSeal, joinIdentity, openPayload, openShare, readSeal } from '../../sealing/open.ts';
import { sealBid } from '../../sealing/seal.ts';
import type { SealingTerms } from '../../domain/bids/sealing.ts';
import {
  BIDDER,
  bytesOf,
  custodianKeys,
  EXPECTED,
  FIGURES,
  inChunks,
  opened,
  part,
  PROCUREMENT,
  termsOf,
  type Keys,
} from '../setup/tenders/sealing.ts';
import { follow, kb, missingTools } from '../setup/servers/stock-tools.ts';

const missing = missingTools();
beforeEach(({ skip }) => skip(missing.length > 0, `not on this machine: ${missing.join(', ')}`));

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-stock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const place = (): string => mkdtempSync(join(folder, 'steps-'));

let keys: Keys;
let terms: SealingTerms;
beforeAll(async () => {
  keys = await custodianKeys();
  terms = await termsOf(keys);
});

describe('the steps of docs/sealing.md, with the programs age and tar', () => {
  it('open what our tool sealed', async () => {
    const there = place();
    const parts = [part('报价.pdf', '报价'), part('技术标/方案.pdf', 'x'.repeat(200_000))];
    const { stream } = await sealBid({ ...EXPECTED, terms, figures: FIGURES, parts });
    writeFileSync(join(there, 'bid.sealed'), await bytesOf(stream));
    for (const [custodian, key] of keys) writeFileSync(join(there, `${custodian}.key`), `${key}\n`);
    expect(follow('open', there)).toBe('报价.pdf: OK\n技术标/方案.pdf: OK\n');
    const manifest = JSON.parse(readFileSync(join(there, 'opened/manifest.json'), 'utf8')) as unknown;
    expect(manifest).toMatchObject({ ...EXPECTED, ...FIGURES });
  });

  it('seal what our opener opens', async () => {
    const there = place();
    const tender = { procurementId: PROCUREMENT, lots: [{ no: 1, title: '土建' }], terms, bidDeadline: null };
    writeFileSync(join(there, 'tender.json'), JSON.stringify(tender));
    writeFileSync(join(there, '报价.pdf'), '报价');
    writeFileSync(join(there, '技术标.pdf'), 'y'.repeat(200_000));
    follow('seal', there);
    const bytes = readFileSync(join(there, 'bid.sealed'));
    const { seal, payload } = await readSeal(inChunks(bytes), bytes.length);
    await payload.cancel();
    checkSeal(seal, { ...EXPECTED, terms });
    const { manifest, files } = await opened(bytes, keys);
    expect(manifest).toMatchObject({ bidder: BIDDER, priceFen: 123_456_780 });
    expect(files.get('技术标.pdf')?.toString()).toBe('y'.repeat(200_000));
  });

  it('join two locks as our opener does', async () => {
    const there = place();
    const { stream, bidderShare } = await sealBid({
      ...{ ...EXPECTED, figures: FIGURES, parts: [part('a', 'content')] },
      terms: await termsOf(keys, 60),
    });
    const { seal, payload } = await readSeal(inChunks(await bytesOf(stream)));
    for (const share of seal.shares)
      writeFileSync(
        join(there, `${share.custodian}.share`),
        await openShare(share, [keys.get(share.custodian) ?? ''], PROCUREMENT),
      );
    writeFileSync(join(there, 'bidder.share'), Buffer.from(bidderShare ?? '', 'base64'));
    writeFileSync(join(there, 'seal.json'), JSON.stringify(seal));
    kb(there, 'check', 'seal.json', 'bidder', 'bidder.share');
    kb(there, 'join', 'purchaser.share', 'supervisor.share', 'custodians.secret');
    kb(there, 'join', 'custodians.secret', 'bidder.share', 'secret');
    const identity = readFileSync(join(there, 'secret'), 'utf8');
    const shares = new Map(
      (['centre', 'supervisor'] as const).map((each) => [each, readFileSync(join(there, `${each}.share`))]),
    );
    expect(await joinIdentity(seal, shares, bidderShare)).toBe(identity);
    const manifest = await openPayload(
      payload,
      identity,
      EXPECTED,
      { maxBytes: 100, maxParts: 1 },
      async () => undefined,
    );
    expect(manifest).toMatchObject(FIGURES);
  });
});
