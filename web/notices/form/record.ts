import { named } from '../blocks.ts';
import { presenceOf } from '../opening-record.ts';
import { effectsIn, OUTCOMES } from '../template-1.ts';
import { record } from '../template-2.ts';
import { sectionsOf, type Section } from './document.ts';
import { inCapitals, lines, list, lotOf, paragraph, section, table, type Reading } from './parts.ts';

// 开标记录, and the reply to a grievance: what was found, for the record.

/** With all events of the opening where its bids were sealed or something happened; else names and files. */
export function openingRecord(reading: Reading): Section[] {
  const { content, words: w } = reading;
  const isSealed = content.raw('sealed') !== false;
  if (Array.isArray(content.raw('custodians'))) {
    // The first says what was opened, as here.
    const [, ...recorded] = sectionsOf(record(content, w, isSealed));
    return [...opened(reading), ...recorded];
  }
  const bids = content
    .list('bidders')
    .map((bidder) => [
      bidder.text('supplier') ?? '',
      bidder.instant('receivedAt') ?? '',
      bidder.text('size') ?? '',
      bidder.text('sha256') ?? '',
    ]);
  const outages = content
    .list('outages')
    .map((each) => [each.instant('from') ?? '', each.instant('until') ?? '记录时尚未恢复']);
  return [
    ...opened(reading),
    ...section(w.bidder, table([w.bidder, '递交时间', '文件大小（字节）', '文件 SHA-256'], bids)),
    ...section('平台中断（由平台自动记录）', table(['自', '至'], outages)),
    ...sectionsOf(presenceOf(content, w)),
  ];
}

/** What was opened, where and when. */
function opened(reading: Reading): Section[] {
  const { content, words: w, project } = reading;
  content.raw('lotTitle');
  return section(
    `${w.opening}情况`,
    lines(
      ['项目编号', content.text('projectNumber') ?? project?.text('number') ?? null],
      ['项目名称', content.text('title') ?? project?.text('title') ?? null],
      lotOf(reading),
      [`${w.opening}时间`, content.instant('opened')],
      [`${w.opening}地点`, content.text('openingPlace')],
      ['最高限价', inCapitals(content.raw('ceilingPriceFen'))],
    ),
  );
}

export function grievanceReply(reading: Reading): Section[] {
  const { content, words: w, project, told } = reading;
  const targets = { documents: w.documents, result: `${w.evaluation}（${w.award}）结果` };
  const [, number] = told('projectNumber');
  return [
    ...section(
      '项目基本情况',
      lines(
        ['项目编号', number ?? project?.text('number') ?? null],
        ['项目名称', content.text('title') ?? project?.text('title') ?? null],
        lotOf(reading),
        [`收到${w.grievance}的时间`, content.instant('filedAt')],
      ),
    ),
    ...section(`${w.grievance}事项`, list(content.strings('questions'))),
    ...section(
      '处理结果',
      lines(
        ['针对', named(targets, content.text('target'))],
        ['结果', named(OUTCOMES, content.text('outcome'))],
        ['后续', named(effectsIn(w), content.text('effect'))],
      ),
    ),
    ...section(
      '答复',
      paragraph(content.text('replyZh')),
      lines(
        ['事实依据', content.text('factsZh')],
        ['法律依据', content.text('lawZh')],
        ['答复人', content.text('respondent')],
        ['答复时间', content.instant('repliedAt')],
      ),
    ),
    ...complaint(reading),
  ];
}

/** 告知投诉权利 (财政部令94号 15). */
function complaint({ content }: Reading): Section[] {
  const right = content.record('complaint');
  if (!right) return [];
  return section(
    '投诉权利',
    paragraph(right.text('zh')),
    lines(
      ['投诉截止时间', right.instant('until')],
      ['依据', `${right.text('law') ?? ''}第${right.text('article') ?? ''}条`],
    ),
  );
}
