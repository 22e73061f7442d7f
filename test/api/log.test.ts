import { expect, it } from 'vitest';
import { signHead } from '../../db/log.ts';
import { createSigner, newSigningKey, type PublicJwk } from '../../proofs/signing.ts';
import { verifyTreeHead } from '../../proofs/tree-head.ts';
import { startTestApi } from '../setup/api.ts';
import { testSigner } from '../setup/signer.ts';

const signer = await testSigner();

it('the keys that the platform has signed with are public, those of before too, and no secret is among them', async () => {
  await using api = await startTestApi();
  const first = await signHead(api.db, signer);
  const next = await createSigner(await newSigningKey());
  const second = await signHead(api.db, next);
  const { status, headers, text } = await api.call('GET', '/.well-known/jwks.json');
  expect([status, headers.get('content-type')]).toEqual([200, 'application/jwk-set+json; charset=utf-8']);
  const { keys } = JSON.parse(text) as { keys: PublicJwk[] };
  expect(keys).toEqual([signer.publicJwk, next.publicJwk]);
  expect(text).not.toContain('"d"');
  for (const { jws, size } of [first, second]) expect(await verifyTreeHead(jws, keys)).toMatchObject({ size });
});
