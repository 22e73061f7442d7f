import type { ListedNotice } from '../../db/board/notices.ts';
import type { CorrectingNotice } from '../../db/notices.ts';
import type { ProcurementRow } from '../../db/procurements.ts';
import { followersOf } from '../../domain/notices/chain.ts';
import { noticeName } from '../../domain/notices/kinds.ts';
import type { NoticeWithDocuments } from '../../services/board/documents.ts';
import { Instant } from '../parts/instant.tsx';
import { Money } from '../parts/money.tsx';
import { useView } from '../parts/view.ts';
import { wordIn } from '../parts/words.ts';

const MESSAGES = {
  zh: {
    number: '编号',
    budget: '预算',
    noticed: '公告',
    deadline: '投标截止、开标',
    suspended: '截止时间暂停计算',
    tender: '项目时间轴',
    corrects: '更正',
    correctedBy: '已被更正，见',
    lot: (no: number) => `第${no}标段（包）`,
    pdf: 'PDF',
    documents: '公开的文件',
  },
  en: {
    number: 'No.',
    budget: 'Budget',
    noticed: 'Notice',
    deadline: 'Deadline and opening',
    suspended: 'the deadline is suspended',
    tender: 'timeline of the procurement',
    corrects: 'Corrects',
    correctedBy: 'Corrected by',
    lot: (no: number) => `lot ${no}`,
    pdf: 'PDF',
    documents: 'Public documents',
  },
};

export interface ListedProcurement {
  readonly row: ProcurementRow;
  readonly purchaser: string;
  /** Its deadline does not run now. */
  readonly suspended: boolean;
}

/** Procurements, each with what one decides by whether to read on. Never who bids, or how many. */
export function ProcurementList({
  rows,
  by,
}: {
  readonly rows: readonly ListedProcurement[];
  readonly by: 'notice' | 'opening';
}) {
  const { lang, now, href, t: say } = useView();
  const t = say(MESSAGES);
  return (
    <ul class="plain card listed">
      {rows.map(({ row, purchaser, suspended }) => {
        const open = row.stage === 'bidding' && row.bidDeadline !== null && row.bidDeadline > now && !suspended;
        const tone = row.stage === 'bidding' ? 'good' : row.stage === 'terminated' ? 'fault' : '';
        return (
          <li>
            <div>
              <a class="listed-title" href={href(`/tenders/${row.id}`)} lang="zh-CN">
                {row.title}
              </a>{' '}
              <span class={`tag ${tone}`}>{wordIn('stage', row.stage, lang)}</span>
              {suspended ? <span class="tag warn">{t.suspended}</span> : null}
            </div>
            <div class="small soft">
              <span lang="zh-CN">{purchaser}</span> · {wordIn('procedure', row.procedure, lang)} ·{' '}
              {wordIn('kind', row.kind, lang)} · {t.budget} <Money fen={row.budgetFen} />
              {row.particulars?.projectNumber ? ` · ${t.number} ${row.particulars.projectNumber}` : ''}
            </div>
            <div class="small">
              {by === 'opening' ? null : (
                <>
                  {t.noticed} <Instant at={row.noticeAt} bare />
                </>
              )}
              {row.bidDeadline === null || (by === 'notice' && !open) ? null : (
                <>
                  {by === 'opening' ? '' : ' · '}
                  {t.deadline} <Instant at={row.bidDeadline} countdown={open} bare={!open} />
                </>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** Notices with those that they correct and that correct them. */
export function NoticeList({
  rows,
  correcting,
}: {
  readonly rows: readonly (ListedNotice | NoticeWithDocuments)[];
  readonly correcting: readonly CorrectingNotice[];
}) {
  const { lang, href, t: say } = useView();
  const t = say(MESSAGES);
  return (
    <ul class="plain card listed">
      {rows.map((row) => (
        <li>
          <div>
            <a class="listed-title" href={href(`/notices/${row.id}`)} lang="zh-CN">
              {row.titleZh}
            </a>{' '}
            <span class="tag">{noticeName(row.kind)[lang]}</span>
          </div>
          <div class="small soft">
            <Instant at={row.publishedAt} bare />
            {row.lotNo > 0 ? ` · ${t.lot(row.lotNo)}` : ''} · <a href={`/notices/${row.id}.pdf`}>{t.pdf}</a> ·{' '}
            <a href={href(`/tenders/${row.procurementId}`)}>{t.tender}</a>
          </div>
          {row.corrects === null ? null : (
            <div class="small">
              {t.corrects} <a href={href(`/notices/${row.corrects}`)}>{row.corrects.slice(0, 8)}</a>
            </div>
          )}
          {followersOf(correcting, row.id).map((by) => (
            <div class="small">
              <span class="tag warn">{t.correctedBy}</span>{' '}
              <a href={href(`/notices/${by.id}`)} lang="zh-CN">
                {by.titleZh}
              </a>{' '}
              <Instant at={by.publishedAt} bare />
            </div>
          ))}
          {'documents' in row ? (
            <div class="small">
              {t.documents}
              {lang === 'zh' ? '：' : ': '}
              {row.documents.map((each, index) => (
                <>
                  {index > 0 ? '、' : null}
                  <a href={`/api/procurements/${each.procurementId}/documents/${each.id}/content`} lang="zh-CN">
                    {each.name}
                  </a>
                </>
              ))}
            </div>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
