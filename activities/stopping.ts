import type { Actor } from '../db/audit.ts';
import type { Tx } from '../db/access/database.ts';
import { planRefundsOfStoppedLot } from '../services/deposits/held.ts';
import { publishNotice } from '../db/notices.ts';
import { advanceLot, type Procurement } from '../db/procurements.ts';
import type { LotStop } from '../db/schema/sqlite.ts';
import { cancelPlanned } from '../db/timeline.ts';
import { getRule } from '../domain/law/rulebook.ts';
import type { Violation } from '../domain/law/violation.ts';

type Reason = Omit<LotStop, 'at'>;

/** An award that was undone leaves no winner behind. */
export const NO_WINNER = { winnerBidId: null, awardedAt: null, deemed: false } as const;

/** Stops a lot (招标失败 / 废标): what is left of its timeline falls away, and what may be done next is published. */
export async function stopLot(tx: Tx, actor: Actor, tender: Procurement, lotNo: number, reason: Reason): Promise<void> {
  const place = { procurementId: tender.id, lotNo };
  await advanceLot(tx, tender.id, lotNo, 'stopped', { ...NO_WINNER, stopped: { ...reason, at: tx.now } });
  await cancelPlanned(tx, place);
  await planRefundsOfStoppedLot(tx, place);
  await publishNotice(tx, actor, {
    ...place,
    kind: 'lot-stopped',
    titleZh: `${tender.title}第${lotNo}标段${tender.regime === 'government' ? '废标' : '招标失败'}公告`,
    content: { ...reason },
    legalAt: tx.now,
  });
}

export function tooFewBidders(
  tender: Pick<Procurement, 'regime'>,
  breach: Pick<Violation, 'rule' | 'law' | 'article' | 'messageZh' | 'messageEn'>,
): Reason {
  return {
    rule: breach.rule,
    law: breach.law,
    article: breach.article,
    reasonZh: breach.messageZh,
    reasonEn: breach.messageEn,
    nextSteps: nextSteps(tender.regime),
  };
}

/** A lot stopped under a rule that is no count: all bids rejected, no competition left, a grievance upheld. */
export function stoppedUnder(
  regime: Procurement['regime'],
  ruleId: string,
  reasonZh: string,
  reasonEn: string,
): Reason {
  const { law, article } = getRule(ruleId);
  return { rule: ruleId, law, article, reasonZh, reasonEn, nextSteps: nextSteps(regime) };
}

/** What the law lets the purchaser do with a lot that was stopped (招标投标法 28, 财政部令87号 43). */
function nextSteps(regime: Procurement['regime']): LotStop['nextSteps'] {
  if (regime === 'tendering') {
    const { law, article } = getRule('works-min-bidders');
    return [
      {
        action: 'retender',
        zh: '分析失败原因并采取相应措施后，依法重新招标',
        en: 'Find out why it failed, mend it, and tender again',
        law,
        article,
      },
    ];
  }
  const { law, article } = getRule('gp-failed-tender-handling');
  return [
    {
      action: 'retender',
      zh: '招标文件存在不合理条款或者招标程序不符合规定的，改正后依法重新招标',
      en: 'Where the documents or the procedure were at fault: put them right and tender again',
      law,
      article,
    },
    {
      action: 'change-of-method',
      zh: '招标文件没有不合理条款、招标程序符合规定，需要采用其他采购方式的，依法报财政部门批准',
      en: 'Where they were not: another method, with the approval of the finance department',
      law,
      article,
    },
  ];
}
