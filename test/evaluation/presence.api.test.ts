import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { eventsAfter } from '../../db/events.ts';
import { actsOf, sheetsOf } from '../../db/evaluation/sheets.ts';
import { organisationById } from '../../db/organisations.ts';
import { experts as expertRows } from '../../db/schema/sqlite.ts';
import { closeSigning, signReport } from '../../services/evaluation/sign.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { CENTRE } from '../setup/tenders/committees.ts';
import { dossierFor, unpacked } from '../setup/tenders/dossiers.ts';
import {
  agree,
  by,
  clear,
  electLeader,
  entriesOf,
  evaluating,
  mark,
  seated,
  sign,
  worksScheme,
  type Evaluated,
} from '../setup/tenders/evaluations.ts';
import { candidateTold } from '../setup/tenders/particulars.ts';
import { advance, handClock, type People } from '../setup/tenders/tender.ts';

const SCHEME = worksScheme();
const VENUES = {
  venues: [
    { name: '省公共资源交易中心', room: '301' },
    { name: '市公共资源交易中心', room: '评标二室' },
  ],
  seats: [
    { memberId: 'expert-2', venue: 2 },
    { memberId: 'expert-3', venue: null },
  ],
};

let api: TestApi;
let clock: ReturnType<typeof handClock>;
let of: Evaluated;
let base: string;
let staff: Member;
let purchaser: Member;
let supervisor: Member;
/** Members of the committee, experts alone, by their number. */
const experts = new Map<string, Member>();
const expert = (memberId: string): Member => experts.get(memberId) as Member;
const bidId = (): string => String(of.bids[0]?.id);

const presence = (member: Member) => member.call('GET', `${base}/presence`);
const state = (member: Member, json: object = VENUES) => member.call('PUT', `${base}/venues`, { json });
const checkIn = (member: Member, memberId: string) =>
  member.call('POST', `${base}/check-ins`, { json: { memberId, document: 'resident-id' } });
const move = (member: Member, memberId: string, direction: string) =>
  member.call('POST', `${base}/presence`, { json: { memberId, direction } });
const marks = (member: Member) =>
  member.call('PUT', base.replace('/evaluation', `/sheets/${bidId()}`), {
    json: { entries: entriesOf(SCHEME, 'review', '0') },
    key: null,
  });
const acts = (member: Member, method: string, path: string, json?: unknown): Promise<Answered> =>
  member.call(method, `${base}${path}`, { ...(json === undefined ? {} : { json }), key: null });
const refusal = ({ status, get }: Answered) => [status, get('code'), get('details.reason')];
/** Everything that members did, and that was recorded of them. */
const stored = async () => [
  await actsOf(api.db.read, of.draw.id),
  await sheetsOf(api.db.read, of.draw.id),
  (await eventsAfter(api.db.read, 0, 10_000)).length,
];

beforeAll(async () => {
  clock = handClock('2026-03-01T09:00+08:00');
  api = await startTestApi({
    settings: { presence: 'required' },
    database: { machineClock: clock.read },
    deps: { realNow: clock.read },
  });
  [purchaser, supervisor, staff] = [
    await api.member('purchaser'),
    await api.member('supervisor'),
    await api.member('centre'),
  ];
  const suppliers = await Promise.all([1, 2, 3].map(() => api.member('supplier')));
  const unnamed = { address: null, requestId: null };
  const who: People = {
    purchaser: await organisationById(api.db.read, purchaser.organisationId),
    suppliers: await Promise.all(suppliers.map((each) => organisationById(api.db.read, each.organisationId))),
    asPurchaser: {
      accountId: purchaser.accountId,
      organisationId: purchaser.organisationId,
      role: 'purchaser',
      ...unnamed,
    },
    asSupplier: (index) => ({
      accountId: String(suppliers[index]?.accountId),
      organisationId: String(suppliers[index]?.organisationId),
      role: 'supplier',
      ...unnamed,
    }),
  };
  const centre = { ...CENTRE, accountId: staff.accountId, organisationId: staff.organisationId };
  of = await evaluating(api.db, clock, who, { scheme: SCHEME, centre, representativeId: purchaser.accountId });
  base = `/api/procurements/${of.place.procurementId}/lots/1/evaluation`;
  for (const seat of await seated(api.db, of)) {
    if (seat.kind !== 'expert') continue;
    const member = await api.member('expert');
    experts.set(seat.memberId, member);
    await api.db.transaction((tx) =>
      tx.q
        .update(expertRows)
        .set({ accountId: member.accountId })
        .where(eq(expertRows.accountId, String(seat.accountId))),
    );
  }
  for (const seat of await seated(api.db, of)) await clear(api.db, of, seat);
});
afterAll(() => api[Symbol.asyncDispose]());

