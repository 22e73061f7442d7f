import type * as z from 'zod';
import type { planSchema } from '../../api/law/views.ts';
import type { Told } from '../../api/visit.ts';
import type { PageContext } from '../http/page.ts';
import { messageIn } from '../http/language.ts';
import { TimelineChart, TimelineList, type Milestone } from '../parts/timeline.tsx';
import { useView } from '../parts/view.ts';
import type { DraftBody } from './draft.ts';
import type { Violation } from './violations.tsx';

type Plan = z.infer<typeof planSchema>;

export interface Checked {
  readonly lawful: boolean;
  readonly plan: Plan;
  readonly violations: readonly Violation[];
}

/** What the law makes of a draft as it is typed: its timeline, and all that is unlawful; nothing is kept. */
export async function checkTyped(context: PageContext, json: DraftBody): Promise<Told> {
  return context.ask({ method: 'post', path: '/procurements/check', json });
}

const MESSAGES = {
  zh: {
    title: '按现在所填推算的法定时间轴',
    incomplete: '填写采购方式和公告时间后，在此显示法定时间轴。',
    count: (blocks: number) => (blocks === 0 ? '没有不合法之处。' : `${blocks} 处不合法，见「检查并发起」。`),
    words: '逐个节点',
  },
  en: {
    title: 'The legal timeline of what is typed now',
    incomplete: 'Fill in the procedure and the time of the notice: the timeline is shown here.',
    count: (blocks: number) =>
      blocks === 0
        ? 'Nothing is unlawful.'
        : `${blocks} ${blocks === 1 ? 'violation' : 'violations'}; see “Check and launch”.`,
    words: 'Milestone by milestone',
  },
};

/** A plan, drawn as the timeline of a tender is. */
const milestonesOf = ({ milestones }: Plan): Milestone[] =>
  milestones.map((each) => ({
    ...{ key: each.key, nameZh: each.nameZh, nameEn: each.nameEn, ifNobodyActs: each.ifNobodyActs, lotNo: 0 },
    ...{ dueAt: each.at, firstDueAt: each.at, actualAt: null, by: null, overdue: false, provisional: each.provisional },
    ...{ earliest: each.bounds?.earliest ?? null, latest: each.bounds?.latest ?? null, trace: each.trace },
    ...{ suspensions: [], pastSuspensions: [], pauses: [], fromAt: each.rules[0]?.from ?? null },
    state: each.state === 'done' ? 'done' : 'planned',
    rules: each.rules.map(({ id, law, article, status, quote, links }) => ({ id, law, article, status, quote, links })),
  }));

/** The timeline that moves with the form above it. @param told the answer of the check; null: too little is typed */
export function PlanView({ told }: { readonly told: Told | null }) {
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  if (told === null) return <p class="soft">{t.incomplete}</p>;
  if (told.problem) return <p class="error">{messageIn(lang, told.problem)}</p>;
  const { plan, violations } = told.body as Checked;
  const blocks = violations.filter(({ severity }) => severity === 'block').length;
  const milestones = milestonesOf(plan).filter(({ key }) => key !== 'archive-until');
  return (
    <>
      <h2>{t.title}</h2>
      <p class={blocks > 0 ? 'error' : 'soft'}>{t.count(blocks)}</p>
      <div class="card scroll" tabindex={0} role="group" aria-label={t.title}>
        <TimelineChart milestones={milestones} />
      </div>
      <details>
        <summary>{t.words}</summary>
        <TimelineList milestones={milestones} />
      </details>
    </>
  );
}
