import type * as z from 'zod';
import type { Child } from '#jsx';
import type { askedCorrectionSchema, requestSchema } from '../../api/evaluation/proceedings-views.ts';
import type { procurementSchema } from '../../api/procurements/views.ts';
import type { questionSchema } from '../../api/questions/views.ts';
import { actHref, readHref } from '../acts/links.ts';
import { depositLink, depositSection } from '../deposits/own-deposits.tsx';
import { OwnGrievance, ownGrievancesOf } from '../grievances/own-grievances.tsx';
import type { PageContext } from '../http/page.ts';
import { Empty } from '../parts/empty.tsx';
import { Instant } from '../parts/instant.tsx';
import { Money } from '../parts/money.tsx';
import { Note } from '../parts/note.tsx';
import { Table } from '../parts/table.tsx';
import { ownTenders } from './own-tenders.ts';
import { ownBidsTitle, ReceiptTable, type Receipt } from './own-bids.tsx';

type Procurement = z.infer<typeof procurementSchema>;
type Question = z.infer<typeof questionSchema>;
interface AskedOfBid {
  readonly items: readonly z.infer<typeof requestSchema>[];
  readonly corrections: readonly z.infer<typeof askedCorrectionSchema>[];
  /** What follows where nobody answers. */
  readonly unanswered: { readonly zh: string; readonly en: string };
}
const NOTHING_ASKED: AskedOfBid = { items: [], corrections: [], unanswered: { zh: '', en: '' } };
interface Document {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly uploadedAt: string;
}

const MESSAGES = {
  zh: {
    documents: '采购文件',
    documentsHint: '首次获取由平台记录；谁获取过，开标前不告知任何人。',
    noDocuments: '还没有可以获取的文件。',
    name: '文件',
    size: '字节',
    at: '上传',
    questions: '提问与答复',
    ask: '提出疑问',
    own: '本单位提出',
    unanswered: '待答复',
    lot: (no: number, title: string) => `第${no}标段（包）· ${title}`,
    seal: '封装并递交投标文件',
    sealHint: '文件在您的浏览器中加密，开标前任何人都打不开；中断后可续传。',
    noBids: '本单位在该标段还没有递交投标（响应）文件。',
    asked: '评标委员会的要求',
    answer: '答复',
    until: '期限',
    kinds: { 'low-price': '说明报价', clarification: '澄清', correction: '确认报价修正' },
    lapsed: '逾期未答复',
    answered: '已答复',
    corrected: '请确认报价修正',
    confirmed: '已确认',
    notConfirmed: '未确认',
    grievances: '异议与质疑',
    file: '提出异议（质疑）',
    noGrievances: '本单位没有提出。',
  },
  en: {
    documents: 'Documents',
    documentsHint: 'The first time is recorded; who obtained them is told to nobody before the opening.',
    noDocuments: 'There are no documents to obtain yet.',
    name: 'File',
    size: 'Bytes',
    at: 'Uploaded',
    questions: 'Questions and answers',
    ask: 'Ask about the documents',
    own: 'yours',
    unanswered: 'not answered yet',
    lot: (no: number, title: string) => `Lot ${no} · ${title}`,
    seal: 'Seal and submit a bid',
    sealHint: 'Your browser encrypts the files; nobody opens them before the opening. An interrupted upload resumes.',
    noBids: 'Your organisation has submitted no bid for this lot.',
    asked: 'What the committee asks',
    answer: 'Answer',
    until: 'Until',
    kinds: {
      'low-price': 'explain the price',
      clarification: 'clarify',
      correction: 'confirm the correction of the price',
    },
    lapsed: 'not answered in time',
    answered: 'answered',
    corrected: 'Confirm the correction of your price',
    confirmed: 'confirmed',
    notConfirmed: 'not confirmed',
    grievances: 'Objections and queries',
    file: 'File an objection (query)',
    noGrievances: 'Your organisation has filed none.',
  },
};

/** Below a procurement or a lot: what is done and read here, and need not be listed again. */
const HERE =
  /^\/procurements\/\{id\}\/(?:documents|questions|receipts|grievances|sealing|timeline|lots\/\{no\}\/(?:bids|bids\/withdraw|deposit(?:\/.*)?))$/;

/** @param path of a route */
export const isInBidderPart = (path: string): boolean => HERE.test(path);

async function itemsAt<T>(context: PageContext, path: string): Promise<readonly T[]> {
  const { body } = await context.ask({ method: 'get', path });
  return (body as { items?: T[] } | undefined)?.items ?? [];
}

