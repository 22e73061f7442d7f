import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import { combine, split } from 'shamir-secret-sharing';
import {
  CUSTODIANS,
  CUSTODIANS_NEEDED,
  SEAL_FORMAT,
  type Custodian,
  type SealingTerms,
} from '../domain/bids/sealing.ts';
import { fromBase64, toBase64 } from './bytes.ts';
import { createDigest } from './digest.ts';
import { SealError } from './fault.ts';
import type { Seal, SealedShare } from './format.ts';

/** Who holds a share: a custodian, or the bidder (双锁). */
export type Holder = Custodian | 'bidder';

const IDENTITY = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/;
const IDENTITY_BYTES = 74;

/**
 * Binds a share to its procurement: without knowing the share nobody can make one for another procurement with an
 * earlier deadline and have it released there.
 */
export function commitmentTo(share: Uint8Array, holder: Holder, procurementId: string): string {
  const digest = createDigest();
  digest.update(new TextEncoder().encode(`${SEAL_FORMAT} share\n${procurementId}\n${holder}\n`));
  digest.update(share);
  return digest.hex();
}

/** Names the bidder to who knows it, the platform that it hands in to; another for each bid, since its recipient is. */
export function bidderCommitment(
  { procurementId, recipient }: Pick<Seal, 'procurementId' | 'recipient'>,
  bidder: string,
): string {
  const digest = createDigest();
  digest.update(new TextEncoder().encode([`${SEAL_FORMAT} bidder`, procurementId, recipient, bidder].join('\n')));
  return digest.hex();
}

/** @throws SealError `wrong-bidder` where the head does not commit to who hands it in */
export function checkBidder(seal: Seal, bidder: string): void {
  if (seal.bidder === undefined)
    throw new SealError(
      'wrong-bidder',
      '文件头不含投标人的承诺值，请用现在的封装工具重新封装',
      'the head does not commit to a bidder; seal the bid again with the present tool',
    );
  if (seal.bidder.commitment !== bidderCommitment(seal, bidder))
    throw new SealError(
      'wrong-bidder',
      `投标文件不是以递交单位的统一社会信用代码 ${bidder} 封装的，开标时将无法开启；请以本单位的代码重新封装`,
      `the bid is not sealed for the credit code of who hands it in, ${bidder}, and would be rejected at the opening; seal it again for that code`,
    );
}

/** @throws SealError `bidder-share-missing`, `bidder-share-unasked` */
export function checkBidderShare(seal: Seal, terms: SealingTerms): void {
  if (terms.bidderWindowMinutes !== null && seal.bidderShare === null)
    throw new SealError(
      'bidder-share-missing',
      '本项目要求投标人自留一份密钥',
      'here the bidder must keep a share of the key',
      {
        holder: 'bidder',
      },
    );
  if (terms.bidderWindowMinutes === null && seal.bidderShare !== null)
    throw new SealError(
      'bidder-share-unasked',
      '本项目不由投标人自留密钥',
      'here the bidder keeps no share of the key',
      {
        holder: 'bidder',
      },
    );
}

/** Splits a bid's identity among the custodians, each share sealed to its custodian, and the bidder if it keeps one. */
export async function sealIdentity(
  identity: string,
  custodians: readonly { readonly custodian: Custodian; readonly recipient: string }[],
  procurementId: string,
  withBidder: boolean,
): Promise<Pick<Seal, 'shares' | 'bidderShare'> & { bidderSecret: string | null }> {
  const secret = new TextEncoder().encode(identity);
  const [custodianSecret, bidderShare] = withBidder ? await split(secret, 2, 2) : [secret];
  const parts = await split(custodianSecret ?? secret, CUSTODIANS.length, CUSTODIANS_NEEDED);
  const shares: SealedShare[] = [];
  for (const [index, { custodian, recipient }] of custodians.entries()) {
    const share = parts[index];
    if (share === undefined) throw new TypeError('a share for each custodian');
    const sealed = await resealShare(share, recipient);
    shares.push({ custodian, recipient, sealed, commitment: commitmentTo(share, custodian, procurementId) });
  }
  return {
    shares,
    bidderShare: bidderShare ? { commitment: commitmentTo(bidderShare, 'bidder', procurementId) } : null,
    bidderSecret: bidderShare ? toBase64(bidderShare) : null,
  };
}

/** A custodian's own share, checked to be the one committed to for this procurement. */
export async function openShare(
  share: SealedShare,
  identities: readonly string[],
  procurementId: string,
): Promise<Uint8Array> {
  const opened = await unseal(share.sealed, identities).catch((cause: unknown) => {
    throw new SealError(
      'share-unopened',
      `${share.custodian} 的份额无法用其密钥解密：不是封给该密钥的，或已损坏`,
      `the share of ${share.custodian} cannot be decrypted with its key: it is sealed to another, or damaged`,
      { holder: share.custodian, cause },
    );
  });
  checkCommitment(opened, share.custodian, procurementId, share.commitment);
  return opened;
}

