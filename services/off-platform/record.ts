import { REGIME_DEFINITIONS } from '../../domain/procedures/regimes.ts';
import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { correctionOf, insertTrade, tradeById, type OffPlatformTrade } from '../../db/off-platform.ts';
import { civilDayOf, formatDay } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { badInput, type Issue } from '../../domain/issues.ts';

export type NewTrade = Omit<OffPlatformTrade, 'id' | 'recordedAt'>;

/**
 * Records a trade (场外交易), or a correction of one: a new row that names the corrected one.
 * @throws DomainError `bad-input`, `not-found` for an unknown row, `already-exists` for one that was corrected before
 */
export async function recordTrade(tx: Tx, actor: Actor, trade: NewTrade): Promise<OffPlatformTrade> {
  const issues = issuesOf(trade, formatDay(civilDayOf(tx.now)));
  if (issues.length > 0) throw badInput(issues);
  if (trade.corrects !== null) await assertLatest(tx, trade.corrects);
  const row = { ...trade, id: newId(), recordedAt: tx.now };
  await insertTrade(tx, row);
  recordAudit(tx, actor, {
    action: trade.corrects === null ? 'off-platform.record' : 'off-platform.correct',
    procurementId: null,
    subject: `off-platform-trade/${row.id}`,
    detail: { corrects: trade.corrects, purchaser: trade.purchaser, amountFen: trade.amountFen, source: trade.source },
  });
  return row;
}

async function assertLatest(tx: Tx, corrects: string): Promise<void> {
  await tradeById(tx.q, corrects);
  const newer = await correctionOf(tx.q, corrects);
  if (!newer) return;
  throw new DomainError('already-exists', {
    messageZh: `该记录已被更正，请更正最新的一条：${newer.id}`,
    messageEn: `The record was corrected before; correct the latest one: ${newer.id}`,
    details: { field: 'corrects', given: corrects, latest: newer.id },
  });
}

function issuesOf({ regime, kind, tradedOn, withdrawn, corrects }: NewTrade, today: string): Issue[] {
  const issues: Issue[] = [];
  if (REGIME_DEFINITIONS[regime].hasKinds !== (kind !== null)) {
    issues.push({
      field: 'kind',
      rule: 'kind',
      messageZh: '招标投标、政府采购应注明工程、货物或服务；土地、国有资产不注明',
      messageEn: 'Tendering and government procurement have a kind; land and state assets have none',
    });
  }
  if (tradedOn > today) {
    issues.push({
      field: 'tradedOn',
      rule: 'past',
      messageZh: `交易日晚于今天（${today}）`,
      messageEn: `The day of the trade is after today (${today})`,
    });
  }
  if (withdrawn && corrects === null) {
    issues.push({
      field: 'withdrawn',
      rule: 'corrects',
      messageZh: '撤回须注明所更正的记录（corrects）',
      messageEn: 'What is withdrawn must be named (corrects)',
    });
  }
  return issues;
}
