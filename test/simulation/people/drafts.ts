import type { Draft } from '../../../db/procurements.ts';
import { DAY_MS } from '../../../domain/civil-time.ts';
import type { InviteeSource } from '../../../domain/procedures/invitees.ts';
import type { Random } from '../chance/random.ts';
import { draftOf } from '../../setup/tenders/tender.ts';
import type { People } from './people.ts';

/** A draft, and what was put into it. */
export interface Drafted {
  readonly draft: Draft;
  readonly purchaser: number;
  readonly invited: readonly number[] | null;
  /** Of what the law forbids it has something. */
  readonly isUnlawful: boolean;
}

interface Kind {
  readonly regime: 'tendering' | 'government';
  readonly procedure: Draft['procedure'];
  readonly source?: InviteeSource;
  readonly budgetFen: number;
}

const KINDS: readonly (readonly [number, Kind])[] = [
  [5, { regime: 'tendering', procedure: 'open-tender', budgetFen: 1_624_699_149 }],
  [4, { regime: 'government', procedure: 'open-tender', budgetFen: 383_640_000 }],
  [2, { regime: 'tendering', procedure: 'invited-tender', source: 'known', budgetFen: 1_624_699_149 }],
  [2, { regime: 'government', procedure: 'invited-tender', source: 'database', budgetFen: 400_000_00 }],
  [2, { regime: 'government', procedure: 'inquiry', source: 'database', budgetFen: 300_000_00 }],
];

const HOUR = 3_600_000;
const UNLAWFUL: readonly ((draft: Draft) => Partial<Draft>)[] = [
  // Too little time to prepare a bid.
  ({ noticeAt }) => ({ documentsFrom: noticeAt, bidDeadline: noticeAt + 2 * DAY_MS, documentsUntil: null }),
  // A notice in the past.
  ({ noticeAt }) => ({
    noticeAt: noticeAt - 30 * DAY_MS,
    documentsFrom: null,
    documentsUntil: null,
    bidDeadline: null,
  }),
  // Bonds above what the law allows.
  ({ lots }) => ({ lots: lots.map((lot) => ({ ...lot, bidBondFen: Math.floor(lot.budgetFen / 4) })) }),
];

/** A tender of any procedure, lawful or not, that is announced within a few days. */
export function drafted(random: Random, people: People, now: number): Drafted {
  const kind = random.weighed(KINDS);
  const { regime, procedure, source } = kind;
  const purchaser = random.between(0, people.purchasers.length - 1);
  const invited = source ? random.shuffled([...people.suppliers.keys()]).slice(0, random.between(3, 6)) : null;
  const several = random.percent(15) ? random.between(2, 3) : 1;
  const share = Math.floor(kind.budgetFen / several);
  const hasBond = random.percent(30);
  const lots = Array.from({ length: several }, (_, index) => ({
    no: index + 1,
    title: `${index + 1}标段`,
    budgetFen: share,
    bidBondFen: hasBond ? Math.floor(share / 100) : null,
  }));
  const noticeAt =
    now +
    random.weighed([
      [3, random.between(1, 12) * HOUR],
      [2, random.between(1, 72 * HOUR)],
      [1, 1],
    ]);
  const base = draftOf(regime, people.purchasers[purchaser]?.id ?? '', {
    ...{ procedure, noticeAt, documentsFrom: null, documentsUntil: null, bidDeadline: null, lots },
    budgetFen: share * several,
    mandatory: source === undefined || regime === 'tendering',
    intentionAt: regime === 'government' ? now - 45 * DAY_MS : null,
    bidValidityDays: 90,
    ...(source && {
      methodGround: { case: 1, approvalNumber: null },
      invitees: (invited ?? []).map((index) => ({
        organisationId: people.suppliers[index]?.id ?? '',
        source,
        reasonZh: null,
      })),
    }),
  });
  const isUnlawful = random.percent(8);
  const change = isUnlawful ? random.of(UNLAWFUL)(base) : {};
  return { draft: { ...base, ...change }, purchaser, invited, isUnlawful };
}
