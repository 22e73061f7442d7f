import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { entrySchema, thresholdSchema } from '../../api/catalogue/views.ts';
import { issuesOf } from '../../api/http/problems.ts';
import { readAmountFen } from '../notices/published-notice.ts';
import {
  faultsOf,
  type CatalogueEntry,
  type CatalogueRows,
  type ProcurementThreshold,
} from '../../domain/law/catalogue.ts';
import { recordsOf } from '../../cli/law/audit-run.ts';
import { CommandFailure } from '../../cli/settings/failure.ts';

/** One thing wrong with a file: the line of a CSV or the place in the JSON, the field, both languages. */
export interface FileFault {
  readonly at: string;
  readonly field: string;
  readonly messageZh: string;
  readonly messageEn: string;
}

/** What a CSV may say in Chinese. */
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
/** Columns that are taken as they stand. */
const TEXTS: readonly string[] = ['code', 'nameZh', 'from', 'until', 'source'];
/** Columns in yuan (or 万) and the fields in fen that they become. */
const AMOUNTS: Readonly<Record<string, string>> = { open: 'openFen', limit: 'limitFen' };
const TABLES: Readonly<Record<string, 'entries' | 'thresholds'>> = {
  entry: 'entries',
  品目: 'entries',
  threshold: 'thresholds',
  限额标准: 'thresholds',
};

interface Given {
  readonly at: string;
  readonly table: 'entries' | 'thresholds';
  readonly row: unknown;
}

async function readCsv(file: string, faults: FileFault[]): Promise<Given[]> {
  const given: Given[] = [];
  for await (const record of recordsOf(file, 'csv')) {
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
      const fen = readAmountFen(text);
      if (fen === undefined) {
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

const unreadable = (file: string, error: unknown): CommandFailure =>
  new CommandFailure(
    'bad-input',
    { zh: `无法读取「${file}」：${String(error)}`, en: `cannot read "${file}": ${String(error)}` },
    { exitCode: 2, cause: error },
  );

function readJson(file: string): Given[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    throw unreadable(file, error);
  }
  const lists = (parsed ?? {}) as Record<string, unknown>;
  const unknown = Object.keys(lists).filter((key) => key !== 'entries' && key !== 'thresholds');
  const arrays = [lists.entries ?? [], lists.thresholds ?? []];
  if (Array.isArray(parsed) || unknown.length > 0 || !arrays.every(Array.isArray)) {
    throw new CommandFailure(
      'bad-input',
      {
        zh: '应为 JSON 对象：{ "entries": [...], "thresholds": [...] }',
        en: 'expected a JSON object: { "entries": [...], "thresholds": [...] }',
      },
      { exitCode: 2 },
    );
  }
  return (['entries', 'thresholds'] as const).flatMap((table) =>
    ((lists[table] ?? []) as unknown[]).map((row, index) => ({ at: `${table}.${index}`, table, row })),
  );
}

/**
 * The rows of a catalogue file (JSON, or CSV by its name), and everything that is wrong with it; rows with faults of
 * form are left out of `rows`.
 * @throws CommandFailure where it cannot be read at all
 */
export async function readCatalogueFile(file: string): Promise<{ rows: CatalogueRows; faults: FileFault[] }> {
  const faults: FileFault[] = [];
  const given = extname(file).toLowerCase() === '.csv' ? await readCsv(file, faults) : readJson(file);
  const entries: CatalogueEntry[] = [];
  const thresholds: ProcurementThreshold[] = [];
  const places = new Map<string, string>();
  for (const { at, table, row } of given) {
    const parsed = table === 'entries' ? entrySchema.safeParse(row) : thresholdSchema.safeParse(row);
    if (!parsed.success) {
      for (const { field, messageZh, messageEn } of issuesOf(parsed.error)) {
        faults.push({ at, field, messageZh, messageEn });
      }
    } else if (table === 'entries') {
      places.set(`entries.${entries.length}`, at);
      entries.push(parsed.data as CatalogueEntry);
    } else {
      places.set(`thresholds.${thresholds.length}`, at);
      thresholds.push(parsed.data as ProcurementThreshold);
    }
  }
  const rows = { entries, thresholds };
  for (const { row, field, messageZh, messageEn } of faultsOf(rows)) {
    faults.push({ at: places.get(row) ?? row, field, messageZh, messageEn });
  }
  return { rows, faults };
}

/** Refuses a file that has faults, with all of them. */
export function assertFaultless(file: string, faults: readonly FileFault[]): void {
  if (faults.length === 0) return;
  const list = (message: 'messageZh' | 'messageEn'): string =>
    faults.map((fault) => `\n  ${fault.at}  ${fault.field}  ${fault[message]}`).join('');
  throw new CommandFailure(
    'bad-input',
    {
      zh: `「${file}」有 ${faults.length} 处错误，未导入任何内容：${list('messageZh')}`,
      en: `"${file}" has ${faults.length} fault(s); nothing was brought in:${list('messageEn')}`,
    },
    { exitCode: 2 },
  );
}
