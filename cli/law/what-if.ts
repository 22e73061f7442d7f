import { Command } from 'commander';
import { formatSecond, instantOrNull, parseInstantOrDate } from '../../domain/civil-time.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { blocks } from '../../domain/law/check.ts';
import { MILESTONES, type MilestoneKey } from '../../domain/law/milestones.ts';
import { whatIf } from '../../domain/law/what-if.ts';
import { answering, badInput } from './answering.ts';
import { confirmedOf, factsOf, FROM, printViolations, withFacts, type FactOptions } from './facts.ts';
import { print, printJson, table } from './table.ts';

interface WhatIfOptions extends FactOptions {
  from: string;
  move: string[];
}

function movesOf(given: readonly string[]): Partial<Record<MilestoneKey, number>> {
  return Object.fromEntries(
    given.map((text) => {
      const [, name = '', when = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
      const key = MILESTONES.find((each) => each === name);
      if (key === undefined) {
        const known = MILESTONES.join(', ');
        throw badInput(
          `--move 应为 节点=时间：${text}；节点有：${known}`,
          `--move needs milestone=when: ${text}; one of ${known}`,
        );
      }
      return [key, parseInstantOrDate(when)];
    }),
  );
}

function runWhatIf(options: WhatIfOptions): void {
  const facts = { ...factsOf(options), noticeAt: parseInstantOrDate(options.from) };
  const { moved, broken, mended } = whatIf(facts, movesOf(options.move), chinaCalendar, {
    confirmed: confirmedOf(options),
  });
  if (options.json) {
    const rows = moved.map((each) => ({
      ...each,
      before: instantOrNull(each.before),
      after: instantOrNull(each.after),
    }));
    printJson({ moved: rows, broken, mended });
  } else {
    const when = (ms: number | null): string => (ms === null ? '—' : formatSecond(ms));
    print(table(moved.map(({ before, after, nameZh, nameEn }) => [when(before), '→', when(after), nameZh, nameEn])));
    printViolations(broken);
    for (const { messageZh, messageEn } of mended) print(`\n消除 corrected：${messageZh}\n  ${messageEn}`);
  }
  if (blocks(broken)) process.exitCode = 1;
}

export function whatIfCommand(): Command {
  return withFacts(
    new Command('whatif').description('改动一个时间，其余如何变化 / what moving one date does to all others'),
  )
    .requiredOption(...FROM)
    .requiredOption('--move <moves...>', '节点=时间 / milestone=when, for instance bid-deadline=2026-04-30')
    .action(answering((options: WhatIfOptions) => runWhatIf(options)));
}
