import { Command } from 'commander';
import { openToVerify } from '../../db/access/open.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import type { WitnessedRoot } from '../../db/integrity/check-log.ts';
import { badSetting, CommandFailure } from '../settings/failure.ts';
import { headAt, witnessesOf } from '../witness/client.ts';
import { storageOf } from '../settings/folders.ts';
import { refuseNoInstallation, refuseOtherVersion } from '../settings/installation.ts';
import { shownLine } from '../shown.ts';
import { verifyDossierCommand } from '../dossiers/verify.ts';
import { verifyDrawCommand } from '../draws/verify.ts';
import { verifySheetCommand } from '../evaluation/verify-sheet.ts';
import { verifyAndPrint } from './verify-file.ts';

export function verifyCommand(): Command {
  return new Command('verify')
    .description(
      '核验数据库各行、审计链、公告与文件是否被改动 / check that every row, the audit trail, the notices and the files are as written',
    )
    .argument('[file]', '离线核验：回执或日志导出 / off-line: a receipt, or an export of the log')
    .argument('[bid]', '回执所指的投标文件 / the bid that the receipt is of')
    .option('--keys <jwks.json>', '只信这些公钥（/.well-known/jwks.json） / trust only these keys')
    .option('--json', '以 JSON 输出 / print JSON')
    .addCommand(verifyDossierCommand())
    .addCommand(verifySheetCommand())
    .action(async (file: string | undefined, bid: string | undefined, options: { keys?: string; json?: boolean }) => {
      const { json } = options;
      if (file !== undefined) {
        await verifyAndPrint(file, bid, options);
        return;
      }
      if (options.keys !== undefined) {
        throw badSetting('--keys 只用于离线核验文件', '--keys is for checking a file off-line');
      }
      await refuseNoInstallation({ zh: '要核验的安装', en: 'the installation to verify' });
      const storage = storageOf();
      await refuseOtherVersion(storage);
      // Before the database is opened, as at one instant: what others see later is not in it.
      const witnessed = await headsOfWitnesses();
      const db = await openToVerify(storage);
      const result = await verifyInstallation({ ...db, witnessed }).finally(() => db.close());
      if (json) console.log(JSON.stringify(result));
      else {
        console.log(
          `数据库 ${result.rows} 行，审计 ${result.audit} 条，公告 ${result.notices} 份，投标文件 ${result.bids} 份，文件 ${result.documents} 份，日志头 ${result.heads} 个\n` +
            `${result.rows} rows, ${result.audit} audit entries, ${result.notices} notices, ${result.bids} bids, ${result.documents} documents, ${result.heads} signed heads\n` +
            `审计链头 / head of the audit trail: ${result.head}`,
        );
        for (const { subject, zh, en } of result.faults) console.log(shownLine(`✗ ${subject}: ${zh} / ${en}`));
        if (result.faults.length === 0) console.log('✓ 全部一致 / everything is as it was written');
      }
      if (result.faults.length > 0) process.exitCode = 1;
    })
    .addCommand(verifyDrawCommand());
}

/** @throws CommandFailure `witness` where one does not answer */
async function headsOfWitnesses(): Promise<WitnessedRoot[]> {
  const heads = await Promise.all(
    witnessesOf().map(async (witness) => {
      const has = await headAt(witness).catch((error: unknown) => {
        throw new CommandFailure('witness', {
          zh: `见证人没有答复：${witness}（${String(error)}）；不与其核对时，去掉 KAIBIAO_WITNESSES`,
          en: `the witness ${witness} does not answer (${String(error)}); without KAIBIAO_WITNESSES it is not asked`,
        });
      });
      return has ? [{ witness, size: has.size, root: has.root }] : [];
    }),
  );
  return heads.flat();
}
