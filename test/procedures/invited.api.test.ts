import { expect, it } from 'vitest';
import { ROUTES } from '../../api/routes.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import type { Role } from '../../domain/roles.ts';
import { signHead } from '../../services/log/sign-head.ts';
import { publishKey } from '../../services/signing-keys/publish.ts';
import { MEMBER_ROLES, startTestApi, type Member, type TestApi } from '../setup/api.ts';
import { testSigner } from '../setup/signer.ts';
import { advance, handClock, addTenderDocument } from '../setup/tenders/tender.ts';
import { PARTICULARS_TOLD } from '../setup/tenders/particulars.ts';
import { UNATTENDED } from '../../db/audit.ts';

// 邀请招标 over the API: until the opening, who is not invited learns no more than of a tender that is not announced.

const TITLE = '某区机密档案库改造工程';
const DEADLINE = parseInstant('2026-04-01T09:30:00+08:00');
const NOBODY = '01900000-0000-7000-8000-000000000000';

const draftWith = (invitees: readonly Member[]) => ({
  title: TITLE,
  regime: 'tendering',
  procedure: 'invited-tender',
  kind: 'works',
  budgetFen: 1_000_000_000,
  contentZh: '档案库一座。',
  particulars: PARTICULARS_TOLD,
  noticeAt: '2026-03-02T09:00:00+08:00',
  documentsUntil: '2026-03-09T17:00:00+08:00',
  bidDeadline: '2026-04-01T09:30:00+08:00',
  bidValidityDays: 90,
  methodGround: { case: 1 },
  invitees: invitees.map(({ organisationId }) => ({ organisationId, source: 'known' })),
  lots: [{ no: 1, title: '施工', budgetFen: 1_000_000_000 }],
});

/** Every address that is read, with the tender in it, or in its place one that does not exist. */
const addresses = (tender: string): string[] =>
  ROUTES.filter(({ method, action }) => method === 'get' && action !== 'session.own').map(({ path }) =>
    path
      .replace('{id}', tender)
      .replace('{no}', '1')
      .replaceAll(/\{\w+\}/g, NOBODY),
  );

async function invitedTender(api: TestApi, clock: ReturnType<typeof handClock>) {
  const members = new Map<Role, Member>();
  for (const role of MEMBER_ROLES) members.set(role, await api.member(role));
  const invited = [
    await api.member('supplier', '甲公司'),
    await api.member('supplier', '乙公司'),
    await api.member('supplier', '丙公司'),
  ];
  const purchaser = members.get('purchaser') as Member;
  const drafted = await purchaser.call('POST', '/api/procurements', { json: draftWith(invited) });
  expect([drafted.status, drafted.get('procedure')]).toEqual([201, 'invited-tender']);
  expect((drafted.get('invitees') as { name: string }[]).map(({ name }) => name)).toEqual([
    '甲公司',
    '乙公司',
    '丙公司',
  ]);
  const id = String(drafted.get('id'));
  await addTenderDocument(api.db, UNATTENDED, id);
  const launched = await purchaser.call('POST', `/api/procurements/${id}/launch`);
  expect(launched.status).toBe(200);
  clock.set('2026-03-02T09:00:00+08:00');
  await advance(api.db, id);
  return { id, members, invited, purchaser };
}