/** What a bidder does in a tender, in the order in which it comes: documents, questions, bid, deposit, answers, grievances. */
export async function bidderPart(context: PageContext, tender: Procurement): Promise<Child> {
  const { lang, href } = context;
  const t = MESSAGES[lang];
  const path = `/procurements/${tender.id}`;
  const back = `/console/tenders/${tender.id}`;
  const [documents, questions, receipts, grievances, { tenders }] = await Promise.all([
    itemsAt<Document>(context, `${path}/documents`),
    itemsAt<Question>(context, `${path}/questions`),
    itemsAt<Receipt>(context, `${path}/receipts`),
    ownGrievancesOf(context, tender.id),
    ownTenders(context),
  ]);
  // Who only looks asks for no reference: that one is given is on record.
  const takesPart = tenders.some(({ id }) => id === tender.id);
  const lots = await Promise.all(
    tender.lots.map(async (lot) => {
      const own = receipts.filter(({ lotNo }) => lotNo === lot.no);
      return {
        lot,
        receipts: own,
        deposit: takesPart ? await depositSection(context, tender, lot, back) : depositLink(context, tender, lot),
        asked: await askedOf(context, `${path}/lots/${lot.no}`, own),
      };
    }),
  );
  const bidding = tender.stage === 'bidding';
  return (
    <>
      <h2>{t.documents}</h2>
      <p class="soft small">{t.documentsHint}</p>
      <Table
        rows={documents}
        empty={t.noDocuments}
        columns={[
          {
            head: t.name,
            cell: (row) => <a href={href(readHref(`${path}/documents/${row.id}/content`, back))}>{row.name}</a>,
          },
          { head: t.size, cell: (row) => row.size.toLocaleString('en'), number: true },
          { head: t.at, cell: (row) => <Instant at={row.uploadedAt} bare /> },
        ]}
      />
      <h2>{t.questions}</h2>
      {questions.map((question) => (
        <div class="card">
          <p class="lines">
            {question.own ? <span class="tag">{t.own}</span> : null} {question.textZh}
          </p>
          {question.answerZh === null ? (
            <p class="soft">{t.unanswered}</p>
          ) : (
            <p class="note lines">{question.answerZh}</p>
          )}
        </div>
      ))}
      {bidding ? (
        <p>
          <a class="button plain" href={href(actHref('post', `${path}/questions`, back))}>
            {t.ask}
          </a>
        </p>
      ) : null}
      {lots.map(({ lot, receipts: own, deposit, asked }) => (
        <section class="card">
          <h2>{t.lot(lot.no, lot.title)}</h2>
          {bidding ? (
            <p>
              <a class="button" href={href(`/seal?tender=${tender.id}`)}>
                {t.seal}
              </a>{' '}
              <span class="soft small">{t.sealHint}</span>
            </p>
          ) : null}
          <h3>{ownBidsTitle(lang)}</h3>
          <ReceiptTable context={context} receipts={own} titles={null} back={back} empty={t.noBids} />
          {deposit}
          {asked}
        </section>
      ))}
      <h2>{t.grievances}</h2>
      {grievances.length === 0 ? <Empty>{t.noGrievances}</Empty> : null}
      {grievances.map((grievance) => (
        <OwnGrievance context={context} grievance={grievance} back={back} />
      ))}
      <p>
        <a class="button plain" href={href(actHref('post', `${path}/grievances`, back))}>
          {t.file}
        </a>
      </p>
    </>
  );
}

/** What the committee asks of the standing bid, each with its clock; after the opening only. */
async function askedOf(context: PageContext, lotPath: string, receipts: readonly Receipt[]): Promise<Child> {
  const standing = receipts.find(({ state }) => state === 'standing');
  if (!standing) return null;
  const { lang, href } = context;
  const t = MESSAGES[lang];
  const back = `/console/tenders/${standing.procurementId}`;
  const { body } = await context.ask({ method: 'get', path: `${lotPath}/bids/${standing.bidId}/requests` });
  const { items: requests, corrections, unanswered } = (body ?? NOTHING_ASKED) as AskedOfBid;
  if (requests.length + corrections.length === 0) return null;
  return (
    <section>
      <h3>{t.asked}</h3>
      {requests.map((request) => {
        const open = request.answerZh === null && !request.lapsed;
        return (
          <Note kind={open ? 'warn' : 'info'} title={t.kinds[request.on]}>
            {request.questionZh === null ? null : <p class="lines">{request.questionZh}</p>}
            <p>
              {t.until} <Instant at={request.until} countdown={open} bare={!open} />
            </p>
            {request.answerZh === null ? null : (
              <p class="lines">
                {t.answered}：{request.answerZh}
              </p>
            )}
            {request.lapsed ? <p>{t.lapsed}</p> : null}
            {open ? (
              <>
                <p class="soft small">{unanswered[lang]}</p>
                <a class="button" href={href(actHref('post', `${lotPath}/bids/${standing.bidId}/explanation`, back))}>
                  {t.answer}
                </a>
              </>
            ) : null}
          </Note>
        );
      })}
      {corrections.map(({ steps, yes }) => (
        <Note kind={yes === null ? 'warn' : 'info'} title={t.corrected}>
          <ul>
            {steps.map(({ toFen, noteZh }) => (
              <li>
                <Money fen={toFen} /> {noteZh}
              </li>
            ))}
          </ul>
          {yes === null ? (
            <a class="button" href={href(actHref('post', `${lotPath}/bids/${standing.bidId}/confirmation`, back))}>
              {t.answer}
            </a>
          ) : (
            <p>{yes ? t.confirmed : t.notConfirmed}</p>
          )}
        </Note>
      ))}
    </section>
  );
}
