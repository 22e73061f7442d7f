import { leafOf } from './leaf.ts';
import { verifyInclusion } from './merkle.ts';
import { verifySigned, type PublicJwk } from './signing.ts';
import { verifyTreeHead } from './tree-head.ts';

export const RECEIPT = 'kb-receipt';

/** What the platform signs about a bid that it received. Instants are civil epoch ms. */
export interface ReceiptStatement {
  readonly procurementId: string;
  readonly lotNo: number;
  readonly bidId: string;
  readonly version: number;
  /** 统一社会信用代码. */
  readonly bidder: string;
  /** Of the submitted file. */
  readonly sha256: string;
  readonly size: number;
  readonly receivedAt: number;
  /** As it was then; null: its clock was suspended, so that it could not pass. */
  readonly deadline: number | null;
  /** Hash of the audit entry. Its place in the log is settled with the next head, and is in the proof. */
  readonly entry: string;
  /** By when the platform promises a head of the log that is over it. */
  readonly headBy: number;
}

/** A receipt (回执) as printed: what was signed, and nothing that may change later. */
export interface PrintedReceipt {
  readonly statement: ReceiptStatement;
  readonly signed: string;
  readonly procurement: string;
  readonly supplier: string;
  readonly drill: boolean;
}

/** Proves that a receipt is in the log. */
export interface ReceiptProof {
  /** JWS `kb-tree-head`. */
  readonly head: string;
  /** Of its leaf. */
  readonly index: number;
  readonly inclusion: readonly string[];
}

/** A fault of a receipt. */
export interface ReceiptFault {
  readonly zh: string;
  readonly en: string;
}

/**
 * Verifies a receipt off-line.
 * @param file the bidder's file; null: not checked
 * @returns what the platform signed, whether a signed head proves it to be in the log, and all faults
 * @throws NotSigned where the platform has signed no such thing
 */
export async function verifyReceipt(
  { signed, proof }: { readonly signed: string; readonly proof?: ReceiptProof | null | undefined },
  file: { readonly sha256: string; readonly size: number } | null,
  keys: readonly PublicJwk[],
): Promise<{ readonly statement: ReceiptStatement; readonly inLog: boolean; readonly faults: ReceiptFault[] }> {
  const statement = await verifySigned<ReceiptStatement>(signed, RECEIPT, keys);
  const { sha256, size, receivedAt, deadline, entry } = statement;
  const faults: ReceiptFault[] = [];
  if (file !== null && file.size !== size) {
    faults.push({
      zh: `文件为 ${file.size} 字节，回执为 ${size} 字节`,
      en: `the file has ${file.size} bytes, the receipt names ${size}`,
    });
  }
  if (file !== null && file.sha256 !== sha256) {
    faults.push({
      zh: `文件的 SHA-256 为 ${file.sha256}，回执为 ${sha256}`,
      en: `the file's SHA-256 is ${file.sha256}, the receipt names ${sha256}`,
    });
  }
  if (deadline !== null && receivedAt >= deadline) {
    faults.push({ zh: '收到时间不早于投标截止时间', en: 'it was not received before the deadline' });
  }
  let inLog = false;
  if (proof) {
    const { size: leaves, root } = await verifyTreeHead(proof.head, keys);
    const { index } = proof;
    const leaf = leafOf(entry, sha256);
    inLog = verifyInclusion({ leaf, index, size: leaves, proof: proof.inclusion, root });
    if (!inLog) {
      faults.push({
        zh: `日志（${leaves} 条）第 ${index} 位不是此回执`,
        en: `the log (${leaves} entries) does not have this receipt at ${index}`,
      });
    }
  }
  return { statement, inLog, faults };
}
