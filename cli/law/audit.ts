import { Command, Option } from 'commander';
import { FORMATS } from '../../imports/records/format.ts';
import { answering, CONFIRM, json } from './answering.ts';
import type { AuditOptions } from './audit-options.ts';

/** The table readers are loaded only for an audit of a file. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('审查他处发布的公告 / judge notices published elsewhere')
    .argument('<file>', 'JSON lines、CSV 或 XLSX；- 为标准输入 / - for stdin')
    .option('--map <file>', 'JSON 对照：我方字段到对方字段 / JSON, from our fields to theirs')
    .addOption(new Option('--format <format>', '格式，默认按扩展名 / by default as the name ends').choices(FORMATS))
    .option(
      '--calendar <file...>',
      '其他年份的放假安排（须写明来源） / holiday arrangements of other years, with their sources',
    )
    .option(...CONFIRM)
    .addOption(json())
    .action(
      answering(async (file: string, options: AuditOptions) => {
        const { runAudit } = await import('../law/audit-run.ts');
        await runAudit(file, options);
      }),
    );
}
