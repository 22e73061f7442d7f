import { decisionIdsOf } from '../../db/decisions.ts';
import { noticesByIds } from '../../db/notices.ts';
import { DomainError } from '../../domain/errors.ts';
import {
  DEPOSITS,
  DOCUMENTS,
  GRIEVANCES,
  OPENING,
  TENDER,
  type LeftOut,
  type Words,
} from '../../proofs/dossier/manifest.ts';
import { bidItems } from './bids.ts';
import { fileItem, type Dossier, type Row } from './dossier.ts';
import { fileName } from './names.ts';
import { bytesOfText, jsonItem, leftOut, leftOutBy, type Item } from './reading.ts';
import { trailItems } from './trail.ts';

/** Everything about a procurement that its reader may see, in the order in which people look for it. */
export async function* contentsOf(dossier: Dossier): AsyncGenerator<Item> {
  yield* tenderItems(dossier);
  const notices = yield* noticeItems(dossier);
  yield* documentItems(dossier);
  yield* one(dossier, 'questions', { zh: '疑问与答复', en: 'Questions and answers' });
  yield* one(dossier, 'obtainers', { zh: '获取采购文件的供应商', en: 'Suppliers that obtained the documents' });
  const records = yield* listed(dossier, '/procurements/{id}/opening', OPENING, {
    zh: '开标（开启）情况和记录',
    en: 'The opening and its records',
  });
  yield* bidItems(dossier, records);
  yield* depositItems(dossier);
  yield* evaluationItems(dossier);
  yield* reportItems(dossier);
  yield* grievanceItems(dossier);
  yield* decisionItems(dossier);
  yield* preparedItems(dossier);
  yield* one(dossier, 'clues', { zh: '线索', en: 'Clues' });
  yield* trailItems(dossier, notices);
  yield { leftOut: NOT_KEPT };
}

/** What one address of the procurement answers, or why it does not. */
async function* one({ reading, procurement }: Dossier, last: string, what: Words): AsyncGenerator<Item> {
  try {
    yield jsonItem(`${last}.json`, what, await reading.body(`/procurements/{id}/${last}`, { id: procurement.id }));
  } catch (error) {
    yield leftOutBy(error, what, `${last}.json`);
  }
}

/** The same of a list, whose items are returned. */
async function* listed(
  { reading, procurement }: Dossier,
  path: string,
  name: string,
  what: Words,
): AsyncGenerator<Item, readonly Row[]> {
  let body: Row;
  try {
    body = await reading.body(path, { id: procurement.id });
  } catch (error) {
    yield leftOutBy(error, what, name);
    return [];
  }
  yield jsonItem(name, what, body);
  return body['items'] as readonly Row[];
}

/** What belongs to the files of a procurement, and the platform does not hold: who reads a dossier must not take it for all. */
const NOT_KEPT: LeftOut = {
  what: {
    zh: '各成员的打分、投诉处理决定',
    en: 'Marks of each member, decisions on complaints',
  },
  because: {
    zh: '打分见评审报告文件；其余平台尚不登记，请另行归档',
    en: 'the marks are in the report as a document; the others are not recorded yet: keep them beside this',
  },
  ...{ until: null, name: null },
};

const BEFORE_OPENING: Words = {
  zh: '开标（开启）前对任何人保密',
  en: 'it is confidential until the opening',
};

async function* tenderItems(dossier: Dossier): AsyncGenerator<Item> {
  const { reading, procurement } = dossier;
  const body = await reading.body('/procurements/{id}', { id: procurement.id });
  // Those who run it know whom they invited; a package goes from hand to hand.
  const hidesInvited = procurement.openedAt === null && procurement.stage !== 'terminated';
  const invited = body['invitees'];
  const named = Array.isArray(invited) && invited.length > 0 && hidesInvited;
  yield jsonItem(
    TENDER,
    { zh: '项目与标段', en: 'The tender and its lots' },
    named ? { ...body, invitees: null } : body,
  );
  if (named) yield leftOut({ zh: '被邀请的供应商', en: 'Invited suppliers' }, BEFORE_OPENING, 'before-opening');
  yield* one(dossier, 'timeline', {
    zh: '法定时间轴：节点、暂停、依据',
    en: 'The timeline: milestones, suspensions, articles',
  });
  yield* one(dossier, 'sealing', { zh: '投标（响应）文件的密封与保管人', en: 'How bids are sealed, and to whom' });
}

