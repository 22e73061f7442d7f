import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNATTENDED } from '../../db/audit.ts';
import { createAccount } from '../../services/accounts/create.ts';
import {
  QUICK_PASSWORDS,
  startTestApi,
  TEST_PASSWORD,
  type Answered,
  type Member,
  type TestApi,
} from '../setup/api.ts';
import { visitor, type Visitor } from '../setup/pages/visitor.ts';
import { committeeAtWork, type CommitteeAtWork } from '../setup/tenders/committee-at-work.ts';
import { worksScheme } from '../setup/tenders/evaluations.ts';
import { handClock } from '../setup/tenders/tender.ts';

let api: TestApi;
let at: CommitteeAtWork;
let lot: string;
let expert: Visitor;
let members: { memberId: string; name: string; kind: string }[];
let suppliers: string[];

beforeAll(async () => {
  const clock = handClock('2026-03-01T09:00+08:00');
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: clock.read } });
  at = await committeeAtWork(api, clock, worksScheme());
  lot = `/procurements/${at.of.place.procurementId}/lots/1`;
  const member = at.experts.get('expert-1') as Member;
  expert = await visitor(api, member);
  const seen = await member.call('GET', `/api${lot}/evaluation`);
  members = seen.get('members') as typeof members;
  const record = await at.purchaser.call('GET', `/api/procurements/${at.of.place.procurementId}/opening`);
  suppliers = (record.get('items.0.entries') as { supplier: string }[]).map(({ supplier }) => supplier);
});
afterAll(() => api[Symbol.asyncDispose]());

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
/** The choices of a field, each with its text; null: it is typed. */
function choicesOf({ text }: Answered, name: string): string[] | null {
  const [, inside] =
    new RegExp(`<select[^>]* name="${name.replace(/[[\].]/g, '\\$&')}"[^>]*>(.*?)</select>`).exec(text) ?? [];
  return inside === undefined ? null : [...inside.matchAll(/<option[^>]*>([^<]*)</g)].map(([, shown = '']) => shown);
}

describe('who fills in a form', () => {
  it('as a member chooses colleagues and bids by their names', async () => {
    const form = await expert.get(`/console/do/post${lot}/evaluation/motions`);
    expect(members.length).toBeGreaterThanOrEqual(5);
    for (const { memberId, name, kind } of members)
      expect(choicesOf(form, 'motion.memberId')).toContain(
        `${name} · ${kind === 'expert' ? '评审专家' : '招标人（采购人）代表'} · ${memberId}`,
      );
    expect(suppliers).toHaveLength(3);
    expect(choicesOf(form, 'motion.bidId')).toEqual(['（请选择）', ...suppliers]);
  });

  it('as an expert who is called states conflicts with bidders by their names', async () => {
    const drawId = at.of.draw.id;
    const form = await expert.get(`/console/do/post/expert/calls/${drawId}/conflicts`);
    for (const supplier of suppliers) expect(textOf(form)).toContain(supplier);
    expect(form.text).toContain('type="checkbox"');
  });

  it('as the staff checks members in by their numbers, without the names, which are secret before the award', async () => {
    const staff = await visitor(api, at.staff);
    const form = await staff.get(`/console/do/post${lot}/evaluation/check-ins`);
    expect(choicesOf(form, 'memberId')).toContain('评审专家 · expert-1');
    for (const { name } of members) expect(form.text).not.toContain(name);
  });

  it('finds a procurement by its title, without a script too, and what is found with it', async () => {
    const staff = await visitor(api, at.staff);
    const path = '/console/do/post/expert-pools/01890000-0000-7000-8000-000000000000/requests';
    const { title } = (await api.call('GET', `/api/procurements/${at.of.place.procurementId}`)).body as {
      title: string;
    };
    const asked = { '_q:procurementId': title.slice(0, 4), _find: 'procurementId' };
    expect(choicesOf(await staff.submit(path, asked), 'procurementId')).toContain(title);
    const part = await staff.get(
      `/console/procurements/named?_q:procurementId=${encodeURIComponent(title.slice(0, 4))}`,
    );
    expect(part.text).toContain(`>${title}</option>`);
  });

  it('finds the account of an expert by name, however many there are, and no other', async () => {
    const { organisationId } = at.staff;
    const passwordHash = await QUICK_PASSWORDS.hash(TEST_PASSWORD);
    const open = (username: string, name: string, role: 'expert' | 'centre') =>
      api.db.transaction((tx) =>
        createAccount(tx, UNATTENDED, {
          ...{ username, name, passwordHash, oneTimeUntil: null },
          memberships: [{ organisationId, role }],
        }),
      );
    for (let no = 0; no < 101; no += 1) await open(`many.${no}`, `专家甲${no}`, 'expert');
    const { id } = await open('last.one', '欧阳修', 'expert');
    await open('no.expert', '欧阳询', 'centre');
    const staff = await visitor(api, at.staff);
    const path = '/console/do/put/experts/01890000-0000-7000-8000-000000000000/account';
    expect(choicesOf(await staff.get(path), 'accountId')).toEqual(['（先查找，再选择）']);
    for (const text of ['欧阳', 'LAST.one']) {
      const found = await staff.submit(path, { '_q:accountId': text, _find: 'accountId' });
      expect(choicesOf(found, 'accountId'), text).toEqual(['（请选择）', '欧阳修（last.one）']);
      expect(found.text).toMatch(new RegExp(`<option value="${id}"[^>]*>欧阳修`));
    }
    const part = await staff.get(`/console/accounts/named?_q:accountId=${encodeURIComponent('欧阳')}`);
    expect(part.text).toContain('>欧阳修（last.one）</option>');
    expect(part.text).not.toContain('欧阳询');
    const others = await visitor(api, at.purchaser);
    expect((await others.get('/console/accounts/named?_q:accountId=last')).text).not.toContain('欧阳修');
    expect((await at.purchaser.call('GET', '/api/expert-accounts?q=last')).status).toBe(403);
  });
});

it('who manages accounts reads in an answer whose they are, also beyond the first hundred', async () => {
  const administrator = await api.member('administrator');
  const admin = await visitor(api, administrator);
  const people = await admin.get(`/console/read/organisations/${administrator.organisationId}/people`);
  expect(textOf(people)).toContain(`${administrator.username}（${administrator.username}）`);
  expect(textOf(people)).not.toContain(administrator.accountId);
});

it('who reads an answer reads names where the API has ids', async () => {
  const text = textOf(await expert.get(`/console/read${lot}/evaluation`));
  const [first] = members;
  expect(text).toContain(`${first?.name} · 评审专家 · expert-1`);
  for (const { id } of at.of.bids) expect(text).not.toContain(id);
  const purchaser = await visitor(api, at.purchaser);
  const record = textOf(await purchaser.get(`/console/read/procurements/${at.of.place.procurementId}/opening`));
  for (const { id, supplierId } of at.of.bids) {
    expect(record).not.toContain(id);
    expect(record).not.toContain(supplierId);
  }
});
