import { blocksOf, documentOf } from '../notices/templates.ts';
import type { Notice } from '../../db/notices.ts';
import { followersOf } from '../../domain/notices/chain.ts';
import { noticeName } from '../../domain/notices/kinds.ts';
import type { NoticeKind } from '../../domain/notices/data.ts';
import { page } from '../http/page.ts';
import { NoticeList } from '../board/lists.tsx';
import { Empty } from '../parts/empty.tsx';
import { Facts } from '../parts/facts.tsx';
import { Instant, instantText } from '../parts/instant.tsx';
import { Money, moneyText } from '../parts/money.tsx';
import { Note } from '../parts/note.tsx';
import { NoticeBlocks } from '../parts/notice-blocks.tsx';
import { TimelineChart, TimelineList } from '../parts/timeline.tsx';
import { useView } from '../parts/view.ts';
import { wordIn } from '../parts/words.ts';
import { calendarOf } from './calendar-file.ts';
import { EvaluationPart } from './evaluation-part.tsx';
import { OpeningPart } from './opening-part.tsx';
import { publicTender, type PublicTender } from './public-reading.ts';

const MESSAGES = {
  zh: {
    board: '公告公示',
    number: '编号',
    stage: '阶段',
    purchaser: '招标人（采购人）',
    agency: '代理机构',
    regime: '法律体系',
    procedure: '采购方式',
    kind: '类别',
    budget: '预算',
    deadline: '投标截止、开标',
    content: '内容',
    suspended: '暂停',
    since: '自',
    replyDue: '最迟答复',
    timeline: '法定时间轴',
    calendar: '加入日历（iCalendar）',
    lots: '标段（包）',
    lot: (no: number) => `第${no}标段（包）`,
    winner: '中标人（成交供应商）',
    deemed: '招标人逾期未定，视为排名第一的候选人中标',
    notices: '公告公示',
    noNotices: '还没有公告。',
    documents: '公开文件',
    noDocuments: '还没有公开的文件。采购文件随结果、合同随合同公告公开的，在这里下载。',
    take: '参加',
    seal: '封装并递交投标文件',
    notice: '原公告',
    sections: {
      candidates: '候选人公示',
      award: '结果',
      contract: '合同',
      'contract-change': '合同变更',
      acceptance: '履约验收',
      'lot-failed': '异常',
      termination: '终止',
      'grievance-reply': '异议、质疑的答复',
    },
    clocks: '异议与质疑',
    clocksNone: '提出异议、质疑的期限见时间轴。谁提出、内容为何，依法公开答复前不公开。',
    json: '机器可读（JSON）',
    what: (title: string, stage: string) => `${title}：${stage}。公告、法定时间轴、开标记录、结果与合同。`,
  },
  en: {
    board: 'Notices',
    number: 'Number',
    stage: 'Stage',
    purchaser: 'Purchaser',
    agency: 'Agency',
    regime: 'Law',
    procedure: 'Procedure',
    kind: 'Kind',
    budget: 'Budget',
    deadline: 'Deadline and opening',
    content: 'Content',
    suspended: 'Suspended',
    since: 'since',
    replyDue: 'reply due',
    timeline: 'Legal timeline',
    calendar: 'Add to a calendar (iCalendar)',
    lots: 'Lots',
    lot: (no: number) => `Lot ${no}`,
    winner: 'Winner',
    deemed: 'the purchaser did not decide in time: the first candidate is deemed to have won',
    notices: 'Notices',
    noNotices: 'No notice yet.',
    documents: 'Public documents',
    noDocuments: 'None yet. Documents that become public with a result or a contract are downloaded here.',
    take: 'Take part',
    seal: 'Seal and submit a bid',
    notice: 'the notice',
    sections: {
      candidates: 'Candidates',
      award: 'Result',
      contract: 'Contract',
      'contract-change': 'Changes of the contract',
      acceptance: 'Acceptance',
      'lot-failed': 'Failed lot',
      termination: 'Termination',
      'grievance-reply': 'Replies to objections and queries',
    },
    clocks: 'Objections and queries',
    clocksNone:
      'Until when one may object or query, the timeline says. Who did so, and what about, is not public before the reply is published by law.',
    json: 'Machine-readable (JSON)',
    what: (title: string, stage: string) =>
      `${title}: ${stage}. Notices, legal timeline, opening record, result and contract.`,
  },
};

