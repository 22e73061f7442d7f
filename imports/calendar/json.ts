import type { CivilDay } from '../../domain/civil-time.ts';
import type { StatutoryYear } from '../../domain/law/calendar-table.ts';
import { blocksOf, validDay, type Faults, type Found } from './found.ts';

export function readJson(text: string, statutory: readonly StatutoryYear[], faults: Faults): Found {
  const found: Found = { year: null, sourceZh: null, url: null, off: [], makeup: [] };
  const lineOf = (part: string): number => {
    const at = text.indexOf(`"${part}"`);
    return at < 0 ? 1 : text.slice(0, at).split('\n').length;
  };
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    faults.add(1, `不是有效的 JSON：${(error as Error).message}`, `not valid JSON: ${(error as Error).message}`);
    return found;
  }
  const one = oneYear(given);
  if (one === null) {
    faults.add(1, '一个文件应恰有一个年份', 'a file must contain exactly one year');
    return found;
  }
  if (Number.isInteger(one.year)) found.year = Number(one.year);
  found.sourceZh = typeof one.sourceZh === 'string' && one.sourceZh.trim() !== '' ? one.sourceZh : null;
  found.url = typeof one.url === 'string' ? one.url : null;
  const read = (value: unknown): { day: CivilDay; line: number } | null => {
    const line = typeof value === 'string' ? lineOf(value) : 1;
    if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) {
      faults.add(
        line,
        `不是 YYYY-MM-DD 日期：${JSON.stringify(value)}`,
        `no YYYY-MM-DD date: ${JSON.stringify(value)}`,
      );
      return null;
    }
    const day = validDay(value, line, faults);
    return day === null ? null : { day, line };
  };
  const days: { day: CivilDay; line: number }[] = [];
  for (const [name, list] of [
    ['off', one.off],
    ['makeup', one.makeup],
  ] as const) {
    if (!Array.isArray(list)) faults.add(1, `缺少列表 ${name}`, `the list ${name} is missing`);
  }
  for (const each of Array.isArray(one.off) ? (one.off as unknown[]) : []) {
    if (typeof each === 'object' && each !== null) {
      const block = each as Record<string, unknown>;
      const [from, to] = [read(block.from), read(block.to)];
      if (typeof block.nameZh !== 'string')
        faults.add(from?.line ?? 1, '放假缺少 nameZh', 'a block of days off has no nameZh');
      else if (from && to) found.off.push({ nameZh: block.nameZh, from: from.day, to: to.day, line: from.line });
    } else {
      const day = read(each);
      if (day) days.push(day);
    }
  }
  found.off.push(...blocksOf(days, found.year, statutory));
  for (const each of Array.isArray(one.makeup) ? (one.makeup as unknown[]) : []) {
    const day = read(each);
    if (day) found.makeup.push(day);
  }
  return found;
}

function oneYear(given: unknown): Record<string, unknown> | null {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return null;
  const whole = given as Record<string, unknown>;
  if (whole.years === undefined) return whole;
  if (typeof whole.years !== 'object' || whole.years === null) return null;
  const entries = Object.entries(whole.years);
  const [first] = entries;
  if (entries.length !== 1 || first === undefined || typeof first[1] !== 'object' || first[1] === null) return null;
  const year = first[1] as Record<string, unknown>;
  return {
    sourceZh: whole.sourceZh,
    url: whole.url,
    ...(Array.isArray(whole.years) ? {} : { year: Number(first[0]) }),
    ...year,
  };
}
