import { expect, it } from 'vitest';
import { startTestApi, TEST_PASSWORD, type Member } from '../setup/api.ts';
import { creditCodeFrom } from '../setup/credit-code.ts';

const DISTRICT_VENUE = {
  nature: 'venue',
  level: 'district',
  plates: [{ nameZh: '区政府采购中心', nature: 'centralised-purchaser' }],
};

async function register(administrator: Member, name: string, creditCode: string, standing: object = {}) {
  const answer = await administrator.call('POST', '/api/organisations', { json: { name, creditCode, ...standing } });
  expect(answer.status).toBe(201);
  return String(answer.get('id'));
}

async function collisions(member: Member): Promise<{ rule: string; bodies: string[]; article: string }[]> {
  const answer = await member.call('GET', '/api/organisations/separation');
  expect(answer.status).toBe(200);
  return answer.get('items') as never;
}

const standing = (member: Member, id: string, json: object) =>
  member.call('PUT', `/api/organisations/${id}/standing`, { json });

it('identity, duty and reporting line are recorded apart, and what collides with higher law is reported', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const office = await api.member('office');
  const centre = await register(administrator, '区公共资源交易中心', '11420100000000017T', {
    identity: DISTRICT_VENUE,
    duties: ['centre'],
    reportsTo: office.organisationId,
  });
  const told = await collisions(office);
  // 招标投标法实施条例 5 twice (subordinate; of a district), 政府采购法实施条例 12.
  expect(told.map(({ rule }) => rule).sort()).toEqual([
    'sep-gp-centre-city-level',
    'sep-gp-supervisor',
    'sep-venue-not-subordinate',
    'sep-venue-not-subordinate',
  ]);
  expect(told[0]).toMatchObject({
    article: '5',
    quote: '招标投标交易场所不得与行政监督部门存在隶属关系，不得以营利为目的',
    bodies: [centre, office.organisationId],
  });

  const mended = await standing(administrator, centre, {
    identity: { nature: 'venue', level: 'city' },
    duties: ['centre'],
    reportsTo: null,
  });
  expect(mended.status).toBe(200);
  expect(mended.get('identity')).toEqual({ nature: 'venue', level: 'city', plates: [] });
  expect(await collisions(administrator)).toEqual([]);

  const trail = await office.call('GET', '/api/audit?limit=100');
  const changes = (trail.get('items') as { action: string; detail: object }[]).filter(
    ({ action }) => action === 'organisation.change-standing',
  );
  expect(changes).toHaveLength(1);
  expect(changes[0]?.detail).toMatchObject({
    before: { identity: { level: 'district' } },
    after: { identity: { level: 'city' } },
  });
});

it('refuses what contradicts itself: a circle, a role outside the duties, duties that people still have', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const upper = await register(administrator, '市中心', '11420100000000025M');
  const lower = await register(administrator, '分中心', '11420100000000033G', { reportsTo: upper, duties: ['centre'] });

  const circle = await standing(administrator, upper, { identity: null, duties: null, reportsTo: lower });
  expect([circle.status, circle.get('code')]).toEqual([422, 'bad-input']);
  expect(circle.text).toContain('reportsTo');
  const nobody = '0198c0de-0000-7000-8000-000000000001';
  expect((await standing(administrator, upper, { identity: null, duties: null, reportsTo: nobody })).status).toBe(404);

  const account = await administrator.call('POST', '/api/accounts', { json: { username: 'wang.li', name: '王丽' } });
  const memberships = `/api/accounts/${account.get('id') as string}/memberships`;
  const outside = await administrator.call('POST', memberships, {
    json: { organisationId: lower, role: 'supervisor' },
  });
  expect([outside.status, outside.get('code')]).toEqual([422, 'bad-input']);
  expect(outside.text).toContain('supervisor');
  expect(
    (await administrator.call('POST', memberships, { json: { organisationId: lower, role: 'centre' } })).status,
  ).toBe(200);
  const held = await standing(administrator, lower, { identity: null, duties: ['expert'], reportsTo: null });
  expect([held.status, held.get('code')]).toEqual([422, 'bad-input']);
});

it('only administrators record it; only they and those who watch read the collisions', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const id = await register(administrator, '市中心', '11420100000000025M');
  for (const role of ['office', 'supervisor', 'discipline', 'auditor'] as const) {
    const member = await api.member(role);
    expect((await member.call('GET', '/api/organisations/separation')).status).toBe(200);
    expect((await standing(member, id, { identity: null, duties: null, reportsTo: null })).status).toBe(403);
  }
  for (const role of ['centre', 'purchaser', 'supplier'] as const) {
    const member = await api.member(role);
    expect((await member.call('GET', '/api/organisations/separation')).status).toBe(403);
  }
});

