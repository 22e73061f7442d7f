import type * as z from 'zod';
import type { procurementSchema } from '../../api/procurements/views.ts';
import { bidderPart, isInBidderPart } from '../bids/bidder-part.tsx';
import { actHref, readHref } from '../acts/links.ts';
import { possibleAt, type Possible } from '../acts/possible.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { wordFor } from '../../domain/fields/field.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { permission } from '../../domain/roles.ts';
import { stageWordsOf } from '../../domain/procedures/stage-words.ts';
import { page, type PageContext } from '../http/page.ts';
import { Facts } from '../parts/facts.tsx';
import { Refusal } from '../parts/form.tsx';
import { Money } from '../parts/money.tsx';
import { TimelineChart, TimelineList, type Milestone } from '../parts/timeline.tsx';
import { recordsOf, TenderRecords } from './records.tsx';

export type Procurement = z.infer<typeof procurementSchema>;

const MESSAGES = {
  zh: {
    tenders: '项目',
    purchaser: '招标人（采购人）',
    agency: '代理机构',
    procedure: '采购方式',
    kind: '类别',
    budget: '预算',
    stage: '阶段',
    winner: '中标人（成交供应商）',
    acts: '可以办理',
    reads: '可以查看',
    lot: (no: number) => `第${no}标段（包）`,
    timeline: '法定时间轴',
    dossier: '项目档案',
    audit: '审计记录',
    none: '现在没有可以办理的事项。',
  },
  en: {
    tenders: 'Procurements',
    purchaser: 'Purchaser',
    agency: 'Agency',
    procedure: 'Procedure',
    kind: 'Kind',
    budget: 'Budget',
    stage: 'Stage',
    winner: 'Winner',
    acts: 'What you can do',
    reads: 'What you can read',
    lot: (no: number) => `Lot ${no}`,
    timeline: 'Legal timeline',
    dossier: 'Dossier',
    audit: 'Audit trail',
    none: 'Nothing can be done now.',
  },
};

/** One tender as a role sees it: where it stands, what can be done and read, lot by lot, and its timeline. */
export const consoleTenderPages = [
  page({
    path: '/console/tenders/:id',
    for: 'person',
    handle: async (context) => {
      const { lang, view } = context;
      const t = MESSAGES[lang];
      const id = context.param('id');
      const told = await context.ask({ method: 'get', path: `/procurements/${id}` });
      if (told.problem)
        return {
          title: t.tenders,
          status: told.status,
          content: (
            <ConsoleFrame crumbs={[['/console/tenders', t.tenders]]}>
              <Refusal problem={told.problem} />
            </ConsoleFrame>
          ),
        };
      const tender = told.body as Procurement;
      const timeline = await context.ask({ method: 'get', path: `/procurements/${id}/timeline` });
      const { items: milestones = [] } = (timeline.body ?? {}) as { items?: Milestone[] };
      const role = view.acting?.role ?? 'public';
      const words = stageWordsOf(procedureOf(tender));
      const records = await recordsOf(context, tender);
      const here = `/console/tenders/${id}`;
      const ofBidder = role === 'supplier' ? await bidderPart(context, tender) : null;
      const situation = (lot: Procurement['lots'][number] | null) => ({
        stage: tender.stage,
        opened: tender.openedAt !== null,
        announced: true,
        ...(lot ? { lotStage: lot.stage, awarded: lot.awardedAt !== null } : {}),
      });
      const at = (lot: Procurement['lots'][number] | null, what: 'acts' | 'reads') =>
        possibleAt({ role, procurementId: id, lotNo: lot?.no ?? null, situation: situation(lot) }, what).filter(
          ({ spec }) => !(ofBidder && isInBidderPart(spec.path)),
        );
      return {
        title: tender.title,
        content: (
          <ConsoleFrame crumbs={[['/console/tenders', t.tenders]]}>
            <h1>{tender.title}</h1>
            <Facts
              rows={[
                [t.stage, <span class="tag">{words.procurement[tender.stage].name[lang]}</span>],
                [t.purchaser, tender.purchaser.name],
                ...(tender.agency ? [[t.agency, tender.agency.name] as const] : []),
                [t.procedure, lang === 'zh' ? wordFor('procedure', tender.procedure) : tender.procedure],
                [t.kind, lang === 'zh' ? wordFor('kind', tender.kind) : tender.kind],
                [t.budget, <Money fen={tender.budgetFen} />],
              ]}
            />
            {'scope' in permission(role, 'dossier.make', { stage: tender.stage }) ? (
              <p>
                <a href={context.href(`${here}/dossier`)}>{t.dossier}</a>
                {'scope' in permission(role, 'audit.read', {}) ? (
                  <>
                    {' · '}
                    <a href={context.href(`/console/audit?procurementId=${id}`)}>{t.audit}</a>
                  </>
                ) : null}
              </p>
            ) : null}
            {ofBidder}
            <Links
              context={context}
              title={t.acts}
              some={at(null, 'acts')}
              back={here}
              {...(ofBidder ? {} : { empty: t.none })}
            />
            <Links context={context} title={t.reads} some={at(null, 'reads')} back={here} />
            {tender.lots.map((lot) => (
              <section class="card">
                <h2>
                  {t.lot(lot.no)} · {lot.title}
                </h2>
                <Facts
                  rows={[
                    [t.stage, <span class="tag">{words.lot[lot.stage].name[lang]}</span>],
                    [t.budget, <Money fen={lot.budgetFen} />],
                    ...(lot.winner === null ? [] : [[t.winner, lot.winner] as const]),
                  ]}
                />
                <Links context={context} title={t.acts} some={at(lot, 'acts')} back={here} />
                <Links context={context} title={t.reads} some={at(lot, 'reads')} back={here} />
              </section>
            ))}
            <TenderRecords context={context} records={records} />
            <h2>{t.timeline}</h2>
            <TimelineChart milestones={milestones} />
            <TimelineList milestones={milestones} />
          </ConsoleFrame>
        ),
      };
    },
  }),
];

function Links({
  context,
  title,
  some,
  back,
  empty,
}: {
  readonly context: PageContext;
  readonly title: string;
  readonly some: readonly Possible[];
  readonly back: string;
  readonly empty?: string;
}) {
  if (some.length === 0) return empty === undefined ? null : <p class="soft">{empty}</p>;
  const { lang } = context;
  return (
    <details open={some[0]?.spec.method !== 'get'}>
      <summary>{title}</summary>
      <ul>
        {some.map(({ spec, path }) => (
          <li>
            <a href={context.href(spec.method === 'get' ? readHref(path, back) : actHref(spec.method, path, back))}>
              {spec[lang]}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}
