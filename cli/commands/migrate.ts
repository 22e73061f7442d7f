import { resolve } from 'node:path';
import { Command } from 'commander';
import { copyInstallation, placeOf, type Copied } from '../../db/copies/copy.ts';
import type { Storage } from '../../db/access/database.ts';
import { acceptLoss, checkDatabase, mendDatabase, migrateAsOwner } from '../../db/access/open.ts';
import { CommandFailure } from '../settings/failure.ts';
import { dataDir, postgresUrl, storageOf, withOwner } from '../settings/folders.ts';
import {
  assertFirstStart,
  openInstallation,
  refuseNoInstallation,
  refuseOtherVersion,
} from '../settings/installation.ts';

interface Options {
  readonly from?: string;
  readonly fromData?: string;
  readonly to?: string;
  readonly toData?: string;
  readonly asOwner?: string;
  readonly json?: boolean;
  readonly mend?: boolean;
  readonly acceptLoss?: boolean;
}

export function migrateCommand(): Command {
  return new Command('migrate')
    .description(
      '建立数据库，或升级到本版本；给出 --from 与 --to 时，把整个安装搬到另一个空数据库 / create the database, or upgrade it ' +
        'to this version; with --from and --to, move an installation into another, empty database',
    )
    .option('--from <place>', '源：sqlite:目录 或 postgres://… / source: sqlite:FOLDER or postgres://…')
    .option('--from-data <folder>', '源的文件目录（postgres 用） / the folder with the files of a postgres source')
    .option('--to <place>', '目标，必须为空 / target, which must be empty: sqlite:FOLDER or postgres://…')
    .option('--to-data <folder>', '目标的文件目录（postgres 用） / the folder for the files of a postgres target')
    .option(
      '--as-owner <url>',
      '以属主的地址建立、改动表结构并授权（默认为 KAIBIAO_MIGRATION_URL） / make and change the schema with the address of its owner, and grant the service its rights (default: KAIBIAO_MIGRATION_URL)',
    )
    .option(
      '--mend',
      '恢复缺失或被改动的触发器、函数、索引、授权，并记入审计 / put back triggers, functions, indexes and grants that are missing or were changed, on record',
    )
    .option(
      '--accept-loss',
      '已确认写入而无法找回的，记入审计后继续 / what was acknowledged and is lost: record it in the trail and go on',
    )
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async (options: Options) => {
      const { from, to, json } = options;
      if (from !== undefined && to !== undefined) return move(from, to, options);
      if (from ?? to ?? options.fromData ?? options.toData) {
        throw new CommandFailure(
          'usage',
          { zh: '--from 与 --to 须同时给出', en: '--from and --to go together' },
          { exitCode: 2 },
        );
      }
      const storage = withOwner(storageOf(), options.asOwner);
      await assertFirstStart(process.env, storage);
      const mended = options.mend ? await mend(storage) : [];
      await migrateAsOwner(storage);
      const lost = options.acceptLoss ? await giveUp() : [];
      const db = await openInstallation();
      const { mode } = db.clock;
      await db.close();
      const { place } = await checkDatabase(storageOf());
      console.log(
        json
          ? JSON.stringify({
              database: place,
              clock: mode,
              upToDate: true,
              ...(options.mend ? { mended } : {}),
              ...(options.acceptLoss ? { lost } : {}),
            })
          : `${mended.map((name) => `已恢复 / put back: ${name}\n`).join('')}${lost.map((name) => `已无法找回 / lost: ${name}\n`).join('')}数据库已是最新 / the database is up to date: ${place}`,
      );
    });
}

async function mend(storage: Storage): Promise<string[]> {
  // The service may have lost its rights.
  const asOwner = { ...storage, url: storage.ownerUrl ?? storage.url };
  await refuseNoInstallation({ zh: '安装', en: 'the installation' }, asOwner);
  await refuseOtherVersion(asOwner);
  return (await mendDatabase(storage)).map(({ name }) => name);
}

async function giveUp(): Promise<readonly string[]> {
  await refuseNoInstallation();
  const storage = storageOf();
  await refuseOtherVersion(storage);
  return acceptLoss(storage);
}

