import type { Candidate, ReportPayload, Valued } from '../decisions.ts';
import type { Proceedings } from './proceedings.ts';
import { pointsZh } from '../notices/evaluation.ts';
import { citationOf } from '../law/rulebook.ts';
import { exact, shown, type Exact } from './scoring/fraction.ts';
import type { ScoringInput } from './scoring/input.ts';
import type { Outcome, RankedBid } from './scoring/outcome.ts';

/** What notices state of a candidate and no marks contain: as its bid has it. */
export type CandidateDetails = Pick<Candidate, 'bidId'> &
  Partial<
    Pick<
      Candidate,
      | 'address'
      | 'quality'
      | 'period'
      | 'evaluationZh'
      | 'projectLead'
      | 'leadCertificate'
      | 'qualification'
      | 'items'
      | 'smeDeclarationZh'
    >
  >;

/** The nearest number of a floating point, for what is only shown: ranks come from the exact ones. */
const asNumber = (value: Exact): number => {
  const { n, d } = exact(value);
  const whole = n / d;
  return Number(whole) + Number(n - whole * d) / Number(d);
};

/** Why the evaluated price is another than the price, and by how much: the steps between them. */
function explained({ steps }: RankedBid): string {
  const end = steps.findIndex(({ key }) => key === 'price.evaluated');
  return steps
    .slice(0, end + 1)
    .filter(({ key }) => /^(?:price\.adjustment\.|preference\.|price\.evaluated$)/.test(key))
    .map(({ zh, shown, unit }) => `${zh} ${shown}${unit === 'fen' ? ' 元' : '%'}`)
    .join('；');
}

/** 并列的先后: why an equal bid is before or behind others; undefined: it has no equals. */
function tieZh({ ties }: Outcome, { law }: ScoringInput, bidId: string): string | undefined {
  const tie = ties.find((each) => each.bidIds.includes(bidId));
  if (!tie) return undefined;
  const { rank, bidIds, shared, drawn } = tie;
  const equal = shared ? `${bidIds.length} 家并列第 ${rank} 名` : `${bidIds.length} 家相同`;
  const by = drawn.some((group) => group.includes(bidId)) ? '随机抽取' : '文件规定的方式';
  return `${equal}（${citationOf(law.ties.rule).zh}），其先后由${by}确定，为其中第 ${bidIds.indexOf(bidId) + 1} 家`;
}

/**
 * The report as the marks make it: nothing of it is typed but the details of the candidates.
 * @throws Error before the evaluation is settled
 */
export function reportedOf(
  proceedings: Proceedings,
  {
    details,
    evaluationEndedAt,
    documentId,
  }: { readonly details: readonly CandidateDetails[] } & Pick<ReportPayload, 'evaluationEndedAt' | 'documentId'>,
): ReportPayload {
  const { outcome, input } = proceedings;
  if (!outcome || !input || outcome.pending.length > 0) throw new Error('the evaluation is not settled');
  const valued = (bidId: string, priceFen: number, score: RankedBid | null): Valued => {
    const facts = input.bids.find((each) => each.bidId === bidId);
    const evaluated = score ? Math.round(asNumber(score.evaluatedFen)) : priceFen;
    const total = score?.total ?? null;
    const confirmed = confirmationOf(proceedings, bidId);
    return {
      ...{ bidId, priceFen, score: total === null ? null : asNumber(total) },
      ...(score === null || evaluated === priceFen ? {} : { evaluatedFen: evaluated, evaluatedZh: explained(score) }),
      ...(facts && facts.corrections.length > 0 && facts.confirmed === true
        ? { corrections: [...facts.corrections] }
        : {}),
      ...(confirmed ? { confirmation: confirmed } : {}),
      ...(score?.brandBehind ? { brandBehind: score.brandBehind } : {}),
    };
  };
  // Published as the documents show points: exact ones have many places.
  const publishedPoints = ({ total }: RankedBid): { readonly evaluationZh?: string } =>
    total === null ? {} : { evaluationZh: pointsZh(shown(exact(total), input.scheme.digits)) };
  const { valid: ordered } = outcome;
  const candidates = ordered.filter(({ candidate }) => candidate);
  const rejected = new Set(outcome.rejected.map(({ bidId }) => bidId));
  const valid = new Map(ordered.map((bid) => [bid.bidId, bid]));
  const others = input.bids.filter(({ bidId }) => !rejected.has(bidId) && valid.get(bidId)?.candidate !== true);
  return {
    evaluationEndedAt,
    committee: [],
    candidates: candidates.map((bid, index) => ({
      ...publishedPoints(bid),
      ...details.find(({ bidId }) => bidId === bid.bidId),
      ...valued(bid.bidId, bid.priceFen, bid),
      rank: index + 1,
      tieZh: tieZh(outcome, input, bid.bidId),
    })),
    others: others.map(({ bidId, priceFen }) => {
      const score = valid.get(bidId) ?? null;
      return valued(bidId, score?.priceFen ?? priceFen, score);
    }),
    rejected: outcome.rejected.map(({ bidId, ground, zh }) => ({ bidId, ground, reasonZh: zh })),
    competition: input.competition ?? 'sufficient',
    documentId,
    made: 'here',
  };
}

function confirmationOf(proceedings: Proceedings, bidId: string): Valued['confirmation'] {
  const given = proceedings.acts('confirmation').find(({ by, act }) => by === bidId && act.yes);
  return given && { by: given.act.name, at: given.at };
}
