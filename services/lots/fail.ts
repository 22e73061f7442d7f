import type { Actor } from '../../db/audit.ts';
import { planRefundsOfFailedLot } from '../deposits/held.ts';
import type { LotFailure } from '../../db/schema/sqlite.ts';
import { instantEn, instantZh } from '../../domain/civil-time.ts';
import type { Incidents } from '../../domain/notices/data.ts';
import type { Bilingual } from '../../domain/law/timeline.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import type { Violation } from '../../domain/law/violation.ts';
import { publishHeldRecord } from '../openings/record.ts';
import { publishNotice } from '../notices/publish.ts';
import type { TenderCase } from '../tender/case.ts';

export type FailureReason = Omit<LotFailure, 'at'>;

/** A cancelled award leaves no winner behind. */
export const NO_WINNER = { winnerBidId: null, awardedAt: null, deemed: false } as const;

/** Fails a lot (招标失败 / 废标): the rest of its timeline is cancelled, and the lawful next steps are published. */
export async function failLot(c: TenderCase, actor: Actor, lotNo: number, reason: FailureReason): Promise<void> {
  c.advanceLot(lotNo, 'failed', { ...NO_WINNER, failure: { ...reason, at: c.tx.now } });
  c.timeline.cancelPlanned(lotNo);
  await planRefundsOfFailedLot(c, lotNo);
  await publishHeldRecord(c, lotNo);
  publishNotice(c, actor, 'lot-failed', { lotNo }, reason);
}

/** @param outages those around the deadline, which the notice states */
export function tooFewBidders(
  c: TenderCase,
  breach: Pick<Violation, 'rule' | 'law' | 'article' | 'messageZh' | 'messageEn'>,
  outages: Incidents['outages'] = [],
): FailureReason {
  const { rule, decides } = c.definition.failure;
  const by = decides ? getRule(rule) : { ...breach, id: breach.rule };
  return {
    rule: by.id,
    law: by.law,
    article: by.article,
    reasonZh: [breach.messageZh, ...outages.map((outage) => outageText(outage).zh)].join('；'),
    reasonEn: [breach.messageEn, ...outages.map((outage) => outageText(outage).en)].join('; '),
    nextSteps: [...nextSteps(c), ...secondFailure(c)],
  };
}

/** Why there may have been too few: bidders could not reach the platform. */
function outageText({ from, until }: Incidents['outages'][number]): Bilingual {
  return {
    zh: `平台服务自 ${instantZh(from)} 起中断${until === null ? '，尚未恢复' : `，${instantZh(until)} 恢复`}`,
    en: `the platform was out of service from ${instantEn(from)}${until === null ? '' : ` to ${instantEn(until)}`}`,
  };
}

/** A lot that failed under a rule that is not a count: all bids rejected, no competition left, a grievance upheld. */
export function failedUnder(c: TenderCase, ruleId: string, reasonZh: string, reasonEn: string): FailureReason {
  const { id: rule, law, article } = getRule(ruleId);
  return { rule, law, article, reasonZh, reasonEn, nextSteps: nextSteps(c) };
}

/** What may follow besides where a re-tender fails for want of bidders. */
function secondFailure({ definition, procurement }: TenderCase): LotFailure['nextSteps'] {
  const { second } = definition.failure;
  if (!second || procurement.retenderOf === null || !second.kinds.includes(procurement.kind)) return [];
  const { action, zh, en } = second;
  const { law, article } = getRule(second.rule);
  return [{ action, zh, en, law, article }];
}

/** What the purchaser may lawfully do with a failed lot (招标投标法 28, 财政部令87号 43, 政府采购法 37). */
function nextSteps({ definition: { failure } }: TenderCase): LotFailure['nextSteps'] {
  const { law, article } = getRule(failure.nextRule ?? failure.rule);
  return failure.next.map((step) => ({ ...step, law, article }));
}
