const DIGITS = '零壹贰叁肆伍陆柒捌玖';
const PLACES = ['', '拾', '佰', '仟'];
const GROUPS = ['', '万', '亿', '万亿'];
const FEN_PER_YUAN = 100;
const GROUP = 10_000;

/**
 * 人民币大写 of an amount as notices and contracts have it beside the digits: `人民币壹佰万元整`. A zero between digits is
 * written once, one after them not at all; 整 where there are no fen.
 */
export function capitalsOf(fen: number): string {
  if (!Number.isSafeInteger(fen) || fen < 0) throw new RangeError(`not an amount in fen: ${fen}`);
  const yuan = Math.floor(fen / FEN_PER_YUAN);
  const jiao = Math.floor((fen % FEN_PER_YUAN) / 10);
  const rest = fen % 10;
  const whole = yuan === 0 ? '' : `${integerOf(yuan)}元`;
  if (jiao === 0 && rest === 0) return `人民币${whole === '' ? '零元' : whole}整`;
  const tenths = jiao > 0 ? `${digit(jiao)}角` : whole === '' ? '' : '零';
  return `人民币${whole}${tenths}${rest > 0 ? `${digit(rest)}分` : '整'}`;
}

const digit = (value: number): string => DIGITS.charAt(value);

function integerOf(yuan: number): string {
  const groups: number[] = [];
  for (let left = yuan; left > 0; left = Math.floor(left / GROUP)) groups.unshift(left % GROUP);
  let text = '';
  let isZeroOwed = false;
  for (const [index, group] of groups.entries()) {
    if (group === 0) {
      isZeroOwed = true;
      continue;
    }
    if (text !== '' && (isZeroOwed || group < GROUP / 10)) text += '零';
    text += `${groupOf(group)}${GROUPS[groups.length - 1 - index] ?? ''}`;
    isZeroOwed = false;
  }
  return text;
}

/** Below ten thousand. */
function groupOf(group: number): string {
  const digits = [...String(group)].map(Number);
  let text = '';
  let isZeroOwed = false;
  for (const [index, value] of digits.entries()) {
    if (value === 0) {
      isZeroOwed = true;
      continue;
    }
    text += `${isZeroOwed ? '零' : ''}${digit(value)}${PLACES[digits.length - 1 - index] ?? ''}`;
    isZeroOwed = false;
  }
  return text;
}