it('the staff who held the draw state the venues and check members in; everybody else is refused, and nothing is stored', async () => {
  const before = await stored();
  const another = await api.member('centre');
  const others = [purchaser, supervisor, expert('expert-1'), await api.member('auditor'), await api.member('supplier')];
  for (const member of others) {
    const refused = [await state(member), await checkIn(member, 'expert-1'), await move(member, 'expert-1', 'out')];
    expect(refused.map(refusal), member.role).toEqual(Array(3).fill([403, 'forbidden', 'role']));
  }
  const strangers = [await state(another), await checkIn(another, 'expert-1'), await move(another, 'expert-1', 'out')];
  expect(strangers.map(refusal)).toEqual(Array(3).fill([403, 'forbidden', 'not-staff']));
  expect((await checkIn(staff, 'expert-1')).get('code')).toBe('stage-conflict');
  const number = { memberId: 'expert-1', document: 'resident-id', number: '420106198001010011' };
  expect((await staff.call('POST', `${base}/check-ins`, { json: number })).status).toBe(422);
  expect((await state(staff, { ...VENUES, seats: [{ memberId: 'expert-1', venue: 3 }] })).get('issues.0.field')).toBe(
    'seats[0].venue',
  );
  expect(await stored()).toEqual(before);
  const stated = await state(staff);
  expect([stated.status, stated.get('venues')], stated.text).toEqual([200, VENUES.venues]);
});

it('who was not checked in, or is out, cannot mark, vote or sign: refused with why, and nothing is stored', async () => {
  const member = expert('expert-1');
  const attempts = () => [
    marks(member),
    acts(member, 'POST', '/parts/review/signature', { password: member.password }),
    acts(member, 'POST', '/leader', { memberId: 'expert-1' }),
    acts(member, 'POST', '/motions', { motion: { on: 'brand', bidId: bidId(), brand: '某牌' } }),
    acts(member, 'POST', `/motions/${bidId()}/vote`, { yes: true }),
    acts(member, 'POST', '/signature', { as: 'signed', password: member.password }),
    acts(member, 'POST', '/closing', { minutes: 30 }),
  ];
  const before = await stored();
  const refused = await Promise.all(attempts());
  expect(refused.map(refusal)).toEqual(Array(7).fill([403, 'forbidden', 'not-checked-in']));
  expect([refused[0]?.get('messageZh'), refused[0]?.get('messageEn')]).toEqual([
    'expert-1 尚未由交易中心工作人员核验身份，不能打分、表决、签署：请先签到',
    "The centre's staff has not checked the identity of expert-1, who cannot mark, vote or sign: check in first",
  ]);
  expect(await stored()).toEqual(before);
  expect((await checkIn(staff, 'expert-1')).status).toBe(200);
  expect((await marks(member)).status).toBe(200);
  expect((await move(staff, 'expert-1', 'out')).status).toBe(200);
  const left = await stored();
  expect((await Promise.all(attempts())).map(refusal)).toEqual(Array(7).fill([403, 'forbidden', 'out']));
  expect(await stored()).toEqual(left);
  expect((await move(staff, 'expert-1', 'in')).status).toBe(200);
  expect((await marks(member)).status).toBe(200);
});

