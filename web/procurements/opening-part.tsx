import { Empty } from '../parts/empty.tsx';
import { Instant } from '../parts/instant.tsx';
import { Money } from '../parts/money.tsx';
import { Table } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';
import type { PublicTender } from './public-reading.ts';

const MESSAGES = {
  zh: {
    title: '开标记录',
    secret: '开标（开启）前，投标人及其数量对任何人保密；开标后在这里公布记录。',
    notYet: '开标正在进行，记录尚未公布。',
    lot: (no: number) => `第${no}标段（包）开标记录`,
    bidder: '投标人',
    price: '报价',
    period: '工期（交货期）',
    days: '日',
    received: '收到时间',
    state: '开启',
    notOpened: '投标人不足法定数，没有开启。',
    nobody: '没有投标人。',
    objections: '对开标的异议',
    until: '异议截止',
    answer: '答复',
    unanswered: '尚未答复',
    pauses: '暂停开标',
    hash: '记录哈希',
    states: { opened: '已开启', broken: '文件有误', revoked: '撤销', returned: '撤回' },
  },
  en: {
    title: 'Opening record',
    secret: 'Until the opening nobody may know who bids, or how many. Its record is published here.',
    notYet: 'The opening is going on; its record is not published yet.',
    lot: (no: number) => `Opening record of lot ${no}`,
    bidder: 'Bidder',
    price: 'Price',
    period: 'Time',
    days: ' days',
    received: 'Received',
    state: 'Opened',
    notOpened: 'Too few bidders: not opened.',
    nobody: 'Nobody has bid.',
    objections: 'Objections to the opening',
    until: 'objections until',
    answer: 'Answer',
    unanswered: 'not answered yet',
    pauses: 'Pauses',
    hash: 'Hash of the record',
    states: { opened: 'opened', broken: 'faulty file', revoked: 'revoked', returned: 'withdrawn' },
  },
};

/** What everybody may see of an opening, which is nothing before it. */
export function OpeningPart({
  opening,
  procurementId,
  bidding,
}: {
  readonly opening: PublicTender['opening'];
  readonly procurementId: string;
  /** Bids are accepted: nothing was opened. */
  readonly bidding: boolean;
}) {
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  const stateText = (state: string | null): string => {
    const states: Readonly<Record<string, string>> = t.states;
    if (state === null) return '';
    return states[state] ?? state;
  };
  if (!opening || (opening.items.length === 0 && opening.objections.length === 0 && opening.pauses.length === 0))
    return (
      <>
        <h2>{t.title}</h2>
        <Empty>{opening && !bidding ? t.notYet : t.secret}</Empty>
      </>
    );
  return (
    <>
      <h2>{t.title}</h2>
      {opening.items.map((record) => (
        <>
          <Table
            caption={t.lot(record.lotNo)}
            rows={record.entries}
            empty={record.opened ? t.nobody : t.notOpened}
            columns={[
              { head: t.bidder, cell: ({ supplier }) => <span lang="zh-CN">{supplier}</span> },
              {
                head: t.price,
                number: true,
                cell: ({ priceFen }) => (priceFen === null ? '' : <Money fen={priceFen} />),
              },
              { head: t.period, cell: ({ periodDays }) => (periodDays === null ? '' : `${periodDays}${t.days}`) },
              { head: t.received, cell: ({ receivedAt }) => <Instant at={receivedAt} bare /> },
              {
                head: t.state,
                cell: ({ state, reason }) => (
                  <>
                    {stateText(state)}
                    {reason ? <span class="small soft"> {reason[lang]}</span> : null}
                  </>
                ),
              },
            ]}
          />
          <p class="small soft">
            <Instant at={record.actualAt} bare />
            {record.objectionsUntil === null ? null : (
              <>
                {' '}
                · {t.until} <Instant at={record.objectionsUntil} />
              </>
            )}{' '}
            · {t.hash} <code>{record.recordHash.slice(0, 16)}…</code> ·{' '}
            <a href={`/api/procurements/${procurementId}/opening`}>JSON</a>
          </p>
        </>
      ))}
      {opening.objections.length === 0 ? null : (
        <>
          <h3>{t.objections}</h3>
          <ul class="plain card">
            {opening.objections.map((each) => (
              <li>
                <p class="lines" lang="zh-CN">
                  {each.textZh}
                </p>
                <p class="small soft">
                  <span lang="zh-CN">{each.supplier ?? ''}</span> <Instant at={each.filedAt} bare />
                </p>
                <p class="lines">
                  {each.answerZh === null ? (
                    <span class="tag warn">{t.unanswered}</span>
                  ) : (
                    `${t.answer}${lang === 'zh' ? '：' : ': '}${each.answerZh}`
                  )}
                </p>
              </li>
            ))}
          </ul>
        </>
      )}
      {opening.pauses.length === 0 ? null : (
        <>
          <h3>{t.pauses}</h3>
          <ul class="plain card">
            {opening.pauses.map((each) => (
              <li>
                <span lang="zh-CN">{each.reasonZh}</span> <Instant at={each.from} bare /> –{' '}
                {each.until === null ? '' : <Instant at={each.until} bare />}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
