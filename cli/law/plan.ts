import { Command } from 'commander';
import { formatInstant, formatSecond, parseInstantOrDate } from '../../domain/civil-time.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { blocks, check, type Violation } from '../../domain/law/check.ts';
import { plan, type Plan, type PlannedMilestone } from '../../domain/law/plan.ts';
import { citeZh } from '../../domain/law/rule.ts';
import { planBackFrom } from '../../domain/law/what-if.ts';
import { answering, badInput } from './answering.ts';
import { confirmedOf, factsOf, FROM, printViolations, withFacts, type FactOptions } from './facts.ts';
import { print, printJson, table } from './table.ts';

interface PlanOptions extends FactOptions {
  from?: string;
  backFrom?: string;
}

function planOf(options: PlanOptions): Plan {
  const { from, backFrom } = options;
  const facts = factsOf(options);
  if (from !== undefined && backFrom === undefined) {
    return plan({ ...facts, noticeAt: parseInstantOrDate(from) }, chinaCalendar);
  }
  if (from !== undefined || backFrom === undefined) {
    throw badInput('--from 与 --back-from 须且只能给其一', 'give either --from or --back-from');
  }
  if (options.deadline !== undefined) {
    throw badInput(
      '--back-from 就是投标截止时间，不能再给 --deadline',
      '--back-from is the deadline: leave out --deadline',
    );
  }
  const bidDeadline = parseInstantOrDate(backFrom);
  return planBackFrom({ ...facts, bidDeadline }, chinaCalendar, { confirmed: confirmedOf(options) });
}

function milestoneJson(milestone: PlannedMilestone): Record<string, unknown> {
  const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : formatInstant(ms));
  const { bounds } = milestone;
  return {
    ...milestone,
    at: formatInstant(milestone.at),
    earliest: iso(milestone.earliest),
    latest: iso(milestone.latest),
    bounds: bounds && { earliest: formatInstant(bounds.earliest), latest: formatInstant(bounds.latest) },
    rules: milestone.rules.map((rule) => ({
      ...rule,
      earliest: iso(rule.earliest),
      latest: iso(rule.latest),
      arguableFrom: iso(rule.arguableFrom),
      latestPossible: iso(rule.latestPossible),
    })),
  };
}

const STATE_ZH = { given: '给定', proposed: '建议', projected: '推算', done: '已成' } as const;

function printPlan(drawn: Plan, violations: readonly Violation[]): void {
  const rows = drawn.milestones.map((milestone) => [
    formatSecond(milestone.at),
    milestone.provisional ? '≈' : ' ',
    STATE_ZH[milestone.state],
    milestone.nameZh,
    milestone.rules.map((rule) => citeZh(rule) + (rule.status === 'RECALLED' ? '*' : '')).join('；'),
  ]);
  print(table(rows));
  print('\n≈ 暂定：放假安排未公布 / provisional   * 未核对原文 / text not verified');
  printViolations(violations);
}

function runPlan(options: PlanOptions): void {
  const drawn = planOf(options);
  const violations = check(drawn, { confirmed: confirmedOf(options) });
  if (options.json) {
    const { regime, procedure, kind } = drawn.facts;
    printJson({
      regime,
      procedure,
      kind,
      rulebookVersion: drawn.rulebookVersion,
      calendarHash: drawn.calendarHash,
      horizon: chinaCalendar.horizon,
      milestones: drawn.milestones.map(milestoneJson),
      violations,
    });
  } else {
    printPlan(drawn, violations);
  }
  if (blocks(violations)) process.exitCode = 1;
}

export function planCommand(): Command {
  return withFacts(new Command('plan').description('排出法定时间表并检查 / the whole legal timeline, checked'))
    .option(...FROM)
    .option('--back-from <when>', '由投标截止倒推最晚公告日 / the latest lawful notice for this bid deadline')
    .action(answering((options: PlanOptions) => runPlan(options)));
}
