import type { Logger } from 'pino';
import type { Database } from '../../db/access/database.ts';
import { RATE_NAMES, type DepositRates } from '../../domain/deposits/interest.ts';
import { missingRates } from '../../domain/deposits/rates.ts';
import { depositRatesInForce } from '../../services/deposits/rates.ts';

/** Asked for at set-up, and until they are there: without them no refund that owes interest can be recorded. */
export async function warnOfMissingRates(db: Database, file: DepositRates | null, log: Logger): Promise<void> {
  const missing = missingRates(await depositRatesInForce(db.read, file), db.now());
  if (missing.length === 0) return;
  const [zh, en] = [0, 1].map((language) => missing.map((kind) => RATE_NAMES[kind][language]));
  log.warn(
    `尚未登记今日的${zh?.join('、')}：请管理办公室或交易中心以 POST /api/deposits/rates 登记，否则应付利息的保证金退还无法登记 / ` +
      `no ${en?.join(', ')} is recorded for today: the office or the centre records it (POST /api/deposits/rates), or refunds that owe interest cannot be recorded`,
  );
}
