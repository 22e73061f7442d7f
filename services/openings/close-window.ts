import type { Tx } from '../../db/access/database.ts';
import { faultsOf } from '../../db/openings/openings.ts';
import { procurementById } from '../../db/procurements.ts';
import { bidderSharesOf, bidsInOpening } from '../../db/openings/unsealings.ts';
import { realAt } from '../../domain/clock.ts';
import { instantZh } from '../../domain/civil-time.ts';
import { notReleased } from '../../domain/openings/outcomes.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import type { Interval } from '../../domain/openings/window.ts';
import { recordCustodians, type CustodianNote } from './custodians.ts';
import { recordOutcomes } from './outcomes.ts';
import { bidderWindowOf } from './window.ts';

interface Closed {
  /** The bids that were not released in time. */
  readonly decided: readonly string[];
  /** `until`: the end of the window (civil epoch ms); null: it is paused. `wakeAtMs`: the same, real. */
  readonly waits: null | { readonly until: number | null; readonly wakeAtMs: number | null };
}

/**
 * 双锁: done as soon as every bidder has released its share; at the end of the window the outcome of the other bids is
 * decided.
 * @param broken bids that are not valid seals: there is no share to wait for
 * @param notes what custodians did: public while bidders are waited for
 */
export async function closeBidderWindow(
  tx: Tx,
  procurementId: string,
  { broken, notes }: { readonly broken: ReadonlySet<string>; readonly notes: readonly CustodianNote[] },
): Promise<Closed> {
  const tender = await procurementById(tx.q, procurementId);
  if (tender.stage !== 'opening') return { waits: null, decided: [] };
  await recordCustodians(tx, procurementId, notes);
  const released = await bidderSharesOf(tx.q, procurementId);
  const bids = await bidsInOpening(tx.q, procurementId);
  const left = bids.filter(({ id, unsealing }) => unsealing === null && !released.has(id) && !broken.has(id));
  if (left.length === 0) return { waits: null, decided: [] };
  const window = await bidderWindowOf(tx.q, tender, tx.now);
  const until = window?.until ?? null;
  if (until === null || tx.now < until) {
    return { waits: { until, wakeAtMs: until === null ? null : realAt(tx.clock, until) }, decided: [] };
  }
  const faults = await faultsOf(tx.q, procurementId);
  const outage = window?.hindrance ? outageZh(window.hindrance) : null;
  const { notDecrypted } = procedureOf(tender).rules;
  const outcomes = left.map(({ id }) => {
    const fault = faults.find(({ bidId }) => bidId === id);
    return [id, notReleased(notDecrypted, fault?.reasonZh ?? outage)] as const;
  });
  await recordOutcomes(tx, bids, new Map(outcomes));
  return { waits: null, decided: left.map(({ id }) => id) };
}

const outageZh = ({ from, until }: Interval): string =>
  `平台自 ${instantZh(from)} 至 ${until === null ? '今' : instantZh(until)} 中断，解密时限在此期间届满`;
