import { afterEach, beforeEach, expect, it } from 'vitest';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { asc, like } from 'drizzle-orm';
import { UNATTENDED } from '../../db/audit.ts';
import { keysInForce } from '../../db/custodians.ts';
import { audit } from '../../db/schema/sqlite.ts';
import { CUSTODIANS, type Custodian } from '../../domain/bids/sealing.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { handClock, refusalOf } from '../setup/tenders/tender.ts';
import { assertCustodians, sealingTerms } from '../../services/custodians/sealing-terms.ts';
import { registerKey } from '../../services/custodians/register-key.ts';
import { retireKey } from '../../services/custodians/retire-key.ts';

let db: TestDatabase;
let clock: ReturnType<typeof handClock>;

beforeEach(async () => {
  clock = handClock('2026-03-02T09:00+08:00');
  db = await temporaryDatabase({ machineClock: clock.read });
});
afterEach(() => db.close());

const newRecipient = async (): Promise<string> => identityToRecipient(await generateX25519Identity());

const register = async (custodian: Custodian, recipient?: string) => {
  const key = { custodian, recipient: recipient ?? (await newRecipient()) };
  return db.transaction((tx) => registerKey(tx, UNATTENDED, key));
};

it('bids can be sealed once each of the three has a key in force', async () => {
  expect((await refusalOf(assertCustodians(db.read))).details).toEqual({ missing: [...CUSTODIANS] });
  const purchaser = await register('purchaser');
  const centre = await register('centre');
  expect(await sealingTerms(db.read, null)).toBeNull();
  const refused = await refusalOf(assertCustodians(db.read));
  expect([refused.code, refused.details]).toEqual(['custodians-missing', { missing: ['supervisor'] }]);
  expect(refused.messageZh).toContain('行政监督部门');
  const supervisor = await register('supervisor');
  await assertCustodians(db.read);
  expect(await sealingTerms(db.read, 30)).toEqual({
    format: 'KB-SEAL-1',
    suite: 'age-x25519',
    custodians: [
      { custodian: 'centre', recipient: centre.recipient },
      { custodian: 'purchaser', recipient: purchaser.recipient },
      { custodian: 'supervisor', recipient: supervisor.recipient },
    ],
    bidderWindowMinutes: 30,
  });
});

it('a new key takes the place of the present one, and is on the record with it', async () => {
  const first = await register('centre');
  clock.set('2026-05-06T09:00+08:00');
  const second = await register('centre');
  expect(await keysInForce(db.read)).toEqual([second]);
  const entries = await db.read
    .select({ action: audit.action, subject: audit.subject, detail: audit.detail })
    .from(audit)
    .where(like(audit.action, 'custodian.%'))
    .orderBy(asc(audit.seq));
  expect(entries).toEqual([
    {
      action: 'custodian.register-key',
      subject: 'custodian/centre',
      detail: { recipient: first.recipient, replaces: null },
    },
    {
      action: 'custodian.register-key',
      subject: 'custodian/centre',
      detail: { recipient: second.recipient, replaces: first.recipient },
    },
  ]);
});

it('a retired key is in force no more and does not come back, nor as another custodian’s', async () => {
  const { id, recipient } = await register('centre');
  const retired = await db.transaction((tx) => retireKey(tx, UNATTENDED, id));
  expect(retired.retiredAt).toBe(clock.read());
  expect(await keysInForce(db.read)).toEqual([]);
  clock.set('2026-03-03T09:00+08:00');
  expect((await db.transaction((tx) => retireKey(tx, UNATTENDED, id))).retiredAt).toBe(retired.retiredAt);
  for (const custodian of ['centre', 'supervisor'] as const) {
    expect((await refusalOf(register(custodian, recipient))).code).toBe('already-exists');
  }
  expect((await refusalOf(db.transaction((tx) => retireKey(tx, UNATTENDED, 'nothing')))).code).toBe('not-found');
});
