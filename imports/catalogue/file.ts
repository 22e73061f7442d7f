import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { unitOfColumn, unitUnknown } from '../../domain/amount-units.ts';
import { inUnitOf, readAmountFen } from '../../domain/amounts.ts';
import { FileFault } from '../file-fault.ts';
import { recordsOf } from '../records/file.ts';

/** One error in a file: the line of a CSV or the path in the JSON, the field, both languages. */
export interface RowFault {
  readonly at: string;
  readonly field: string;
  readonly messageZh: string;
  readonly messageEn: string;
}

/** Chinese values that a CSV may use. */
const WORDS: Readonly<Record<string, unknown>> = {
  招标投标: 'tendering',
  政府采购: 'government',
  土地: 'land',
  国有资产: 'state-assets',
  工程: 'works',
  货物: 'goods',
  服务: 'services',
  省级: 'province',
  市级: 'city',
  区级: 'district',
  县级: 'district',
  是: true,
  否: false,
  true: true,
  false: false,
};
/** Columns copied unchanged. */
const TEXTS: readonly string[] = ['code', 'nameZh', 'from', 'until', 'source'];
/** Columns in yuan (or 万) and their fields in fen. */
const AMOUNTS: Readonly<Record<string, string>> = { open: 'openFen', limit: 'limitFen' };
const TABLES: Readonly<Record<string, 'entries' | 'thresholds'>> = {
  entry: 'entries',
  品目: 'entries',
  threshold: 'thresholds',
  限额标准: 'thresholds',
};

/** A row of the file; the columns of a CSV have the names and values of the JSON. */
export interface GivenRow {
  readonly at: string;
  readonly table: 'entries' | 'thresholds';
  readonly row: unknown;
}

async function readCsv(file: string, faults: RowFault[]): Promise<GivenRow[]> {
  const given: GivenRow[] = [];
  for await (const record of recordsOf(file, 'csv', (cells) => cells.includes('table'))) {
    const at = `${record.line}`;
    if ('fault' in record) {
      faults.push({ at, field: '', messageZh: record.fault.zh, messageEn: record.fault.en });
      continue;
    }
    const { table: named, ...cells } = record.given as Record<string, string | number>;
    const table = TABLES[String(named ?? '').trim()];
    if (table === undefined) {
      faults.push({
        at,
        field: 'table',
        messageZh: `应为 entry（品目）或 threshold（限额标准）：${String(named ?? '')}`,
        messageEn: `Either entry or threshold: ${String(named ?? '')}`,
      });
      continue;
    }
    const row: Record<string, unknown> = {};
    for (const [column, cell] of Object.entries(cells)) {
      const text = String(cell).trim();
      const amount = AMOUNTS[column];
      if (amount === undefined) {
        row[column] = TEXTS.includes(column) || !(text in WORDS) ? text : WORDS[text];
        continue;
      }
      const unit = unitOfColumn('', record.above);
      const fen = unit === undefined ? undefined : readAmountFen(inUnitOf(unit, text));
      if (unit === undefined) {
        const { zh, en } = unitUnknown(column);
        faults.push({ at, field: column, messageZh: zh, messageEn: en });
      } else if (fen === undefined) {
        faults.push({
          at,
          field: column,
          messageZh: `不是可识别的金额（元，可写万）：${text}`,
          messageEn: `Not an amount that can be read (yuan, or with 万): ${text}`,
        });
      } else row[amount] = fen;
    }
    given.push({ at, table, row });
  }
  return given;
}

function readJson(file: string): GivenRow[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    throw new FileFault(`无法读取「${file}」：${String(error)}`, `cannot read "${file}": ${String(error)}`, error);
  }
  const lists = (parsed ?? {}) as Record<string, unknown>;
  const unknown = Object.keys(lists).filter((key) => key !== 'entries' && key !== 'thresholds');
  const arrays = [lists.entries ?? [], lists.thresholds ?? []];
  if (Array.isArray(parsed) || unknown.length > 0 || !arrays.every(Array.isArray)) {
    throw new FileFault(
      '应为 JSON 对象：{ "entries": [...], "thresholds": [...] }',
      'expected a JSON object: { "entries": [...], "thresholds": [...] }',
    );
  }
  return (['entries', 'thresholds'] as const).flatMap((table) =>
    ((lists[table] ?? []) as unknown[]).map((row, index) => ({ at: `${table}[${index}]`, table, row })),
  );
}

/**
 * The rows of a catalogue file (JSON, or CSV by its name), and the faults of invalid rows.
 * @throws FileFault where it cannot be read at all
 */
export async function readCatalogueFile(file: string): Promise<{ given: GivenRow[]; faults: RowFault[] }> {
  const faults: RowFault[] = [];
  const given = extname(file).toLowerCase() === '.csv' ? await readCsv(file, faults) : readJson(file);
  return { given, faults };
}
