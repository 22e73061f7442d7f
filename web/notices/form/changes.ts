import { noticeName } from '../../../domain/notices/kinds.ts';
import { named } from '../blocks.ts';
import { yuanOf, type Content } from '../content.ts';
import { GROUNDS } from '../names.ts';
import { source } from '../template-1.ts';
import type { Part, Section } from './document.ts';
import { lines, list, paragraph, projectSection, section, table, type Reading } from './parts.ts';

// 更正、暂停、答疑、终止、失败: what changes a tender while it runs, or ends it.

const YES_NO = { true: '是', false: '否' };

export function amendment(reading: Reading): Section[] {
  const { content, words: w } = reading;
  const before = content.instant('bidDeadlineBefore');
  const after = content.instant('bidDeadline');
  const moved = content.list('changes').map((each) => {
    each.raw('key');
    return [each.text('nameZh') ?? '', each.instant('before') ?? '—', each.instant('after') ?? '—'];
  });
  // A calendar moves the deadline among other dates, and states it twice.
  const deadline = moved.length > 0 || (before === null && after === null) ? [] : deadlineRow(w.bidding, before, after);
  const affects = named(YES_NO, content.text('affectsBids'));
  return [
    ...projectSection(reading),
    ...section(
      '更正信息',
      paragraph(content.text('textZh')),
      table(['更正事项', '原为', '更正为'], [...deadline, ...moved]),
      lines([`是否可能影响${w.bid}编制`, affects]),
    ),
    ...section('依据', paragraph(content.text('reasonZh')), lines(['来源', content.text('sourceUrl')])),
    ...section('补充文件编号', list(content.strings('documentIds'))),
  ];
}

const deadlineRow = (bidding: string, before: string | null, after: string | null): string[][] => [
  [`${bidding}截止时间`, before ?? '—', after ?? '暂停，另行公告'],
];

export function suspension(reading: Reading): Section[] {
  const { content } = reading;
  content.raw('milestone');
  return [
    ...projectSection(reading),
    ...section(
      '暂停事项',
      paragraph(content.text('whyZh')),
      lines(
        ['暂停计算的期限', content.text('milestoneZh')],
        ['原定时间', content.minute('before')],
        ['暂停自', content.minute('since')],
        ['最迟答复时间', content.minute('replyDueAt')],
        ['依据', source(content)],
      ),
    ),
    ...section('后续安排', paragraph(content.text('nextZh'))),
  ];
}

export function clarification(reading: Reading): Section[] {
  const { content, words } = reading;
  content.raw('questionId');
  const affects = named(YES_NO, content.text('affectsBids'));
  return [
    ...projectSection(reading),
    ...section('疑问', paragraph(content.text('questionZh'))),
    ...section('答复', paragraph(content.text('answerZh')), lines([`是否可能影响${words.bid}编制`, affects])),
  ];
}

export function lotFailed(reading: Reading): Section[] {
  const { content, words } = reading;
  content.raw('rule');
  content.raw('reasonEn');
  const steps = content
    .list('nextSteps')
    .map((step) => [step.text('zh'), bracketed(source(step))].filter((each) => each !== null).join(''));
  return [
    ...projectSection(reading),
    ...section(`${words.failure}的原因`, paragraph(content.text('reasonZh')), lines(['依据', source(content)])),
    ...section('后续处理', list(steps)),
  ];
}

const bracketed = (text: string | null): string | null => (text === null ? null : `（${text}）`);

export function termination(reading: Reading): Section[] {
  const { content, words } = reading;
  const lots = content.list('lots').map((lot) => [lot.text('no') ?? '', lot.text('title') ?? '']);
  const others = content.raw('inPart') === true ? `其余${words.lot}继续进行。` : null;
  return [
    ...projectSection(reading),
    ...section(
      '项目终止的原因',
      paragraph(content.text('reasonZh')),
      lines(['情形', named(GROUNDS, content.text('ground'))], ['依据', source(content)]),
    ),
    ...section(`终止的${words.lot}`, table([`${words.lot}号`, `${words.lot}名称`], lots), paragraph(others)),
  ];
}

const valueOf = (change: Content, key: 'before' | 'after'): string => {
  const value = change.raw(key);
  return (typeof value === 'number' ? yuanOf(value) : change.text(key)) ?? '（未载明）';
};

export function correction(reading: Reading): Section[] {
  const { content, words: w } = reading;
  const of = content.record('of');
  const changes = content.list('changes').map((each) => {
    each.raw('field');
    return [each.text('nameZh') ?? '', valueOf(each, 'before'), valueOf(each, 'after')];
  });
  const periods = content.list('periods').map((each) => {
    each.raw('key');
    return [each.text('nameZh') ?? '', each.instant('until') ?? '—'] as const;
  });
  return [
    ...projectSection(
      reading,
      lines(
        ['原公告名称', of?.text('titleZh') ?? null],
        ['原公告类型', of ? noticeName(of.text('kind') ?? '', w).zh : null],
        ['首次公告时间', of?.instant('publishedAt') ?? null],
        ['原公告编号', of?.text('id') ?? null],
        ['原公告内容哈希（SHA-256）', of?.text('hash') ?? null],
      ),
    ),
    ...section(
      '更正信息',
      table(['更正事项', '原为', '更正为'], changes),
      paragraph(content.text('textZh')),
      lines(['更正原因', content.text('reasonZh')], ['依据', source(content)]),
    ),
    ...section('重新计算的期限', lines(...periods)),
    ...section('以记录为准、不作更正的事项', unchanged(reading)),
  ];
}

function unchanged({ content, words: w }: Reading): Part[] {
  const same = content.record('unchanged');
  if (!same) return [];
  return [
    ...lines(
      [w.winner, same.text('winner')],
      [`${w.award}金额`, same.yuan('priceFen')],
      ['供应商（承包人）', same.text('supplier')],
      ['合同金额', same.yuan('amountFen')],
    ),
    ...table(
      ['排序', `${w.award}候选人`, `${w.bidding}报价`],
      same
        .list('candidates')
        .map((each) => [each.text('rank') ?? '', each.text('supplier') ?? '', each.yuan('priceFen') ?? '']),
    ),
  ];
}
