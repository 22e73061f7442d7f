import { expect, it } from 'vitest';
import { startTestApi, type Member } from '../setup/api.ts';

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
