import { bankSignature } from '../../imports/bank/signature.ts';
import type { Person } from './people.ts';

/** A bank (开户行) that reports payments by signed messages; it has no account on the platform. */
export interface Bank {
  readonly url: string;
  /** KAIBIAO_BANK_SECRET. */
  readonly secret: string;
}

interface Payment {
  readonly transactionId: string;
  readonly amountFen: number;
  /** 附言: the reference that the bidder received. */
  readonly text: string;
  readonly payer: string;
  readonly arrivedAt: string;
}

/** Who pays and who refunds a deposit for one lot. */
interface LotBidder {
  readonly lot: string;
  readonly bidder: Person;
}

/** What a bidder reads about its deposit for a lot. */
async function askedOf({ lot, bidder }: LotBidder): Promise<{ reference: string; amountFen: number }> {
  const { reference, amountFen } = await bidder.ask('GET', `${lot}/deposit`, 200);
  return { reference: String(reference), amountFen: Number(amountFen) };
}

/** The bank reports that a bidder's money has arrived. */
export async function payByTransfer(
  bank: Bank,
  place: LotBidder,
  transactionId: string,
  arrivedAt: string,
): Promise<void> {
  const { reference, amountFen } = await askedOf(place);
  const told: Payment = { transactionId, amountFen, text: reference, payer: place.bidder.name, arrivedAt };
  const body = JSON.stringify(told);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const response = await fetch(`${bank.url}/api/deposits/callback`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-bank-timestamp': timestamp,
      'x-bank-signature': bankSignature(bank.secret, timestamp, body),
    },
    body,
  });
  assertMatched(await response.text());
}

/** The centre imports the bank's statement of a bidder's payment. */
export async function payByBankFile(
  centre: Person,
  place: LotBidder,
  transactionId: string,
  arrivedAt: string,
): Promise<void> {
  const { reference, amountFen } = await askedOf(place);
  const yuan = (amountFen / 100).toFixed(2);
  const statement = [
    '流水号,交易时间,贷方发生额,附言,户名',
    `${transactionId},${arrivedAt},${yuan},投标保证金 ${reference},${place.bidder.name}`,
  ].join('\n');
  const path = `/deposits/import?payer=${encodeURIComponent('户名')}`;
  assertMatched(JSON.stringify(await centre.ask('POST', path, 200, Buffer.from(statement))));
}

function assertMatched(answer: string): void {
  if (!answer.includes('"outcome":"matched"')) throw new Error(`a deposit found no bidder: ${answer}`);
}

/** A bidder submits a guarantee with its document. */
export async function handInGuarantee(place: LotBidder, number: string, validUntil: string): Promise<void> {
  const { lot, bidder } = place;
  const { amountFen } = await askedOf(place);
  const guarantee = { form: 'guarantee', transactionId: number, issuer: '某银行某支行', amountFen, validUntil };
  const { depositId } = await bidder.ask('POST', `${lot}/deposit/guarantee`, 201, guarantee);
  const path = `${lot}/deposit/${String(depositId)}/document?name=${encodeURIComponent('保函.pdf')}`;
  await bidder.ask('POST', path, 201, Buffer.from(`${number} 独立保函`));
}

interface Deposit {
  readonly depositId: string;
  readonly supplier: string;
  readonly form: string;
  readonly leftFen: number;
  readonly refund: { readonly overdue: boolean };
}

export async function depositsOf(reader: Person, procurementId: string): Promise<Deposit[]> {
  return (await reader.ask('GET', `/procurements/${procurementId}/deposits`, 200)).items as Deposit[];
}

/** Refunds what is left of the deposits of some bidders. */
export async function giveBack(
  agency: Person,
  procurementId: string,
  to: readonly Person[],
  at: string,
): Promise<void> {
  const names = new Set(to.map(({ name }) => name));
  for (const { depositId, supplier, leftFen } of await depositsOf(agency, procurementId)) {
    if (!names.has(supplier)) continue;
    const refund = { amountFen: leftFen, at, bankReference: `退-${depositId.slice(-6)}` };
    await agency.ask('POST', `/deposits/${depositId}/refund`, 200, refund);
  }
}

/** Deposits that were not refunded, or not in time. */
export async function depositFaults(reader: Person, procurementId: string): Promise<string[]> {
  const deposits = await depositsOf(reader, procurementId);
  return deposits
    .filter(({ leftFen, refund }) => leftFen > 0 || refund.overdue)
    .map(
      ({ supplier, leftFen }) =>
        `deposit of ${supplier}: ${(leftFen / 100).toFixed(2)} yuan are not back, or were late`,
    );
}
