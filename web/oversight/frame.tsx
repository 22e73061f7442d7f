import type * as z from 'zod';
import type { Child } from '#jsx';
import type { openDutySchema } from '../../api/procurements/oversight-views.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { useView } from '../parts/view.ts';

type Tender = Pick<z.infer<typeof openDutySchema>, 'procurementId' | 'title' | 'purchaser' | 'agency'>;

const MESSAGES = {
  zh: {
    title: '监管',
    lead: '全部项目：什么到期、什么逾期、什么被提出异议、什么暂停。点项目名称可查看该项目，只读。',
    views: '监管内容',
    duties: '法定事项',
    grievances: '异议与质疑',
    suspensions: '暂停',
    complaints: '投诉',
    lot: (no: number) => `第${no}标段（包）`,
    by: '招标人（采购人）：',
    agency: '；代理机构：',
  },
  en: {
    title: 'Oversight',
    lead: 'All procurements: what is due, what is late, what is objected to, what is suspended. A title leads to the procurement, to read.',
    views: 'Views of the oversight',
    duties: 'Duties',
    grievances: 'Objections and queries',
    suspensions: 'Suspensions',
    complaints: 'Complaints',
    lot: (no: number) => `lot ${no}`,
    by: 'Purchaser: ',
    agency: '; agency: ',
  },
};

export const OVERSIGHT = '/console/oversight';

/** The pages of the oversight, with the way from each to the others. */
export function OversightFrame({ children }: { readonly children?: Child }) {
  const { t: say } = useView();
  const t = say(MESSAGES);
  return (
    <ConsoleFrame>
      <h1>{t.title}</h1>
      <p class="soft">{t.lead}</p>
      <Tabs
        label={t.views}
        tabs={[
          [OVERSIGHT, t.duties],
          [`${OVERSIGHT}/grievances`, t.grievances],
          [`${OVERSIGHT}/suspensions`, t.suspensions],
          [`${OVERSIGHT}/complaints`, t.complaints],
        ]}
      />
      {children}
    </ConsoleFrame>
  );
}

/** A tender by its title, and who runs it. */
export function TenderLine({ tender, lotNo = 0 }: { readonly tender: Tender; readonly lotNo?: number }) {
  const { href, t: say } = useView();
  const t = say(MESSAGES);
  const { procurementId, title, purchaser, agency } = tender;
  return (
    <p>
      <a href={href(`/console/tenders/${procurementId}`)}>{title}</a>
      {lotNo > 0 ? <span class="soft"> · {t.lot(lotNo)}</span> : null}
      <br />
      <span class="soft small">
        {t.by}
        {purchaser.name}
        {agency === null ? null : `${t.agency}${agency.name}`}
      </span>
    </p>
  );
}
