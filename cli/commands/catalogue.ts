import { Command } from 'commander';
import { UNATTENDED } from '../../db/audit.ts';
import {
  yuan,
  type CatalogueEntry,
  type ProcurementThreshold,
  type RowChange,
  type Validity,
} from '../../domain/law/catalogue.ts';
import { importCatalogue, previewCatalogue, type CatalogueChanges } from '../../services/catalogue/import.ts';
import { catalogueRowsOf } from '../law/catalogue-file.ts';
import { openInstallation } from '../settings/installation.ts';
import { shownText } from '../shown.ts';

const CHANGES: Readonly<Record<RowChange, string>> = {
  new: '新增 new',
  replaces: '取代 replaces',
  known: '已有 known',
};

const validityText = ({ from, until, source }: Validity): string => `${from} … ${until ?? ''}  ${source}`;

function entryText({ regime, code, nameZh, kind, level, mustTradeOnPlatform, centralised }: CatalogueEntry): string {
  const flags = [mustTradeOnPlatform ? '应进场 must trade' : '', centralised ? '集中采购 centralised' : ''];
  return [regime, code, nameZh, kind ?? '', level, ...flags].filter((part) => part !== '').join('  ');
}

/** Amounts in yuan, so that a zero too many or too few is noticed before the import. */
function thresholdText({ kind, level, openFen, limitFen }: ProcurementThreshold): string {
  const amount = (fen: number | null): string => (fen === null ? '—' : `${yuan(fen)} 元`);
  return `${kind}  ${level ?? '各级 every level'}  公开招标数额标准 open: ${amount(openFen)}  采购限额标准 limit: ${amount(limitFen)}`;
}

function printChanges({ entries, thresholds }: CatalogueChanges): void {
  for (const { row, change } of entries)
    console.log(shownText(`${CHANGES[change]}  ${entryText(row)}  ${validityText(row)}`));
  for (const { row, change } of thresholds)
    console.log(shownText(`${CHANGES[change]}  ${thresholdText(row)}  ${validityText(row)}`));
}

interface ImportOptions {
  confirm?: true;
  json?: true;
}

async function runImport(file: string, { confirm, json }: ImportOptions): Promise<void> {
  const rows = await catalogueRowsOf(file);
  const db = await openInstallation();
  try {
    const changes = confirm
      ? await db.transaction((tx) => importCatalogue(tx, UNATTENDED, rows))
      : await previewCatalogue(db.read, rows);
    if (json) console.log(JSON.stringify({ preview: confirm !== true, ...changes }));
    else {
      printChanges(changes);
      const count = [...changes.entries, ...changes.thresholds].filter(({ change }) => change !== 'known').length;
      console.log(
        confirm
          ? `\n已导入 ${count} 行 / ${count} row(s) imported`
          : `\n预览，未写入；核对后加 --confirm 导入 ${count} 行 / Preview, nothing was written; --confirm imports ${count} row(s)`,
      );
    }
  } finally {
    await db.close();
  }
}

/** `kaibiao catalogue`: what trades on the platform, and the figures that the province sets. */
export function catalogueCommand(): Command {
  return new Command('catalogue')
    .description('交易目录与限额标准 / the catalogue of what trades on the platform, and the figures of the province')
    .addCommand(
      new Command('import')
        .description('导入目录和限额标准：先预览，核对后加 --confirm / import rows: a preview first, then --confirm')
        .argument('<file>', 'JSON 或 CSV，格式见 docs/operations.md / JSON or CSV, see docs/operations.en.md')
        .option('--confirm', '写入 / write')
        .option('--json', '以 JSON 输出 / print JSON')
        .action(runImport),
    );
}
