import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { unitOfColumn, unitUnknown } from '../../domain/amount-units.ts';
import { inUnitOf } from '../../domain/amounts.ts';
import { publishedFactsOf, publishedInPartSchema } from './published-notice.ts';
import { dateOfSerial } from '../xlsx/serial-date.ts';
import type { PublishedFacts } from '../../domain/law/audit.ts';
import { FileFault } from '../file-fault.ts';
import type { FileRecord } from '../records/record.ts';

const DATES = ['published', 'doc_from', 'doc_to', 'deadline', 'opening'] as const;
const TENDER_DATES = DATES.slice(0, 4);

/** Parts of a notice that contain dates: a single one, or a list of them. */
const PARTS: Readonly<Record<string, { readonly list: boolean; readonly fields: readonly string[] }>> = {
  publicity: { list: true, fields: ['from', 'to'] },
  corrections: { list: true, fields: ['date', 'old_deadline', 'new_deadline', 'material'] },
  rounds: { list: true, fields: TENDER_DATES },
  events: { list: true, fields: ['published', 'type'] },
  complaint: { list: false, fields: ['query', 'reply', 'complain'] },
};

const PLAIN = ['id', 'regime', 'method', 'kind', 'budget', ...DATES];
const NO_DATES = new Set(['id', 'regime', 'method', 'kind', 'budget', 'material', 'type']);

/** Whether a path names a field of a notice: `deadline`, `publicity.to` (of the first), `rounds.1.deadline`. */
function isField(path: string): boolean {
  const [head = '', ...rest] = path.split('.');
  const part = PARTS[head];
  if (part === undefined) return rest.length === 0 && PLAIN.includes(head);
  const [first = ''] = rest;
  if (rest.length === 0) return true;
  const field = part.list && /^\d{1,2}$/.test(first) ? rest.slice(1) : rest;
  return field.length === 1 && part.fields.includes(field[0] ?? '');
}

/** From our field to theirs, or to a constant for the whole file. */
export type Mapping = ReadonlyMap<string, string | { readonly value: string }>;

const mappingSchema = z.record(z.string(), z.union([z.string().min(1), z.strictObject({ value: z.string() })]));

/** @throws FileFault for a file that is no mapping, with the field */
export function readMapping(file: string): Mapping {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new FileFault(
      `无法读取对照文件「${file}」：${String(error)}`,
      `cannot read the mapping "${file}": ${String(error)}`,
      error,
    );
  }
  const parsed = mappingSchema.safeParse(given);
  const wrong = parsed.success
    ? Object.keys(parsed.data).find((path) => !isField(path))
    : String(parsed.error.issues[0]?.path.join('.'));
  if (!parsed.success || wrong !== undefined) {
    throw new FileFault(
      `对照文件「${file}」的字段有误：${wrong}；应为 { "我方字段": "对方字段" 或 { "value": "固定值" } }`,
      `the mapping "${file}" is wrong at ${wrong}; expected { "our field": "their field" or { "value": "constant" } }`,
    );
  }
  return new Map(Object.entries(parsed.data));
}

type Tree = Record<string, unknown>;
type Table = Pick<Extract<FileRecord, { given: unknown }>, 'since1904' | 'above'>;

/** Their value: a column of exactly that name, or a path into an object. */
function valueAt(given: Tree, path: string): unknown {
  if (Object.hasOwn(given, path)) return given[path];
  return path
    .split('.')
    .reduce<unknown>(
      (node, key) =>
        typeof node === 'object' && node !== null && Object.hasOwn(node, key) ? (node as Tree)[key] : undefined,
      given,
    );
}