it('before the opening a stranger of any role is answered as for what does not exist, at every address; the invited do not see each other', async () => {
  const clock = handClock('2026-03-01T12:00:00+08:00');
  await using api = await startTestApi({ database: { machineClock: clock.read } });
  const { id, members, invited, purchaser } = await invitedTender(api, clock);
  // The log's export holds every entry up to here.
  const signer = await testSigner();
  await publishKey(api.db, signer);
  await signHead(api.db, signer);
  const [letter] = (await purchaser.call('GET', `/api/notices?procurementId=${id}`)).get('items') as { id: string }[];
  const letterId = String(letter?.id);

  const sees = ['office', 'supervisor', 'discipline', 'auditor', 'purchaser'];
  const strangers: [string, TestApi | Member][] = [['public', api]];
  for (const [role, member] of members) if (!sees.includes(role)) strangers.push([role, member]);
  const another = await api.member('purchaser', '另一采购人');
  strangers.push(['another purchaser', another]);
  for (const [role, stranger] of strangers) {
    for (const path of addresses(id)) {
      const [real, none] = [
        await stranger.call('GET', `/api${path}`),
        await stranger.call('GET', `/api${path.replace(id, NOBODY)}`),
      ];
      // The centre records deposits, and so knows that there is a tender; it reads nothing of it.
      if (role !== 'centre') {
        expect([role, path, real.status, real.get('code')]).toEqual([role, path, none.status, none.get('code')]);
      }
      if (real.status >= 400) continue;
      expect(real.text, `${role} ${path}`).not.toContain(TITLE);
      expect(real.text, `${role} ${path}`).not.toContain(id);
    }
    expect((await stranger.call('GET', `/api/notices/${letterId}`)).status).toBe(404);
    expect((await stranger.call('GET', `/api/procurements?q=${encodeURIComponent('机密')}`)).get('items')).toEqual([]);
    expect((await stranger.call('GET', `/api/notices?q=${encodeURIComponent('机密')}`)).get('items')).toEqual([]);
  }
  for (const page of [`/notices/${letterId}`, `/notices/${letterId}.pdf`]) {
    expect((await fetch(`${api.url}${page}`)).status).toBe(404);
  }
  // What a stranger would do is refused like what it would do to nothing.
  const supplier = members.get('supplier') as Member;
  for (const [path, options] of [
    [
      `/api/procurements/${id}/lots/1/bids`,
      { body: Buffer.from('x'), headers: { 'content-type': 'application/octet-stream' } },
    ],
    [`/api/procurements/${id}/questions`, { json: { textZh: '问' } }],
    [`/api/procurements/${id}/grievances`, { json: { target: 'documents', textZh: '异议' } }],
  ] as const) {
    const refused = await supplier.call('POST', path, options);
    expect([path, refused.status, refused.get('code')]).toEqual([path, 404, 'not-found']);
  }

  for (const [index, invitee] of invited.entries()) {
    const others = invited.filter((_, no) => no !== index);
    for (const path of addresses(id)) {
      const { text } = await invitee.call('GET', `/api${path}`);
      for (const { organisationId } of others) expect(text, path).not.toContain(organisationId);
      for (const name of ['甲公司', '乙公司', '丙公司'].filter((_, no) => no !== index))
        expect(text, path).not.toContain(name);
    }
    const own = await invitee.call('GET', '/api/procurements');
    expect((own.get('items') as { id: string }[]).map((each) => each.id)).toEqual([id]);
    const read = await invitee.call('GET', `/api/procurements/${id}`);
    expect([read.status, read.get('invitees'), read.get('methodGround.case')]).toEqual([200, null, 1]);
    expect((await invitee.call('GET', `/api/notices/${letterId}`)).get('kind')).toBe('invitation');
    expect((await invitee.call('POST', `/api/procurements/${id}/questions`, { json: { textZh: '问' } })).status).toBe(
      201,
    );
  }
  for (const role of ['supervisor', 'purchaser'] as const) {
    const read = await (members.get(role) as Member).call('GET', `/api/procurements/${id}`);
    expect((read.get('invitees') as { invitedAt: string }[])[0]?.invitedAt).toBe('2026-03-02T09:00:00+08:00');
  }

  // After the opening everybody may read it; a supplier that was not invited still cannot take part.
  clock.set(DEADLINE);
  await advance(api.db, id);
  expect((await api.call('GET', `/api/procurements/${id}`)).get('title')).toBe(TITLE);
  expect((await api.call('GET', `/api/procurements/${id}`)).get('invitees')).toBeNull();
  expect((await api.call('GET', `/api/notices/${letterId}`)).status).toBe(200);
  expect((await fetch(`${api.url}/notices/${letterId}`)).status).toBe(200);
  const late = await supplier.call('POST', `/api/procurements/${id}/grievances`, {
    json: { target: 'result', lotNo: 1, textZh: '异议' },
  });
  expect([late.status, late.get('code'), late.get('details.article')]).toEqual([403, 'not-invited', '17']);
});

it('a draft that cannot invite is refused when it is saved or launched, with field, rule and article', async () => {
  const clock = handClock('2026-03-01T12:00:00+08:00');
  await using api = await startTestApi({ database: { machineClock: clock.read } });
  const purchaser = await api.member('purchaser');
  const suppliers = [await api.member('supplier'), await api.member('supplier')];
  const draft = draftWith(suppliers);
  const checked = await purchaser.call('POST', '/api/procurements/check', { json: draft });
  expect([checked.status, checked.get('lawful')]).toEqual([200, false]);
  expect(checked.get('violations')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ field: 'invitees', rule: 'works-invited-min', article: '17', given: 2 }),
    ]),
  );
  const saved = await purchaser.call('POST', '/api/procurements', { json: draft });
  const refused = await purchaser.call('POST', `/api/procurements/${String(saved.get('id'))}/launch`);
  expect([refused.status, refused.get('code')]).toEqual([422, 'unlawful']);
  const open = await purchaser.call('POST', '/api/procurements', { json: { ...draft, procedure: 'open-tender' } });
  expect([open.status, open.get('violations.0.field'), open.get('violations.0.rule')]).toEqual([
    422,
    'invitees',
    'invitees',
  ]);
  const unknown = { ...draft, invitees: [{ organisationId: NOBODY, source: 'known' }] };
  expect((await purchaser.call('POST', '/api/procurements', { json: unknown })).status).toBe(404);
});
