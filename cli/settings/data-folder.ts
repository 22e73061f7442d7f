import { claimFolder, folderFile, folderIdAt } from '../../db/files/folder.ts';
import type { Database, Storage } from '../../db/access/database.ts';
import { CommandFailure } from './failure.ts';
import { storageOf } from './folders.ts';

/**
 * Refuses to serve a database of PostgreSQL from a folder other than the one with its files: each of the two would hold
 * bids that the other lacks. The first start records its folder.
 * @throws CommandFailure `folder-elsewhere`
 */
export async function keepToFolder(db: Database, { dataDir, url }: Storage = storageOf()): Promise<void> {
  if (url === undefined) return;
  const claimed = await claimFolder(db, dataDir);
  if (folderIdAt(dataDir) === claimed) return;
  const file = folderFile(dataDir);
  throw new CommandFailure('folder-elsewhere', {
    zh:
      `该数据库（DATABASE_URL）的文件存放在另一个数据目录（编号 ${claimed}），不是 ${dataDir}，拒绝运行。\n` +
      `请改正 KAIBIAO_DATA_DIR 或挂载同一个目录；该目录确已存有全部文件的，把上述编号写入 ${file}`,
    en:
      `The files of this database (DATABASE_URL) are in another data folder (${claimed}) than ${dataDir}; refused.\n` +
      `Correct KAIBIAO_DATA_DIR, or mount the same folder; if this folder does hold all the files, write that id into ${file}`,
  });
}
