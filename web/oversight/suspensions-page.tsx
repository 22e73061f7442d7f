import type * as z from 'zod';
import type { suspendedTenderSchema } from '../../api/procurements/oversight-views.ts';
import { milestoneName } from '../../domain/law/milestones.ts';
import { ANY_TENDER_WORDS } from '../../domain/procedures/words.ts';
import { articleText } from '../law/pages.tsx';
import { addressWith, listed, typedIn } from '../http/listed.ts';
import { page } from '../http/page.ts';
import { Empty } from '../parts/empty.tsx';
import { Facts } from '../parts/facts.tsx';
import { errorsOf, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { NextPage } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';
import { OversightFilters } from './filters.tsx';
import { OVERSIGHT, OversightFrame, TenderLine } from './frame.tsx';

type Suspended = z.infer<typeof suspendedTenderSchema>;

const MESSAGES = {
  zh: {
    title: '监管：暂停',
    clock: '暂停计算的期限',
    lot: (no: number) => `第${no}标段（包）：`,
    since: '自',
    until: '至',
    reply: '答复之时；最迟答复：',
    open: '监督部门恢复之时',
    recheck: '复核完成之时',
    why: '原因',
    rule: '依据',
    next: '接下来',
    none: '现在没有期限暂停计算，也没有暂停的开标（开启）。',
    more: '后面的项目',
    pause: '监督部门暂停、恢复开标（开启），在该项目的页面办理。',
    complaints: '监管：投诉',
    notYet: '平台尚不受理投诉',
    complaintLead:
      '投诉由投诉人直接向有权的行政监督部门（政府采购为财政部门）提出；平台没有提交、受理和处理投诉的办事事项，投诉处理决定请另行归档。对异议、质疑的答复写明投诉的权利、期限和依据。',
    meanwhile: '平台上现在可以办理的：',
    can: [
      '查看异议、质疑及其答复（见“异议与质疑”）；',
      '监督部门在项目页面暂停、恢复开标（开启），提交评标委员会（评审小组）复核；',
      '在“审计记录”中查看谁、何时、做了什么，导出项目档案作为处理投诉的证据。',
    ],
  },
  en: {
    title: 'Oversight: suspensions',
    clock: 'Clock that does not run',
    lot: (no: number) => `Lot ${no}: `,
    since: 'Since',
    until: 'Until',
    reply: 'the reply, which is due by ',
    open: 'the supervisor resumes it',
    recheck: 'the end of the recheck',
    why: 'Why',
    rule: 'By',
    next: 'What is next',
    none: 'No clock is suspended now, and no opening is paused.',
    more: 'More procurements',
    pause: 'A supervisor pauses and resumes an opening on the page of its procurement.',
    complaints: 'Oversight: complaints',
    notYet: 'Complaints are not handled on this platform yet',
    complaintLead:
      'A complaint is filed with the authority that supervises the procurement (in government procurement the finance department). The platform has no act to file, accept or decide one; keep the decisions beside its files. Replies to objections and queries state the right to complain, its time and its article.',
    meanwhile: 'What can be done here now:',
    can: [
      'read objections and queries with their replies (“Objections and queries”);',
      'as a supervisor, pause and resume an opening and refer a result to the committee, on the page of the procurement;',
      'see in the audit trail who did what and when, and export the dossier of a procurement as evidence.',
    ],
  },
};

const PATH = `${OVERSIGHT}/suspensions`;

/** Clocks that do not run, in all tenders; and what there is of complaints. */
export const oversightSuspensionPages = [
  page({
    path: PATH,
    for: 'person',
    handle: async (context) => {
      const { lang } = context;
      const t = MESSAGES[lang];
      const typed = typedIn(context, ['regime', 'purchaser']);
      const { items, next, problem, status } = await listed<Suspended>(context, '/oversight/suspensions', {
        ...{ ...typed, limit: 25 },
        cursor: context.query('cursor'),
      });
      return {
        title: t.title,
        status,
        content: (
          <OversightFrame>
            <Refusal problem={problem} />
            <OversightFilters path={PATH} typed={typed} errors={errorsOf(problem, lang)} />
            <p class="soft small">{t.pause}</p>
            {items.length === 0 ? <Empty>{t.none}</Empty> : items.map((tender) => <SuspendedCard tender={tender} />)}
            <NextPage href={next && context.href(addressWith(PATH, { ...typed, cursor: next }))} text={t.more} />
          </OversightFrame>
        ),
      };
    },
  }),
  page({
    path: `${OVERSIGHT}/complaints`,
    for: 'person',
    handle: async ({ lang }) => {
      const t = MESSAGES[lang];
      return {
        title: t.complaints,
        content: (
          <OversightFrame>
            <Note kind="warn" title={t.notYet}>
              <p>{t.complaintLead}</p>
            </Note>
            <p>{t.meanwhile}</p>
            <ul>
              {t.can.map((each) => (
                <li>{each}</li>
              ))}
            </ul>
          </OversightFrame>
        ),
      };
    },
  }),
];

function SuspendedCard({ tender }: { readonly tender: Suspended }) {
  const { lang, href, t: say } = useView();
  const t = say(MESSAGES);
  return (
    <section class="card">
      <TenderLine tender={tender} />
      {tender.suspensions.map((clock) => (
        <Facts
          rows={[
            [
              t.clock,
              <strong>
                {clock.lotNo > 0 ? t.lot(clock.lotNo) : ''}
                {milestoneName(clock.milestone, ANY_TENDER_WORDS)[lang]}
              </strong>,
            ],
            [t.since, <Instant at={clock.since} />],
            [
              t.until,
              clock.replyDueAt !== null ? (
                <>
                  {t.reply}
                  <Instant at={clock.replyDueAt} countdown />
                </>
              ) : clock.by === 'supervisor' ? (
                t.open
              ) : (
                t.recheck
              ),
            ],
            [t.why, clock.why[lang]],
            [t.rule, <a href={href(`/law/${clock.rule}`)}>{articleText(clock, lang)}</a>],
            [t.next, clock.next[lang]],
          ]}
        />
      ))}
    </section>
  );
}
