import { yearOf, type CivilDay } from '../../domain/civil-time.ts';
import type { StatutoryYear } from '../../domain/law/calendar-table.ts';
import { blocksOf, validDay, type Faults, type Found } from './found.ts';

/** A list of days. */
export function readList(text: string, statutory: readonly StatutoryYear[], faults: Faults): Found {
  const found: Found = { year: null, sourceZh: null, url: null, off: [], makeup: [] };
  const off: { day: CivilDay; line: number; nameZh?: string }[] = [];
  const years: number[] = [];
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = index + 1;
    const content = raw
      .replace(/^\s*#\s*/, '')
      .trim()
      .replace('：', ':');
    const header = /^(来源|source|网址|url|年份|year)\s*:\s*(\S.*)$/i.exec(content);
    if (header?.[2] !== undefined) {
      const name = (header[1] ?? '').toLowerCase();
      if (name === '来源' || name === 'source') found.sourceZh = header[2];
      else if (name === '网址' || name === 'url') found.url = header[2];
      else found.year = Number(header[2]);
      continue;
    }
    if (content === '' || /^\s*#/.test(raw)) continue;
    const entry = /^(\d{4}-\d{1,2}-\d{1,2})(?:\s+|,)(休|放假|off|班|上班|work)(?:(?:\s+|,)(\S+))?$/i.exec(content);
    if (!entry) {
      faults.add(
        line,
        `看不懂：${content}（应如「2026-01-01 休 元旦」或「2026-01-04 班」）`,
        `not understood: ${content} (expected "2026-01-01 休 元旦" or "2026-01-04 班")`,
      );
      continue;
    }
    const day = validDay(entry[1] ?? '', line, faults);
    if (day === null) continue;
    years.push(yearOf(day));
    if (/班|work/i.test(entry[2] ?? '')) found.makeup.push({ day, line });
    else off.push({ day, line, ...(entry[3] === undefined ? {} : { nameZh: entry[3] }) });
  }
  found.year ??= years.length === 0 ? null : Math.max(...years);
  found.off = blocksOf(off, found.year, statutory);
  return found;
}
