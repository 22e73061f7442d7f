import type { Database } from '../../../db/access/database.ts';
import type { Actor } from '../../../db/audit.ts';
import type { Bid } from '../../../db/bids.ts';
import { organisationById } from '../../../db/organisations.ts';
import type { Draft } from '../../../db/procurements.ts';
import type { DecisionPayloads } from '../../../domain/decisions.ts';
import type { Member, TestApi } from '../api.ts';
import {
  advance,
  at,
  bid,
  decide,
  obtainDocuments,
  publishedTender,
  reportOn,
  type handClock,
  type People,
} from './tender.ts';

/** When each act of a lawful tender of one lot is done, and until when the lot stands at the stage before it. */
const DAYS = {
  tendering: {
    bids: '2026-03-31T10:00+08:00',
    opening: '2026-04-20T09:00+08:00',
    evaluated: '2026-04-20T17:00+08:00',
    report: '2026-04-21T10:00+08:00',
    award: '2026-04-27T10:00+08:00',
    contract: '2026-05-06T10:00+08:00',
  },
  government: {
    bids: '2026-03-18T10:00+08:00',
    opening: '2026-04-08T09:30+08:00',
    evaluated: '2026-04-08T17:00+08:00',
    report: '2026-04-09T10:00+08:00',
    award: '2026-04-10T10:00+08:00',
    contract: '2026-04-13T10:00+08:00',
  },
} as const;

export type PlayedStage = 'bidding' | 'evaluation' | 'publicity' | 'award' | 'contract' | 'performance';

export interface Played {
  readonly id: string;
  readonly bids: readonly Bid[];
}

/**
 * Plays a tender of one lot with a bid of each supplier up to a stage of its lot (or `bidding`), by the acts
 * themselves. The clock is left at the last of them; where `publicity` was passed it is over.
 */
export async function played(
  db: Database,
  clock: ReturnType<typeof handClock>,
  who: People,
  regime: 'tendering' | 'government',
  stage: PlayedStage,
  change: Partial<Draft> = {},
): Promise<Played> {
  const days = DAYS[regime];
  const { id } = await publishedTender(db, clock, who, regime, change);
  clock.set(days.bids);
  const bids: Bid[] = [];
  for (const index of who.suppliers.keys()) {
    await obtainDocuments(db, who, index, id);
    bids.push(await bid(db, who, index, id));
  }
  const lot = { procurementId: id, lotNo: 1 };
  const steps: Record<Exclude<PlayedStage, 'bidding'>, () => Promise<unknown>> = {
    evaluation: () => {
      clock.set(days.opening);
      return advance(db, id);
    },
    publicity: () => {
      clock.set(days.report);
      return decide(db, who.asPurchaser, { ...lot, kind: 'report', payload: reportOn(bids, at(days.evaluated)) });
    },
    award: async () => {
      if (regime === 'tendering') clock.set(days.award);
      return advance(db, id, 1);
    },
    contract: () => {
      clock.set(days.award);
      return decide(db, who.asPurchaser, { ...lot, kind: 'award', payload: choiceOf(bids[0]) });
    },
    performance: () => {
      clock.set(days.contract);
      return decide(db, who.asPurchaser, { ...lot, kind: 'contract', payload: contractAt(clock.read()) });
    },
  };
  for (const [reached, step] of Object.entries(steps)) {
    if (stage === 'bidding') break;
    await step();
    if (reached === stage) break;
  }
  return { id, bids };
}

export const choiceOf = (each: Bid | undefined): DecisionPayloads['award'] => ({
  bidId: String(each?.id),
  ground: null,
  reasonZh: null,
});

/** For the price that reportOn gives to the first-ranked. */
export const contractAt = (signedAt: number): DecisionPayloads['contract'] => ({
  amountFen: 380_000_000,
  signedAt,
  documentId: null,
});

/** Members of an API as those who act without it. */
export async function peopleOf(api: TestApi, purchaser: Member, suppliers: readonly Member[]): Promise<People> {
  const organisation = ({ organisationId }: Member) => organisationById(api.db.read, organisationId);
  const actor = ({ accountId, organisationId, role }: Member): Actor => ({
    accountId,
    organisationId,
    role,
    address: '127.0.0.1',
    requestId: null,
  });
  return {
    purchaser: await organisation(purchaser),
    suppliers: await Promise.all(suppliers.map(organisation)),
    asPurchaser: actor(purchaser),
    asSupplier: (index) => actor(suppliers[index] as Member),
  };
}
