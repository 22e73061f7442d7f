import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DomainError } from '../../domain/errors.ts';
import { citeEn, citeZh } from '../../domain/law/rule.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { tenderOf } from '../../domain/procedures/index.ts';
import { withdrawBid } from '../../services/bids/withdraw.ts';
import { draftRetender } from '../../services/procurements/retender.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { choiceOf, contractAt, played, type PlayedStage } from '../setup/tenders/played.ts';
import {
  advance,
  at,
  bid,
  decide,
  handClock,
  obtainDocuments,
  people,
  refusalOf,
  type People,
} from '../setup/tenders/tender.ts';

// What is refused in a running tender is refused by an article of its own law, under either regime.

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
beforeEach(async () => {
  clock.set('2026-02-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 4);
});
afterEach(() => db.close());

const OPENED = { tendering: '2026-04-20T09:00+08:00', government: '2026-04-08T09:30+08:00' } as const;
type Regime = keyof typeof OPENED;

interface Refused {
  readonly stage: PlayedStage;
  readonly act: (given: {
    place: { procurementId: string; lotNo: number };
    regime: Regime;
    bids: readonly { id: string }[];
  }) => Promise<unknown>;
  /** The rule by which each regime refuses it: article by article, read in the law. */
  readonly by: Readonly<Record<Regime, readonly [rule: string, law: string, article: string] | null>>;
}

/** In the order of their instants within a stage: what is refused leaves the tender as it was. */
const WALK: Readonly<Record<string, Refused>> = {
  'a termination on a ground of another procedure': {
    stage: 'bidding',
    act: ({ place }) =>
      decide(db, who.asPurchaser, {
        ...{ ...place, lotNo: 0 },
        kind: 'terminate',
        payload: { ground: 'no-longer-fits', reasonZh: '不再符合' },
      }),
    by: {
      tendering: ['works30-no-termination', '30号令', '15(4)'],
      government: ['gp-termination-refund', '财政部令87号', '29'],
    },
  },
  'a query of the documents by who did not obtain them': {
    stage: 'bidding',
    act: ({ place }) => filed({ ...place, lotNo: 0 }, 'documents', 3),
    by: { tendering: null, government: ['gp-challenge-docs-who', '财政部令94号', '11(2)'] },
  },
  'a late bid': {
    stage: 'bidding',
    act: ({ place, regime }) => {
      clock.set(OPENED[regime]);
      return bid(db, who, 3, place.procurementId);
    },
    by: {
      tendering: ['works-reject-late', '招标投标法实施条例', '36'],
      government: ['gp-reject-late', '财政部令87号', '33(2)'],
    },
  },
  'a late withdrawal': {
    stage: 'bidding',
    act: ({ place, regime }) => {
      clock.set(OPENED[regime]);
      return withdrawn(place);
    },
    by: {
      tendering: ['works-withdraw-before-deadline', '招标投标法', '29'],
      government: ['gp-bid-supplement-withdraw', '财政部令87号', '34'],
    },
  },
  'a late amendment': {
    stage: 'bidding',
    act: async ({ place, regime }) => {
      clock.set(OPENED[regime]);
      await advance(db, place.procurementId);
      const payload = { textZh: '澄清', affectsBids: false, bidDeadline: null, documentIds: [] };
      return decide(db, who.asPurchaser, { ...place, lotNo: 0, kind: 'amend', payload });
    },
    by: {
      tendering: ['works-clarify-tender-docs', '招标投标法实施条例', '21'],
      government: ['gp-clarify-tender-docs', '政府采购法实施条例', '31'],
    },
  },
  'a query of the result by who did not bid': {
    stage: 'award',
    act: ({ place }) => filed(place, 'result', 3),
    by: { tendering: null, government: ['gp-challenge-who', '财政部令94号', '11(1)'] },
  },
  'another than the first-ranked without a ground': {
    stage: 'award',
    act: ({ place, bids }) =>
      decide(db, who.asPurchaser, { ...place, kind: 'award', payload: choiceOf(bids[1] as never) }),
    by: {
      tendering: ['works-award-rank1', '招标投标法实施条例', '55'],
      government: ['gp-award-silent-default', '财政部令87号', '68'],
    },
  },
  'another price than the one that won': {
    stage: 'contract',
    act: ({ place }) =>
      decide(db, who.asPurchaser, {
        ...place,
        kind: 'contract',
        payload: { ...contractAt(clock.read()), amountFen: 1 },
      }),
    by: {
      tendering: ['works-contract-consistent', '招标投标法实施条例', '57(1)'],
      government: ['gp-contract-no-change', '财政部令87号', '71(1)'],
    },
  },
  'a re-tender of a lot that has not failed': {
    stage: 'contract',
    act: ({ place }) =>
      db.transaction((tx) => draftRetender(tx, who.asPurchaser, { ...place, noticeAt: at('2026-06-01T09:00+08:00') })),
    by: {
      tendering: ['works-min-bidders', '招标投标法实施条例', '44'],
      government: ['gp-failed-tender-handling', '财政部令87号', '43'],
    },
  },
  'deposits of the winner before its contract': {
    stage: 'contract',
    act: ({ place }) =>
      decide(db, who.asPurchaser, { ...place, kind: 'duty', payload: { key: 'deposits-winner', noteZh: null } }),
    by: {
      tendering: ['works-bond-refund-after-contract', '招标投标法实施条例', '57'],
      government: ['gp-bond-refund-winner', '政府采购法实施条例', '33'],
    },
  },
  'a publication of the contract before it is signed': {
    stage: 'contract',
    act: ({ place }) =>
      decide(db, who.asPurchaser, {
        ...place,
        kind: 'publish-contract',
        payload: { textZh: '公告', documentId: null },
      }),
    by: {
      tendering: ['works-contract-sign', '招标投标法', '46'],
      government: ['gp-contract-announce', '政府采购法实施条例', '50'],
    },
  },
};

const withdrawn = (place: { procurementId: string; lotNo: number }) =>
  db.transaction((tx) =>
    withdrawBid(tx, who.asSupplier(0), { ...place, supplierId: who.asSupplier(0).organisationId as string }),
  );

const filed = (place: { procurementId: string; lotNo: number }, target: 'documents' | 'result', index: number) =>
  db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(index), {
      ...place,
      target,
      organisationId: who.asSupplier(index).organisationId as string,
      textZh: '异议',
    }),
  );

