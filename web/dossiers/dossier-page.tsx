import type * as z from 'zod';
import type { procurementSchema } from '../../api/procurements/views.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { permission, type Action, type Denial, type Role } from '../../domain/roles.ts';
import { page } from '../http/page.ts';
import { Empty } from '../parts/empty.tsx';
import { Refusal } from '../parts/form.tsx';
import { Note } from '../parts/note.tsx';
import { Table } from '../parts/table.tsx';
import type { Lang } from '../http/language.ts';

type Tender = z.infer<typeof procurementSchema>;

const MESSAGES = {
  zh: {
    title: '项目档案',
    tenders: '项目',
    lead: '一个 zip 文件：您的身份现在可以看到的一切及其证明，附目录和清单。导出记入审计记录。',
    running: '项目尚未完成，档案只含此时已有的内容。',
    download: '导出项目档案（zip）',
    out: '现在不在档案中的',
    outLead: '按您的身份和项目现在的阶段。档案的目录（index.html）逐件写明未包含的内容、原因和何时可得。',
    what: '内容',
    why: '原因',
    lot: (no: number, what: string) => `${what}：第${no}标段（包）`,
    nothing: '按您的身份没有因保密而缺的部分。',
    kept: '各成员的打分见评标（评审）报告文件；投诉处理决定平台尚不登记，请另行归档。',
    verify: '不联网核验：kaibiao verify dossier',
    denials: {
      role: '您的身份不能查看',
      stage: '项目现在的阶段没有，或者不能查看',
      'before-opening': '开标（开启）前对任何人保密',
      'before-award': '中标（成交）结果确定前保密',
      'before-announcement': '公告之前不公开',
    } satisfies Record<Denial, string>,
  },
  en: {
    title: 'Dossier',
    tenders: 'Procurements',
    lead: 'A zip file: all that your role may see now, with its proofs, a table of contents and a manifest. That it was made is recorded in the audit trail.',
    running: 'The procurement is still running: the dossier has what there is by now.',
    download: 'Make the dossier (zip)',
    out: 'What it leaves out now',
    outLead:
      'By your role and the present stage. Its table of contents (index.html) names each thing that is left out, why, and when it can be had.',
    what: 'What',
    why: 'Why',
    lot: (no: number, what: string) => `${what}: lot ${no}`,
    nothing: 'For your role nothing is left out as confidential.',
    kept: 'The marks of each member are in the report as a document; decisions on complaints are not recorded here: keep them beside it.',
    verify: 'To verify it off-line: kaibiao verify dossier',
    denials: {
      role: 'your role may not see it',
      stage: 'the present stage does not have it, or does not show it',
      'before-opening': 'confidential to everybody until the opening',
      'before-award': 'confidential until the award',
      'before-announcement': 'not public until it is announced',
    } satisfies Record<Denial, string>,
  },
};

/** What a dossier has parts of, and which action shows each. */
const PARTS: readonly (readonly [action: Action, zh: string, en: string])[] = [
  ['document.obtainers', '获取采购文件的供应商', 'Suppliers that obtained the documents'],
  ['opening.read', '开标（开启）情况和记录', 'The opening and its records'],
  ['bid.read', '投标（响应）文件', 'Bids'],
  ['deposit.read', '保证金及其退还', 'Deposits and their refunds'],
  ['grievance.read', '异议、质疑及其答复', 'Objections and queries, with their replies'],
  ['prepared-act.read', '经办、复核事项', 'Acts that one person prepared and another confirmed'],
  ['clue.read', '线索', 'Clues'],
  ['audit.read', '审计记录', 'The audit trail'],
];
const PARTS_OF_LOT: readonly (readonly [action: Action, zh: string, en: string])[] = [
  ['report.read', '评标（评审）报告与候选人', 'Report and candidates'],
  ['committee.read', '评标委员会（评审小组）名单', 'Names of the committee'],
  ['contract.read', '合同及其履行', 'The contract and its performance'],
];

interface Missing {
  readonly what: string;
  readonly denied: Denial;
}

/** What a role may not see of a tender now, of what a dossier is made of. */
function missingFor(role: Role, tender: Tender, lang: Lang): Missing[] {
  const { stage, openedAt } = tender;
  const common = { stage, opened: openedAt !== null, announced: true, suspended: false };
  const denied = (action: Action, situation: Parameters<typeof permission>[2]): Denial | null => {
    const answer = permission(role, action, situation);
    return 'denied' in answer ? answer.denied : null;
  };
  const ofTender = PARTS.flatMap(([action, zh, en]) => {
    const why = denied(action, common);
    return why === null ? [] : [{ what: lang === 'zh' ? zh : en, denied: why }];
  });
  const ofLots = tender.lots.flatMap((lot) =>
    PARTS_OF_LOT.flatMap(([action, zh, en]) => {
      const why = denied(action, { ...common, lotStage: lot.stage, awarded: lot.awardedAt !== null });
      return why === null ? [] : [{ what: MESSAGES[lang].lot(lot.no, lang === 'zh' ? zh : en), denied: why }];
    }),
  );
  return [...ofTender, ...ofLots];
}

/** The dossier of a tender: how it is made, and what it leaves out now. */
export const consoleDossierPages = [
  page({
    path: '/console/tenders/:id/dossier',
    for: 'person',
    handle: async ({ lang, view, ask, param, href }) => {
      const t = MESSAGES[lang];
      const id = param('id');
      const told = await ask({ method: 'get', path: `/procurements/${id}` });
      const tender = told.problem ? null : (told.body as Tender);
      const role = view.acting?.role ?? 'public';
      const may = 'scope' in permission(role, 'dossier.make', { stage: tender?.stage ?? 'draft' });
      const isOver = tender?.stage === 'concluded' || tender?.stage === 'terminated';
      return {
        title: t.title,
        status: told.status,
        content: (
          <ConsoleFrame
            crumbs={[
              ['/console/tenders', t.tenders],
              ...(tender ? [[`/console/tenders/${id}`, tender.title] as const] : []),
            ]}
          >
            <h1>{t.title}</h1>
            <Refusal problem={told.problem} />
            {tender === null ? null : may ? (
              <>
                <p class="soft">{t.lead}</p>
                {isOver ? null : (
                  <Note kind="warn">
                    <p>{t.running}</p>
                  </Note>
                )}
                <p class="buttons">
                  <a class="button" href={href(`/console/read/procurements/${id}/dossier`)}>
                    {t.download}
                  </a>
                </p>
                <p class="small">{t.verify}</p>
                <h2>{t.out}</h2>
                <p class="soft">{t.outLead}</p>
                <Table
                  rows={missingFor(role, tender, lang)}
                  empty={t.nothing}
                  columns={[
                    { head: t.what, cell: (row) => row.what },
                    { head: t.why, cell: (row) => t.denials[row.denied] },
                  ]}
                />
                <p class="soft small">{t.kept}</p>
              </>
            ) : (
              <Empty>{t.denials.role}</Empty>
            )}
          </ConsoleFrame>
        ),
      };
    },
  }),
];
