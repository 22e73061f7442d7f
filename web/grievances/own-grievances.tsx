import type * as z from 'zod';
import type { grievanceSchema } from '../../api/grievances/views.ts';
import { actHref, readHref } from '../acts/links.ts';
import { ownTenders } from '../bids/own-tenders.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { page, type PageContext } from '../http/page.ts';
import { Empty } from '../parts/empty.tsx';
import { Facts } from '../parts/facts.tsx';
import { Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';

type Grievance = z.infer<typeof grievanceSchema>;

const MESSAGES = {
  zh: {
    title: '异议与质疑',
    hint: '本单位提出的异议和质疑。开标前，对文件的异议（质疑）只有本单位知道是谁提出的。',
    none: '本单位没有提出过异议或质疑。在“项目”中打开一个项目，可以提出。',
    kinds: { objection: '异议', query: '质疑' },
    targets: { documents: '对采购文件', result: '对结果' },
    states: { filed: '待答复', overdue: '逾期未答复', replied: '已答复' },
    outcomes: { rejected: '不成立', upheld: '成立' },
    filed: '提出',
    due: '答复期限',
    replied: '答复',
    rule: '依据',
    outcome: '结论',
    missing: '缺少法定内容，可以补充（答复期限不变）',
    complete: '补充内容',
    attach: '提交材料',
    whole: '整个项目',
    lot: (no: number) => `第${no}标段（包）`,
    attachments: '材料',
  },
  en: {
    title: 'Objections and queries',
    hint: 'What your organisation filed. Before the opening only your organisation knows who objects to the documents.',
    none: 'Your organisation has filed none. Open a procurement to file one.',
    kinds: { objection: 'Objection', query: 'Query' },
    targets: { documents: 'to the documents', result: 'to the result' },
    states: { filed: 'waits for the reply', overdue: 'the reply is late', replied: 'replied' },
    outcomes: { rejected: 'rejected', upheld: 'upheld' },
    filed: 'Filed',
    due: 'Reply due',
    replied: 'Replied',
    rule: 'the rule',
    outcome: 'Outcome',
    missing: 'What the law wants in it is missing; you may complete it, the time for the reply stays',
    complete: 'Complete it',
    attach: 'Add a document',
    whole: 'the whole procurement',
    lot: (no: number) => `lot ${no}`,
    attachments: 'Documents',
  },
};

const STATE_TAGS = { filed: 'tag warn', overdue: 'tag fault', replied: 'tag good' } as const;

/** One that the visitor's organisation filed: how its clock stands, what was replied, what can be added. */
export function OwnGrievance({
  context: { lang, href },
  grievance,
  back,
}: {
  readonly context: PageContext;
  readonly grievance: Grievance;
  readonly back: string;
}) {
  const t = MESSAGES[lang];
  const { id, state } = grievance;
  return (
    <section class="card">
      <h3>
        {t.kinds[grievance.kind]} {t.targets[grievance.target]} ·{' '}
        {grievance.lotNo === 0 ? t.whole : t.lot(grievance.lotNo)}{' '}
        <span class={STATE_TAGS[state]}>{t.states[state]}</span>
      </h3>
      <p class="lines">{grievance.textZh}</p>
      <Facts
        rows={[
          [t.filed, <Instant at={grievance.filedAt} bare />],
          [
            t.due,
            <>
              <Instant at={grievance.replyDueAt} countdown={state !== 'replied'} bare={state === 'replied'} />{' '}
              <a href={href(`/law/${grievance.rule}`)}>{t.rule}</a>
            </>,
          ],
          ...(grievance.repliedAt ? [[t.replied, <Instant at={grievance.repliedAt} bare />] as const] : []),
          ...(grievance.outcome ? [[t.outcome, t.outcomes[grievance.outcome]] as const] : []),
          ...(grievance.attachments.length > 0
            ? [
                [
                  t.attachments,
                  grievance.attachments.map(({ documentId, name }) => (
                    <>
                      <a href={href(readHref(`/grievances/${id}/attachments/${documentId}`, back))}>{name}</a>{' '}
                    </>
                  )),
                ] as const,
              ]
            : []),
        ]}
      />
      {grievance.replyZh === null ? null : <p class="note lines">{grievance.replyZh}</p>}
      {grievance.missing.length > 0 && state !== 'replied' ? (
        <Note kind="warn" title={t.missing}>
          <ul>
            {grievance.missing.map((one) => (
              <li>{one[lang]}</li>
            ))}
          </ul>
        </Note>
      ) : null}
      {state === 'replied' ? null : (
        <p class="buttons">
          <a class="button plain" href={href(actHref('post', `/grievances/${id}/completion`, back))}>
            {t.complete}
          </a>
          <a class="button plain" href={href(actHref('post', `/grievances/${id}/attachments`, back))}>
            {t.attach}
          </a>
        </p>
      )}
    </section>
  );
}

/** Those of a tender that the visitor's organisation filed. */
export async function ownGrievancesOf(context: PageContext, procurementId: string): Promise<Grievance[]> {
  const told = await context.ask({ method: 'get', path: `/procurements/${procurementId}/grievances` });
  return (told.body as { items?: Grievance[] } | undefined)?.items ?? [];
}

export const ownGrievancePages = [
  page({
    path: '/console/grievances',
    for: 'person',
    handle: async (context) => {
      const t = MESSAGES[context.lang];
      const { problem, tenders } = await ownTenders(context);
      const found = await Promise.all(
        tenders.map(async (tender) => ({ tender, filed: await ownGrievancesOf(context, tender.id) })),
      );
      const some = found.filter(({ filed }) => filed.length > 0);
      return {
        title: t.title,
        status: problem?.status ?? 200,
        content: (
          <ConsoleFrame>
            <h1>{t.title}</h1>
            <Refusal problem={problem} />
            <p class="soft">{t.hint}</p>
            {some.length === 0 ? <Empty>{t.none}</Empty> : null}
            {some.map(({ tender, filed }) => (
              <>
                <h2>
                  <a href={context.href(`/console/tenders/${tender.id}`)}>{tender.title}</a>
                </h2>
                {filed.map((grievance) => (
                  <OwnGrievance context={context} grievance={grievance} back="/console/grievances" />
                ))}
              </>
            ))}
          </ConsoleFrame>
        ),
      };
    },
  }),
];
