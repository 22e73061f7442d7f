import type { DecisionKind } from '../decisions.ts';
import type { RuleId } from '../law/rulebook.ts';
import type { Bilingual } from '../law/timeline.ts';
import type { Procedure, StageDefinition } from './procedure.ts';
import type { ProcedureWords } from './words.ts';

/** What the stages of a procedure have of their own. A rule is that which ends its stage; absent: it has none. */
interface OwnStages {
  readonly opening?: RuleId | undefined;
  readonly report: RuleId;
  /** 公示: candidates stand public before the award. */
  readonly publicity?: RuleId;
  readonly award: RuleId;
  readonly awardZh: string;
  readonly contract: RuleId;
  readonly performance: Bilingual;
  readonly termination: RuleId;
}

/** The order of a procurement that takes offers, opens and evaluates them, and ends in a contract. */
export function stagesOf(words: ProcedureWords, own: OwnStages): Procedure['stages'] {
  const opened = {
    zh: `${words.bidding}截止时间届满后${words.opening}；暂停的，恢复并顺延后办理`,
    en: 'at the deadline bids are closed and opened; a suspension postpones it',
  };
  const over = {
    zh: '没有后续步骤；需要再次采购的，另行发起项目（可复制为新草稿）',
    en: 'nothing follows; what is needed again is a new procurement (copy it into a draft)',
  };
  const publicity: Procedure['stages']['lot'] = own.publicity
    ? [
        {
          stage: 'publicity',
          name: { zh: `公示${words.award}候选人`, en: 'publicity of the candidates' },
          then: {
            zh: `公示期届满且没有未答复的${words.grievance}的，确定${words.winner}`,
            en: 'once the publicity has ended and no objection is open, the winner is decided',
          },
          zh: '公示中标候选人；异议使期限暂停',
          en: 'candidates stand public; an objection suspends the clock',
          ends: { by: 'period', of: 'publicity-end', act: 'end-publicity', without: 'at-once' },
          rule: own.publicity,
          next: ['award', 'evaluation', 'failed', 'terminated'],
        },
      ]
    : [];
  return {
    procurement: [
      {
        stage: 'draft',
        name: { zh: '起草', en: 'draft' },
        then: {
          zh: `补齐后发起，到公告时间发布${words.notice.zh}`,
          en: 'launch it; its notice is published at its time',
        },
        zh: '起草',
        en: 'being drafted',
        ends: { by: 'people' },
        next: ['launched'],
      },
      {
        stage: 'launched',
        name: { zh: '已发起', en: 'launched' },
        then: {
          zh: `到公告时间发布${words.notice.zh}，开始${words.bidding}；此前可以撤回发起，恢复为草稿`,
          en: 'at its time the notice is published and bidding begins; until then the launch can be withdrawn',
        },
        zh: '已发起，待公告',
        en: 'launched; the notice is due',
        ends: { by: 'instant', of: 'notice', act: 'publish-tender' },
        next: ['bidding', 'terminated', 'draft'],
      },
      {
        stage: 'bidding',
        name: { zh: words.bidding, en: 'bidding' },
        then: opened,
        zh: `${words.bidding}，截止时间即${words.opening}时间`,
        en: 'bidding; bids are closed and opened at one instant',
        ends: { by: 'instant', of: 'bid-deadline', act: 'close' },
        ...(own.opening ? { rule: own.opening } : {}),
        next: ['opening', 'evaluation', 'terminated'],
      },
      {
        stage: 'opening',
        name: { zh: words.opening, en: 'opening' },
        then: { zh: `${words.opening}完成后${words.evaluation}`, en: 'once the bids are opened they are evaluated' },
        zh: `保管人解密，${words.opening}`,
        en: 'custodians open sealed bids',
        ends: { by: 'opening' },
        next: ['evaluation', 'terminated'],
      },
      {
        stage: 'evaluation',
        name: { zh: `${words.evaluation}至归档`, en: 'evaluation to archive' },
        then: {
          zh: '各标段（包）分别办理，最后一个归档后项目结束',
          en: 'each lot goes its own way; with the archive of the last the procurement ends',
        },
        zh: `各标段${words.evaluation}至归档`,
        en: 'each lot, from its evaluation to its archive',
        ends: { by: 'lots', act: 'conclude' },
        next: ['concluded', 'terminated'],
      },
      end('concluded', '结束', 'concluded', over),
      {
        stage: 'terminated',
        name: { zh: '终止', en: 'terminated' },
        then: { zh: `退还费用和${words.deposit}；${over.zh}`, en: `fees and deposits go back; ${over.en}` },
        zh: '已终止，退还费用和保证金',
        en: 'terminated; fees and deposits go back',
        ends: { by: 'duties', then: 'ended' },
        rule: own.termination,
        next: [],
      },
    ],
    lot: [
      {
        stage: 'pending',
        name: { zh: `尚未${words.opening}`, en: 'not opened yet' },
        then: opened,
        zh: '随项目',
        en: 'follows the procurement',
        ends: { by: 'procurement' },
        next: ['opening', 'evaluation', 'failed', 'terminated'],
      },
      {
        stage: 'opening',
        name: { zh: words.opening, en: 'opening' },
        then: { zh: `${words.opening}完成后${words.evaluation}`, en: 'once the bids are opened they are evaluated' },
        zh: words.opening,
        en: 'being opened',
        ends: { by: 'procurement' },
        next: ['evaluation', 'failed', 'terminated'],
      },
      {
        stage: 'evaluation',
        name: { zh: words.evaluation, en: 'evaluation' },
        then: {
          zh: `${words.committee}${words.evaluation}后提交${words.evaluation}报告`,
          en: 'the committee evaluates, and its report is submitted',
        },
        zh: `${words.evaluation}，至${words.evaluation}报告送达`,
        en: 'evaluation, until the report is delivered',
        ends: { by: 'people' },
        rule: own.report,
        next: [own.publicity ? 'publicity' : 'award', 'failed', 'terminated'],
      },
      ...publicity,
      {
        stage: 'award',
        name: { zh: `确定${words.winner}`, en: 'award' },
        then: {
          zh: `${words.purchaser}在法定期限内确定${words.winner}`,
          en: 'the purchaser decides on the winner within the lawful period',
        },
        zh: own.awardZh,
        en: 'award',
        ends: { by: 'period', of: 'award', act: 'award-period-end' },
        rule: own.award,
        // To its publicity, where the notice of the candidates is corrected.
        next: ['contract', ...(own.publicity ? (['publicity'] as const) : []), 'evaluation', 'failed', 'terminated'],
      },
      {
        stage: 'contract',
        name: { zh: '签订合同', en: 'contract' },
        then: { zh: `与${words.winner}签订合同并登记`, en: 'the contract with the winner is signed and recorded' },
        zh: `${words.award}通知，签订合同`,
        en: 'notice of the award, contract',
        ends: { by: 'duties', then: 'people' },
        rule: own.contract,
        next: ['performance', 'evaluation', 'failed'],
      },
      {
        stage: 'performance',
        name: { zh: '履行法定事项', en: 'statutory duties' },
        then: { zh: `办结后归档：${own.performance.zh}`, en: `archived once they are done: ${own.performance.en}` },
        ...own.performance,
        ends: { by: 'duties', then: 'archived' },
        next: ['archived'],
      },
      end('archived', '归档', 'archived', over),
      end('failed', words.failure, 'failed', {
        zh: `查明原因后依法${words.again}，或者按规定另行处理`,
        en: 'find out why, and tender again or do what else the law allows',
      }),
      end('terminated', '终止', 'terminated', over),
    ],
  };
}

const end = <S extends string>(stage: S, zh: string, en: string, then: Bilingual): StageDefinition<S> => ({
  ...{ stage, zh, en, then, name: { zh, en }, next: [] },
  ends: { by: 'nothing' },
});

/** The acts of people, each at its stages and with its rule. */
export const actsOf = (rules: Readonly<Record<DecisionKind, RuleId>>): Procedure['acts'] => ({
  amend: { procurement: ['bidding'], rule: rules.amend },
  terminate: { procurement: ['launched', 'bidding', 'opening', 'evaluation'], rule: rules.terminate },
  report: { lot: ['evaluation'], rule: rules.report },
  award: { lot: ['award'], rule: rules.award },
  contract: { lot: ['contract'], rule: rules.contract },
  'publish-contract': { lot: ['performance'], rule: rules['publish-contract'] },
  duty: { procurement: ['terminated'], lot: ['contract', 'performance', 'terminated'], rule: rules.duty },
  reply: { rule: rules.reply },
  // What is public can be put right, whatever has become of the tender since.
  correct: { procurement: ['bidding', 'opening', 'evaluation', 'concluded', 'terminated'], rule: rules.correct },
});
