import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { Decrypter, Encrypter } from 'age-encryption';
import { SEAL_FORMAT, type Custodian } from '../domain/sealing.ts';

/** A custodian's share of the key of a bid, as it lies in the bid's seal. */
export interface SealedShare {
  readonly custodian: Custodian;
  readonly recipient: string;
  /** Base64 of an age file. */
  readonly sealed: string;
  /** Lower-case hex. */
  readonly commitment: string;
}

/** Why a share is not given up. */
export class ShareFault extends Error {
  override readonly name = 'ShareFault';

  constructor(
    readonly messageZh: string,
    readonly messageEn: string,
  ) {
    super(`${messageZh} / ${messageEn}`);
  }
}

const LINE = `${SEAL_FORMAT} share\n`;

/** What tells a wrong share from a right one, without telling anything of either. */
export const commitmentOf = (custodian: Custodian | 'bidder', share: Uint8Array): string =>
  bytesToHex(sha256(concatBytes(utf8ToBytes(`${LINE}${custodian}\n`), share)));

/**
 * The procurement is sealed in with the share: a custodian can tell by that alone whose deadline must have passed, whatever
 * it is told by those who ask for it.
 */
export async function sealShare(
  share: Uint8Array,
  to: { readonly procurementId: string; readonly custodian: Custodian; readonly recipient: string },
): Promise<SealedShare> {
  const { procurementId, custodian, recipient } = to;
  const sealed = await sealTo(recipient, concatBytes(headOf(procurementId, custodian), share));
  return { custodian, recipient, sealed, commitment: commitmentOf(custodian, share) };
}

const headOf = (procurementId: string, custodian: Custodian): Uint8Array =>
  utf8ToBytes(`${LINE}${procurementId}\n${custodian}\n`);

/** @throws ShareFault */
export async function openShare(
  share: SealedShare,
  identities: readonly string[],
  expected: { readonly procurementId: string; readonly custodian: Custodian },
): Promise<Uint8Array> {
  const { procurementId, custodian } = expected;
  if (share.custodian !== custodian) {
    throw new ShareFault(`该份额属于 ${share.custodian}`, `the share is for ${share.custodian}`);
  }
  const plain = await unsealed(share.sealed, identities);
  const head = headOf(procurementId, custodian);
  if (plain.length <= head.length || head.some((byte, index) => plain[index] !== byte)) {
    throw new ShareFault(
      '密封的份额不属于该项目或该保管人',
      'the share was sealed for another procurement or another custodian',
    );
  }
  const opened = plain.slice(head.length);
  plain.fill(0);
  if (commitmentOf(custodian, opened) !== share.commitment) {
    opened.fill(0);
    throw new ShareFault('份额与其承诺值不符', 'the share is not the one that was committed to');
  }
  return opened;
}

/** For the one-time key of whoever opens the bid. */
export const resealShare = (share: Uint8Array, recipient: string): Promise<string> => sealTo(recipient, share);

/** @throws ShareFault */
export const openResealed = (sealed: string, identity: string): Promise<Uint8Array> => unsealed(sealed, [identity]);

async function sealTo(recipient: string, plain: Uint8Array): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return toBase64(await encrypter.encrypt(plain));
}

async function unsealed(sealed: string, identities: readonly string[]): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  try {
    return await decrypter.decrypt(fromBase64(sealed));
  } catch {
    throw new ShareFault(
      '份额不是用现有密钥之一密封的，或已损坏',
      'the share is not sealed to a key that is held here, or is broken',
    );
  }
}

const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
