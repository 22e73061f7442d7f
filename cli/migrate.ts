import { Command } from 'commander';
import { databaseFile } from '../db/database.ts';
import { dataDir } from './folders.ts';
import { openInstallation } from './installation.ts';

export function migrateCommand(): Command {
  return new Command('migrate')
    .description('建立数据库，或升级到本版本 / create the database, or bring it up to this version')
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const db = openInstallation();
      const { mode } = db.clock;
      await db.close();
      const file = databaseFile(dataDir());
      console.log(
        json
          ? JSON.stringify({ file, clock: mode, upToDate: true })
          : `数据库已是最新 / the database is up to date: ${file}`,
      );
    });
}
