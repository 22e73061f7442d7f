import { Command } from 'commander';
import type * as z from 'zod';
import { expertGiven } from '../../api/experts/views.ts';
import { OPERATOR } from '../../db/audit.ts';
import { readExperts } from '../../imports/experts/file.ts';
import { FileFault } from '../../imports/file-fault.ts';
import { importExperts, previewExperts, type ExpertChange } from '../../services/experts/import.ts';
import { badFile } from '../settings/failure.ts';
import { openInstallation } from '../settings/installation.ts';

const CHANGES: Readonly<Record<ExpertChange, string>> = {
  new: '新增 new',
  changed: '变更 changed',
  known: '相同 known',
  removed: '移出 removed',
};

interface ImportOptions {
  readonly pool: string;
  readonly whole?: true;
  readonly confirm?: true;
  readonly json?: true;
}

/** Every row is judged as over the API; with a fault nothing is imported. */
async function expertsIn(file: string): Promise<z.infer<typeof expertGiven>[]> {
  const { experts, faults } = await readExperts(file).catch((error: unknown) => {
    throw error instanceof FileFault ? badFile(error.messageZh, error.messageEn, error) : error;
  });
  const lines = faults.map(({ line, field, zh, en }) => ({ at: `${line} ${field}`, zh, en }));
  const rows = experts.flatMap((expert, index) => {
    const judged = expertGiven.safeParse(expert);
    if (judged.success) return [judged.data];
    for (const { path, message } of judged.error.issues) {
      lines.push({ at: `${expert.number || index + 1} ${path.join('.')}`, zh: message, en: message });
    }
    return [];
  });
  if (lines.length === 0) return rows;
  const text = (language: 'zh' | 'en') => lines.map((line) => `${line.at}: ${line[language]}`).join('\n');
  throw badFile(
    `文件有 ${lines.length} 处错误，未导入：\n${text('zh')}`,
    `${lines.length} faults; nothing is imported:\n${text('en')}`,
  );
}

async function runImport(file: string, { pool: poolId, whole, confirm, json }: ImportOptions): Promise<void> {
  const given = { poolId, experts: await expertsIn(file), whole: whole === true };
  const db = await openInstallation();
  try {
    const { rows } = confirm
      ? await db.transaction((tx) => importExperts(tx, OPERATOR, given))
      : await previewExperts(db.read, given);
    if (json) console.log(JSON.stringify({ preview: confirm !== true, rows }));
    else {
      for (const { number, name, change } of rows) console.log(`${CHANGES[change]}  ${number}  ${name}`);
      console.log(
        confirm
          ? '\n已导入 / imported'
          : '\n预览，未写入；核对后加 --confirm 导入 / Preview, nothing was written; --confirm imports it',
      );
    }
  } finally {
    await db.close();
  }
}

/** `kaibiao experts`: pools from files. */
export function expertsCommand(): Command {
  return new Command('experts')
    .description('评标专家库 / pools of experts')
    .addCommand(
      new Command('import')
        .description(
          '导入专家（CSV、XLSX、JSON 行）：先预览，核对后加 --confirm / import experts: a preview first, then --confirm',
        )
        .argument('<file>', '列名见 docs/operations.md / columns: docs/operations.en.md')
        .requiredOption('--pool <id>', '专家库编号 / the id of the pool')
        .option('--whole', '文件是整库：未列出的移出 / the file is the whole pool: who is not in it leaves it')
        .option('--confirm', '写入 / write')
        .option('--json', '以 JSON 输出 / print JSON')
        .action(runImport),
    );
}
