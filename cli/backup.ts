import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { makeBackup } from '../db/backup.ts';
import { readTemporalConfig } from '../temporal.config.ts';
import { projectRoot, storageOf } from './folders.ts';
import { progressLines } from './migrate.ts';

export function backupCommand(): Command {
  return new Command('backup')
    .description(
      '把数据库与文件备份到一个空目录，服务照常运行 / back the database and the files up into an empty folder, while the service runs',
    )
    .argument('<folder>', '空目录，没有则建立 / an empty folder; made when absent')
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async (folder: string, { json }: { json?: boolean }) => {
      // Unopened bids are in it.
      process.umask(0o077);
      const dir = resolve(folder);
      const config = readTemporalConfig();
      const { manifest, files } = await makeBackup(
        storageOf(),
        dir,
        {
          product: productVersion(),
          temporalAddress: config.address ?? null,
          payloadKeyIds: config.payloadKeys.map(({ id }) => id),
          realNowMs: Date.now(),
        },
        json ? {} : progressLines(),
      );
      const { files: listed, ...told } = manifest;
      if (json) process.stdout.write(`${JSON.stringify({ folder: dir, ...told, files })}\n`);
      else {
        process.stdout.write(
          `备份 / backup: ${dir}\n` +
            `数据库 ${told.rows} 行，审计 ${told.audit} 条，公告 ${told.notices} 份，投标文件 ${told.bids} 份，文件 ${told.documents} 份；${listed.length} 个文件\n` +
            `${told.rows} rows, ${told.audit} audit entries, ${told.notices} notices, ${told.bids} bids, ${told.documents} documents; ${listed.length} files\n` +
            `审计链头 / head of the audit trail: ${told.head}\n` +
            `清单哈希，请另存 / hash of the manifest, to be kept elsewhere: ${told.hash}\n` +
            told.faults.map(({ subject, zh, en }) => `✗ ${subject}: ${zh} / ${en}\n`).join('') +
            (told.faults.length > 0
              ? '已照原样备份 / backed up as it is\n'
              : '✓ 全部一致 / everything is as it was written\n'),
        );
      }
      if (told.faults.length > 0) process.exitCode = 1;
    });
}

function productVersion(): string {
  return (JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }).version;
}
