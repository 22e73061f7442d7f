import { DomainError } from '../../domain/errors.ts';
import type { RowFault } from './fault.ts';

/** A table, trigger, function …: its kind and name, and its definition as the database has it. */
export type SchemaObjects = ReadonlyMap<string, string>;

export interface SchemaFault {
  /** `trigger bids_no_delete` */
  readonly name: string;
  readonly is: 'missing' | 'unknown' | 'changed';
}

/** How a schema differs from the one that this program makes. */
export function compareSchema(found: SchemaObjects, expected: SchemaObjects): SchemaFault[] {
  const faults: SchemaFault[] = [];
  for (const [name, definition] of expected) {
    if (!found.has(name)) faults.push({ name, is: 'missing' });
    else if (found.get(name) !== definition) faults.push({ name, is: 'changed' });
  }
  for (const name of found.keys()) if (!expected.has(name)) faults.push({ name, is: 'unknown' });
  return faults;
}

const WORDS = {
  missing: { zh: '缺失', en: 'is missing' },
  unknown: { zh: '不是本系统建立的', en: 'was not made by this program' },
  changed: { zh: '被改动', en: 'was changed' },
} as const;

export const asFaults = (faults: readonly SchemaFault[]): RowFault[] =>
  faults.map(({ name, is }) => ({
    subject: `schema/${name}`,
    zh: `数据库结构：${WORDS[is].zh}`,
    en: WORDS[is].en,
    row: { table: 'schema', key: name },
  }));

/** How many a message names. */
const MOST_NAMED = 20;

/** @throws DomainError `schema-altered` */
export function refuseOtherSchema(faults: readonly SchemaFault[]): void {
  if (faults.length === 0) return;
  const named = faults.slice(0, MOST_NAMED);
  const list = (language: 'zh' | 'en') => named.map(({ name, is }) => `${name} ${WORDS[is][language]}`).join('; ');
  throw new DomainError('schema-altered', {
    messageZh: `数据库的结构不是本系统建立的，拒绝使用（${list('zh')}）：请先查明何人改动；缺失或被改动的触发器、函数、索引、授权由 kaibiao migrate --mend 恢复，多出的须由数据库管理员删除`,
    messageEn: `the schema of the database is not the one that this program made, and it is refused (${list('en')}): find out who changed it; kaibiao migrate --mend puts back triggers, functions, indexes and grants, and what is unknown has to be dropped by the database’s owner`,
    details: { faults: named },
  });
}
