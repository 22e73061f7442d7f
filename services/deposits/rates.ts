import { v7 as newId } from 'uuid';
import type { Queries, Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { depositRateRows, insertDepositRates, type DepositRate } from '../../db/deposits.ts';
import type { DepositRates } from '../../domain/deposits/interest.ts';
import { ratesOf, type RecordedRate } from '../../domain/deposits/rates.ts';
import { badInput } from '../../domain/issues.ts';

/**
 * The rates by which interest on deposits is calculated.
 * @param file those of KAIBIAO_DEPOSIT_RATES, for days without a recorded one
 */
export const depositRatesInForce = async (q: Queries, file: DepositRates | null): Promise<DepositRates | null> =>
  ratesOf(await depositRateRows(q), file);

/**
 * Records published rates. Nothing is overwritten: what a later record replaces or corrects stays in the history. One that
 * is known already is not written again.
 * @throws DomainError `bad-input` for a last day before the first
 */
export async function recordDepositRates(
  tx: Tx,
  actor: Actor,
  rates: readonly RecordedRate[],
): Promise<readonly DepositRate[]> {
  const wrong = rates.findIndex(({ from, until }) => until !== null && until < from);
  if (wrong >= 0) {
    throw badInput([
      {
        field: `rates.${wrong}.until`,
        rule: 'until',
        messageZh: '末日不应早于首日',
        messageEn: 'The last day is not before the first',
      },
    ]);
  }
  const known = await depositRateRows(tx.q);
  const latest = (rate: RecordedRate) => known.findLast(({ kind, from }) => kind === rate.kind && from === rate.from);
  const rows = rates
    .filter((rate) => !isSame(latest(rate), rate))
    .map(({ kind, from, until, ratePpm, dayCount, source }): DepositRate => ({
      ...{ id: newId(), kind, from, until, ratePpm, dayCount, source },
      ...{ actor, recordedAt: tx.now },
    }));
  await insertDepositRates(tx, rows);
  for (const { id, actor: _actor, recordedAt: _at, ...detail } of rows) {
    recordAudit(tx, actor, { action: 'deposit.rate', procurementId: null, subject: `deposit-rate/${id}`, detail });
  }
  return rows;
}

const isSame = (known: DepositRate | undefined, rate: RecordedRate): boolean =>
  known?.until === rate.until &&
  known.ratePpm === rate.ratePpm &&
  known.dayCount === rate.dayCount &&
  known.source === rate.source;
