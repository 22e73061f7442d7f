import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eq } from 'drizzle-orm';
import { updateAccount } from '../../db/accounts/accounts.ts';
import { runByOnePerson } from '../../db/accounts/memberships.ts';
import { createAccount } from '../../services/accounts/create.ts';
import { UNATTENDED, type Actor } from '../../db/audit.ts';
import { listNotices } from '../../db/notices.ts';
import { audit } from '../../db/schema/sqlite.ts';
import { preparedActById } from '../../db/tender/prepared-acts.ts';
import { DomainError } from '../../domain/errors.ts';
import { confirmAct, withPreparer } from '../../services/prepared-acts/confirm.ts';
import { prepareAct, type Preparation } from '../../services/prepared-acts/prepare.ts';
import { withdrawPreparedAct } from '../../services/prepared-acts/withdraw.ts';
import { amendDocuments } from '../../services/procurements/amend.ts';
import { dialect, rawDatabase, temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { handClock, people, publishedTender, refusalOf, type People } from '../setup/tenders/tender.ts';

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
let procurementId: string;
let preparer: Actor;
let second: Actor;

beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 1);
  ({ id: procurementId } = await publishedTender(db, clock, who, 'tendering'));
  [preparer, second] = [await personOf('张三'), await personOf('李四')];
});
afterEach(() => db.close());

async function personOf(name: string): Promise<Actor> {
  const memberships = [{ organisationId: who.purchaser.id, role: 'purchaser' as const }];
  const { id } = await db.transaction((tx) =>
    createAccount(tx, UNATTENDED, { username: name, name, memberships, passwordHash: 'salt:hash', oneTimeUntil: null }),
  );
  return { ...who.asPurchaser, accountId: id };
}

const AMENDMENT = { textZh: '开标地点改为二号开标室。', affectsBids: false, bidDeadline: null, documentIds: [] };

const prepare = (change: Partial<Preparation> = {}) =>
  db.transaction((tx) =>
    prepareAct(tx, preparer, {
      ...{ act: 'amendment', procurementId, path: `/api/procurements/${procurementId}/amendments` },
      ...{ params: { id: procurementId }, request: AMENDMENT, confirmingId: who.purchaser.id },
      ...change,
    }),
  );

const confirm = (id: string, by = second) =>
  db.transaction(
    (tx) =>
      confirmAct(tx, by, id, 'procurement.amend', async () => {
        const prepared = await preparedActById(tx.q, id);
        const decision = await amendDocuments(tx, withPreparer(by, prepared), procurementId, AMENDMENT);
        return { decisionId: decision.id };
      }),
    { procurementId },
  );

const amendments = () => listNotices(db.read, { procurementId, kind: 'amendment', limit: 10 });

describe('a prepared act', () => {
  it('is confirmed once, whoever are the quicker', async () => {
    const { id } = await prepare();
    const third = await personOf('王五');
    const [a, b, c] = await Promise.allSettled([confirm(id), confirm(id, third), confirm(id)]);
    const outcomes = [a, b, c].map(({ status }) => status).sort();
    expect(outcomes).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(await amendments()).toHaveLength(1);
    const row = await preparedActById(db.read, id);
    expect([row.state, row.decisionId === null]).toEqual(['confirmed', false]);
    expect(await db.read.select().from(audit).where(eq(audit.action, 'act.confirm'))).toHaveLength(1);
    expect((await db.checkRows()).faults).toEqual([]);
  });

  it('stays as it is where its act is refused: nothing is confirmed', async () => {
    const { id } = await prepare();
    const why = new DomainError('unlawful', { messageZh: '违法', messageEn: 'unlawful' });
    const refused = db.transaction((tx) => confirmAct(tx, second, id, 'procurement.amend', () => Promise.reject(why)));
    expect(await refusalOf(refused)).toBe(why);
    expect((await preparedActById(db.read, id)).state).toBe('waiting');
    expect(await db.read.select().from(audit).where(eq(audit.action, 'act.confirm'))).toEqual([]);
    await confirm(id);
    expect(await amendments()).toHaveLength(1);
  });

  it('waits once at an address; the next may come when it was withdrawn', async () => {
    const both = await Promise.allSettled([prepare(), prepare()]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const made = both.find((each) => each.status === 'fulfilled');
    const id = made?.status === 'fulfilled' ? made.value.id : '';
    await db.transaction((tx) => withdrawPreparedAct(tx, second, id, '金额有误。'));
    expect((await refusalOf(confirm(id))).code).toBe('prepared-settled');
    await confirm((await prepare()).id);
  });

  it('has a second person, who is not disabled, or doctor names the organisation', async () => {
    expect(await runByOnePerson(db.read)).toEqual([]);
    const accountId = String(second.accountId);
    await db.transaction((tx) => updateAccount(tx, accountId, { disabledAt: tx.now }));
    expect(await runByOnePerson(db.read)).toEqual([{ name: who.purchaser.name, role: 'purchaser' }]);
  });

  it('cannot be changed by SQL, and is settled once', async () => {
    await confirm((await prepare()).id);
    const { id } = await prepare();
    const raw = await rawDatabase(db.storage);
    for (const [statement, why] of [
      [`UPDATE prepared_acts SET request = '{}' WHERE id = '${id}'`, 'what was prepared is immutable'],
      [`UPDATE prepared_acts SET confirming_id = 'x' WHERE id = '${id}'`, 'what was prepared is immutable'],
      [`UPDATE prepared_acts SET state = 'waiting' WHERE id <> '${id}'`, 'stays so'],
      ['DELETE FROM prepared_acts', 'what was prepared is immutable'],
      dialect === 'sqlite'
        ? ['INSERT OR REPLACE INTO prepared_acts SELECT * FROM prepared_acts', 'what was prepared is immutable']
        : ['TRUNCATE prepared_acts', 'what was prepared is immutable'],
    ] as const)
      await expect(raw.behind(statement), statement).rejects.toThrow(why);
    await raw.close();
    expect((await db.checkRows()).faults).toEqual([]);
  });
});