it('before the award the supervisor and the staff read it with numbers alone; nobody else does', async () => {
  expect((await checkIn(staff, 'expert-2')).status).toBe(200);
  expect((await checkIn(staff, 'expert-3')).status).toBe(200);
  const refusals = new Map<string, unknown>();
  for (const role of ['agency', 'office', 'discipline', 'auditor', 'expert', 'supplier', 'administrator'] as const)
    refusals.set(role, refusal(await presence(await api.member(role)))[2]);
  refusals.set('purchaser', refusal(await presence(purchaser))[2]);
  refusals.set('another of the centre', refusal(await presence(await api.member('centre')))[2]);
  expect(Object.fromEntries(refusals)).toEqual({
    ...{ office: 'before-award', discipline: 'before-award', auditor: 'before-award', purchaser: 'before-award' },
    ...{ agency: 'scope', expert: 'role', supplier: 'role', administrator: 'role' },
    'another of the centre': 'not-staff',
  });
  expect((await api.call('GET', `${base}/presence`)).status).toBe(401);
  for (const reader of [supervisor, staff]) {
    const seen = await presence(reader);
    expect(seen.status).toBe(200);
    expect((seen.get('members') as { name: string | null }[]).map(({ name }) => name)).toEqual(Array(7).fill(null));
    expect(seen.text).not.toContain('评审专家');
    expect(seen.text).not.toContain(purchaser.username);
    const items = seen.get('items') as { event: string; memberId: string; venue: unknown; by: string }[];
    const [host, guest] = VENUES.venues;
    expect(items.map(({ event, memberId, venue }) => [event, memberId, venue])).toEqual([
      ['venues', null, null],
      ['check-in', 'expert-1', host],
      ['out', 'expert-1', host],
      ['in', 'expert-1', host],
      ['check-in', 'expert-2', guest],
      ['check-in', 'expert-3', null],
    ]);
    expect(new Set(items.map((item) => item.by))).toEqual(new Set([staff.username]));
    expect(seen.get('members.0')).toMatchObject({ memberId: 'expert-1', venue: 1, present: true });
  }
});

it('the trail has no name, the report has the venues and the log, and after the award it is read with names', async () => {
  for (const part of ['review', 'technical', 'commercial'] as const) {
    for (const seat of await seated(api.db, of)) {
      for (const { id } of of.bids) await mark(api.db, of, seat, id, entriesOf(SCHEME, part, '18'));
      await sign(api.db, of, seat, part);
    }
  }
  const leader = await electLeader(api.db, of);
  for (const [index, { id }] of of.bids.entries())
    await agree(api.db, of, { on: 'price', bidId: id, priceFen: 330_000_000 + index * 10_000_000 });
  const seats = await seated(api.db, of);
  for (const seat of seats.slice(0, 6))
    await by(api.db, of, seat, (tx, place, account) =>
      signReport(tx, place, account, { as: 'signed', reasonsZh: null }),
    );
  await by(api.db, of, leader, (tx, place, account) => closeSigning(tx, place, account, 30));
  clock.set(clock.read() + 30 * 60_000 + 1);
  const details = of.bids.map(({ id }) => ({ bidId: id, ...candidateTold() }));
  const made = await acts(expert(leader.memberId), 'POST', '/report', { details });
  expect(made.status, made.text).toBe(200);
  const content = `/api/procurements/${of.place.procurementId}/documents/${String(made.get('documentId'))}/content`;
  const page = (await purchaser.call('GET', content)).text;
  for (const text of ['省公共资源交易中心', '评标二室', '到场记录', '远程席位', '核验身份，入场', '离场', '返场'])
    expect(page).toContain(text);
  expect(page).not.toContain('评审专家');
  const { place } = of;
  const dossier = async () => unpacked(await dossierFor(api.db, purchaser, place.procurementId));
  const early = await dossier();
  expect(early.names).not.toContain('lots/1/presence.json');
  clock.set('2026-04-27T09:00+08:00');
  await advance(api.db, place.procurementId, 1);
  const report = await purchaser.call('GET', base.replace('/evaluation', '/report'));
  const award = { bidId: report.get('candidates.0.bidId'), ground: null, reasonZh: null };
  const awarded = await purchaser.call('POST', base.replace('/evaluation', '/award'), { json: award });
  expect(awarded.status, awarded.text).toBe(200);
  for (const reader of [purchaser, supervisor, staff, await api.member('auditor')])
    expect((await presence(reader)).get('members.0.name'), reader.role).toContain('评审专家');
  expect(refusal(await presence(await api.member('centre')))).toEqual([403, 'forbidden', 'not-staff']);
  expect((await dossier()).text('lots/1/presence.json')).toContain('评审专家');
  // Nothing of the committee is recorded any more.
  expect((await checkIn(staff, 'expert-4')).status).toBe(409);
  const trail = (await auditAfter(api.db.read, 0, 10_000)).filter(({ action }) => action.startsWith('presence.'));
  expect(trail.map(({ action, actor }) => [action, actor.accountId])).toEqual(
    ['venues', 'check-in', 'out', 'in', 'check-in', 'check-in'].map((each) => [`presence.${each}`, staff.accountId]),
  );
  expect(JSON.stringify(trail)).not.toMatch(/评审专家|resident-id|评标二室/);
});
