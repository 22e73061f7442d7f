import { formatDay, parseDate, type CivilDay } from '../../domain/civil-time.ts';
import type { StatutoryYear } from '../../domain/law/calendar-table.ts';

/** An error in a file of a year's holiday arrangement. */
export interface LineFault {
  /** From 1. */
  readonly line: number;
  readonly messageZh: string;
  readonly messageEn: string;
}

export interface OffBlock {
  nameZh: string;
  from: CivilDay;
  to: CivilDay;
  line: number;
}

/** The content of a file, before it is judged. */
export interface Found {
  year: number | null;
  sourceZh: string | null;
  url: string | null;
  off: OffBlock[];
  makeup: { day: CivilDay; line: number }[];
}

/** Collects all faults, so that they are reported at once. */
export class Faults {
  readonly list: LineFault[] = [];
  add(line: number, messageZh: string, messageEn: string): void {
    this.list.push({ line, messageZh, messageEn });
  }
}

/** The statutory days of the year, and their holidays. */
export function festivalsOf(year: number, statutory: readonly StatutoryYear[]): StatutoryYear['festivals'] {
  return statutory.find((each) => each.year === year)?.festivals ?? [];
}

export function validDay(text: string, line: number, faults: Faults): CivilDay | null {
  const [year = '', month = '', day = ''] = text.split('-');
  try {
    return parseDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  } catch {
    faults.add(line, `没有 ${text} 这一天`, `there is no day ${text}`);
    return null;
  }
}

/** Consecutive days are one block; without a name it gets those of the festivals whose statutory days it contains. */
export function blocksOf(
  days: readonly { day: CivilDay; line: number; nameZh?: string }[],
  year: number | null,
  statutory: readonly StatutoryYear[],
): OffBlock[] {
  const blocks: (OffBlock & { named: boolean })[] = [];
  for (const { day, line, nameZh } of [...days].sort((a, b) => a.day - b.day)) {
    const last = blocks.at(-1);
    if (last && last.to + 1 === day && (nameZh === undefined || !last.named || last.nameZh === nameZh)) {
      blocks[blocks.length - 1] = { ...last, to: day, nameZh: nameZh ?? last.nameZh, named: last.named || !!nameZh };
    } else blocks.push({ nameZh: nameZh ?? '', from: day, to: day, line, named: nameZh !== undefined });
  }
  return blocks.map(({ named, ...block }) => {
    if (named || year === null) return block;
    const names = festivalsOf(year, statutory)
      .filter(({ days: own }) => own.map(parseDate).some((day) => day >= block.from && day <= block.to))
      .map(({ nameZh }) => nameZh);
    return { ...block, nameZh: names.length === 0 ? formatDay(block.from) : names.join('、') };
  });
}
