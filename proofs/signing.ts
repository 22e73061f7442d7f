import {
  base64url,
  calculateJwkThumbprint,
  CompactSign,
  compactVerify,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';

/** The platform's signature: Ed25519 over a JWS (RFC 7515, RFC 8037), so that equal claims have equal signatures. */
export interface Signer {
  readonly kid: string;
  /** The public key for verification, as published at `/.well-known/jwks.json`. */
  readonly publicJwk: PublicJwk;
  /** A compact JWS. @param type the type of the claims (`typ`), so that none is taken for another: `kb-receipt` */
  sign(type: string, claims: object): Promise<string>;
}

export interface PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'EdDSA';
}

const ALGORITHM = 'EdDSA';

/** @param secret the private key as a JWK (`{"kty":"OKP","crv":"Ed25519","x":…,"d":…}`); never logged, never in a workflow */
export async function createSigner(secret: JWK): Promise<Signer> {
  const key = await importJWK(secret, ALGORITHM);
  const { crv, x } = secret;
  if (secret.kty !== 'OKP' || crv !== 'Ed25519' || x === undefined || !secret.d)
    throw new TypeError('not a private Ed25519 JWK');
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv, x });
  return {
    kid,
    publicJwk: { kty: 'OKP', crv, x, kid, use: 'sig', alg: ALGORITHM },
    sign: (type, claims) =>
      new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
        .setProtectedHeader({ alg: ALGORITHM, kid, typ: type })
        .sign(key),
  };
}

/** A private key as text, for storage. */
export async function newSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
  const { kty, crv, x, d } = await exportJWK(privateKey);
  return { kty, crv, x, d } as JWK;
}

/** Why a signed statement is not accepted. */
export class NotSigned extends Error {
  override readonly name = 'NotSigned';
}

const isExact = (jws: string): boolean =>
  jws.split('.').every((part) => base64url.encode(base64url.decode(part)) === part);

/**
 * The claims of a statement that one of the keys has signed.
 * @throws NotSigned an unknown key, another type, or a signature that does not match
 */
export async function verifySigned<T>(jws: string, type: string, keys: readonly PublicJwk[]): Promise<T> {
  try {
    // What a lenient reader takes for the same is another text: no byte of what was signed can be changed.
    if (!isExact(jws)) throw new NotSigned('not written as it is signed');
    const { payload, protectedHeader } = await compactVerify(
      jws,
      async ({ kid }) => {
        const key = keys.find((each) => each.kid === kid);
        if (key === undefined) throw new NotSigned(`no key ${kid ?? '?'}`);
        return importJWK(key as unknown as JWK, ALGORITHM);
      },
      { algorithms: [ALGORITHM] },
    );
    if (protectedHeader.typ !== type) throw new NotSigned(`a ${protectedHeader.typ ?? '?'}, not a ${type}`);
    return JSON.parse(new TextDecoder().decode(payload)) as T;
  } catch (error) {
    if (error instanceof NotSigned) throw error;
    throw new NotSigned(error instanceof Error ? error.message : String(error));
  }
}
