import { noticeName } from '../../../domain/notices/kinds.ts';
import type { ParticularKey } from '../../../domain/notices/particulars.ts';
import { named } from '../blocks.ts';
import type { Content } from '../content.ts';
import { KINDS, PROCEDURES, REGIMES } from '../names.ts';
import { days } from '../template-1.ts';
import { sealing } from '../template-2.ts';
import { depositBlocks } from '../template-3.ts';
import { sectionsOf, type Part, type Section } from './document.ts';
import { contacts, inCapitals, inWan, lines, paragraph, section, table, until, type Reading } from './parts.ts';

// 招标公告, 投标邀请书, 询价通知书: what a procurement begins with.

/** Where the documents are, and until when bids are taken; an invitation says who is meant. */
export function leadOfCall({ notice, content, words }: Reading): string | null {
  const [title, deadline] = [content.text('title'), content.instant('bidDeadline')];
  if (title === null || deadline === null) return null;
  const purchaser = content.text('purchaser') ?? words.purchaser;
  const submit = `于 ${deadline}（北京时间）前递交${words.bid}`;
  if (notice.kind === 'invitation') {
    const name = noticeName(notice.kind, words).zh;
    return `${purchaser}邀请收到本${name}的${words.bidder}参加${title}，并${submit}。`;
  }
  const place = content.text('documentsPlace');
  return `${title}的潜在${words.bidder}应在${place ?? '本公告载明的地点'}获取${words.documents}，并${submit}。`;
}

export function call(reading: Reading): Section[] {
  const { content, words: w, told } = reading;
  const { headings } = w;
  const conditions: Part[] = lines(
    [w.purchaser, headings.conditions === null ? null : content.text('purchaser')],
    told('nature'),
    told('fundingSource'),
  );
  return [
    ...(headings.conditions === null ? [] : section(headings.conditions, conditions)),
    ...section(headings.project, project(reading), headings.conditions === null ? conditions : [], lots(reading)),
    ...section(headings.qualifications, paragraph(content.text('qualifications')), lines(told('consortium'))),
    ...section(headings.documents, documents(reading)),
    ...section(headings.submission, submission(reading)),
    ...terms(reading),
    ...section('公告期限', paragraph(until(content.instant('noticeUntil')))),
    ...section('提出异议的渠道和方式', paragraph(content.text('objectionChannel'))),
  ];
}

export const afterCall = contacts;

function project({ content, told }: Reading): Part[] {
  const contentZh = content.text('contentZh');
  const shown = (keys: readonly ParticularKey[]) => keys.map((key) => told(key));
  return lines(
    told('projectNumber'),
    ['项目名称', content.text('title')],
    ['采购方式', named(PROCEDURES, content.text('procedure'))],
    ['项目类别', named(KINDS, content.text('kind'))],
    ['法律依据', named(REGIMES, content.text('regime'))],
    ['预算金额', inWan(content.raw('budgetFen'))],
    ['最高限价', inCapitals(content.raw('ceilingPriceFen'))],
    ['内容', contentZh],
    ...shown(['scope', 'scale', 'quantity', 'requirements', 'place', 'period']),
  );
}

function lots({ content, words }: Reading): Part[] {
  const each = content
    .list('lots')
    .map((lot) => [
      lot.text('no') ?? '',
      lot.text('title') ?? '',
      lot.yuan('budgetFen') ?? '',
      lot.yuan('bidBondFen') ?? '—',
      bondOf(lot),
    ]);
  // A column that says nothing of any lot is not drawn.
  const withBond = each.some(([, , , , bond]) => bond !== '—');
  const columns = withBond ? 5 : 4;
  return table(
    [`${words.lot}号`, `${words.lot}名称`, '预算金额', words.deposit, '履约保证金'].slice(0, columns),
    each.map((row) => row.slice(0, columns)),
  );
}

/** Of the price of the contract. */
function bondOf(lot: Content): string {
  const permille = lot.raw('performanceBondPermille');
  return typeof permille === 'number' ? `合同金额的 ${permille / 10}%` : '—';
}

function documents({ content, told }: Reading): Part[] {
  const [from, to] = [content.instant('documentsFrom'), content.instant('documentsUntil')];
  const [, method] = told('documentsMethod');
  const [, place] = told('documentsPlace');
  const [, price] = told('documentsPriceFen');
  return lines(
    ['时间', from === null && to === null ? null : `${from ?? '本公告发布时'} 至 ${to ?? '投标截止'}`],
    ['地点', place],
    ['方式', method],
    ['售价', price],
  );
}

function submission({ content, words: w, told }: Reading): Part[] {
  return lines(
    [`${w.bidding}截止时间`, content.instant('bidDeadline')],
    told('submissionMethod'),
    [`${w.opening}时间`, content.instant('opening')],
    told('openingPlace'),
    told('platform'),
    told('evaluationMethod'),
    [`${w.bidding}有效期`, days(content.text('bidValidityDays'), w)],
  );
}

/** The deposit, and how bids are sealed. */
function terms({ content, words }: Reading): Section[] {
  const deposit = content.record('deposit');
  const seal = content.raw('sealing');
  const minutes = content.raw('objectionMinutes');
  return sectionsOf([
    ...(deposit ? depositBlocks(deposit, words, words.lot) : []),
    ...(seal ? sealing(seal, minutes, words) : []),
  ]);
}