const SHOWN: readonly (keyof typeof MESSAGES.zh.sections)[] = [
  'candidates',
  'award',
  'contract',
  'contract-change',
  'acceptance',
  'lot-failed',
  'termination',
];

/** One tender as everybody sees it. */
export const publicTenderPages = [
  page({
    path: '/tenders/:id',
    for: 'public',
    handle: async ({ db, lang, param }) => {
      const t = MESSAGES[lang];
      const found = await publicTender(db, param('id'));
      const { tender } = found;
      const stage = wordIn('stage', tender.stage, lang);
      return {
        title: tender.title,
        about: { description: t.what(tender.title, `${stage} · ${moneyText(tender.budgetFen, lang)}`) },
        content: <TenderView found={found} />,
      };
    },
  }),
  page({
    path: '/tenders/:id/calendar.ics',
    for: 'public',
    handle: async ({ db, lang, param, publicUrl }) => {
      const { tender, milestones } = await publicTender(db, param('id'));
      return { type: 'text/calendar; charset=utf-8', text: calendarOf(tender, milestones, { lang, publicUrl }) };
    },
  }),
];

function TenderView({ found }: { readonly found: PublicTender }) {
  const { lang, now, href, t: say } = useView();
  const t = say(MESSAGES);
  const { tender, milestones, projected, notices, correcting, opening, documents } = found;
  const open = tender.stage === 'bidding' && tender.suspensions.every(({ milestone }) => milestone !== 'bid-deadline');
  const replies = notices.filter(({ kind }) => kind === 'grievance-reply');
  const here = `/api/procurements/${tender.id}`;
  return (
    <>
      <nav class="crumbs" aria-label={lang === 'zh' ? '位置' : 'Place'}>
        <ol>
          <li>
            <a href={href('/')}>{t.board}</a>
          </li>
        </ol>
      </nav>
      <h1 lang="zh-CN">{tender.title}</h1>
      <Facts
        rows={[
          [t.stage, <span class="tag">{wordIn('stage', tender.stage, lang)}</span>],
          ...(tender.particulars?.projectNumber ? [[t.number, tender.particulars.projectNumber] as const] : []),
          [t.purchaser, <span lang="zh-CN">{tender.purchaser.name}</span>],
          ...(tender.agency ? [[t.agency, <span lang="zh-CN">{tender.agency.name}</span>] as const] : []),
          [t.procedure, wordIn('procedure', tender.procedure, lang)],
          [t.regime, wordIn('regime', tender.regime, lang)],
          [t.kind, wordIn('kind', tender.kind, lang)],
          [t.budget, <Money fen={tender.budgetFen} />],
          ...(tender.bidDeadline === null
            ? []
            : [
                [
                  t.deadline,
                  <Instant
                    at={tender.bidDeadline}
                    countdown={open && Date.parse(tender.bidDeadline) > now}
                    bare={tender.stage !== 'bidding'}
                  />,
                ] as const,
              ]),
          [
            t.content,
            <span class="lines" lang="zh-CN">
              {tender.contentZh}
            </span>,
          ],
        ]}
      />
      {tender.suspensions.map((each) => (
        <Note kind="warn" title={t.suspended}>
          <p>
            {each.why[lang]}（{t.since} {instantText(Date.parse(each.since), lang)}
            {each.replyDueAt === null ? '' : `；${t.replyDue} ${instantText(Date.parse(each.replyDueAt), lang)}`}）
          </p>
          <p>{each.next[lang]}</p>
        </Note>
      ))}
      {open ? (
        <p>
          <a class="button" href={`/seal?tender=${tender.id}`}>
            {t.seal}
          </a>
        </p>
      ) : null}

      <h2>{t.timeline}</h2>
      <TimelineChart milestones={milestones} projected={projected} />
      <TimelineList milestones={milestones} projected={projected} />
      <p class="small">
        <a href={href(`/tenders/${tender.id}/calendar.ics`)}>{t.calendar}</a> ·{' '}
        <a href={`${here}/timeline`}>{t.json}</a>
      </p>

      <h2>{t.notices}</h2>
      {notices.length === 0 ? <Empty>{t.noNotices}</Empty> : <NoticeList rows={notices} correcting={correcting} />}

      <OpeningPart opening={opening} procurementId={tender.id} bidding={tender.stage === 'bidding'} />

      <h2>{t.lots}</h2>
      {tender.lots.map((lot) => (
        <section class="card">
          <h3>
            {t.lot(lot.no)} · <span lang="zh-CN">{lot.title}</span>
          </h3>
          <Facts
            rows={[
              [t.stage, <span class="tag">{wordIn('lotStage', lot.stage, lang)}</span>],
              [t.budget, <Money fen={lot.budgetFen} />],
              ...(lot.winner === null || lot.awardedAt === null
                ? []
                : [[t.winner, <strong lang="zh-CN">{lot.winner}</strong>] as const]),
              ...(lot.deemed ? [['', t.deemed] as const] : []),
            ]}
          />
          <EvaluationPart lot={lot} found={found} />
          {SHOWN.map((kind) => (
            <LatestNotice kind={kind} lotNo={lot.no} found={found} />
          ))}
        </section>
      ))}
      <LatestNotice kind="termination" lotNo={0} found={found} />

      <h2>{t.clocks}</h2>
      <p class="soft">{t.clocksNone}</p>
      {replies.map((notice) => (
        <NoticeContent notice={notice} />
      ))}

      <h2>{t.documents}</h2>
      {documents.length === 0 ? (
        <Empty>{t.noDocuments}</Empty>
      ) : (
        <ul class="plain card">
          {documents.map(({ id, name, size, sha256 }) => (
            <li>
              <a href={`${here}/documents/${id}/content`} lang="zh-CN">
                {name}
              </a>{' '}
              <span class="small soft">
                {Math.ceil(size / 1024).toLocaleString('en')} KB · SHA-256 <code>{sha256.slice(0, 16)}…</code>
              </span>
            </li>
          ))}
        </ul>
      )}
      <p class="small">
        <a href={here}>{t.json}</a>
      </p>
    </>
  );
}

/** The notice of a kind that holds now: the last one at its place. */
function LatestNotice({
  kind,
  lotNo,
  found: { notices, correcting },
}: {
  readonly kind: NoticeKind;
  readonly lotNo: number;
  readonly found: PublicTender;
}) {
  const notice = notices.find((each) => each.kind === kind && each.lotNo === lotNo);
  return notice ? <NoticeContent notice={notice} corrected={followersOf(correcting, notice.id).length > 0} /> : null;
}

function NoticeContent({ notice, corrected = false }: { readonly notice: Notice; readonly corrected?: boolean }) {
  const { lang, href, t: say } = useView();
  const t = say(MESSAGES);
  const sections: Readonly<Record<string, string>> = t.sections;
  return (
    <details class="notice">
      <summary>
        {sections[notice.kind] ?? noticeName(notice.kind)[lang]} <Instant at={notice.publishedAt} bare />
        {corrected ? <span class="tag warn">{lang === 'zh' ? '已被更正' : 'corrected'}</span> : null}
      </summary>
      <NoticeBlocks blocks={blocksOf(documentOf(notice))} />
      <p class="small">
        <a href={href(`/notices/${notice.id}`)}>{t.notice}</a>
      </p>
    </details>
  );
}
