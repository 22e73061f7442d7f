import { DomainError } from '../errors.ts';
import type { Bilingual } from '../law/timeline.ts';

// Within a stage a draw, a committee and its evaluation have states of their own, of which no article speaks.

const STATES = {
  draft: { zh: '草稿', en: 'a draft' },
  launched: { zh: '已发起', en: 'launched' },
  bidding: { zh: '投标', en: 'bidding' },
  concluded: { zh: '已结束', en: 'concluded' },
  pending: { zh: '随项目', en: 'pending' },
  opening: { zh: '开标', en: 'being opened' },
  evaluation: { zh: '评标（评审）', en: 'evaluation' },
  publicity: { zh: '公示', en: 'publicity' },
  award: { zh: '定标', en: 'award' },
  contract: { zh: '签订合同', en: 'contract' },
  performance: { zh: '履约', en: 'performance' },
  archived: { zh: '已归档', en: 'archived' },
  failed: { zh: '招标失败', en: 'failed' },
  terminated: { zh: '已终止', en: 'terminated' },

  committing: { zh: '承诺随机数', en: 'commitments' },
  revealing: { zh: '交出随机数', en: 'parts' },
  calling: { zh: '邀请专家', en: 'calls' },
  formed: { zh: '已组成', en: 'formed' },
  ended: { zh: '已结束', en: 'ended' },
  void: { zh: '无效', en: 'void' },

  invited: { zh: '待答复', en: 'not answered' },
  confirmed: { zh: '已确认参加', en: 'confirmed' },
  declined: { zh: '不参加', en: 'declined' },
  lapsed: { zh: '逾期未答复', en: 'lapsed' },
  withdrawn: { zh: '已退出', en: 'withdrawn' },
  called: { zh: '已被邀请', en: 'called' },
  'not-called': { zh: '未被邀请', en: 'not called' },

  marking: { zh: '评审打分中', en: 'being marked' },
  marked: { zh: '各部分均已评完', en: 'marked' },
  'before-review': { zh: '评审尚未开始', en: 'not yet reviewed' },
  'before-technical': { zh: '技术部分尚未开始', en: 'before the technical part' },
  'before-commercial': { zh: '商务部分尚未开始', en: 'before the commercial part' },
  commercial: { zh: '商务部分', en: 'commercial part' },
  'before-price': { zh: '报价部分尚未开放', en: 'before the price part' },
  review: { zh: '资格、符合性审查', en: 'review' },
  technical: { zh: '技术部分', en: 'technical part' },
  price: { zh: '报价部分', en: 'price part' },
  reviewing: { zh: '评审已开始', en: 'being reviewed' },
  evaluating: { zh: '尚有未决事项', en: 'not settled' },
  settled: { zh: '事项均已决定', en: 'settled' },
  led: { zh: '已推选组长', en: 'led' },
  voted: { zh: '已表决', en: 'voted' },
  asked: { zh: '已要求说明', en: 'asked' },
  answered: { zh: '已答复', en: 'answered' },
  explained: { zh: '已说明', en: 'explained' },
  late: { zh: '已逾期', en: 'late' },
  signing: { zh: '签署中', en: 'being signed' },
  closing: { zh: '已限期签署', en: 'to be signed by an instant that is set' },
  signed: { zh: '均已签署', en: 'signed' },
  adopted: { zh: '多数通过', en: 'adopted' },
  'not-adopted': { zh: '多数未通过', en: 'not adopted' },
  reported: { zh: '报告已提交', en: 'reported' },
  'no-venue': { zh: '未登记评审场所', en: 'without a venue' },
  'venue-stated': { zh: '已登记评审场所', en: 'with its venue stated' },
} as const satisfies Readonly<Record<string, Bilingual>>;
export type CommitteeState = keyof typeof STATES;

const PLACES = {
  procurement: { zh: '项目', en: 'procurement' },
  lot: { zh: '标段（包）的评审', en: 'evaluation of the lot' },
  draw: { zh: '专家抽取', en: 'draw' },
} as const satisfies Readonly<Record<string, Bilingual>>;

/** An act at a state that does not allow it. */
export function outOfState(
  what: keyof typeof PLACES,
  state: CommitteeState,
  wanted: readonly CommitteeState[],
): DomainError {
  const place = PLACES[what];
  const [lawfulZh, lawfulEn] = [
    wanted.map((each) => `「${STATES[each].zh}」`),
    wanted.map((each) => `"${STATES[each].en}"`),
  ];
  return new DomainError('stage-conflict', {
    messageZh: `不能办理：${place.zh}现为「${STATES[state].zh}」，须为${lawfulZh.join('或')}`,
    messageEn: `This cannot be done: the ${place.en} is at "${STATES[state].en}"; it must be at ${lawfulEn.join(' or ')}`,
    details: { field: 'stage', stage: state, wanted },
  });
}
