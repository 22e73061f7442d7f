import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
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