async function move(
  fromText: string,
  toText: string,
  { fromData, toData, asOwner, json = false }: Options,
): Promise<void> {
  // Only the user who runs this may read the stored files.
  process.umask(0o077);
  const from = readStorage('--from', fromText, fromData, dataDir());
  const to = ownedTarget(readStorage('--to', toText, toData, from.dataDir), asOwner);
  await refuseDrillInProduction(from);
  const copied = await copyInstallation(from, to, json ? {} : progressLines());
  process.stdout.write(
    json
      ? `${JSON.stringify({ from: placeOf(from), to: placeOf(to), folder: to.dataDir, ...copied })}\n`
      : `${placeOf(from)} → ${placeOf(to)}\n${copiedTable(copied)}${afterMove(from, to)}`,
  );
  if (copied.faults.length > 0) process.exitCode = 1;
}

/**
 * The installation that an option names. Messages never repeat the value: it may contain a password.
 * @param filesOfServer the folder with the files of a database on a server, unless `data` names it
 */
export function readStorage(option: string, text: string, data: string | undefined, filesOfServer: string): Storage {
  const folder = /^sqlite:(.+)$/.exec(text)?.[1];
  if (folder === undefined) {
    return { dataDir: data === undefined ? filesOfServer : resolve(data), url: postgresUrl(text, option) };
  }
  if (data === undefined) return { dataDir: resolve(folder) };
  throw new CommandFailure(
    'usage',
    {
      zh: `${option} 为 sqlite: 时文件在同一目录，不能另给 ${option}-data`,
      en: `with ${option} sqlite:FOLDER the files are in that folder: ${option}-data is for postgres://`,
    },
    { exitCode: 2 },
  );
}

/** A target on a server is made by its owner. */
export const ownedTarget = (to: Storage, asOwner: string | undefined): Storage =>
  to.url === undefined && asOwner === undefined ? to : withOwner(to, asOwner);

export async function refuseDrillInProduction(storage: Storage): Promise<void> {
  const { mode } = await checkDatabase(storage);
  if (mode !== 'drill' || process.env.NODE_ENV !== 'production') return;
  throw new CommandFailure('drill-in-production', {
    zh: 'NODE_ENV=production 下不复制演练（加速时钟）的安装',
    en: 'An installation made for a drill (accelerated clock) is not copied under NODE_ENV=production',
  });
}

/** On standard error: standard output has only the result. */
export const progressLines = () => ({
  onTable: (table: string, rows: number) => void process.stderr.write(`  ${table}: ${rows}\n`),
  onFiles: (copied: number, bytes: number) =>
    void process.stderr.write(`  文件 / files: ${copied} (${(bytes / 1e6).toFixed(1)} MB)\n`),
});

export function copiedTable({ tables, files, head, faults, ...counts }: Copied): string {
  const width = Math.max(...tables.map(({ table }) => table.length));
  return [
    ...tables.map(({ table, rows }) => `  ${table.padEnd(width)} ${String(rows).padStart(9)}`),
    `文件 / files copied: ${files.copied} (${files.bytes} bytes)`,
    `审计 ${counts.audit} 条，公告 ${counts.notices} 份，投标文件 ${counts.bids} 份，文件 ${counts.documents} 份，逐项核验 / ` +
      `${counts.audit} audit entries, ${counts.notices} notices, ${counts.bids} bids, ${counts.documents} documents verified`,
    `审计链头 / head of the audit trail: ${head}`,
    ...faults.map(({ subject, zh, en }) => `✗ ${subject}: ${zh}（源中即如此） / ${en} (so it is in the source)`),
    ...(faults.length === 0 ? ['✓ 与源一致 / the same as the source'] : []),
    '',
  ].join('\n');
}

function afterMove(from: Storage, to: Storage): string {
  const sameFolder = from.dataDir === to.dataDir;
  const settings =
    to.url === undefined
      ? `KAIBIAO_DATA_DIR=${to.dataDir}`
      : `KAIBIAO_DATA_DIR=${to.dataDir} DATABASE_URL=postgres://…`;
  return [
    '',
    `接着 / next: ${settings}`,
    sameFolder
      ? '同一个 Temporal 中的流程自行接上，直接启动 / with the same Temporal the running workflows continue: start'
      : '同一个 Temporal（TEMPORAL_ADDRESS，或一并移动 temporal/ 目录）则直接启动；换了 Temporal 则先运行 kaibiao rebuild --adopt / ' +
        'with the same Temporal (TEMPORAL_ADDRESS, or the folder temporal/ moved with it) start; with another, kaibiao rebuild --adopt first',
    '原数据库未改动；切勿再用它启动 / the source is as it was: never start on it again',
    '',
  ].join('\n');
}
