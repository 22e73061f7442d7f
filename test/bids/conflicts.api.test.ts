import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { UNATTENDED } from '../../db/audit.ts';
import { createAccount } from '../../services/accounts/create.ts';
import { MEMBER_ROLES, QUICK_PASSWORDS, startTestApi, TEST_PASSWORD, type Member } from '../setup/api.ts';
import { peopleOf } from '../setup/tenders/played.ts';
import { advance, bid, handClock, publishedTender } from '../setup/tenders/tender.ts';

const TUS = { 'tus-resumable': '1.0.0' };

it('who runs a tender is refused as its bidder before the first byte; what only suggests it is shown to the supervisors after the opening', async () => {
  const clock = handClock('2026-03-01');
  await using api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: clock.read } });
  const members = new Map<string, Member>();
  for (const role of MEMBER_ROLES) members.set(role, await api.member(role));
  const [purchaser, agency] = [members.get('purchaser') as Member, members.get('agency') as Member];
  const suppliers = [members.get('supplier') as Member, await api.member('supplier'), await api.member('supplier')];
  const who = await peopleOf(api, purchaser, suppliers);
  const { id } = await publishedTender(api.db, clock, who, 'tendering', { agencyId: agency.organisationId });
  const path = `/api/procurements/${id}`;

  for (const [member, rule] of [
    [purchaser, 'works-interested-barred'],
    [agency, 'works-agent-not-bid'],
  ] as const) {
    // One of its people who bids: nobody is on both sides.
    const account = {
      username: `bidder.of.${member.role}`,
      name: `bidder of ${member.role}`,
      memberships: [{ organisationId: member.organisationId, role: 'supplier' as const }],
      passwordHash: await QUICK_PASSWORDS.hash(TEST_PASSWORD),
      oneTimeUntil: null,
    };
    await api.db.transaction((tx) => createAccount(tx, UNATTENDED, account));
    const token = String((await api.signIn(account.username, TEST_PASSWORD)).get('token'));
    const acting = { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() };
    const whole = await api.call('POST', `${path}/lots/1/bids`, { body: 'a bid', headers: acting });
    expect([whole.status, whole.get('code'), whole.get('details.rule')]).toEqual([403, 'conflict-of-interest', rule]);
    const upload = await api.call('POST', `${path}/lots/1/uploads`, {
      headers: { ...acting, ...TUS, 'upload-length': '5' },
    });
    expect([upload.status, upload.get('code')]).toEqual([403, 'conflict-of-interest']);
  }

  const [first, second] = suppliers as [Member, Member];
  const other = who.suppliers[1];
  const declaration = {
    relation: 'controls',
    otherName: other?.name,
    otherCode: other?.creditCode,
    since: '2020-01-01',
  };
  expect((await first.call('POST', '/api/controls', { json: declaration })).status).toBe(422);
  const declared = await first.call('POST', '/api/controls', { json: { ...declaration, relation: 'holds' } });
  expect(declared.status).toBe(201);
  expect((await first.call('GET', '/api/controls')).get('items.0.otherName')).toBe(other?.name);
  expect((await second.call('GET', '/api/controls')).get('items')).toEqual([]);
  expect((await second.call('POST', `/api/controls/${String(declared.get('id'))}/end`)).status).toBe(404);
  for (const index of suppliers.keys()) await bid(api.db, who, index, id);

  const askedBy = async (role: string) => {
    const headers = ['purchaser', 'agency'].includes(role)
      ? { 'X-Acting-As': `${members.get(role)?.organisationId}:${role}` }
      : {};
    return members.get(role)?.call('GET', `${path}/clues`, { headers });
  };
  for (const role of MEMBER_ROLES) expect([role, (await askedBy(role))?.status]).toEqual([role, 403]);
  clock.set('2026-04-20T09:00+08:00');
  await advance(api.db, id);
  for (const role of MEMBER_ROLES) {
    const sees = ['office', 'supervisor', 'discipline', 'auditor'].includes(role);
    expect([role, (await askedBy(role))?.status]).toEqual([role, sees ? 200 : 403]);
  }
  const clues = await askedBy('supervisor');
  expect(clues?.get('items')).toMatchObject([
    { kind: 'declared-control', lotNo: 1, rule: { law: '招标投标法实施条例', article: '34' } },
  ]);
  expect(clues?.get('items.0.messageZh')).toMatch(/声明与对方的关系为控股.*招标投标法实施条例第34条/);
});
