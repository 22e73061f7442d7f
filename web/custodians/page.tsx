import type * as z from 'zod';
import type { acknowledgementSchema, answersSchema, keySchema } from '../../api/custodians/views.ts';
import { formHref } from '../acts/links.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { CUSTODIANS } from '../../domain/bids/sealing.ts';
import { wordFor } from '../../domain/fields/field.ts';
import { permission } from '../../domain/roles.ts';
import { addressWith, listed } from '../http/listed.ts';
import type { Lang } from '../http/language.ts';
import { page } from '../http/page.ts';
import { Facts } from '../parts/facts.tsx';
import { Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { NextPage, Table } from '../parts/table.tsx';

type Key = z.infer<typeof keySchema>;
type Answers = z.infer<typeof answersSchema>;
type Answer = z.infer<typeof acknowledgementSchema>;

const MESSAGES = {
  zh: {
    title: '保管人',
    lead: (needed: number) =>
      `投标文件密封给三方保管人，开标须其中 ${needed} 方交出份额。各方的公钥在其自己的机器上生成；私钥不在本平台。`,
    key: '有效公钥',
    since: '登记时间',
    none: '尚无有效公钥',
    missing: '三方公钥未齐，投标文件不能密封',
    register: '登记、更换公钥',
    retire: '停用（遗失或泄露）',
    who: '公钥由管理办公室登记、停用。',
    answers: '对投标截止时间的答复',
    answersLead: '每个密封的项目公告或者变更截止时间后，各保管人核对日志并确认；拒绝的不交出份额，应当立即查明。',
    tender: '项目',
    states: { waiting: '待答复', acknowledged: '已确认', refused: '拒绝' },
    noAnswers: '现在没有须保管人确认的项目。',
    more: '后面的项目',
    hidden: '各项目的答复由监管部门查看。',
  },
  en: {
    title: 'Custodians',
    lead: (needed: number) =>
      `Bids are sealed to three custodians; an opening needs the shares of ${needed}. Each key is made on the machine of its custodian; no secret key is on this platform.`,
    key: 'Key in force',
    since: 'Registered',
    none: 'no key in force',
    missing: 'Not all three have a key: bids cannot be sealed',
    register: 'Register or replace a key',
    retire: 'Retire it (lost or compromised)',
    who: 'The administration office registers and retires keys.',
    answers: 'Answers to bid deadlines',
    answersLead:
      'When a sealed procurement is announced or its deadline changes, each custodian checks the log and acknowledges it. Who refuses gives up no share: find out why at once.',
    tender: 'Procurement',
    states: { waiting: 'waiting', acknowledged: 'acknowledged', refused: 'refused' },
    noAnswers: 'No procurement waits for the custodians now.',
    more: 'More procurements',
    hidden: 'The answers for each procurement are read by who supervises.',
  },
};

const PATH = '/console/custodians';

const ENGLISH = { centre: 'trading centre', purchaser: 'purchaser', supervisor: 'supervisor' };
const custodianText = (custodian: Key['custodian'], lang: Lang): string =>
  lang === 'zh' ? wordFor('custodian', custodian) : ENGLISH[custodian];

/** The keys that bids are sealed to, and what the custodians have answered. */
export const custodianPages = [
  page({
    path: PATH,
    for: 'person',
    handle: async (context) => {
      const { lang, href, view, ask } = context;
      const t = MESSAGES[lang];
      const role = view.acting?.role ?? 'public';
      const told = await ask({ method: 'get', path: '/custodians' });
      const { items: keys = [], needed = 0 } = (told.problem ? {} : told.body) as { items?: Key[]; needed?: number };
      const reads = 'scope' in permission(role, 'custodian.answers', {});
      const { items, next, problem } = reads
        ? await listed<Answers>(context, '/custodians/answers', { limit: 25, cursor: context.query('cursor') })
        : { items: [], next: null, problem: null };
      const manages = 'scope' in permission(role, 'custodian.manage', {});
      const fault = told.problem ?? problem;
      return {
        title: t.title,
        status: fault?.status ?? 200,
        content: (
          <ConsoleFrame>
            <h1>{t.title}</h1>
            <p class="soft">{t.lead(needed)}</p>
            <Refusal problem={fault} />
            {CUSTODIANS.some((each) => keys.every((key) => key.custodian !== each)) ? (
              <Note kind="warn" title={t.missing} />
            ) : null}
            {CUSTODIANS.map((each) => {
              const key = keys.find(({ custodian }) => custodian === each);
              return (
                <section class="card">
                  <h2>{custodianText(each, lang)}</h2>
                  {key ? (
                    <>
                      <Facts
                        rows={[
                          [t.key, <code>{key.recipient}</code>],
                          [t.since, <Instant at={key.registeredAt} />],
                        ]}
                      />
                      {manages ? (
                        <p>
                          <a href={href(formHref('post', `/custodians/${key.id}/retire`, PATH))}>{t.retire}</a>
                        </p>
                      ) : null}
                    </>
                  ) : (
                    <p>
                      <span class="tag warn">{t.none}</span>
                    </p>
                  )}
                </section>
              );
            })}
            {manages ? (
              <p class="buttons">
                <a class="button" href={href(formHref('post', '/custodians', PATH))}>
                  {t.register}
                </a>
              </p>
            ) : (
              <p class="soft">{t.who}</p>
            )}
            <h2>{t.answers}</h2>
            {reads ? (
              <>
                <p class="soft">{t.answersLead}</p>
                <Table
                  rows={items}
                  empty={t.noAnswers}
                  columns={[
                    {
                      head: t.tender,
                      cell: (row) => <a href={href(`/console/tenders/${row.procurementId}`)}>{row.title}</a>,
                    },
                    ...CUSTODIANS.map((each) => ({
                      head: custodianText(each, lang),
                      cell: (row: Answers) => (
                        <AnswerOf
                          answer={row.acknowledgements.find(({ custodian }) => custodian === each)}
                          states={t.states}
                        />
                      ),
                    })),
                  ]}
                />
                <NextPage href={next && href(addressWith(PATH, { cursor: next }))} text={t.more} />
              </>
            ) : (
              <p class="soft">{t.hidden}</p>
            )}
          </ConsoleFrame>
        ),
      };
    },
  }),
];

function AnswerOf({
  answer,
  states,
}: {
  readonly answer: Answer | undefined;
  readonly states: Readonly<Record<Answer['state'], string>>;
}) {
  const state = answer?.state ?? 'waiting';
  const tag = { waiting: 'warn', acknowledged: 'good', refused: 'fault' }[state];
  return (
    <>
      <span class={`tag ${tag}`}>{states[state]}</span>
      {answer?.reason ? <div class="small">{answer.reason}</div> : null}
      {answer?.at ? (
        <div class="small">
          <Instant at={answer.at} bare />
        </div>
      ) : null}
    </>
  );
}
