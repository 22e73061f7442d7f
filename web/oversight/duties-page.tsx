import type * as z from 'zod';
import type { openDutySchema } from '../../api/procurements/oversight-views.ts';
import { milestoneName } from '../../domain/law/milestones.ts';
import { DUTIES } from '../../domain/notifications/duties.ts';
import { ANY_TENDER_WORDS } from '../../domain/procedures/words.ts';
import { addressWith, listed, typedIn } from '../http/listed.ts';
import { page } from '../http/page.ts';
import { Empty } from '../parts/empty.tsx';
import { SelectField, type Choice } from '../parts/field.tsx';
import { errorsOf, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { roleText } from '../parts/party.tsx';
import { NextPage } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';
import { OversightFilters } from './filters.tsx';
import { OVERSIGHT, OversightFrame, TenderLine } from './frame.tsx';

type Duty = z.infer<typeof openDutySchema>;

const MESSAGES = {
  zh: {
    title: '监管：法定事项',
    which: '显示',
    all: '全部',
    late: '只看已逾期的',
    kind: '事项',
    overdue: '已逾期',
    provisional: '暂定',
    owed: '应当办理：',
    winner: '中标人（成交供应商）',
    nobody: '如无人办理：',
    none: '没有符合条件的法定事项。',
    more: '后面的事项',
    note: '先到期的在前。期限暂停计算的事项不在此列，见“暂停”。',
  },
  en: {
    title: 'Oversight: duties',
    which: 'Show',
    all: 'all',
    late: 'late only',
    kind: 'Duty',
    overdue: 'late',
    provisional: 'provisional',
    owed: 'Owed by: ',
    winner: 'winner',
    nobody: 'If nobody acts: ',
    none: 'No duty fits these filters.',
    more: 'Later ones',
    note: 'The earliest due first. Duties whose clock is suspended are under “Suspensions”.',
  },
};

/** What is due and late in all tenders. */
export const oversightDutyPages = [
  page({
    path: OVERSIGHT,
    for: 'person',
    handle: async (context) => {
      const { lang } = context;
      const t = MESSAGES[lang];
      const typed = typedIn(context, ['late', 'key', 'regime', 'purchaser']);
      const { items, next, problem, status } = await listed<Duty>(context, '/oversight/duties', {
        ...{ ...typed, limit: 25 },
        cursor: context.query('cursor'),
      });
      const errors = errorsOf(problem, lang);
      return {
        title: t.title,
        status,
        content: (
          <OversightFrame>
            <Refusal problem={problem} />
            <OversightFilters path={OVERSIGHT} typed={typed} errors={errors}>
              <SelectField
                name="late"
                label={t.which}
                empty={t.all}
                value={typed.late}
                choices={[{ value: 'true', text: t.late }]}
              />
              <SelectField
                name="key"
                label={t.kind}
                empty={t.all}
                value={typed.key}
                choices={DUTIES.map((value): Choice => ({ value, text: milestoneName(value, ANY_TENDER_WORDS)[lang] }))}
                errors={errors}
              />
            </OversightFilters>
            <p class="soft small">{t.note}</p>
            {items.length === 0 ? (
              <Empty>{t.none}</Empty>
            ) : (
              <ul class="plain card due">
                {items.map((duty) => (
                  <DutyLine duty={duty} />
                ))}
              </ul>
            )}
            <NextPage href={next && context.href(addressWith(OVERSIGHT, { ...typed, cursor: next }))} text={t.more} />
          </OversightFrame>
        ),
      };
    },
  }),
];

function DutyLine({ duty }: { readonly duty: Duty }) {
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  const owers = duty.owedBy.flatMap((each) => {
    switch (each) {
      case 'runners':
        return [duty.purchaser.name, ...(duty.agency ? [duty.agency.name] : [])];
      case 'centre':
        return [roleText('centre', lang)];
      case 'party':
        return [t.winner];
    }
  });
  return (
    <li>
      <div>
        <strong>{lang === 'zh' ? duty.nameZh : duty.nameEn}</strong>{' '}
        {duty.overdue ? <span class="tag fault">{t.overdue}</span> : null}{' '}
        {duty.provisional ? <span class="tag warn">{t.provisional}</span> : null}
        <p>
          <Instant at={duty.dueAt} countdown />
        </p>
        <TenderLine tender={duty} lotNo={duty.lotNo} />
        <p class="small">
          {t.owed}
          {owers.join(lang === 'zh' ? '、' : ', ')}
        </p>
        {duty.ifNobodyActs === null ? null : (
          <p class="soft small">
            {t.nobody}
            {duty.ifNobodyActs[lang]}
          </p>
        )}
      </div>
    </li>
  );
}
