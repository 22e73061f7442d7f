import { civilDayOf, formatInstant } from './civil-time.ts';
import { citeEn, citeZh } from './law/rule.ts';
import { getRule, type RuleId } from './law/rulebook.ts';

/** The forms of a bid bond (投标保证金): 银行转账, 保函, 保证保险. None of them is cash. */
export const DEPOSIT_FORMS = ['transfer', 'guarantee', 'insurance'] as const;
export type DepositForm = (typeof DEPOSIT_FORMS)[number];

/** On which a deposit may be kept, and in which regime; the list is closed. */
export const FORFEIT_GROUNDS = {
  /** 投标截止后撤销投标文件. */
  'withdrawn-after-deadline': { regime: 'tendering', rule: 'works-withdraw-before-deadline' },
  /** 因投标人原因未解密, 视为撤销. */
  'not-decrypted': { regime: 'tendering', rule: 'e-decrypt-fault' },
  /** 中标人无正当理由不订立合同. */
  'contract-refused': { regime: 'tendering', rule: 'works-contract-sign' },
  /** 招标文件载明的不予退还情形. */
  'as-documents-say': { regime: 'government', rule: 'gp-doc-required-items' },
} as const satisfies Readonly<Record<string, { regime: 'tendering' | 'government'; rule: RuleId }>>;
export type ForfeitGround = keyof typeof FORFEIT_GROUNDS;
export const FORFEIT_GROUND_KEYS = Object.keys(FORFEIT_GROUNDS) as [ForfeitGround, ...ForfeitGround[]];

/** By which a bid without its deposit is invalid, where the documents say so. */
export const DEPOSIT_INVALID_RULE = {
  tendering: 'works-major-deviation',
  government: 'gp-invalid-grounds',
} as const satisfies Readonly<Record<string, RuleId>>;

/** What a lot asks for. Instants are epoch ms. */
export interface DepositTerms {
  readonly requiredFen: number;
  /** The bid deadline, which is the deposit's too (财库〔2019〕38号 三). */
  readonly deadline: number;
  /** To which a guarantee must hold: the end of the bid validity; null where none was set. */
  readonly validUntil: number | null;
}

export interface DepositFacts {
  readonly form: DepositForm;
  readonly amountFen: number;
  readonly arrivedAt: number;
  readonly validUntil: number | null;
  /** The centre found that the guarantee is none. */
  readonly rejected: boolean;
  /** Given back or kept before the deadline: it stands for no bid any more. */
  readonly gone: boolean;
}

export const DEPOSIT_FAULTS = ['late', 'short', 'validity', 'rejected'] as const;
export type DepositFault = (typeof DEPOSIT_FAULTS)[number];

export interface DepositStanding {
  readonly held: boolean;
  /** Of what counts. */
  readonly amountFen: number;
  /** Of what counts; several joined by `+`. */
  readonly form: string | null;
  readonly faults: readonly DepositFault[];
}

/**
 * Whether a bidder's deposits are there in full. The bank's instant decides, and the deadline is that of bids, compared
 * as theirs is: before it.
 * @rule gp-bid-bond-deadline
 * @rule works-bid-bond-validity
 */
export function depositStanding(deposits: readonly DepositFacts[], terms: DepositTerms): DepositStanding {
  const faults = new Set<DepositFault>();
  const counted = deposits.filter((deposit) => {
    if (deposit.gone) return false;
    const fault = faultOf(deposit, terms);
    if (fault) faults.add(fault);
    return fault === null;
  });
  const amountFen = counted.reduce((sum, deposit) => sum + deposit.amountFen, 0);
  const held = amountFen >= terms.requiredFen;
  if (!held && amountFen > 0) faults.add('short');
  const forms = [...new Set(counted.map(({ form }) => form))].sort();
  return { held, amountFen, form: forms.length === 0 ? null : forms.join('+'), faults: [...faults] };
}

function faultOf(deposit: DepositFacts, terms: DepositTerms): DepositFault | null {
  if (deposit.rejected) return 'rejected';
  if (deposit.arrivedAt >= terms.deadline) return 'late';
  if (deposit.form === 'transfer' || terms.validUntil === null) return null;
  return deposit.validUntil === null || endsBefore(deposit.validUntil, terms.validUntil) ? 'validity' : null;
}

/** Guarantees are dated by the day, which is whole. */
export const endsBefore = (until: number, needed: number): boolean => civilDayOf(until) < civilDayOf(needed);

export function depositFaultText(
  fault: DepositFault,
  regime: 'tendering' | 'government',
  terms: DepositTerms,
): { zh: string; en: string } {
  const deadline = formatInstant(terms.deadline);
  switch (fault) {
    case 'late': {
      const rule = getRule('gp-bid-bond-deadline');
      const [zh, en] = regime === 'government' ? [`（${citeZh(rule)}）`, ` (${citeEn(rule)})`] : ['', ''];
      return {
        zh: `未在投标截止时间 ${deadline} 前到账${zh}`,
        en: `It did not arrive before the bid deadline ${deadline}${en}`,
      };
    }
    case 'short':
      return {
        zh: `到账金额不足 ${terms.requiredFen} 分`,
        en: `What arrived is less than ${terms.requiredFen} fen`,
      };
    case 'validity': {
      const rule = getRule('works-bid-bond-validity');
      const until = terms.validUntil === null ? '' : formatInstant(terms.validUntil);
      return {
        zh: `保函（保险）有效期应当覆盖投标有效期，至 ${until}（${citeZh(rule)}）`,
        en: `A guarantee must hold as long as the bids do, to ${until} (${citeEn(rule)})`,
      };
    }
    case 'rejected':
      return { zh: '保函（保险）经核验无效', en: 'The guarantee was found to be invalid' };
  }
}

/** 附言: letters and figures that nobody takes for others (Crockford), after a mark by which it is found in a text. */
const MARK = 'KB';
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANDOM_CHARS = 12;
export const REFERENCE_BYTES = RANDOM_CHARS;

/** A reference out of random bytes, its last letter a check. */
export function referenceFrom(bytes: Uint8Array): string {
  const body = Array.from(bytes.subarray(0, RANDOM_CHARS), (byte) => ALPHABET[byte % 32]).join('');
  return `${MARK}${body}${checkLetter(body)}`;
}

function checkLetter(body: string): string {
  // Each place has a weight of its own, odd so that one wrong letter is always found.
  const sum = [...body].reduce((total, letter, place) => total + ALPHABET.indexOf(letter) * (2 * place + 3), 0);
  return ALPHABET[sum % 32] ?? '';
}

/** The references that a bank's text holds, however it is spaced and whatever its width and case. */
export function referencesIn(text: string): string[] {
  const plain = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-_.]/g, '');
  const found = new Set<string>();
  for (let at = plain.indexOf(MARK); at >= 0; at = plain.indexOf(MARK, at + 1)) {
    const body = plain
      .slice(at + MARK.length, at + MARK.length + RANDOM_CHARS + 1)
      .replaceAll('O', '0')
      .replaceAll(/[IL]/g, '1');
    if (body.length === RANDOM_CHARS + 1 && checkLetter(body.slice(0, -1)) === body.at(-1)) found.add(`${MARK}${body}`);
  }
  return [...found];
}
