import { Command } from 'commander';
import { checkDatabase } from '../db/open.ts';
import { storageOf } from './folders.ts';
import { openInstallation } from './installation.ts';

export function migrateCommand(): Command {
  return new Command('migrate')
    .description('建立数据库，或升级到本版本 / create the database, or bring it up to this version')
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const db = await openInstallation();
      const { mode } = db.clock;
      await db.close();
      const { place } = await checkDatabase(storageOf());
      console.log(
        json
          ? JSON.stringify({ database: place, clock: mode, upToDate: true })
          : `数据库已是最新 / the database is up to date: ${place}`,
      );
    });
}
