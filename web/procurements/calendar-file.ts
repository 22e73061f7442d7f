import { createEvents, type EventAttributes } from 'ics';
import type { DueItem } from '../console/due.ts';
import { localised, type Lang } from '../http/language.ts';
import type { Milestone } from '../parts/timeline.tsx';
import type { Procurement } from './console-page.tsx';

/** The dates of a tender for a calendar program; the same date keeps its identity, so that a moved one moves there as well. */
export function calendarOf(
  tender: Procurement,
  milestones: readonly Milestone[],
  { lang, publicUrl }: { readonly lang: Lang; readonly publicUrl: string },
): string {
  const url = addressOf(`/tenders/${tender.id}`, { lang, publicUrl });
  const events = milestones.flatMap((milestone): EventAttributes[] => {
    const at = milestone.actualAt ?? milestone.dueAt;
    if (at === null || milestone.state === 'cancelled') return [];
    const name = lang === 'zh' ? milestone.nameZh : milestone.nameEn;
    const articles = milestone.rules.map(({ law, article }) =>
      lang === 'zh' ? `《${law}》第${article}条` : `${law}, ${article}`,
    );
    const lot = milestone.lotNo === 0 ? '' : lang === 'zh' ? `第${milestone.lotNo}标段 ` : `lot ${milestone.lotNo} `;
    return [
      {
        uid: `${tender.id}.${milestone.lotNo}.${milestone.key}@kaibiao`,
        title: `${lot}${name} · ${tender.title}`,
        description: [...articles, milestone.ifNobodyActs?.[lang] ?? '', provisionalText(milestone, lang)]
          .filter((each) => each !== '')
          .join('\n'),
        ...{ ...instantOf(Date.parse(at), milestone), url },
      },
    ];
  });
  return written(events);
}

/**
 * What is due for a person, for a calendar program: in either language the same date is the same event.
 * @param name of the calendar
 */
export function calendarOfDue(
  items: readonly DueItem[],
  { lang, publicUrl }: { readonly lang: Lang; readonly publicUrl: string },
  name: string,
): string {
  const events = items.flatMap((item): EventAttributes[] => {
    const { key, what, tender, at, ifNobodyActs, act } = item;
    if (at === null) return [];
    const path = act?.path ?? (tender ? `/console/tenders/${tender.id}` : '/console');
    return [
      {
        uid: `${['due', tender?.id ?? 'console', tender?.lotNo ?? 0, key].join('.')}@kaibiao`,
        title: [what, ...(tender ? [tender.title] : [])].join(' · '),
        description: [ifNobodyActs ?? '', provisionalText(item, lang)].filter((each) => each !== '').join('\n'),
        ...{ ...instantOf(at, item), url: addressOf(path, { lang, publicUrl }) },
      },
    ];
  });
  return written(events, name);
}

const addressOf = (path: string, { lang, publicUrl }: { readonly lang: Lang; readonly publicUrl: string }): string =>
  `${publicUrl.replace(/\/+$/, '')}${localised(path, lang)}`;

const provisionalText = ({ provisional }: { readonly provisional: boolean }, lang: Lang): string =>
  provisional ? (lang === 'zh' ? '暂定' : 'provisional') : '';

const instantOf = (at: number, { provisional }: { readonly provisional: boolean }) =>
  ({
    start: at,
    startInputType: 'utc',
    startOutputType: 'utc',
    duration: { minutes: 0 },
    status: provisional ? 'TENTATIVE' : 'CONFIRMED',
    productId: 'kaibiao',
  }) as const;

function written(events: EventAttributes[], calName?: string): string {
  const { value, error } = createEvents(events, {
    productId: 'kaibiao',
    ...(calName === undefined ? {} : { calName }),
  });
  if (error || typeof value !== 'string') throw error ?? new Error('the calendar could not be written');
  return value;
}
