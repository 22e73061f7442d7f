import type { Bilingual } from '../law/timeline.ts';
import type { LotStage, ProcurementStage } from '../stages.ts';
import type { Procedure } from './procedure.ts';

/** A stage for people: its name, and the next step, for who asks in it for what belongs to another. */
export interface StageWords {
  readonly name: Bilingual;
  readonly next: Bilingual;
}

const OVER = {
  zh: '没有后续步骤；需要再次采购的，另行发起项目（可复制为新草稿）',
  en: 'nothing follows; what is needed again is a new procurement (copy it into a draft)',
} as const;

/** In the words of a procedure. */
export function stageWordsOf({ words, stages }: Pick<Procedure, 'words' | 'stages'>): {
  readonly procurement: Readonly<Record<ProcurementStage, StageWords>>;
  readonly lot: Readonly<Record<LotStage, StageWords>>;
} {
  const duties = stages.lot.find(({ stage }) => stage === 'performance');
  const opened = {
    zh: `${words.bidding}截止时间届满后${words.opening}；暂停的，恢复并顺延后办理`,
    en: 'at the deadline bids are closed and opened; a suspension postpones it',
  };
  const opening = {
    name: { zh: words.opening, en: 'opening' },
    next: { zh: `${words.opening}完成后${words.evaluation}`, en: 'once the bids are opened they are evaluated' },
  };
  return {
    procurement: {
      draft: {
        name: { zh: '起草', en: 'draft' },
        next: {
          zh: `补齐后发起，到公告时间发布${words.notice.zh}`,
          en: 'launch it; its notice is published at its time',
        },
      },
      launched: {
        name: { zh: '已发起', en: 'launched' },
        next: {
          zh: `到公告时间发布${words.notice.zh}，开始${words.bidding}；此前可以撤回发起，恢复为草稿`,
          en: 'at its time the notice is published and bidding begins; until then the launch can be withdrawn',
        },
      },
      bidding: { name: { zh: words.bidding, en: 'bidding' }, next: opened },
      opening,
      evaluation: {
        name: { zh: `${words.evaluation}至归档`, en: 'evaluation to archive' },
        next: {
          zh: '各标段（包）分别办理，最后一个归档后项目结束',
          en: 'each lot goes its own way; with the archive of the last the procurement ends',
        },
      },
      concluded: { name: { zh: '结束', en: 'concluded' }, next: OVER },
      terminated: {
        name: { zh: '终止', en: 'terminated' },
        next: { zh: `退还费用和${words.deposit}；${OVER.zh}`, en: `fees and deposits go back; ${OVER.en}` },
      },
    },
    lot: {
      pending: { name: { zh: `尚未${words.opening}`, en: 'not opened yet' }, next: opened },
      opening,
      evaluation: {
        name: { zh: words.evaluation, en: 'evaluation' },
        next: {
          zh: `${words.committee}${words.evaluation}后提交${words.evaluation}报告`,
          en: 'the committee evaluates, and its report is submitted',
        },
      },
      publicity: {
        name: { zh: `公示${words.award}候选人`, en: 'publicity of the candidates' },
        next: {
          zh: `公示期届满且没有未答复的${words.grievance}的，确定${words.winner}`,
          en: 'once the publicity has ended and no objection is open, the winner is decided',
        },
      },
      award: {
        name: { zh: `确定${words.winner}`, en: 'award' },
        next: {
          zh: `${words.purchaser}在法定期限内确定${words.winner}`,
          en: 'the purchaser decides on the winner within the lawful period',
        },
      },
      contract: {
        name: { zh: '签订合同', en: 'contract' },
        next: { zh: `与${words.winner}签订合同并登记`, en: 'the contract with the winner is signed and recorded' },
      },
      performance: {
        name: { zh: '履行法定事项', en: 'statutory duties' },
        next: { zh: `办结后归档：${duties?.zh ?? ''}`, en: `archived once they are done: ${duties?.en ?? ''}` },
      },
      archived: { name: { zh: '归档', en: 'archived' }, next: OVER },
      failed: {
        name: { zh: words.failure, en: 'failed' },
        next: {
          zh: `查明原因后依法${words.again}，或者按规定另行处理`,
          en: 'find out why, and tender again or do what else the law allows',
        },
      },
      terminated: { name: { zh: '终止', en: 'terminated' }, next: OVER },
    },
  };
}
