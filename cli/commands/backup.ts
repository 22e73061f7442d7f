import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { makeBackup, type About, type BackedUp } from '../../db/copies/backup.ts';
import type { Progress } from '../../db/copies/copy.ts';
import { encryptFolder } from '../../db/copies/encrypted.ts';
import { notEmpty } from '../../db/copies/held.ts';
import { CUSTODIANS } from '../../domain/bids/sealing.ts';
import { isRecipient } from '../../sealing/recipient.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import { custodianDir, isCustodian } from '../custodian/folder.ts';
import { dataDir, projectRoot, storageOf } from '../settings/folders.ts';
import { CommandFailure } from '../settings/failure.ts';
import { progressLines } from './migrate.ts';

export function backupCommand(): Command {
  return new Command('backup')
    .description(
      '把数据库与文件备份到一个空目录，服务照常运行 / back up the database and the files into an empty folder, while the service runs',
    )
    .argument(
      '<folder>',
      '空目录，没有则建立；加密时为文件 / an empty folder, made when absent; a file where it is encrypted',
    )
    .option(
      '--to-recipient <age1…>',
      '加密给此 age 公钥，可多次给出 / encrypt to this age recipient; may be given again',
      (each: string, all: readonly string[]) => [...all, each],
      [] as readonly string[],
    )
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async (folder: string, { json, toRecipient }: { json?: boolean; toRecipient: readonly string[] }) => {
      // The backup contains unopened bids.
      process.umask(0o077);
      const dir = resolve(folder);
      const config = readTemporalConfig();
      const about = {
        product: productVersion(),
        temporalAddress: config.address ?? null,
        payloadKeyIds: config.payloadKeys.map(({ id }) => id),
        realNowMs: Date.now(),
      };
      const progress = json ? {} : progressLines();
      const { manifest, files } =
        toRecipient.length > 0
          ? await makeEncrypted(dir, toRecipient, about, progress)
          : await makeBackup(storageOf(), dir, about, progress);
      const { files: listed, ...summary } = manifest;
      const notContained = keysOutside();
      if (json) process.stdout.write(`${JSON.stringify({ folder: dir, ...summary, files, notContained })}\n`);
      else {
        process.stdout.write(
          `备份 / backup: ${dir}\n` +
            `数据库 ${summary.rows} 行，审计 ${summary.audit} 条，公告 ${summary.notices} 份，投标文件 ${summary.bids} 份，文件 ${summary.documents} 份；${listed.length} 个文件\n` +
            `${summary.rows} rows, ${summary.audit} audit entries, ${summary.notices} notices, ${summary.bids} bids, ${summary.documents} documents; ${listed.length} files\n` +
            `审计链头 / head of the audit trail: ${summary.head}\n` +
            `清单哈希，请另存 / hash of the manifest; keep it elsewhere: ${summary.hash}\n` +
            summary.faults.map(({ subject, zh, en }) => `✗ ${subject}: ${zh} / ${en}\n`).join('') +
            (summary.faults.length > 0
              ? '已照原样备份 / backed up as it is\n'
              : '✓ 全部一致 / everything is as it was written\n') +
            '! 不含下列密钥，请另行备份，与本备份分开存放 / these keys are not in it: back them up too, and keep them apart from it\n' +
            notContained.map(({ key, zh, en }) => `    ${key}：${zh}\n      ${en}\n`).join(''),
        );
      }
      if (summary.faults.length > 0) process.exitCode = 1;
    });
}

/** Nothing is in the clear but in the data folder, as long as it takes. */
async function makeEncrypted(
  file: string,
  recipients: readonly string[],
  about: About,
  progress: Progress,
): Promise<BackedUp> {
  const wrong = recipients.find((each) => !isRecipient(each));
  if (wrong !== undefined) {
    throw new CommandFailure(
      'usage',
      {
        zh: `--to-recipient 不是 age 公钥（age1…）：${wrong}`,
        en: `--to-recipient is no age recipient (age1…): ${wrong}`,
      },
      { exitCode: 2 },
    );
  }
  if (existsSync(file)) throw notEmpty(file);
  const storage = storageOf();
  const inTheClear = join(storage.dataDir, `backing-up-${randomUUID()}`);
  try {
    const made = await makeBackup(storage, inTheClear, about, progress);
    await encryptFolder(inTheClear, file, recipients);
    return made;
  } finally {
    await rm(inTheClear, { recursive: true, force: true });
  }
}

/** A key that no backup contains, and how to back it up. */
export interface KeyOutside {
  readonly key: string;
  readonly zh: string;
  readonly en: string;
}

/** The keys of an installation: a backup that contained them could open and forge its own contents. */
export function keysOutside(env: NodeJS.ProcessEnv = process.env): KeyOutside[] {
  const here = CUSTODIANS.filter((custodian) => isCustodian(custodianDir(custodian, env)));
  const elsewhere = CUSTODIANS.filter((custodian) => !here.includes(custodian));
  const kept = (setting: string, file: string, zh: string, en: string): KeyOutside =>
    env[setting]
      ? { key: setting, zh: `另存该设置；${zh}`, en: `keep the setting elsewhere; ${en}` }
      : { key: join(dataDir(env), file), zh: `复制该文件；${zh}`, en: `copy the file; ${en}` };
  const given = (setting: string, zh: string, en: string): KeyOutside[] =>
    env[setting] ? [{ key: setting, zh: `另存该设置；${zh}`, en: `keep the setting elsewhere; ${en}` }] : [];
  return [
    ...here.map((custodian) => ({
      key: `custodian/${custodian}`,
      zh: `kaibiao custodian backup FILE --as ${custodian}；三方失其二，密封的投标文件再也打不开`,
      en: `kaibiao custodian backup FILE --as ${custodian}; without two of the three no sealed bid is ever opened`,
    })),
    ...elsewhere.map((custodian) => ({
      key: `custodian/${custodian}`,
      zh: '不在本机，由其本方人员备份',
      en: 'not on this machine: its operators back it up',
    })),
    kept(
      'KAIBIAO_SIGNING_KEY',
      'signing.key',
      '丢失则生成新密钥，保管人须重新确认',
      'if lost, a new one is generated, which custodians must add as trusted',
    ),
    kept(
      'KAIBIAO_COMMITTEE_KEY',
      'committee.key',
      '丢失则结果未公告的评标委员会名单再也打不开，各人须用恢复码登录并重新设置第二因素',
      'if lost, the names of committees whose result is not announced yet are lost, and everybody signs in by a recovery code and sets up the second factor again',
    ),
    kept('KAIBIAO_SESSION_KEY', 'session.key', '丢失则各人重新登录', 'if lost, everybody signs in again'),
    ...given('KAIBIAO_BANK_SECRET', '丢失则与银行换新', 'if lost, agree a new one with the bank'),
    ...given('KAIBIAO_PAYLOAD_KEYS', '丢失则在办流程不能继续', 'if lost, running workflows cannot continue'),
  ];
}

function productVersion(): string {
  return (JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }).version;
}
