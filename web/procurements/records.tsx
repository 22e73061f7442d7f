import type * as z from 'zod';
import type { noticeSchema } from '../../api/notices/views.ts';
import type { procurementSchema } from '../../api/procurements/views.ts';
import type { questionSchema } from '../../api/questions/views.ts';
import { actHref } from '../acts/links.ts';
import type { PageContext } from '../http/page.ts';
import { Instant } from '../parts/instant.tsx';

const MESSAGES = {
  zh: {
    questions: '疑问与答复',
    open: '待答复',
    answered: '已答复',
    answer: '答复',
    notices: '公告公示',
    correct: '更正',
  },
  en: {
    questions: 'Questions and answers',
    open: 'to be answered',
    answered: 'answered',
    answer: 'Answer',
    notices: 'Notices',
    correct: 'Correct it',
  },
};

type Notice = z.infer<typeof noticeSchema>;
type Question = z.infer<typeof questionSchema>;

export interface Records {
  readonly tenderId: string;
  readonly questions: readonly Question[];
  readonly notices: readonly Notice[];
  readonly runs: boolean;
}

/** What was asked and what was published of a tender, as far as the visitor may read it; nothing of a draft. */
export async function recordsOf(context: PageContext, tender: z.infer<typeof procurementSchema>): Promise<Records> {
  const own = context.view.acting?.organisationId;
  const runs = own !== undefined && (own === tender.purchaser.id || own === tender.agency?.id);
  if (tender.stage === 'draft' || tender.stage === 'launched')
    return { tenderId: tender.id, questions: [], notices: [], runs };
  const items = async <T,>(path: string): Promise<T[]> => {
    const { body } = await context.ask({ method: 'get', path });
    return (body as { items?: T[] } | undefined)?.items ?? [];
  };
  const questions = await items<Question>(`/procurements/${tender.id}/questions`);
  return {
    tenderId: tender.id,
    // Those that wait come first.
    questions: [...questions].sort((a, b) => Number(a.answeredAt !== null) - Number(b.answeredAt !== null)),
    notices: await items<Notice>(`/notices?procurementId=${tender.id}&limit=100`),
    runs,
  };
}

/** Questions with their answers, and notices with the way to correct each, for who runs the tender. */
export function TenderRecords({ context, records }: { readonly context: PageContext; readonly records: Records }) {
  const t = MESSAGES[context.lang];
  const { tenderId, questions, notices, runs } = records;
  const here = `/console/tenders/${tenderId}`;
  return (
    <>
      {questions.length > 0 ? (
        <section>
          <h2>{t.questions}</h2>
          <ul class="plain card due">
            {questions.map(({ id, textZh, askedAt, answerZh, answeredAt }) => (
              <li>
                <div>
                  <p>
                    <span class={`tag ${answeredAt === null ? 'warn' : 'good'}`}>
                      {answeredAt === null ? t.open : t.answered}
                    </span>{' '}
                    <Instant at={askedAt} bare />
                  </p>
                  <p class="lines">{textZh}</p>
                  {answerZh === null ? null : <p class="lines soft">{answerZh}</p>}
                </div>
                {answeredAt === null && runs ? (
                  <a
                    class="button plain"
                    href={context.href(actHref('post', `/procurements/${tenderId}/questions/${id}/answer`, here))}
                  >
                    {t.answer}
                  </a>
                ) : null}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {notices.length > 0 ? (
        <section>
          <h2>{t.notices}</h2>
          <ul class="plain card due">
            {notices.map(({ id, titleZh, publishedAt }) => (
              <li>
                <div>
                  <a href={context.href(`/notices/${id}`)} lang="zh-CN">
                    {titleZh}
                  </a>{' '}
                  <span class="soft small">
                    <Instant at={publishedAt} bare />
                  </span>
                </div>
                {runs ? (
                  <a
                    href={context.href(actHref('post', `/notices/${id}/corrections`, here))}
                    aria-label={`${t.correct}：${titleZh}`}
                  >
                    {t.correct}
                  </a>
                ) : null}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  );
}
