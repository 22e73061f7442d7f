import type { AuditView } from './audit-views.ts';

/** What a spreadsheet is told, so that it reads UTF-8. */
const BYTE_ORDER_MARK = '\ufeff';

const COLUMNS: readonly (readonly [heading: string, of: (entry: AuditView) => string | null | undefined])[] = [
  ['时间 time', ({ at }) => at],
  ['动作 action', ({ action }) => action],
  ['人员 person', ({ actor }) => actor.name],
  ['单位 organisation', ({ actor }) => actor.organisation],
  ['角色 role', ({ actor }) => actor.role],
  ['经办人 prepared by', ({ actor }) => actor.preparedBy?.name],
  ['经办单位 prepared for', ({ actor }) => actor.preparedBy?.organisation],
  ['地址 address', ({ actor }) => actor.address],
  ['项目 procurement', ({ procurement }) => procurement],
  ['项目编号 procurement id', ({ procurementId }) => procurementId],
  ['对象 subject', ({ subject }) => subject],
  ['内容 detail', ({ detail }) => JSON.stringify(detail)],
  ['账号 account', ({ actor }) => actor.accountId],
  ['单位编号 organisation id', ({ actor }) => actor.organisationId],
  ['请求 request', ({ actor }) => actor.requestId],
  ['哈希 hash', ({ hash }) => hash],
];

/** A spreadsheet would calculate what begins like a formula: names are chosen by people. */
const FORMULA = /^[\s]*[=+\-@]/;

/** RFC 4180. */
function cell(value: string | null | undefined): string {
  const text = value ?? '';
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return /["\r\n,]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
const row = (cells: readonly (string | null | undefined)[]): string => `${cells.map(cell).join(',')}\r\n`;

export async function* csvOf(pages: AsyncIterable<readonly AuditView[]>): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + row(COLUMNS.map(([heading]) => heading));
  for await (const page of pages) {
    const text = page.map((entry) => row(COLUMNS.map(([, of]) => of(entry)))).join('');
    if (text !== '') yield text;
  }
}
