import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { inBothLanguages, running } from './running.ts';
import { projectRoot } from './settings/folders.ts';
import { readSettingFiles } from './settings/secrets.ts';

const commands: Record<string, string> = {
  serve: '启动全套服务：Temporal、工作进程、接口、本机保管人 / run everything: Temporal, worker, API, custodians',
  api: '只启动接口 / run the API alone',
  worker: '只启动工作进程 / run a worker alone',
  custodian: '保管人：密钥与开标时交出份额 / a custodian: its key, and giving up shares at the opening',
  cluster: '在本机运行一个集群 / run a cluster on this machine: PostgreSQL, Temporal, two APIs, two workers',
  demo: '用真实公告演练两个项目 / play two tenders made from real notices',
  law: '查法条、算期限、排时间表、审公告 / rules, due dates, timelines and audits',
  catalogue: '导入交易目录与限额标准 / import the catalogue and the thresholds of the province',
  experts: '导入评标专家库 / import pools of experts',
  draw: '专家抽取：生成本方的随机数和承诺 / a draw of experts: your part of the seed, and its commitment',
  calendar: '放假安排：查看、导入并重新计算 / the holiday calendar: show, import, recalculate',
  clock:
    '演练时钟：暂停、走时、拨到下一到期时间；确认跳变后的时钟 / the clock of a drill: pause, run, jump to what is due next; accept the clock after a jump',
  dossier: '导出一个项目的档案：全部内容及其证明 / the dossier of a tender: everything about it, with its proofs',
  verify:
    '核验审计记录；离线核验回执、日志导出、项目档案与专家抽取 / verify the audit trail; receipts, exports of the log, dossiers and draws off-line',
  witness: '见证日志：接受相续的日志头并签名 / witness the log: accept heads that continue each other, and sign them',
  seal: '封装投标文件 / seal a bid, so that nobody can open it before the opening',
  rebuild: '由数据库重建运行中的流程（Temporal 丢失后） / recreate running workflows from the database',
  migrate: '建立、升级或搬迁数据库 / create, upgrade or move the database',
  backup: '备份数据库与文件（服务照常运行） / back up the database and the files while the service runs',
  restore: '由备份恢复 / restore a backup',
  administrator: '重设系统管理员的一次性密码 / a new one-time password for an administrator',
  doctor: '检查本机环境并给出改法 / check this machine and say how to fix it',
  'record-histories': '录制供回放的流程历史 / record histories for the replay test',
};

/**
 * `./commands/law.ts` exports `lawCommand()`, and so on. A file is loaded when its command is called, so that `law`
 * and `--help` answer at once and load neither Temporal nor the database.
 */
async function load(name: string): Promise<Command> {
  const loaded = (await import(`./commands/${name}.ts`)) as Record<string, (() => Command) | undefined>;
  const exported = `${name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Command`;
  const make = loaded[exported];
  if (make === undefined) throw new TypeError(`cli/commands/${name}.ts does not export ${exported}`);
  return make();
}

function version(): string {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** Only the called command is loaded; the others are listed by name and summary. */
async function program(called: string | undefined): Promise<Command> {
  const root = new Command('kaibiao')
    .description('开标：公共采购与招标投标全过程引擎 / an engine for public tenders and procurements')
    .version(version(), '-V, --version', '版本 / version');
  for (const [name, summary] of Object.entries(commands)) {
    root.addCommand((name === called ? await load(name) : new Command(name)).summary(summary));
  }
  return inBothLanguages(root);
}

export async function main(args: readonly string[]): Promise<void> {
  await running(
    args,
    async () => {
      readSettingFiles(process.env, '.env');
      const named = args.find((arg) => !arg.startsWith('-'));
      const called = named === 'help' ? args[args.indexOf('help') + 1] : named;
      if (named === 'api' || named === 'worker') {
        const { unknownSettingsTold } = await import('./settings/known.ts');
        for (const { zh, en } of unknownSettingsTold()) process.stderr.write(`${zh} / ${en}\n`);
      }
      return program(called);
    },
    namedFields,
  );
}

/** Loaded where something failed. */
const namedFields = async (error: unknown) => (await import('./named.ts')).namedError(error);
