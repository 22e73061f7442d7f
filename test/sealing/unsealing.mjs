// Opens a sealed bid in the pool of the opening; reports how many bytes its parts have, and the memory before it.
import { peak } from './measured.mjs';
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { register } from 'tsx/esm/api';

register();
const { createUnsealingPool } = await import('../../services/openings/unsealing/pool.ts');
const { openBlobs } = await import('../../db/files/blobs.ts');
const { openShare, readSeal } = await import('../../sealing/open.ts');

const [, , path, keysPath, tenderPath] = process.argv;
const folder = mkdtempSync(join(tmpdir(), 'kaibiao-unsealing-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const blobs = openBlobs(folder);
const { sha256, size } = await blobs.store(createReadStream(path), 1e9);
const keys = new Map(JSON.parse(readFileSync(keysPath, 'utf8')));
const { seal, payload } = await readSeal(blobs.open(sha256), size);
await payload.cancel();
const shares = [];
for (const share of seal.shares)
  shares.push([share.custodian, await openShare(share, [keys.get(share.custodian)], seal.procurementId)]);

const job = {
  ...{
    terms: JSON.parse(readFileSync(tenderPath, 'utf8')).terms,
    procurementId: seal.procurementId,
    lotNo: seal.lotNo,
  },
  ...{ bidder: '91420100MA4K00000Q', shares, bidderShare: null, limits: { maxBytes: 1e9, maxParts: 10 } },
};
const before = peak();
const pool = createUnsealingPool(1);
const { manifest, fault } = await pool.unseal(sha256, job, blobs);
await pool.close();
if (fault) throw new Error(fault.en);
process.stdout.write(JSON.stringify({ bytes: manifest.parts.reduce((sum, part) => sum + part.size, 0), before }));
