import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DrawParty } from '../../domain/draws/terms.ts';
import { commitmentOf } from '../../proofs/draw.ts';
import { MEMBER_ROLES, startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { visitor, type Visitor } from '../setup/pages/visitor.ts';
import { openedDraw } from '../setup/tenders/opened-draw.ts';
import { handClock } from '../setup/tenders/tender.ts';

const clock = handClock('2026-03-01T09:00+08:00');
let api: TestApi;
let purchaser: Member;
let supervisor: Member;
let centre: Member;
let clerk: Visitor;
let tender: string;
let drawId: string;
let base: string;
let own: string;

beforeAll(async () => {
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: clock.read } });
  [purchaser, centre, supervisor] = [
    await api.member('purchaser'),
    await api.member('centre'),
    await api.member('supervisor'),
  ];
  ({ tender, drawId, base } = await openedDraw(api, clock, purchaser));
  own = `/console/draws/${tender}/1`;
  clerk = await visitor(api, centre);
}, 120_000);
afterAll(() => api[Symbol.asyncDispose]());

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const partOf = (party: DrawParty): string => createHash('sha256').update(`${drawId} ${party}`).digest('hex');
const give = (member: Member, what: 'commitment' | 'part', party: DrawParty): Promise<Answered> =>
  member.call('POST', `${base}/${what}`, {
    json: what === 'part' ? { part: partOf(party) } : { commitment: commitmentOf(drawId, party, partOf(party)) },
  });

it('the draws are listed for who takes part or watches, to others they are refused; purchasers see their own', async () => {
  const readers = ['purchaser', 'agency', 'centre', 'office', 'supervisor', 'discipline', 'auditor'];
  for (const role of MEMBER_ROLES) {
    const member = role === 'centre' ? centre : await api.member(role);
    const list = await member.call('GET', '/api/draws');
    expect([role, list.status]).toEqual([role, readers.includes(role) ? 200 : 403]);
    // Another purchaser, or another agency, has none.
    const seen = role === 'purchaser' || role === 'agency' ? 0 : 1;
    if (list.status === 200) expect([role, (list.get('items') as object[]).length]).toEqual([role, seen]);
  }
  const mine = await purchaser.call('GET', '/api/draws?unsettled=true');
  expect(mine.get('items')).toMatchObject([
    { drawId, lotNo: 1, state: 'committing', seats: 4, confirmed: 0, turn: { act: 'commit' } },
  ]);
  expect((await supervisor.call('GET', '/api/draws?state=formed')).get('items')).toEqual([]);
  for (const role of ['supplier', 'expert'] as const) {
    const outsider = await visitor(api, await api.member(role));
    for (const path of ['/console/draws', own]) expect((await outsider.get(path)).status, `${role} ${path}`).toBe(403);
  }
});

it('the centre sees what it has to do and until when; a commitment that is none is refused beside its field', async () => {
  const due = await clerk.get('/console');
  expect(due.text).toContain('href="/console/draws"');
  expect(due.text).toContain(`href="${own}"`);
  expect(textOf(due)).toMatch(/提交抽取专家的承诺.*2026-04-16 周四 09:30/);
  const list = await clerk.get('/console/draws');
  expect(textOf(list)).toMatch(/第1标段（包） 提交承诺 本方应提交承诺，截止 2026-04-16 周四 09:30 \(UTC\+8\)/);
  expect(list.text).toContain(`href="${own}"`);
  const wrong = await clerk.submit(own, { _do: 'commit', commitment: 'abc' });
  expect(wrong.status).toBe(422);
  expect(wrong.text).toMatch(/id="f-commitment-error"/);
  expect(wrong.text).toContain('value="abc"');
  const english = await clerk.get(`/en${own}`);
  expect([english.status, textOf(english)]).toEqual([200, expect.stringContaining('Hand in the commitment')]);
  expect(english.text).toMatch(/<script[^>]* src="\/draw\/[0-9a-f]{32}\.js"/);
});