/** The laws of the other regime, as a message names them. */
const FOREIGN = {
  tendering: /政府采购法|财政部令|财库/,
  government: /(?<!政府采购法实施|政府采购法)(?:招标投标法|30号令|20号令|12号令)/,
} as const;

const REGIMES: readonly Regime[] = ['tendering', 'government'];

const STAGES = [...new Set(Object.values(WALK).map(({ stage }) => stage))];

it.each(REGIMES.flatMap((regime) => STAGES.map((stage) => [regime, stage] as const)))(
  '%s, %s: every refusal is by an article of its own law',
  async (regime, stage) => {
    const three = { ...who, suppliers: who.suppliers.slice(0, 3) };
    const { id, bids } = await played(db, clock, three, regime, stage);
    for (const [name, { act, by }] of Object.entries(WALK).filter(([, each]) => each.stage === stage)) {
      const error: DomainError = await refusalOf(act({ place: { procurementId: id, lotNo: 1 }, regime, bids }));
      const said = `${error.messageZh} ${error.messageEn}`;
      expect(said, name).not.toMatch(FOREIGN[regime]);
      const rule = by[regime];
      if (rule === null) {
        expect(error.details, name).not.toHaveProperty('rule');
        continue;
      }
      const [ruleId, law, article] = rule;
      expect(error.details, name).toMatchObject({ law, article });
      const cited = getRule(ruleId);
      expect(cited).toMatchObject({ law, article, status: 'VERIFIED' });
      expect(cited.appliesTo).toContain(tenderOf(regime).scope);
      expect([said.includes(citeZh(cited)), said.includes(citeEn(cited))], name).toEqual([true, true]);
      // A late withdrawal is no late bid: nothing of it is refused to be taken.
      if (name === 'a late withdrawal') {
        expect([error.code, error.messageZh]).toEqual(['bid-late', expect.stringMatching(/投标文件不得撤回（/)]);
        expect(error.messageZh).not.toMatch(/拒收/);
      }
    }
  },
);

it('nobody who obtained the documents is refused a query of them', async () => {
  const three = { ...who, suppliers: who.suppliers.slice(0, 3) };
  const { id } = await played(db, clock, three, 'government', 'bidding');
  await obtainDocuments(db, who, 3, id);
  expect((await filed({ procurementId: id, lotNo: 0 }, 'documents', 3)).filedAt).toBe(at('2026-03-18T10:00+08:00'));
});
