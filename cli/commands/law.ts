import { Command } from 'commander';
import { auditCommand } from '../law/audit.ts';
import { dueCommand } from '../law/due.ts';
import { planCommand } from '../law/plan.ts';
import { proceduresCommand } from '../law/procedures.ts';
import { showCommand } from '../law/show.ts';
import { whatIfCommand } from '../law/what-if.ts';

/** `kaibiao law`: rules, due dates and timelines from the rulebook; needs neither server nor database. */
export function lawCommand(): Command {
  return new Command('law')
    .description('查法条、算期限、排时间表、审公告 / rules, due dates, timelines and audits')
    .addCommand(dueCommand())
    .addCommand(planCommand())
    .addCommand(whatIfCommand())
    .addCommand(showCommand())
    .addCommand(proceduresCommand())
    .addCommand(auditCommand());
}
