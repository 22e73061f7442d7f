import type { Queries, Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Payment, PaymentOutcome } from '../../domain/deposits/payment.ts';
import { judgePayments, recordPayments, type JudgedPayment } from './record-payments.ts';

/** A bank statement (对账单) as it was read. */
export interface BankStatement {
  readonly sha256: string;
  readonly lines: readonly StatementLine[];
}

export interface StatementLine {
  /** Of the file, from 1. */
  readonly line: number;
  readonly transactionId: string | null;
  /** The problem with it; undefined where it can be recorded. */
  readonly wrong?: { readonly zh: string; readonly en: string };
  readonly payment?: Payment;
}

export interface LineOutcome {
  readonly line: number;
  readonly transactionId: string | null;
  readonly outcome: PaymentOutcome | 'wrong';
  readonly zh: string;
  readonly en: string;
}

/**
 * The same message whatever the amount and the lot: whether they match, the bidder knows, and everybody at the opening.
 */
const WORDS: Readonly<Record<PaymentOutcome, { zh: string; en: string }>> = {
  matched: {
    zh: '附言有效，已归入；金额、时间是否符合，开标时方可知晓',
    en: 'The reference was issued by the platform; amount and time are judged at the opening',
  },
  unmatched: {
    zh: '附言中没有有效的保证金编号，待汇款人认领',
    en: 'It quotes no valid reference; it waits for its payer to claim it',
  },
  duplicate: { zh: '该流水已登记', en: 'This transaction is recorded already' },
};

/** What an import would do with each line; stores nothing. */
export async function previewStatement(q: Queries, { lines }: BankStatement, now: number): Promise<LineOutcome[]> {
  return outcomesOf(lines, await judgePayments(q, paymentsOf(lines), now));
}

/** Records every valid line of a bank statement, each once by the bank's number. */
export async function importStatement(tx: Tx, actor: Actor, { sha256, lines }: BankStatement): Promise<LineOutcome[]> {
  const judged = await recordPayments(tx, actor, 'file', paymentsOf(lines));
  recordAudit(tx, actor, {
    action: 'deposit.import',
    procurementId: null,
    subject: `bank-file/${sha256}`,
    detail: { sha256, lines: lines.length },
    // Who has paid, and how many, shows who bids.
    confidential: true,
  });
  return outcomesOf(lines, judged);
}

const paymentsOf = (lines: readonly StatementLine[]): Payment[] => lines.flatMap(({ payment }) => payment ?? []);

/** @param judged of the lines that hold a payment, in their order */
function outcomesOf(lines: readonly StatementLine[], judged: readonly JudgedPayment[]): LineOutcome[] {
  const next = judged.values();
  return lines.map(({ line, transactionId, wrong, payment }): LineOutcome => {
    const found = payment && next.next().value;
    if (!found) return { line, transactionId, outcome: 'wrong', ...(wrong ?? { zh: '', en: '' }) };
    if (found.outcome === 'refused') {
      const { messageZh, messageEn } = found.refusal;
      return { line, transactionId, outcome: 'wrong', zh: messageZh, en: messageEn };
    }
    return { line, transactionId, outcome: found.outcome, ...WORDS[found.outcome] };
  });
}