it('a name and a code are corrected, which the organisation’s own people confirm, and both can be looked up', async () => {
  await using api = await startTestApi();
  const administrator = await api.member('administrator');
  const supplier = await api.member('supplier', '某某（武汉）建设有限公司');
  const agency = await api.member('agency');
  const { organisationId } = supplier;
  const found = async (member: Member, q: string) =>
    member.call('GET', `/api/organisations/look-up?q=${encodeURIComponent(q)}`);
  const names = async (q: string) =>
    ((await found(agency, q)).get('items') as { name: string }[]).map(({ name }) => name);

  // Full and half width are one thing; what a pattern of the database means is only text.
  expect(await names('某某(武汉)')).toEqual(['某某（武汉）建设有限公司']);
  expect(await names('%')).toEqual([]);
  expect(await names('_')).toEqual([]);
  expect((await found(supplier, '武汉')).status).toBe(403);
  expect((await api.call('GET', '/api/organisations/look-up?q=1')).status).toBe(401);

  const path = `/api/organisations/${organisationId}/corrections`;
  const wanted = { name: '某某（武汉）建工有限公司', creditCode: creditCodeFrom(7001), reasonZh: '营业执照变更' };
  for (const [json, field] of [
    [{ reasonZh: '同名', name: '某某（武汉）建设有限公司' }, 'name'],
    [{ reasonZh: '错码', creditCode: '91420100000000017X' }, 'creditCode'],
    [{ name: '无理由' }, 'reasonZh'],
  ] as const) {
    const refused = await administrator.call('POST', path, { json });
    expect([refused.status, refused.get('issues.0.field')]).toEqual([422, field]);
  }
  const taken = await administrator.call('POST', path, {
    json: { reasonZh: '占用', creditCode: creditCodeFrom(3) },
  });
  expect([taken.status, taken.get('code')]).toEqual([409, 'already-exists']);
  expect((await agency.call('POST', path, { json: wanted })).status).toBe(403);

  // One administrator alone changes nothing: the supplier’s own people are informed, and decide.
  const requested = await administrator.call('POST', path, { json: wanted });
  expect([requested.status, requested.get('state'), requested.get('formerName')]).toEqual([
    ...[200, 'pending', '某某（武汉）建设有限公司'],
  ]);
  expect(await names('建工')).toEqual([]);
  const informed = await supplier.call('GET', '/api/notifications');
  expect(informed.get('items.0')).toMatchObject({
    kind: 'organisation.correction-requested',
    detail: { name: wanted.name, creditCode: wanted.creditCode },
  });
  const confirm = `${path}/${String(requested.get('id'))}/confirm`;
  const password = { json: { password: TEST_PASSWORD } };
  for (const other of [administrator, agency, await api.member('supplier')])
    expect((await other.call('POST', confirm, password)).status).toBe(404);
  expect((await supplier.call('POST', confirm, { json: { password: 'not the password' } })).status).toBe(401);
  const confirmed = await supplier.call('POST', confirm, password);
  expect([confirmed.status, confirmed.get('state')]).toEqual([200, 'done']);
  expect((await supplier.call('POST', confirm, password)).status).toBe(404);
  expect((await supplier.call('GET', '/api/session')).get('memberships.0')).toMatchObject({
    organisation: wanted.name,
    creditCode: wanted.creditCode,
  });
  expect(await names('建工')).toEqual([wanted.name]);
  expect(await names(wanted.creditCode.toLowerCase())).toEqual([wanted.name]);

  // What was there before is kept, and read by those who supervise and by the organisation itself.
  const office = await api.member('office');
  const history = await office.call('GET', path);
  expect(history.get('items')).toMatchObject([
    { state: 'done', formerName: '某某（武汉）建设有限公司', name: wanted.name, reasonZh: wanted.reasonZh },
  ]);
  expect((await agency.call('GET', path)).status).toBe(403);
  const people = await supplier.call('GET', `/api/organisations/${organisationId}/people`);
  expect(people.get('corrections.0.state')).toBe('done');
  const trail = (await office.call('GET', '/api/audit?limit=100')).get('items') as { action: string; detail: object }[];
  expect(trail.find(({ action }) => action === 'organisation.correct')?.detail).toMatchObject({
    before: { name: '某某（武汉）建设有限公司' },
    after: { name: wanted.name, creditCode: wanted.creditCode },
  });

  // A request that is refused, and one that a newer takes the place of, change nothing.
  await administrator.call('POST', path, { json: { name: '甲', reasonZh: '误' } });
  const newer = await administrator.call('POST', path, { json: { name: '乙', reasonZh: '误' } });
  expect((await supplier.call('POST', `${path}/${String(newer.get('id'))}/refuse`)).get('state')).toBe('refused');
  expect((await supplier.call('GET', '/api/session')).get('memberships.0.organisation')).toBe(wanted.name);

  // Where nobody has ever acted for it, and where its own administrator does, it is corrected at once.
  const empty = await register(administrator, '无人单位', creditCodeFrom(7002));
  const atOnce = await administrator.call('POST', `/api/organisations/${empty}/corrections`, {
    json: { name: '无人单位（更名）', reasonZh: '登记有误' },
  });
  expect(atOnce.get('state')).toBe('done');
  const own = await administrator.call('POST', `/api/organisations/${administrator.organisationId}/corrections`, {
    json: { name: '某市公共资源交易中心', reasonZh: '首次命名' },
  });
  expect(own.get('state')).toBe('done');
});