/** A cell may contain a list as JSON, as exports of JSON lines do; a number as a date is a serial date. */
function cellValue(path: string, value: unknown, since1904: boolean): unknown {
  if (typeof value === 'string' && PARTS[path] && /^\s*[[{]/.test(value)) {
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return value;
    }
  }
  const field = path.split('.').at(-1) ?? '';
  if (field === 'material' && typeof value === 'string') {
    return (
      { true: true, false: false, 是: true, 否: false, '1': true, '0': false }[value.trim().toLowerCase()] ?? value
    );
  }
  if (NO_DATES.has(field) || PARTS[path])
    return typeof value === 'number' && field !== 'budget' ? String(value) : value;
  const serial = typeof value === 'string' && /^\d{5}(?:\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  return typeof serial === 'number' && serial >= 1 && serial < 2_958_466 ? dateOfSerial(serial, since1904) : serial;
}

/** `budget(万元)`, `budget【万】`, `budget_万元`. */
const BUDGET_IN = /^budget\s*(?:[^\w\s.]|_?\p{Script=Han})/u;

const isAmount = (value: unknown): value is string | number =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');

function place(notice: Tree, path: string, value: unknown): void {
  const [head = '', ...rest] = path.split('.');
  const part = PARTS[head];
  if (part === undefined || rest.length === 0) notice[head] = value;
  else if (!part.list) notice[head] = { ...(notice[head] as Tree | undefined), [rest[0] ?? '']: value };
  else {
    const indexed = rest.length === 2;
    const list = (notice[head] ??= []) as Tree[];
    const index = indexed ? Number(rest[0]) : 0;
    while (list.length <= index) list.push({});
    (list[index] as Tree)[rest.at(-1) ?? ''] = value;
  }
}

interface Shaped {
  readonly notice: Tree;
  /** Headings of amounts whose unit is not known. */
  readonly noUnit: readonly string[];
}

/** The record in the format of published files: mapped fields from theirs, the others by their own names. */
function shaped(given: Tree, mapping: Mapping, { above, ...table }: Table): Shaped {
  const since1904 = table.since1904 ?? false;
  const notice: Tree = {};
  const noUnit: string[] = [];
  /** A budget is in the unit that its heading names, or the rows above it. */
  const placeAs = (path: string, heading: string, value: unknown): void => {
    if (path !== 'budget' || !isAmount(value)) return place(notice, path, cellValue(path, value, since1904));
    const unit = unitOfColumn(heading, above);
    if (unit === undefined) noUnit.push(heading);
    else place(notice, path, cellValue(path, inUnitOf(unit, value), since1904));
  };
  for (const [path, value] of Object.entries(given)) {
    if (!mapping.has(path) && isField(path)) placeAs(path, path, value);
    else if (BUDGET_IN.test(path) && !mapping.has('budget')) placeAs('budget', path, value);
  }
  for (const [path, theirs] of mapping) {
    const isConstant = typeof theirs !== 'string';
    const value = isConstant ? theirs.value : valueAt(given, theirs);
    if (value === undefined || value === '') continue;
    if (isConstant) place(notice, path, cellValue(path, value, since1904));
    else placeAs(path, Object.hasOwn(given, theirs) ? theirs : (theirs.split('.').at(-1) ?? ''), value);
  }
  return { notice, noUnit };
}

/** The issues of a notice, and of the headings whose unit is not known. */
function withUnits(unread: z.ZodError | null, noUnit: readonly string[]): z.ZodError | null {
  if (noUnit.length === 0) return unread;
  const unknown = noUnit.map((heading) => {
    const { zh, en } = unitUnknown(heading);
    const params = { rule: 'amount-unit', messageZh: zh, messageEn: en };
    return { code: 'custom' as const, path: ['budget'], message: en, params, input: undefined };
  });
  return new z.ZodError([...(unread?.issues ?? []), ...unknown]);
}

export type ReadNotice =
  | {
      readonly line: number;
      readonly id: string | null;
      readonly facts: PublishedFacts;
      /** What could not be read, field by field: the rest is judged. */
      readonly unread: z.ZodError | null;
    }
  /** The record itself cannot be read. */
  | { readonly line: number; readonly id: null; readonly fault: { readonly zh: string; readonly en: string } }
  | { readonly line: number; readonly id: null; readonly invalid: z.ZodError };

/** A parsed notice, or everything that is wrong with it. */
export function readNotice(record: FileRecord, mapping: Mapping): ReadNotice {
  const { line } = record;
  if ('fault' in record) return { line, id: null, fault: record.fault };
  const { given } = record;
  const isTree = typeof given === 'object' && given !== null && !Array.isArray(given);
  const { notice: tree, noUnit } = isTree ? shaped(given as Tree, mapping, record) : { notice: given, noUnit: [] };
  const parsed = publishedInPartSchema.safeParse(tree, { reportInput: true });
  if (!parsed.success) return { line, id: null, invalid: parsed.error };
  const { notice } = parsed.data;
  const unread = withUnits(parsed.data.unread, noUnit);
  const { id } = notice;
  return {
    line,
    id: id === null || id === undefined ? null : String(id),
    facts: publishedFactsOf(notice, unread),
    unread,
  };
}

/** Whether a row of a table names fields of a notice: the header, below any title. */
export const isHeaderOf =
  (mapping: Mapping) =>
  (cells: readonly string[]): boolean => {
    const theirs = new Set([...mapping.values()].filter((name) => typeof name === 'string'));
    return cells.some((cell) => (isField(cell) && !mapping.has(cell)) || theirs.has(cell));
  };