/** Sealed again, to a one-time recipient. */
export async function resealShare(share: Uint8Array, recipient: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return toBase64(await encrypter.encrypt(share));
}

export async function openResealed(sealed: string, identity: string): Promise<Uint8Array> {
  return unseal(sealed, [identity]).catch((cause: unknown) => {
    throw new SealError(
      'share-unopened',
      '转封的份额无法解密：不是封给该密钥的，或已损坏',
      'a re-encrypted share cannot be decrypted: it is sealed to another key, or damaged',
      { cause },
    );
  });
}

async function unseal(sealed: string, identities: readonly string[]): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  return decrypter.decrypt(fromBase64(sealed));
}

function checkCommitment(share: Uint8Array, holder: Holder, procurementId: string, commitment: string): void {
  if (commitmentTo(share, holder, procurementId) === commitment) return;
  throw new SealError(
    'share-wrong',
    `${holder} 的份额与封装时的承诺不符`,
    `the share of ${holder} is not the one that was committed to when the bid was sealed`,
    { holder },
  );
}

/**
 * The identity that opens a bid, from the shares of two or all three custodians, and the bidder's where it keeps one.
 * @throws SealError names whose share is not the one committed to; shares that do not match; too few
 */
export async function joinIdentity(
  seal: Seal,
  shares: ReadonlyMap<Custodian, Uint8Array>,
  bidderShare: string | null,
): Promise<string> {
  const given = seal.shares.flatMap(({ custodian, commitment }) => {
    const share = shares.get(custodian);
    if (share === undefined) return [];
    checkCommitment(share, custodian, seal.procurementId, commitment);
    return [share];
  });
  if (given.length < CUSTODIANS_NEEDED)
    throw new SealError(
      'shares-too-few',
      `保管人的份额只有 ${given.length} 份，需要 ${CUSTODIANS_NEEDED} 份`,
      `${given.length} of the custodians' shares, ${CUSTODIANS_NEEDED} are needed`,
    );
  const custodianSecret = await joinAll(given, IDENTITY_BYTES + (seal.bidderShare ? 1 : 0));
  const secret = seal.bidderShare
    ? await joined([custodianSecret, openBidderShare(seal, bidderShare)], IDENTITY_BYTES)
    : custodianSecret;
  const identity = new TextDecoder().decode(secret);
  const fits = IDENTITY.test(identity) && (await identityToRecipient(identity).catch(() => null)) === seal.recipient;
  if (!fits)
    throw new SealError(
      'identity-wrong',
      '份额合成的密钥不是该投标文件的密钥',
      'the key that the shares make is not the key of this bid',
    );
  return identity;
}

function openBidderShare(seal: Seal, bidderShare: string | null): Uint8Array {
  if (bidderShare === null)
    throw new SealError('bidder-share-missing', '缺少投标人自己的份额', "the bidder's own share is missing", {
      holder: 'bidder',
    });
  let share = new Uint8Array(0);
  try {
    share = Uint8Array.from(fromBase64(bidderShare.trim()));
  } catch {
    // Then it cannot match the commitment.
  }
  checkCommitment(share, 'bidder', seal.procurementId, seal.bidderShare?.commitment ?? '');
  return share;
}

/** The secret from each pair of shares, which must be the same. */
async function joinAll(shares: readonly Uint8Array[], secretBytes: number): Promise<Uint8Array> {
  const pairs = shares.flatMap((one, index) => shares.slice(index + 1).map((other) => [one, other] as const));
  const secrets: Uint8Array[] = [];
  for (const pair of pairs) secrets.push(await joined(pair, secretBytes));
  const [secret, ...others] = secrets;
  if (secret === undefined || others.some((other) => other.some((byte, at) => byte !== secret[at]))) throw disagree();
  return secret;
}

async function joined(shares: readonly [Uint8Array, Uint8Array], secretBytes: number): Promise<Uint8Array> {
  const [one, other] = shares;
  const points = [one.at(-1), other.at(-1)];
  if (one.length !== secretBytes + 1 || other.length !== one.length || points.includes(0) || points[0] === points[1])
    throw disagree();
  // The library accepts only plain arrays of bytes, no Buffer.
  return combine([Uint8Array.from(one), Uint8Array.from(other)]);
}

const disagree = (): SealError =>
  new SealError(
    'shares-disagree',
    '各份额互不吻合：封装时没有按同一密钥拆分',
    'the shares do not fit together: they were not made of one key when the bid was sealed',
  );
