// Opens a sealed bid as the opening does, and tells how many bytes its parts have.
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { register } from 'tsx/esm/api';

register();
const { joinIdentity, openPayload, openShare, readSeal } = await import('../../../sealing/open.ts');

const [, , path, keysPath] = process.argv;
const keys = new Map(JSON.parse(readFileSync(keysPath, 'utf8')));
const { seal, payload } = await readSeal(createReadStream(path), statSync(path).size);
const shares = new Map();
for (const share of seal.shares)
  shares.set(share.custodian, await openShare(share, [keys.get(share.custodian)], seal.procurementId));
const expected = { procurementId: seal.procurementId, lotNo: 1, bidder: '91420100MA4K000001' };
let bytes = 0;
await openPayload(
  payload,
  await joinIdentity(seal, shares, null),
  expected,
  { maxBytes: 1e9, maxParts: 10 },
  async (_part, body) => {
    for await (const chunk of body) bytes += chunk.length;
  },
);
process.stdout.write(`${bytes}\n`);
