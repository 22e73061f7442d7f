import { Command } from 'commander';
import { conflictsOf } from '../../domain/law/conflicts.ts';
import { citeEn, citeZh, type Rule } from '../../domain/law/rule.ts';
import { getRule, RULES } from '../../domain/law/rulebook.ts';
import { answering, json } from './answering.ts';
import { print, printJson, table } from './table.ts';

function amountText({ bound, amount, range, unit, direction }: Rule): string {
  if (range !== undefined) return `${range.join('–')} ${unit ?? ''}`;
  if (amount === undefined) return bound;
  return `${bound} ${amount} ${unit ?? ''}${direction === 'backward' ? ' ←' : ''}`;
}

function printRule(rule: Rule): void {
  const rows: (readonly [string, string | undefined])[] = [
    ['编号 id', rule.id],
    ['名称 name', rule.nameZh],
    ['类别 kind', rule.kind],
    ['用途 use', rule.use],
    ['依据 article', `${citeZh(rule)} / ${citeEn(rule)}`],
    ['全称 law', rule.lawFull],
    ['施行 in force', `${rule.effectiveFrom ?? '?'} … ${rule.effectiveTo ?? ''}`],
    ['核对 status', rule.status],
    ['限度 limit', amountText(rule)],
    ['起 from', rule.fromEvent],
    ['止 to', rule.toEvent],
    ['适用 applies to', rule.appliesTo.join(', ')],
    ['后果 breach', rule.breach],
    ['暂停 suspends', rule.suspends],
    ['各项 items', rule.items?.join('；')],
    ['原文 quote', rule.quote],
    ['备注 notes', rule.notes],
    ...conflictsOf(rule.id).flatMap(({ rules, topicZh, topicEn, takenZh, takenEn }) => [
      ['条文不一 differ', `${topicZh} / ${topicEn}（${rules.join('、')}）`] as const,
      ['取 taken', `${takenZh} / ${takenEn}`] as const,
    ]),
  ];
  print(table(rows.flatMap(([label, text]) => (text === undefined ? [] : [[label, text]]))));
}

function runShow(id: string | undefined, options: { json?: true }): void {
  if (id === undefined) {
    if (options.json) printJson(RULES);
    else print(table(RULES.map((rule) => [rule.id, rule.status, amountText(rule), citeZh(rule), rule.nameZh])));
    return;
  }
  const rule = getRule(id);
  if (options.json) printJson({ ...rule, conflicts: conflictsOf(id) });
  else printRule(rule);
}

export function showCommand(): Command {
  return new Command('show')
    .description('查看规则；不带编号则列出全部 / show a rule, or list all')
    .argument('[id]', '规则编号 / rule id')
    .addOption(json())
    .action(answering((id: string | undefined, options: { json?: true }) => runShow(id, options)));
}
