import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listAudit, UNATTENDED, type Actor } from '../../db/audit.ts';
import { cluesOf } from '../../db/parties/clues.ts';
import { insertMemberships } from '../../db/accounts/memberships.ts';
import type { Relation } from '../../domain/organisations/control.ts';
import { createAccount } from '../../services/accounts/create.ts';
import { submitBid } from '../../services/bids/submit.ts';
import type { RecordedClue } from '../../services/clues/record.ts';
import { declareControl, endDeclaredControl } from '../../services/organisations/declare-control.ts';
import { requestCorrection } from '../../services/organisations/correct.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import type { Draft } from '../../db/procurements.ts';
import type { Organisation } from '../../db/organisations.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  actorOf,
  advance,
  bid,
  fileOf,
  handClock,
  inviteesOf,
  people,
  publishedTender,
  refusalOf,
  setFigures,
  type People,
} from '../setup/tenders/tender.ts';

const OPENING = { tendering: '2026-04-20T09:00+08:00', government: '2026-04-08T09:30+08:00' } as const;

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
let agency: Organisation;
let centre: Organisation;

beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 4);
  const made = (name: string, creditCode: string) =>
    db.transaction((tx) => createOrganisation(tx, UNATTENDED, { name, creditCode }));
  agency = await made('某招标代理有限公司', '91360000000007777A');
  centre = await made('公共资源交易中心', '12360000000006666C');
  await account('zhongxin', centre, 'centre');
});
afterEach(() => db.close());

const account = async (
  username: string,
  organisation: Organisation,
  role: 'centre' | 'supplier',
  name = `${username} 的人`,
): Promise<string> =>
  db.transaction(async (tx) => {
    const { id } = await createAccount(tx, UNATTENDED, {
      username,
      name,
      memberships: [{ organisationId: organisation.id, role }],
      passwordHash: 'salt:hash',
      oneTimeUntil: null,
    });
    return id;
  });

const tender = (regime: 'tendering' | 'government', change: Partial<Draft> = {}) =>
  publishedTender(db, clock, who, regime, { agencyId: agency.id, ...change });

const supplier = (index: number): Organisation => who.suppliers[index] as Organisation;

const bidOf = async (organisation: Organisation, procurementId: string, by: Partial<Actor> = {}) => {
  const file = await fileOf(db, `sealed ${organisation.id}`);
  return db.transaction((tx) =>
    submitBid(
      tx,
      { ...actorOf(organisation, 'supplier'), ...by },
      { procurementId, lotNo: 1, supplierId: organisation.id, file },
    ),
  );
};

const declares = (by: Organisation, relation: Relation, other: { name: string; creditCode: string }) =>
  db.transaction((tx) =>
    declareControl(tx, actorOf(by, 'supplier'), by.id, {
      ...{ relation, otherName: other.name, otherCode: other.creditCode, since: '2020-01-01' },
    }),
  );

const cluesIn = async (procurementId: string) =>
  (await cluesOf(db.read, procurementId)).map(({ detail }) => {
    const { kind, rule, organisations } = detail as unknown as RecordedClue;
    return [kind, rule, ...organisations.map(({ name }) => name)];
  });

async function opened(procurementId: string, regime: 'tendering' | 'government' = 'tendering') {
  clock.set(OPENING[regime]);
  await advance(db, procurementId);
  return cluesIn(procurementId);
}

describe('who runs a procurement does not bid in it', () => {
  it('the purchaser, its agency and who operates the platform are refused, with the article', async () => {
    const goods = await tender('government');
    const works = await tender('tendering');
    const cited = async (organisation: Organisation, procurementId: string) => {
      const { code, details } = await refusalOf(bidOf(organisation, procurementId));
      return [code, details?.['capacity'], details?.['rule'], details?.['law'], details?.['article']];
    };
    const law = '招标投标法实施条例';
    const refused = 'conflict-of-interest';
    expect(await cited(who.purchaser, works.id)).toEqual([
      refused,
      'purchaser',
      'works-interested-barred',
      law,
      '34(1)',
    ]);
    expect(await cited(agency, works.id)).toEqual([refused, 'agency', 'works-agent-not-bid', law, '13(2)']);
    expect(await cited(centre, works.id)).toEqual([refused, 'operator', 'e-operator-not-bid', '20号令', '23']);
    expect(await cited(who.purchaser, goods.id)).toEqual([
      refused,
      'purchaser',
      'gp-recusal-3y',
      '政府采购法实施条例',
      '9',
    ]);
    expect(await cited(agency, goods.id)).toEqual([refused, 'agency', 'gp-agency-not-bid', '财政部令87号', '8(2)']);
  });

  it('a declaration by a code that is corrected later still says who it is about', async () => {
    const works = await tender('tendering');
    await declares(supplier(0), 'held-by', who.purchaser);
    await db.transaction((tx) =>
      requestCorrection(tx, UNATTENDED, who.purchaser.id, { creditCode: '11360000000004444D', reasonZh: '登记有误' }),
    );
    expect((await refusalOf(bidOf(supplier(0), works.id))).details).toMatchObject({ capacity: 'purchaser' });
    // Who has that code now is meant, once somebody has.
    const { creditCode } = who.purchaser;
    await db.transaction((tx) => createOrganisation(tx, UNATTENDED, { name: '另一单位', creditCode }));
    expect(await bidOf(supplier(0), works.id)).toMatchObject({ state: 'standing' });
  });

  it('an agency makes no offer in an inquiry that it runs', async () => {
    await setFigures(db);
    const change: Partial<Draft> = {
      procedure: 'inquiry',
      invitees: [...inviteesOf(who, 'database'), { organisationId: agency.id, source: 'database', reasonZh: null }],
    };
    // It cannot even be invited.
    expect((await refusalOf(tender('government', { ...change, budgetFen: 1_000_000_00 }))).code).toBe('unlawful');
  });

  it('who has itself declared control with one of them is refused, until it has corrected the declaration', async () => {
    const { id } = await tender('tendering');
    const declared = await declares(supplier(0), 'held-by', who.purchaser);
    await declares(supplier(1), 'manages', agency);
    await declares(supplier(2), 'same-head', centre);
    for (const [index, capacity] of (['purchaser', 'agency', 'operator'] as const).entries()) {
      const { code, details } = await refusalOf(bid(db, who, index, id));
      expect([code, details?.['capacity']]).toEqual(['conflict-of-interest', capacity]);
    }
    await db.transaction((tx) => endDeclaredControl(tx, who.asSupplier(0), supplier(0).id, declared.id));
    await bid(db, who, 0, id);
    await bid(db, who, 3, id);
    const other = await db.transaction((tx) =>
      createOrganisation(tx, UNATTENDED, { name: '投标人五', creditCode: '91360000000005555F' }),
    );
    await bidOf(other, id);
    // It bids, and the declaration that is over is a clue.
    expect(await opened(id)).toEqual([['declared-control', 'works-interested-barred', '投标人1', who.purchaser.name]]);
  });
});

