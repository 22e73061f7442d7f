import { citeEn, citeZh } from '../../domain/law/rule.ts';
import { getRule, type RuleId } from '../../domain/law/rulebook.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { Facts } from '../parts/facts.tsx';
import { Money } from '../parts/money.tsx';
import { Table } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';
import type { PublicTender } from './public-reading.ts';

const MESSAGES = {
  zh: {
    title: '评审结果',
    rank: '排序',
    supplier: '候选人',
    price: '报价',
    evaluation: '评标情况',
    published: '依法公示的内容',
    own: '每个投标人的得分明细只告知本人，不公开',
    check: '核验得分说明、抽取记录',
    scheme: '评标（评审）办法',
    draw: '专家抽取记录',
    json: '机器可读（JSON）',
  },
  en: {
    title: 'Outcome of the evaluation',
    rank: 'Rank',
    supplier: 'Candidate',
    price: 'Price',
    evaluation: 'How it was evaluated',
    published: 'Published by law',
    own: 'The score sheet of a bidder is disclosed to that bidder only',
    check: 'Verify a score sheet or the draw',
    scheme: 'Scheme of evaluation',
    draw: 'Record of the draw of experts',
    json: 'machine-readable (JSON)',
  },
};

/** What the notice of the candidates (10号令 6) says of each. */
interface Candidate {
  readonly rank?: number;
  readonly supplier?: string;
  readonly priceFen?: number;
  readonly evaluationZh?: string | null;
}

/** After the award: what was published of the evaluation of a lot, and what everybody can check. Never more than notices say. */
export function EvaluationPart({
  lot,
  found: { tender, notices, readable },
}: {
  readonly lot: PublicTender['tender']['lots'][number];
  readonly found: PublicTender;
}) {
  const { href, t: say } = useView();
  const t = say(MESSAGES);
  const open = readable.get(lot.no);
  if (lot.awardedAt === null) return null;
  const notice = notices.find(({ kind, lotNo }) => kind === 'candidates' && lotNo === lot.no);
  const candidates = (notice?.content['candidates'] ?? []) as readonly Candidate[];
  const { scope } = procedureOf(tender);
  const told = getRule('gp-loser-notice').appliesTo.includes(scope);
  const base = `/api/procurements/${tender.id}/lots/${lot.no}`;
  return (
    <section>
      <h4>{t.title}</h4>
      {candidates.length === 0 ? null : (
        <>
          <Table
            caption={`${t.title} · ${lot.title}`}
            rows={candidates}
            empty=""
            columns={[
              { head: t.rank, number: true, cell: ({ rank }) => rank ?? '' },
              { head: t.supplier, cell: ({ supplier }) => <span lang="zh-CN">{supplier}</span> },
              {
                head: t.price,
                number: true,
                cell: ({ priceFen }) => (priceFen === undefined ? '' : <Money fen={priceFen} />),
              },
              {
                head: t.evaluation,
                cell: ({ evaluationZh }) => (
                  <span class="lines" lang="zh-CN">
                    {evaluationZh ?? ''}
                  </span>
                ),
              },
            ]}
          />
          <p class="small soft">
            {t.published} <RuleLink id="ann-candidate-fields" />
          </p>
        </>
      )}
      <p class="small soft">
        {t.own} {told ? <RuleLink id="gp-loser-notice" /> : null}
      </p>
      {open?.scheme || open?.draw ? (
        <Facts
          rows={[
            ...(open.scheme ? [[t.scheme, <a href={`${base}/scheme`}>{t.json}</a>] as const] : []),
            ...(open.draw ? [[t.draw, <a href={`${base}/committee/draw`}>{t.json}</a>] as const] : []),
          ]}
        />
      ) : null}
      <p class="small">
        <a href={href('/verify')}>{t.check}</a>
      </p>
    </section>
  );
}

/** An article, with its words one click away. */
function RuleLink({ id }: { readonly id: RuleId }) {
  const { lang, href } = useView();
  const rule = getRule(id);
  return <a href={href(`/law/${id}`)}>{lang === 'zh' ? citeZh(rule) : citeEn(rule)}</a>;
}