/** As they were published: what the log has the hash of, and the page that shows it. Their hashes are returned. */
async function* noticeItems({
  reading,
  read,
  procurement,
  noticePage,
}: Dossier): AsyncGenerator<Item, ReadonlySet<string>> {
  const ids: string[] = [];
  for await (const { id } of reading.items('/notices', { procurementId: procurement.id })) ids.push(String(id));
  const rows = await noticesByIds(read, ids);
  for (const notice of rows.toSorted((a, b) => a.publishedAt - b.publishedAt || (a.id < b.id ? -1 : 1))) {
    const { id, kind, titleZh } = notice;
    yield {
      name: `notices/${id}.json`,
      what: { zh: `公告（所存原文）：${titleZh}`, en: `Notice, as it is stored: ${kind}` },
      bytes: bytesOfText([JSON.stringify(notice)]),
    };
    yield {
      name: `notices/${id}.html`,
      what: { zh: `公告：${titleZh}`, en: `Notice, as a page: ${kind}` },
      bytes: bytesOfText([noticePage(notice)]),
    };
  }
  return new Set(rows.map(({ hash }) => hash));
}

const DOCUMENT_KINDS: Readonly<Record<string, Words>> = {
  'tender-documents': { zh: '招标（采购）文件', en: 'Tender documents' },
  amendment: { zh: '澄清、修改文件', en: 'Amendment of the documents' },
  report: { zh: '评标（评审）报告文件', en: 'The report as a document' },
  contract: { zh: '合同文本', en: 'The contract' },
  acceptance: { zh: '履约验收书', en: 'Record of acceptance' },
  performance: { zh: '履约凭证', en: 'Paper of the performance' },
  evidence: { zh: '证明材料', en: 'Evidence' },
};

async function* documentItems(dossier: Dossier): AsyncGenerator<Item> {
  const { reading, procurement } = dossier;
  const list = { zh: '文件目录', en: 'List of the documents' };
  for (const { id: documentId, kind, name } of yield* listed(
    dossier,
    '/procurements/{id}/documents',
    DOCUMENTS,
    list,
  )) {
    const { zh, en } = DOCUMENT_KINDS[String(kind)] ?? { zh: '文件', en: 'Document' };
    yield await fileItem(
      reading,
      '/procurements/{id}/documents/{documentId}/content',
      { id: procurement.id, documentId },
      {
        name: `documents/${String(documentId)}/${fileName(String(name))}`,
        what: { zh: `${zh}：${String(name)}`, en: `${en}: ${String(name)}` },
      },
    );
  }
}

async function* depositItems(dossier: Dossier): AsyncGenerator<Item> {
  const list = { zh: '保证金及其退还', en: 'Deposits and their refunds' };
  const rows = yield* listed(dossier, '/procurements/{id}/deposits', DEPOSITS, list);
  for (const { depositId, document, supplier } of rows) {
    if (document === null) continue;
    yield await fileItem(
      dossier.reading,
      '/deposits/{depositId}/document',
      { depositId },
      {
        name: `deposits/${String(depositId)}/${fileName(String((document as Row)['name']))}`,
        what: { zh: `保函（保险单）：${String(supplier)}`, en: `Guarantee of ${String(supplier)}` },
      },
    );
  }
}

/** Of a lot: how its bids are judged, and by whom. */
const OF_LOT: readonly (readonly [path: string, name: string, zh: string, en: string])[] = [
  ['/procurements/{id}/lots/{no}/scheme', 'scheme', '评标（评审）办法', 'Scheme of the evaluation'],
  ['/procurements/{id}/lots/{no}/scheme/versions', 'scheme-versions', '评标（评审）办法的各版本', 'Its versions'],
  [
    '/procurements/{id}/lots/{no}/committee',
    'committee',
    '评标委员会（评审小组）的组建',
    'How the committee was formed',
  ],
  ['/procurements/{id}/lots/{no}/committee/plan', 'draw-plan', '专家抽取计划', 'Plan of the draw'],
  ['/procurements/{id}/lots/{no}/committee/draw', 'draw', '专家抽取记录', 'Record of the draw'],
  [
    '/procurements/{id}/lots/{no}/evaluation/presence',
    'presence',
    '评标（评审）场所和到场记录',
    'Venues and presence log of the evaluation',
  ],
  ['/procurements/{id}/lots/{no}/contract', 'contract', '合同及其履行', 'The contract and its performance'],
  ['/procurements/{id}/lots/{no}/committee/members', 'members', '评标委员会（评审小组）名单', 'Names of the committee'],
];

async function* evaluationItems({ reading, procurement }: Dossier): AsyncGenerator<Item> {
  for (const { no } of procurement.lots) {
    for (const [path, name, zh, en] of OF_LOT) {
      const what = { zh: `${zh}：第 ${no} 标段（包）`, en: `${en}: lot ${no}` };
      try {
        const body = await reading.body(path, { id: procurement.id, no: String(no) });
        if (Array.isArray(body['items']) && body['items'].length === 0) continue;
        yield jsonItem(`lots/${no}/${name}.json`, what, body);
      } catch (error) {
        // A lot whose committee was not drawn here, or that states no scheme, has none.
        if (error instanceof DomainError && error.code === 'not-found') continue;
        yield leftOutBy(error, what, `lots/${no}/${name}.json`);
      }
    }
  }
}

