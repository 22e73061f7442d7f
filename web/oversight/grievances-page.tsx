import type * as z from 'zod';
import type { openGrievanceSchema } from '../../api/procurements/oversight-views.ts';
import { readHref } from '../acts/links.ts';
import { addressWith, listed, typedIn } from '../http/listed.ts';
import { page } from '../http/page.ts';
import { Empty } from '../parts/empty.tsx';
import { SelectField } from '../parts/field.tsx';
import { errorsOf, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { NextPage } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';
import { OversightFilters } from './filters.tsx';
import { OVERSIGHT, OversightFrame, TenderLine } from './frame.tsx';

type Grievance = z.infer<typeof openGrievanceSchema>;

const MESSAGES = {
  zh: {
    title: '监管：异议与质疑',
    which: '显示',
    states: { waiting: '待答复', late: '逾期未答复', replied: '已答复' },
    kind: '种类',
    both: '全部',
    kinds: { objection: '异议', query: '质疑' },
    targets: { documents: '对招标（采购）文件', result: '对结果' },
    overdue: '逾期未答复',
    waiting: '待答复',
    outcomes: { rejected: '不成立（驳回）', upheld: '成立' },
    filed: '提出：',
    due: '最迟答复：',
    replied: '答复：',
    owed: '应当答复：',
    suspends: (name: string) => `暂停计算：${name}，自`,
    runs: '没有期限因此暂停。',
    see: '查看',
    none: '没有符合条件的异议或质疑。',
    more: '后面的',
  },
  en: {
    title: 'Oversight: objections and queries',
    which: 'Show',
    states: { waiting: 'waiting for a reply', late: 'late', replied: 'replied' },
    kind: 'Kind',
    both: 'both',
    kinds: { objection: 'Objection', query: 'Query' },
    targets: { documents: 'about the documents', result: 'about the result' },
    overdue: 'no reply in time',
    waiting: 'waits for a reply',
    outcomes: { rejected: 'rejected', upheld: 'upheld' },
    filed: 'Filed: ',
    due: 'Reply due: ',
    replied: 'Replied: ',
    owed: 'The reply is owed by: ',
    suspends: (name: string) => `Suspends “${name}” since `,
    runs: 'It suspends no clock.',
    see: 'See it',
    none: 'No objection or query fits these filters.',
    more: 'The next ones',
  },
};

const PATH = `${OVERSIGHT}/grievances`;
const STATES = ['waiting', 'late', 'replied'] as const;

/** Objections and queries of all tenders, with their clocks. */
export const oversightGrievancePages = [
  page({
    path: PATH,
    for: 'person',
    handle: async (context) => {
      const { lang } = context;
      const t = MESSAGES[lang];
      const { state: given, ...typed } = typedIn(context, ['state', 'kind', 'regime', 'purchaser']);
      const state = STATES.find((each) => each === given) ?? 'waiting';
      const { items, next, problem, status } = await listed<Grievance>(context, '/oversight/grievances', {
        ...{ ...typed, late: String(state === 'late'), replied: String(state === 'replied'), limit: 25 },
        cursor: context.query('cursor'),
      });
      const errors = errorsOf(problem, lang);
      return {
        title: t.title,
        status,
        content: (
          <OversightFrame>
            <Refusal problem={problem} />
            <OversightFilters path={PATH} typed={{ ...typed, state: given }} errors={errors}>
              <SelectField
                name="state"
                label={t.which}
                empty={t.states.waiting}
                value={given}
                choices={(['late', 'replied'] as const).map((value) => ({ value, text: t.states[value] }))}
              />
              <SelectField
                name="kind"
                label={t.kind}
                empty={t.both}
                value={typed.kind}
                choices={(['objection', 'query'] as const).map((value) => ({ value, text: t.kinds[value] }))}
                errors={errors}
              />
            </OversightFilters>
            {items.length === 0 ? (
              <Empty>{t.none}</Empty>
            ) : (
              <ul class="plain card due">
                {items.map((grievance) => (
                  <GrievanceLine grievance={grievance} />
                ))}
              </ul>
            )}
            <NextPage
              href={next && context.href(addressWith(PATH, { ...typed, state: given, cursor: next }))}
              text={t.more}
            />
          </OversightFrame>
        ),
      };
    },
  }),
];

function GrievanceLine({ grievance }: { readonly grievance: Grievance }) {
  const { lang, href, t: say } = useView();
  const t = say(MESSAGES);
  const { kind, target, overdue, outcome, repliedAt, suspended, purchaser, agency } = grievance;
  const what = `${t.kinds[kind]}${lang === 'zh' ? '：' : ' '}${t.targets[target]}`;
  return (
    <li>
      <div>
        <strong>{what}</strong>{' '}
        {outcome !== null ? (
          <span class="tag good">{t.outcomes[outcome]}</span>
        ) : overdue ? (
          <span class="tag fault">{t.overdue}</span>
        ) : (
          <span class="tag warn">{t.waiting}</span>
        )}
        <TenderLine tender={grievance} lotNo={grievance.lotNo} />
        <p class="small">
          {t.filed}
          <Instant at={grievance.filedAt} />
        </p>
        <p class="small">
          {repliedAt === null ? (
            <>
              {t.due}
              <Instant at={grievance.replyDueAt} countdown />
            </>
          ) : (
            <>
              {t.replied}
              <Instant at={repliedAt} />
            </>
          )}
        </p>
        {repliedAt === null ? (
          <p class="small">
            {t.owed}
            {[purchaser.name, ...(agency ? [agency.name] : [])].join(lang === 'zh' ? '、' : ', ')}
          </p>
        ) : null}
        {suspended.map((clock) => (
          <p class="small">
            {t.suspends(lang === 'zh' ? clock.nameZh : clock.nameEn)}
            <Instant at={clock.since} />
          </p>
        ))}
        {suspended.length === 0 && repliedAt === null ? <p class="soft small">{t.runs}</p> : null}
      </div>
      <a
        class="button plain"
        href={href(readHref(`/grievances/${grievance.grievanceId}`, PATH))}
        aria-label={`${t.see}：${what}，${grievance.title}`}
      >
        {t.see}
      </a>
    </li>
  );
}
