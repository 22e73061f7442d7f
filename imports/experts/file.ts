import { extname } from 'node:path';
import { formatDay, parseDate } from '../../domain/civil-time.ts';
import {
  POOL_REQUEST,
  type GivenExpert,
  type GivenRows,
  type PoolAdapter,
  type RowFault,
} from '../../domain/experts/exchange.ts';
import { TIE_KINDS, type Tie, type TieKind } from '../../domain/experts/expert.ts';
import { recordsOf } from '../records/file.ts';
import type { Format } from '../records/format.ts';
import type { FileRecord } from '../records/record.ts';
import { dateOfSerial } from '../xlsx/serial-date.ts';

/** Columns by the names that pools give them. */
const COLUMNS = {
  编号: 'number',
  姓名: 'name',
  专业: 'fields',
  地区: 'region',
  工作单位: 'employer',
  单位代码: 'employerCode',
  电话: 'telephone',
  职称: 'title',
  证书编号: 'certificate',
  有效期至: 'validUntil',
  利害关系: 'ties',
  暂停自: 'suspendedFrom',
  暂停至: 'suspendedUntil',
  暂停原因: 'suspensionReason',
} as const;
type Column = (typeof COLUMNS)[keyof typeof COLUMNS];

const TIES: Readonly<Record<string, TieKind>> = {
  劳动关系: 'employment',
  董事监事: 'office',
  控股: 'holding',
  亲属: 'kin',
  其他: 'interest',
  ...Object.fromEntries(TIE_KINDS.map((kind) => [kind, kind])),
};

const FORMATS: Readonly<Record<string, Format>> = { '.csv': 'csv', '.xlsx': 'xlsx', '.jsonl': 'jsonl' };
const SEPARATED = /[;；、,，\n]/;

/**
 * The experts of a file (CSV, XLSX, or JSON lines, by its name), and the faults of rows that cannot be read.
 * @throws FileFault where it cannot be read at all
 */
export async function readExperts(file: string): Promise<GivenRows> {
  const format = FORMATS[extname(file).toLowerCase()] ?? 'csv';
  const experts: GivenExpert[] = [];
  const faults: RowFault[] = [];
  const isHeader = (cells: readonly string[]) => cells.some((cell) => cell === '姓名' || cell === 'name');
  for await (const record of recordsOf(file, format, isHeader)) {
    if ('fault' in record) faults.push({ line: record.line, field: '', ...record.fault });
    else {
      const read = expertIn(record);
      faults.push(...read.faults);
      if (read.faults.length === 0) experts.push(read.expert);
    }
  }
  return { experts, faults };
}

function expertIn(record: Extract<FileRecord, { given: unknown }>): { expert: GivenExpert; faults: RowFault[] } {
  const { line, given, since1904 } = record;
  const faults: RowFault[] = [];
  const cells = new Map<string, unknown>(
    Object.entries((given ?? {}) as Record<string, unknown>).map(([name, cell]) => [
      COLUMNS[name as keyof typeof COLUMNS] ?? name,
      cell,
    ]),
  );
  const text = (column: Column): string | null => {
    const found = cells.get(column);
    const cell = typeof found === 'string' || typeof found === 'number' ? String(found).trim() : '';
    return cell === '' ? null : cell;
  };
  const fault = (field: Column, zh: string, en: string): void => void faults.push({ line, field, zh, en });
  const required = (column: Column): string => {
    const found = text(column);
    if (found === null) fault(column, '不能为空', 'It must not be empty');
    return found ?? '';
  };
  const day = (column: Column): string | null => {
    const cell = cells.get(column);
    const found = typeof cell === 'number' ? dateOfSerial(cell, since1904).slice(0, 10) : text(column);
    if (found === null || found === '长期') return null;
    try {
      return formatDay(parseDate(found.replaceAll(/[/.]/g, '-')));
    } catch {
      fault(column, `不是日期（YYYY-MM-DD）：${found}`, `Not a date (YYYY-MM-DD): ${found}`);
      return null;
    }
  };
  const from = day('suspendedFrom');
  const expert: GivenExpert = {
    number: required('number'),
    name: required('name'),
    fields: required('fields')
      .split(SEPARATED)
      .map((field) => field.trim())
      .filter((field) => field !== ''),
    region: text('region'),
    employer: { name: required('employer'), creditCode: text('employerCode')?.toUpperCase() ?? null },
    telephone: text('telephone'),
    credentials: [{ title: required('title'), number: text('certificate'), validUntil: day('validUntil') }],
    ties: tiesIn(text('ties'), (zh, en) => fault('ties', zh, en)),
    suspension: from === null ? null : { from, until: day('suspendedUntil'), reasonZh: text('suspensionReason') ?? '' },
  };
  return { expert, faults };
}

/** `劳动关系|91…|某公司|2025-06-30；亲属|91…|另一公司`. */
function tiesIn(text: string | null, fault: (zh: string, en: string) => void): Tie[] {
  const ties: Tie[] = [];
  for (const part of (text ?? '').split(/[;；\n]/).filter((each) => each.trim() !== '')) {
    const [kindZh = '', creditCode = '', name = '', until = ''] = part.split('|').map((each) => each.trim());
    const kind = TIES[kindZh];
    if (kind === undefined || creditCode === '') {
      fault(
        `利害关系应写作“种类|单位代码|单位名称|截止日期”，种类为${Object.keys(TIES).slice(0, 5).join('、')}：${part}`,
        `A tie is written kind|credit code|name|last day, its kind one of ${TIE_KINDS.join(', ')}: ${part}`,
      );
    } else ties.push({ kind, creditCode: creditCode.toUpperCase(), name, until: until === '' ? null : until });
  }
  return ties;
}

/** A pool elsewhere, by files: the request goes to its keeper as JSON, the answer comes as a table. */
export const FILE_EXCHANGE: PoolAdapter<string> = {
  ask: (need) => ({
    name: `pool-request-${need.on}.json`,
    mediaType: 'application/json',
    content: `${JSON.stringify({ format: POOL_REQUEST, ...need, columns: Object.keys(COLUMNS) }, null, 2)}\n`,
  }),
  read: readExperts,
};
