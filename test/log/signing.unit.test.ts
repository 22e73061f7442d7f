import { expect, it } from 'vitest';
import { createSigner, newSigningKey, NotSigned, verifySigned } from '../../proofs/signing.ts';

it('a statement is believed by the key that signed it, for what it is, and signed alike each time', async () => {
  const signer = await createSigner(await newSigningKey());
  const claims = { procurementId: 'p', sha256: 'ab' };
  const jws = await signer.sign('kb-receipt', claims);
  expect(await signer.sign('kb-receipt', claims)).toBe(jws);
  expect(await verifySigned(jws, 'kb-receipt', [signer.publicJwk])).toEqual(claims);
});

it('no other key, no other kind and no other claims pass for it', async () => {
  const [signer, other] = [await createSigner(await newSigningKey()), await createSigner(await newSigningKey())];
  const jws = await signer.sign('kb-receipt', { size: 1 });
  const [header, , signature] = jws.split('.');
  const forged = [header, Buffer.from('{"size":2}').toString('base64url'), signature].join('.');
  for (const [statement, type, key] of [
    [jws, 'kb-receipt', other.publicJwk],
    [jws, 'kb-receipt', { ...other.publicJwk, kid: signer.kid }],
    [jws, 'kb-tree-head', signer.publicJwk],
    [forged, 'kb-receipt', signer.publicJwk],
    ['not a statement', 'kb-receipt', signer.publicJwk],
  ] as const) {
    await expect(verifySigned(statement, type, [key])).rejects.toBeInstanceOf(NotSigned);
  }
});
