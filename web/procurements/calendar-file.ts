import { createEvents, type EventAttributes } from 'ics';
import { localised, type Lang } from '../http/language.ts';
import type { Milestone } from '../parts/timeline.tsx';
import type { Procurement } from './console-page.tsx';

/** The dates of a tender for a calendar program; the same date keeps its identity, so that a moved one moves there as well. */
export function calendarOf(
  tender: Procurement,
  milestones: readonly Milestone[],
  { lang, publicUrl }: { readonly lang: Lang; readonly publicUrl: string },
): string {
  const site = publicUrl.replace(/\/+$/, '');
  const url = `${site}${localised(`/tenders/${tender.id}`, lang)}`;
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
        description: [
          ...articles,
          milestone.ifNobodyActs?.[lang] ?? '',
          milestone.provisional ? (lang === 'zh' ? '暂定' : 'provisional') : '',
        ]
          .filter((each) => each !== '')
          .join('\n'),
        start: Date.parse(at),
        startInputType: 'utc',
        startOutputType: 'utc',
        duration: { minutes: 0 },
        url,
        status: milestone.provisional ? 'TENTATIVE' : 'CONFIRMED',
        productId: 'kaibiao',
      },
    ];
  });
  const { value, error } = createEvents(events);
  if (error || typeof value !== 'string') throw error ?? new Error('the calendar could not be written');
  return value;
}
