import { canonicalHash } from './hash.ts';
import { leafOf } from './leaf.ts';
import { verifyConsistency, verifyInclusion } from './merkle.ts';
import { NotSigned, verifySigned, type PublicJwk } from './signing.ts';
import { verifyTreeHead, type TreeHead } from './tree-head.ts';

/** A deadline of a procurement, null while its clock is suspended; `factHashOf` its audit entry is the hash of this. */
export interface Deadline {
  readonly procurementId: string;
  /** Counts from 1: the highest is the one in force. */
  readonly version: number;
  /** Epoch ms. */
  readonly bidDeadline: number | null;
}

/** What the platform signs about a deadline, including its place in the log. */
export interface DeadlineStatement extends Deadline {
  /** When it was signed (epoch ms): this deadline was in force then. Anybody may know an earlier one. */
  readonly at: number;
  readonly index: number;
  /** Hash of the audit entry. */
  readonly entry: string;
}

export const DEADLINE = 'kb-deadline';

/** The deadline in force, signed and proven to be in a log that continues the one that the verifier has seen. */
export interface DeadlineProof {
  /** JWS `kb-deadline`. */
  readonly statement: string;
  /** JWS `kb-tree-head`. */
  readonly head: string;
  /** Of the statement's leaf in that head. */
  readonly inclusion: readonly string[];
  /** From the size that the verifier has seen; empty where it has seen none. */
  readonly consistency: readonly string[];
}

/** Why a deadline is not accepted. */
export class NotProven extends Error {
  override readonly name = 'NotProven';
  readonly messageZh: string;
  readonly messageEn: string;

  constructor(message: { readonly zh: string; readonly en: string }) {
    super(`${message.zh} / ${message.en}`);
    this.messageZh = message.zh;
    this.messageEn = message.en;
  }
}

/** The hash of a deadline, as in its audit entry. */
export const deadlineHash = ({ procurementId, version, bidDeadline }: Deadline): string =>
  canonicalHash({ procurementId, version, bidDeadline });

/**
 * Verifies a deadline off-line.
 * @param known the head last accepted; null where there is none yet
 * @throws NotProven
 */
export async function verifyDeadline(
  { statement, head: signedHead, inclusion, consistency }: DeadlineProof,
  keys: readonly PublicJwk[],
  known: { readonly size: number; readonly root: string } | null,
): Promise<Deadline & { readonly at: number; readonly head: Pick<TreeHead, 'size' | 'root'> }> {
  const { procurementId, version, bidDeadline, at, index, entry } = await signed(
    '投标截止时间',
    'the deadline',
    verifySigned<DeadlineStatement>(statement, DEADLINE, keys),
  );
  const { size, root } = await signed('日志树头', 'the head of the log', verifyTreeHead(signedHead, keys));
  const deadline = { procurementId, version, bidDeadline };
  const leaf = leafOf(entry, deadlineHash(deadline));
  if (!verifyInclusion({ leaf, index, size, proof: inclusion, root })) {
    throw new NotProven({
      zh: '投标截止时间不在所签日志中',
      en: 'the deadline is not in the log that was signed',
    });
  }
  if (known !== null && known.size > 0) {
    const continued = verifyConsistency({
      first: known.size,
      second: size,
      firstRoot: known.root,
      secondRoot: root,
      proof: consistency,
    });
    if (!continued) {
      throw new NotProven({
        zh: `日志（${size} 条）不是此前所见日志（${known.size} 条）的延续，可能被改写`,
        en: `the log (${size} entries) does not continue the one seen before (${known.size} entries): it may have been rewritten`,
      });
    }
  }
  return { ...deadline, at, head: { size, root } };
}

async function signed<T>(zh: string, en: string, claims: Promise<T>): Promise<T> {
  try {
    return await claims;
  } catch (error) {
    if (!(error instanceof NotSigned)) throw error;
    throw new NotProven({ zh: `${zh}的签名无效（${error.message}）`, en: `${en} is not signed (${error.message})` });
  }
}
