const DIGITS = '零壹贰叁肆伍陆柒捌玖';
const PLACES = ['', '拾', '佰', '仟'];
const GROUPS = ['', '万', '亿', '万亿'];

/** 大写: `人民币壹佰贰拾伍万元整`, as documents write an amount (正确填写票据和结算凭证的基本规定). @param fen hundredths of a yuan, not negative */
export function capitalsOf(fen: number | bigint): string {
  const amount = BigInt(fen);
  const [yuan, jiao, cents] = [amount / 100n, Number((amount / 10n) % 10n), Number(amount % 10n)];
  const whole = yuan === 0n ? '' : `${integer(yuan)}元`;
  if (jiao === 0 && cents === 0) return `人民币${whole === '' ? '零元' : whole}整`;
  const tenths = jiao > 0 ? `${DIGITS[jiao]}角` : whole === '' ? '' : '零';
  return `人民币${whole}${tenths}${cents > 0 ? `${DIGITS[cents]}分` : '整'}`;
}

function integer(value: bigint): string {
  const groups: number[] = [];
  for (let rest = value; rest > 0n; rest /= 10_000n) groups.push(Number(rest % 10_000n));
  let text = '';
  let [gap, above] = [false, 0];
  for (const [index, group] of [...groups.entries()].reverse()) {
    if (group === 0) {
      gap = text !== '';
      continue;
    }
    // One zero stands for any that are between two figures.
    const needsZero = text !== '' && (gap || group < 1_000 || above % 10 === 0);
    text += `${needsZero ? '零' : ''}${four(group)}${GROUPS[index] ?? ''}`;
    [gap, above] = [false, group];
  }
  return text;
}

function four(value: number): string {
  let text = '';
  let gap = false;
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(value / 10 ** place) % 10;
    if (digit === 0) {
      gap = text !== '';
      continue;
    }
    text += `${gap ? '零' : ''}${DIGITS[digit]}${PLACES[place]}`;
    gap = false;
  }
  return text;
}
