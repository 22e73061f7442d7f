import { actHref, readHref } from '../acts/links.ts';
import { placesOf, wordFor } from '../../domain/fields/field.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { page } from '../http/page.ts';
import { Empty } from '../parts/empty.tsx';
import { Facts } from '../parts/facts.tsx';
import { Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';

interface Call {
  readonly drawId: string;
  readonly procurementId: string;
  readonly title: string;
  readonly lotNo: number;
  readonly field: string;
  readonly state: string;
  readonly answerUntil: string;
  readonly evaluationAt: string;
  readonly cleared: boolean;
}

const MESSAGES = {
  zh: {
    title: '评审邀请',
    hint: '谁参加评审，在中标结果确定前不告知任何人；请勿向他人透露。',
    none: '现在没有评审邀请。抽取到您时，会在这里和通知中出现。',
    lot: (no: number) => `第${no}标段（包）`,
    field: '专业',
    state: '状态',
    until: '答复期限',
    at: '评审时间',
    answer: '答复：参加，或者不参加',
    desk: '进入评审',
    members: '成员名单',
    declaration: '申报工作单位和利害关系',
    cleared: '已声明无利害关系',
  },
  en: {
    title: 'Invitations',
    hint: 'Who serves is told to nobody before the award: do not tell anybody either.',
    none: 'You are not invited now. When you are drawn it is shown here and among your notifications.',
    lot: (no: number) => `Lot ${no}`,
    field: 'Field',
    state: 'State',
    until: 'Answer by',
    at: 'Evaluation',
    answer: 'Answer: take part, or not',
    desk: 'Go to the evaluation',
    members: 'Members',
    declaration: 'State where you work and whom you have an interest in',
    cleared: 'you have stated that there is no conflict',
  },
};

/** What an expert was called to, each with what is next. */
export const callPages = [
  page({
    path: '/console/calls',
    for: 'person',
    handle: async (context) => {
      const { lang, href } = context;
      const t = MESSAGES[lang];
      const told = await context.ask({ method: 'get', path: '/expert/calls' });
      const { items = [] } = (told.body ?? {}) as { items?: Call[] };
      const back = '/console/calls';
      return {
        title: t.title,
        status: told.problem?.status ?? 200,
        content: (
          <ConsoleFrame>
            <h1>{t.title}</h1>
            <Refusal problem={told.problem} />
            <p class="soft">{t.hint}</p>
            {items.length === 0 && !told.problem ? <Empty>{t.none}</Empty> : null}
            {items.map((call) => (
              <section class="card">
                <h2>
                  {call.title} · {t.lot(call.lotNo)}
                </h2>
                <Facts
                  rows={[
                    [t.field, call.field],
                    [
                      t.state,
                      <span class="tag">
                        {lang === 'zh' ? wordFor('state', call.state, placesOf('/expert/calls')) : call.state}
                      </span>,
                    ],
                    [t.until, <Instant at={call.answerUntil} countdown={call.state === 'invited'} />],
                    [t.at, <Instant at={call.evaluationAt} />],
                    ...(call.cleared ? [['', t.cleared] as const] : []),
                  ]}
                />
                <p class="buttons">
                  {call.state === 'invited' ? (
                    <a class="button" href={href(actHref('post', `/expert/calls/${call.drawId}/answer`, back))}>
                      {t.answer}
                    </a>
                  ) : null}
                  {call.state === 'confirmed' ? (
                    <>
                      <a class="button" href={href(`/console/evaluation/${call.procurementId}/${call.lotNo}`)}>
                        {t.desk}
                      </a>
                      <a class="button plain" href={href(readHref(`/expert/calls/${call.drawId}/members`, back))}>
                        {t.members}
                      </a>
                    </>
                  ) : null}
                </p>
              </section>
            ))}
            <p>
              <a href={href(actHref('put', '/expert/declaration', back))}>{t.declaration}</a>
            </p>
          </ConsoleFrame>
        ),
      };
    },
  }),
];