it('it commits itself, and hands in the part that it is bound to: another one is refused, and not shown again', async () => {
  const done = await clerk.submit(own, {
    ...{ _do: 'commit', commitment: commitmentOf(drawId, 'centre', partOf('centre')) },
  });
  expect([done.status, textOf(done)]).toEqual([200, expect.stringContaining('已提交承诺')]);
  expect(done.text).not.toContain('name="commitment"');
  expect(textOf(await clerk.get('/console/draws'))).toContain('等待其他各方提交承诺');
  expect(textOf(await clerk.get('/console'))).not.toContain('抽取专家');
  for (const [member, party] of [
    [purchaser, 'purchaser'],
    [supervisor, 'supervisor'],
  ] as const)
    expect((await give(member, 'commitment', party)).status).toBe(200);
  expect(textOf(await clerk.get(own))).toContain('本方应交出随机数');
  expect(textOf(await clerk.get('/console'))).toContain('交出抽取专家的随机数');
  const other = 'f'.repeat(64);
  const wrong = await clerk.submit(own, { _do: 'reveal', part: other });
  expect([wrong.status, wrong.text.includes(other)]).toEqual([422, false]);
  expect(wrong.text).toMatch(/id="f-part-error"/);
  const revealed = await clerk.submit(own, { _do: 'reveal', part: partOf('centre') });
  expect([revealed.status, textOf(revealed)]).toEqual([200, expect.stringContaining('已交出随机数')]);
  expect(revealed.text).not.toContain(`/api/procurements/${tender}/lots/1/committee/draw"`);
});

it('who is drawn is shown without a name, with the record to verify; answers by telephone are recorded by the staff', async () => {
  for (const [member, party] of [
    [purchaser, 'purchaser'],
    [supervisor, 'supervisor'],
  ] as const)
    expect((await give(member, 'part', party)).status).toBe(200);
  const page = await clerk.get(own);
  expect(textOf(page)).toMatch(/邀请专家.*席位 已确认 0 \/ 4/);
  expect(page.text).toContain(`href="/api/procurements/${tender}/lots/1/committee/draw"`);
  expect(page.text).not.toMatch(/评审专家\d|某设计院/);
  const unsaid = await clerk.submit(own, { _do: 'answer', call: '1' });
  expect(unsaid.status).toBe(422);
  expect(unsaid.text).toMatch(/id="f-answer-1-error"/);
  const answered = await clerk.submit(own, { _do: 'answer', call: '1', 'answer-1': 'confirm' });
  expect([answered.status, textOf(answered)]).toEqual([200, expect.stringMatching(/已登记答复.*已确认 1 \/ 4/)]);
  // Of the centre those alone who held this draw.
  const colleague = await visitor(api, await api.member('centre'));
  const refused = await colleague.submit(own, { _do: 'answer', call: '2', 'answer-2': 'confirm' });
  expect(refused.status).toBe(403);
  const watcher = await visitor(api, supervisor);
  expect((await watcher.get(own)).text).not.toContain('name="answer-2"');
});

it('a member who has confirmed is replaced on a ground of the law', async () => {
  const unstated = await clerk.submit(own, { _do: 'replacement', call: '1', 'reasonZh-1': '生病住院' });
  expect(unstated.status).toBe(422);
  expect(unstated.text).toMatch(/id="f-departure-1-error"/);
  const replaced = await clerk.submit(`/en${own}`, {
    ...{ _do: 'replacement', call: '1', 'departure-1': 'health', 'reasonZh-1': '生病住院' },
  });
  expect([replaced.status, textOf(replaced)]).toEqual([200, expect.stringMatching(/The member is replaced.*withdrew/)]);
});

it('links to the state of a committee lead to the page of the draw; where there is none, it is not found', async () => {
  expect((await clerk.get(`/console/tenders/${tender}`)).text).toContain(`href="${own}"`);
  expect((await clerk.get(`/console/draws/${tender}/2`)).status).toBe(404);
});
