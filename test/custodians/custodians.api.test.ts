import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { deadlineInForce } from '../../db/deadlines.ts';
import { procurements } from '../../db/schema/sqlite.ts';
import { CUSTODIANS, type Custodian } from '../../domain/bids/sealing.ts';
import { setDeadline } from '../setup/tenders/deadlines.ts';
import { MEMBER_ROLES, startTestApi, type Member } from '../setup/api.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';
import { sealingTerms } from '../../services/custodians/sealing-terms.ts';
import { recordAcknowledgement } from '../../services/custodians/acknowledge.ts';
import { addTenderDocument } from '../setup/tenders/tender.ts';
import { UNATTENDED } from '../../db/audit.ts';

const newRecipient = async (): Promise<string> => identityToRecipient(await generateX25519Identity());

const register = async (member: Member, custodian: string, recipient?: string) =>
  member.call('POST', '/api/custodians', { json: { custodian, recipient: recipient ?? (await newRecipient()) } });

it('the office registers the keys of all three, and anybody reads them', async () => {
  await using api = await startTestApi();
  const office = await api.member('office');
  const first = await register(office, 'centre');
  expect([first.status, first.get('custodian'), first.get('retiredAt')]).toEqual([201, 'centre', null]);
  const told = await api.call('GET', '/api/custodians');
  expect([told.get('items.0.recipient'), told.get('missing'), told.get('needed')]).toEqual([
    first.get('recipient'),
    ['purchaser', 'supervisor'],
    2,
  ]);
  const second = await register(office, 'centre');
  expect((await api.call('GET', '/api/custodians')).body).toMatchObject({ items: [{ id: second.get('id') }] });
  const retired = await office.call('POST', `/api/custodians/${String(second.get('id'))}/retire`);
  expect([retired.status, typeof retired.get('retiredAt')]).toEqual([200, 'string']);
  expect((await api.call('GET', '/api/custodians')).body).toMatchObject({ items: [], missing: [...CUSTODIANS] });
  const back = await register(office, 'centre', String(second.get('recipient')));
  expect([back.status, back.get('code')]).toEqual([409, 'already-exists']);
});

it('nobody who runs the platform, tenders, or supervises single ones changes whom bids are sealed to', async () => {
  await using api = await startTestApi();
  const office = await api.member('office');
  const key = await register(office, 'supervisor');
  for (const role of MEMBER_ROLES.filter((each) => each !== 'office')) {
    const member = await api.member(role);
    expect((await register(member, 'supervisor')).status, role).toBe(403);
    const retire = await member.call('POST', `/api/custodians/${String(key.get('id'))}/retire`);
    expect(retire.status, role).toBe(403);
  }
});

it('what is no recipient of the suite is refused', async () => {
  await using api = await startTestApi();
  const office = await api.member('office');
  const right = await newRecipient();
  const misspelt = right.slice(0, -1) + (right.endsWith('q') ? 'p' : 'q');
  for (const recipient of [misspelt, await generateX25519Identity(), 'age1pq1', right.toUpperCase(), '']) {
    expect((await register(office, 'centre', recipient)).status, recipient).toBe(422);
  }
});

it('nothing is launched while bids cannot be sealed', async () => {
  await using api = await startTestApi({
    settings: { sealing: 'required' },
    database: { machineClock: () => Date.parse('2026-03-01T12:00:00+08:00') },
  });
  const office = await api.member('office');
  const purchaser = await api.member('purchaser');
  const draftId = await tenderAt(api.db, 'draft', draftOf({ purchaserId: purchaser.organisationId }));
  await addTenderDocument(api.db, UNATTENDED, draftId);
  await register(office, 'centre');
  const refused = await purchaser.call('POST', `/api/procurements/${draftId}/launch`);
  expect([refused.status, refused.get('code'), refused.get('details.missing')]).toEqual([
    409,
    'custodians-missing',
    ['purchaser', 'supervisor'],
  ]);
  for (const custodian of ['purchaser', 'supervisor']) await register(office, custodian);
  expect((await purchaser.call('POST', `/api/procurements/${draftId}/launch`)).status).toBe(200);
});

it('a bidder reads what to seal with, once the tender is announced', async () => {
  await using api = await startTestApi();
  const office = await api.member('office');
  const { organisationId: purchaserId } = await api.member('purchaser');
  const draft = draftOf({ purchaserId }, { bidDeadline: Date.now() + 86_400_000 });
  const launched = await tenderAt(api.db, 'launched', draft);
  expect((await api.call('GET', `/api/procurements/${launched}/sealing`)).status).toBe(404);
  const open = await tenderAt(api.db, 'bidding', draft);
  expect((await api.call('GET', `/api/procurements/${open}/sealing`)).body).toMatchObject({
    procurementId: open,
    terms: null,
    lots: [{ no: 1 }],
    acknowledgements: [],
  });
  for (const custodian of CUSTODIANS) await register(office, custodian);
  const terms = await sealingTerms(api.db.read, 30);
  await api.db.transaction((tx) => tx.q.update(procurements).set({ sealing: terms }).where(eq(procurements.id, open)));
  const told = await api.call('GET', `/api/procurements/${open}/sealing`);
  expect([told.get('terms'), typeof told.get('bidDeadline')]).toEqual([terms, 'string']);
});

it('anybody reads which custodians have acknowledged the deadline in force, and why one refuses it; supervisors in the trail', async () => {
  await using api = await startTestApi();
  const office = await api.member('office');
  const { organisationId: purchaserId } = await api.member('purchaser');
  const id = await tenderAt(api.db, 'bidding', draftOf({ purchaserId }));
  for (const custodian of CUSTODIANS) await register(office, custodian);
  const sealing = await sealingTerms(api.db.read, null);
  await api.db.transaction((tx) => tx.q.update(procurements).set({ sealing }).where(eq(procurements.id, id)));
  await setDeadline(api.db, id, null);
  const version = (await deadlineInForce(api.db.read, id))?.version ?? 0;
  const note = (custodian: Custodian, reason: string | null) =>
    api.db.transaction((tx) => recordAcknowledgement(tx, { procurementId: id, version, custodian, reason }));
  await note('centre', null);
  await note('supervisor', '可能被改写 / it may have been rewritten');
  expect((await api.call('GET', `/api/procurements/${id}/sealing`)).get('acknowledgements')).toEqual([
    { custodian: 'centre', state: 'acknowledged', reason: null, at: expect.any(String) as string },
    { custodian: 'purchaser', state: 'waiting', reason: null, at: null },
    {
      custodian: 'supervisor',
      state: 'refused',
      reason: '可能被改写 / it may have been rewritten',
      at: expect.any(String) as string,
    },
  ]);
  // Of all tenders at once for who supervises, and nobody else.
  expect((await office.call('GET', '/api/custodians/answers')).get('items')).toMatchObject([
    {
      procurementId: id,
      acknowledgements: [
        { state: 'acknowledged' },
        { state: 'waiting' },
        { custodian: 'supervisor', state: 'refused' },
      ],
    },
  ]);
  for (const role of ['purchaser', 'supplier', 'administrator', 'centre'] as const)
    expect((await (await api.member(role)).call('GET', '/api/custodians/answers')).status, role).toBe(403);
  const trail = await office.call('GET', `/api/audit?procurementId=${id}`);
  const items = trail.get('items') as { action: string; subject: string; detail: object }[];
  expect(items.filter(({ action }) => action === 'deadline.refused')).toMatchObject([
    { subject: 'custodian/supervisor', detail: { version, reason: '可能被改写 / it may have been rewritten' } },
  ]);
});
