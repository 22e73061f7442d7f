import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail, ok, reasonOf, reasonZh, warn, type Verdict } from './findings.ts';

/** If a folder does not exist yet, its nearest existing ancestor is checked. */
function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}

export function checkDataFolder(dir: string): Verdict {
  const existing = nearestExisting(dir);
  try {
    if (!statSync(existing).isDirectory()) throw new Error(`${existing} is not a folder`);
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch (error) {
    return fail(
      `数据目录 ${dir} 不可写：${reasonZh(error)}`,
      `the data folder ${dir} cannot be written: ${reasonOf(error)}`,
      `将 ${existing} 的属主改为运行本程序的用户，或用 KAIBIAO_DATA_DIR 另设`,
      `give ${existing} to the user who runs this program, or set another folder with KAIBIAO_DATA_DIR`,
    );
  }
  const { bavail, bsize } = statfsSync(existing);
  const gigabytes = (bavail * bsize) / 1e9;
  const shown = gigabytes.toFixed(1);
  if (gigabytes < 5) {
    return (gigabytes < 0.5 ? fail : warn)(
      `数据目录 ${dir} 可写，但只剩 ${shown} GB`,
      `the data folder ${dir} can be written, but has ${shown} GB left`,
      '清理磁盘，或用 KAIBIAO_DATA_DIR 改用较大的磁盘；一份投标文件可达 200 MB',
      'free some space, or move it with KAIBIAO_DATA_DIR; one bid may have 200 MB',
    );
  }
  return ok(`数据目录 ${dir} 可写，余 ${shown} GB`, `the data folder ${dir} can be written and has ${shown} GB left`);
}
