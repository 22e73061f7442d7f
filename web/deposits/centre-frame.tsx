import type { Child } from '#jsx';
import { ConsoleFrame } from '../console/frame.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { useView } from '../parts/view.ts';

const MESSAGES = {
  zh: {
    title: '保证金',
    lead: '谁提交了保证金，与谁投标一样，开标（开启）前对任何人保密：未开标的项目在这里不显示单位、笔数和金额。',
    views: '保证金事项',
    received: '已开标的保证金',
    expected: '未开标的项目',
    recording: '登记到账和保函',
    refunds: '退还',
  },
  en: {
    title: 'Deposits',
    lead: 'Who has handed a deposit in is as secret before the opening as who bids: of tenders that are not opened no organisation, number or amount is shown here.',
    views: 'Deposits',
    received: 'Of opened tenders',
    expected: 'Tenders not opened yet',
    recording: 'Record payments and guarantees',
    refunds: 'Refunds',
  },
};

export const RECEIVED = '/console/deposits/received';
export const EXPECTED = '/console/deposits/expected';
export const RECORDING = '/console/deposits/recording';
export const REFUNDS = '/console/deposits/refunds';
export const depositsOfHref = (procurementId: string): string => `/console/deposits/of/${procurementId}`;

/** The pages of the centre about deposits, with the way from each to the others. */
export function DepositFrame({ children }: { readonly children?: Child }) {
  const { t: say } = useView();
  const t = say(MESSAGES);
  return (
    <ConsoleFrame>
      <h1>{t.title}</h1>
      <p class="soft">{t.lead}</p>
      <Tabs
        label={t.views}
        tabs={[
          [RECEIVED, t.received],
          [EXPECTED, t.expected],
          [RECORDING, t.recording],
          [REFUNDS, t.refunds],
        ]}
      />
      {children}
    </ConsoleFrame>
  );
}
