import { resolve } from 'node:path';
import { Command } from 'commander';
import { readBackup, restoreBackup } from '../../db/copies/backup.ts';
import { placeOf } from '../../db/copies/copy.ts';
import { CommandFailure } from '../settings/failure.ts';
import { dataDir, storageOf } from '../settings/folders.ts';
import { copiedTable, ownedTarget, progressLines, readStorage } from './migrate.ts';

interface Options {
  readonly to?: string;
  readonly toData?: string;
  readonly asOwner?: string;
  readonly json?: boolean;
}

export function restoreCommand(): Command {
  return new Command('restore')
    .description(
      '把备份恢复到一个空的位置，逐个文件核对 / put a backup into an empty place, after looking at every file of it',
    )
    .argument('<folder>', '备份目录 / the folder of the backup')
    .option(
      '--to <place>',
      '目标，默认为设置所指 / target: sqlite:FOLDER or postgres://…; by default what the settings name',
    )
    .option('--to-data <folder>', '目标的文件目录（postgres 用） / the folder for the files of a postgres target')
    .option(
      '--as-owner <url>',
      'postgres 目标的属主的地址（默认为 KAIBIAO_MIGRATION_URL） / the address of the owner of a postgres target (default: KAIBIAO_MIGRATION_URL)',
    )
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async (folder: string, { to: text, toData, asOwner, json }: Options) => {
      process.umask(0o077);
      if (text === undefined && toData !== undefined) {
        throw new CommandFailure(
          'usage',
          { zh: '--to-data 须与 --to 同时给出', en: '--to-data requires --to' },
          { exitCode: 2 },
        );
      }
      const dir = resolve(folder);
      const to = ownedTarget(text === undefined ? storageOf() : readStorage('--to', text, toData, dataDir()), asOwner);
      if (process.env.NODE_ENV === 'production' && (await readBackup(dir)).drill) {
        throw new CommandFailure('drill-in-production', {
          zh: '这是演练（加速时钟）的备份，NODE_ENV=production 下不恢复',
          en: 'This is the backup of a drill (accelerated clock), which is not restored under NODE_ENV=production',
        });
      }
      const { manifest, ...copied } = await restoreBackup(dir, to, json ? {} : progressLines());
      const { createdAt, temporal, payloadKeyIds } = manifest;
      process.stdout.write(
        json
          ? `${JSON.stringify({ backup: dir, to: placeOf(to), folder: to.dataDir, createdAt, temporal, payloadKeyIds, ...copied })}\n`
          : [
              `${dir} (${createdAt}) → ${placeOf(to)}`,
              copiedTable(copied),
              '接着 / next: kaibiao rebuild --adopt',
              '由数据库重建流程；此后才启动服务。备份之后发生的一切不在其中，原 Temporal 中多出的流程由 rebuild 列出 / it recreates the ' +
                'workflows from the database; start the service after it. What happened since the backup is not in it: ' +
                'rebuild lists what the former Temporal has more',
              ...(payloadKeyIds.length > 0
                ? [`须有加密密钥 / keys that are needed (KAIBIAO_PAYLOAD_KEYS): ${payloadKeyIds.join(', ')}`]
                : []),
              '',
            ].join('\n'),
      );
      if (copied.faults.length > 0) process.exitCode = 1;
    });
}