async function* reportItems({ reading, procurement }: Dossier): AsyncGenerator<Item> {
  for (const { no } of procurement.lots) {
    const what = { zh: `评标（评审）报告与候选人：第 ${no} 标段（包）`, en: `Report and candidates: lot ${no}` };
    const name = `lots/${no}/report.json`;
    try {
      const report = await reading.body('/procurements/{id}/lots/{no}/report', { id: procurement.id, no: String(no) });
      yield jsonItem(name, what, report);
      yield* recheckItems(reading, procurement.id, String(no));
      if (report['committee'] !== null) continue;
      yield leftOut(
        { zh: `评标委员会（评审小组）名单：第 ${no} 标段（包）`, en: `Names of the committee: lot ${no}` },
        { zh: '中标（成交）结果确定前保密', en: 'they are confidential until the award' },
        'before-award',
      );
    } catch (error) {
      yield leftOutBy(error, what, name);
    }
  }
}

/** 复核, and the reports before them. */
async function* recheckItems(reading: Dossier['reading'], id: string, no: string): AsyncGenerator<Item> {
  const rechecks = await reading.body('/procurements/{id}/lots/{no}/rechecks', { id, no });
  const items = rechecks['items'] as readonly Row[];
  if (items.length === 0) return;
  const what = { zh: `复核：第 ${no} 标段（包）`, en: `Rechecks: lot ${no}` };
  yield jsonItem(`lots/${no}/rechecks.json`, what, rechecks);
  const former = new Set(
    items.flatMap(({ formerReportId }) => (typeof formerReportId === 'string' ? [formerReportId] : [])),
  );
  for (const decisionId of former) {
    const report = await reading.body('/procurements/{id}/lots/{no}/report', { id, no }, { decisionId });
    const before = { zh: `复核之前的评标（评审）报告：第 ${no} 标段（包）`, en: `Report before a recheck: lot ${no}` };
    yield jsonItem(`lots/${no}/reports/${decisionId}.json`, before, report);
  }
}

async function* grievanceItems({ reading, procurement }: Dossier): AsyncGenerator<Item> {
  const what = { zh: '异议、质疑及其答复', en: 'Objections and queries, with their replies' };
  const attached = { zh: '异议（质疑）所附材料', en: 'What came with objections and queries' };
  let rows: readonly Row[];
  try {
    const body = await reading.body('/procurements/{id}/grievances', { id: procurement.id });
    rows = body['items'] as readonly Row[];
  } catch (error) {
    yield leftOutBy(error, what, GRIEVANCES);
    return;
  }
  // Who may not know yet whose it is would read it in what came with it; who is to reply reads that on the platform.
  const isUnnamed = (row: Row): boolean => row['filedBy'] === null;
  const shown = rows.map((row) => (isUnnamed(row) ? { ...row, attachments: [] } : row));
  yield jsonItem(GRIEVANCES, what, { items: shown });
  if (rows.some((row) => isUnnamed(row) && (row['attachments'] as readonly Row[]).length > 0))
    yield leftOut(attached, BEFORE_OPENING, 'before-opening');
  for (const { id: grievanceId, attachments } of shown) {
    for (const { documentId, name } of attachments as readonly Row[]) {
      yield await fileItem(
        reading,
        '/grievances/{grievanceId}/attachments/{documentId}',
        { id: procurement.id, grievanceId, documentId },
        {
          name: `grievances/${String(grievanceId)}/${String(documentId)}-${fileName(String(name))}`,
          what: { zh: `${attached.zh}：${String(name)}`, en: `${attached.en}: ${String(name)}` },
        },
      );
    }
  }
}

async function* decisionItems({ reading, read, procurement }: Dossier): AsyncGenerator<Item> {
  for (const decisionId of await decisionIdsOf(read, procurement.id)) {
    try {
      const decision = await reading.body('/decisions/{decisionId}', { decisionId });
      const what = { zh: `决定：${String(decision['messageZh'])}`, en: `Decision: ${String(decision['kind'])}` };
      yield jsonItem(`decisions/${decisionId}.json`, what, decision);
    } catch (error) {
      yield leftOutBy(error, { zh: '决定', en: 'Decisions' }, 'decisions/');
      return;
    }
  }
}

async function* preparedItems({ reading, procurement }: Dossier): AsyncGenerator<Item> {
  const what = { zh: '经办、复核事项', en: 'Acts that one person prepared and another confirmed' };
  try {
    for await (const { id } of reading.items('/prepared-acts', { procurementId: procurement.id })) {
      const preparedActId = String(id);
      const prepared = await reading.body('/prepared-acts/{preparedActId}', { preparedActId });
      yield jsonItem(`prepared-acts/${preparedActId}.json`, what, prepared);
    }
  } catch (error) {
    yield leftOutBy(error, what, 'prepared-acts/');
  }
}