it('a declaration that bars nothing here hides none that does', async () => {
  const { id } = await tender('government');
  await declares(supplier(0), 'held-by', centre);
  await declares(supplier(0), 'held-by', agency);
  expect((await refusalOf(bid(db, who, 0, id))).details).toMatchObject({
    capacity: 'agency',
    rule: 'gp-agency-not-bid',
  });
});

describe('what suggests that bidders belong together is a clue, once they are opened', () => {
  it('what others declare refuses nobody, and tells nobody who bids', async () => {
    const { id } = await tender('tendering');
    await declares(who.purchaser, 'holds', supplier(0));
    await declares(supplier(1), 'holds', supplier(2));
    for (const index of [0, 1, 2, 3]) await bid(db, who, index, id);
    const shown = async () =>
      (await listAudit(db.read, { procurementId: id, limit: 1_000 })).map(({ action }) => action);
    expect(await cluesIn(id)).toEqual([]);
    expect(await opened(id)).toEqual([
      ['declared-control', 'works-interested-barred', '投标人1', who.purchaser.name],
      ['declared-control', 'works-conflict-bidders', '投标人2', '投标人3'],
    ]);
    expect((await shown()).filter((action) => action === 'clue.found')).toHaveLength(2);
  });

  it('two under one who is not even registered here, and two numbers of one body', async () => {
    const { id } = await tender('government');
    const group = { name: '某集团', creditCode: '91110000000004444G' };
    await declares(supplier(0), 'held-by', group);
    await declares(supplier(1), 'managed-by', group);
    const twin = await db.transaction((tx) =>
      createOrganisation(tx, UNATTENDED, {
        name: '投标人3分公司',
        creditCode: `91440100${supplier(2).creditCode.slice(8, 17)}Q`,
      }),
    );
    for (const index of [0, 1]) await bid(db, who, index, id);
    await bidOf(supplier(2), id, { address: '203.0.113.7' });
    await bidOf(twin, id, { address: '203.0.113.7' });
    expect(await opened(id, 'government')).toEqual([
      ['common-controller', 'gp-related-suppliers', '投标人1', '投标人2'],
      ['same-body-code', 'gp-related-suppliers', '投标人3', '投标人3分公司'],
      ['same-address', 'gp-deemed-collusion', '投标人3', '投标人3分公司'],
    ]);
  });

  it('one account for two bidders, one that belongs to the purchaser too, people of one name, one network address', async () => {
    const { id } = await tender('tendering');
    const first = await account('zhangsan', supplier(0), 'supplier');
    await db.transaction((tx) =>
      insertMemberships(tx, [
        { accountId: first, organisationId: who.purchaser.id, role: 'purchaser', createdAt: tx.now },
        { accountId: first, organisationId: supplier(1).id, role: 'supplier', createdAt: tx.now },
      ]),
    );
    await bidOf(supplier(0), id, { accountId: first, address: '203.0.113.7' });
    await bidOf(supplier(1), id, { accountId: first, address: '198.51.100.1' });
    const [wang, other] = [
      await account('wangwu', supplier(2), 'supplier', '王五'),
      await account('wangwu.2', supplier(3), 'supplier', '王五'),
    ];
    await bidOf(supplier(2), id, { accountId: wang, address: '203.0.113.7' });
    // From the platform's own machine everybody comes from one address.
    await bidOf(supplier(3), id, { accountId: other });
    expect(await opened(id)).toEqual([
      ['shared-account', 'works-interested-barred', '投标人1', who.purchaser.name],
      ['shared-account', 'works-interested-barred', '投标人2', who.purchaser.name],
      ['shared-account', 'works-deemed-collusion', '投标人1', '投标人2'],
      ['same-address', 'works-deemed-collusion', '投标人1', '投标人3'],
      ['same-person-name', 'works-deemed-collusion', '投标人3', '投标人4'],
    ]);
  });

  it('of a lot that is not opened there is none: its bids stay sealed', async () => {
    const { id } = await tender('tendering');
    await declares(supplier(0), 'holds', supplier(1));
    for (const index of [0, 1]) await bid(db, who, index, id);
    expect(await opened(id)).toEqual([]);
  });

  it('who operates the platform bids in a government procurement as a clue: no article that was read forbids it', async () => {
    const { id } = await tender('government');
    for (const index of [0, 1]) await bid(db, who, index, id);
    await bidOf(centre, id);
    expect(await opened(id, 'government')).toEqual([
      ['same-organisation', null, '公共资源交易中心', '公共资源交易中心'],
    ]);
  });
});
