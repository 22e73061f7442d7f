import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { committeeAtWork, type CommitteeAtWork } from '../setup/tenders/committee-at-work.ts';
import { entriesOf, worksScheme } from '../setup/tenders/evaluations.ts';
import { handClock } from '../setup/tenders/tender.ts';
import { visitor, type Visitor } from '../setup/pages/visitor.ts';

const SCHEME = worksScheme();

let api: TestApi;
let at: CommitteeAtWork;
let desk: string;
let member: Member;
let expert: Visitor;
beforeAll(async () => {
  const clock = handClock('2026-03-01T09:00+08:00');
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: clock.read } });
  at = await committeeAtWork(api, clock, SCHEME);
  desk = `/console/evaluation/${at.of.place.procurementId}/1`;
  member = at.experts.get('expert-1') as Member;
  expert = await visitor(api, member);
});
afterAll(() => api[Symbol.asyncDispose]());

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const review = [...SCHEME.qualification, ...SCHEME.conformity];
const bidId = (index = 0): string => String(at.of.bids[index]?.id);
const sheet = (typed: Readonly<Record<string, string>>, bid = bidId(), part = 'review') => ({
  ...{ _do: 'sheet', bid, part },
  ...typed,
});
const asScript = { headers: { accept: 'application/json' } };

describe('the desk of a member of a committee', () => {
  it('is reached from the invitations, of which others see none', async () => {
    const calls = await expert.get('/console/calls');
    expect(calls.text).toContain(`href="${desk}"`);
    expect(textOf(calls)).toContain('请勿向他人透露');
    const other = await visitor(api, await api.member('expert'));
    expect(textOf(await other.get('/console/calls'))).toContain('现在没有评审邀请');
    expect((await other.get(desk)).status).toBe(422);
    expect((await (await visitor(api, at.suppliers[0] as Member)).get(desk)).status).toBe(403);
  });

  it('first asks for the conflicts of interest, by the names of the bidders, and shows nothing else', async () => {
    const before = await expert.get(desk);
    for (const { role } of at.suppliers) expect(role).toBe('supplier');
    expect(textOf(before)).toMatch(/声明利害关系.*supplier\.\d/);
    expect(before.text).not.toContain('name="mark:');
    const declared = await expert.submit(desk, { _do: 'conflicts' }, { from: desk });
    expect([declared.status, declared.headers.get('location')]).toEqual([303, desk]);
    expect((await expert.get(desk)).text).toContain('name="mark:');
  });

  it('keeps what is saved by the button, without a script', async () => {
    const typed = Object.fromEntries(review.map(({ key }) => [`mark:${key}`, 'true']));
    const saved = await expert.submit(`${desk}?part=review&bid=${bidId()}`, sheet(typed), { from: desk });
    expect([saved.status, saved.headers.get('location')]).toEqual([303, `${desk}?part=review&bid=${bidId()}`]);
    const page = await expert.get(`${desk}?part=review&bid=${bidId()}`);
    expect(textOf(page)).toContain(`${review.length}/${review.length} 已填完`);
    const seen = await member.call('GET', `/api/procurements/${at.of.place.procurementId}/lots/1/evaluation`);
    expect(seen.get('sheets.0.entries')).toHaveLength(review.length);
  });

  it('keeps one item when it is left, and says beside it why another is not', async () => {
    const [first] = review;
    const one = sheet({ [`mark:${first?.key}`]: 'false', [`reason:${first?.key}`]: '缺少资质证书。' }, bidId(1));
    const kept = await expert.submit(desk, one, { from: desk, ...asScript });
    expect([kept.status, kept.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect((await expert.get(`${desk}?part=review&bid=${bidId(1)}`)).text).toContain('缺少资质证书。');
    const rejected = sheet({ [`mark:${first?.key}`]: 'false' }, bidId(2));
    const refused = await expert.submit(desk, rejected, { from: desk, ...asScript });
    expect([refused.status, refused.get('message')]).toEqual([422, expect.stringContaining('理由')]);
    const shown = await expert.submit(`${desk}?part=review&bid=${bidId(2)}`, rejected, { from: desk });
    expect(shown.status).toBe(422);
    expect(shown.text).toMatch(/<option value="false" selected/);
    expect(shown.text).toMatch(new RegExp(`id="f-(mark|reason)-${first?.key}-error"`));
  });

  it('shows parts beside the marks: in its own frame, and nothing that a bidder could run', async () => {
    const page = await expert.get(`${desk}?part=review&bid=${bidId()}&file=0`);
    expect(page.text).toContain(`src="${desk}/files/${bidId()}/0"`);
    expect(page.headers.get('content-security-policy')).toContain("frame-src 'self'");
    expect((await expert.get('/console')).headers.get('content-security-policy')).not.toContain('frame-src');
    const pdf = await expert.get(`${desk}/files/${bidId()}/0`);
    expect([pdf.headers.get('content-type'), pdf.headers.get('content-disposition')]).toEqual([
      'application/pdf',
      expect.stringMatching(/^inline/),
    ]);
    expect(pdf.headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
    const html = await expert.get(`${desk}/files/${bidId()}/1`);
    expect([html.headers.get('content-type'), html.headers.get('content-disposition')]).toEqual([
      'application/octet-stream',
      expect.stringMatching(/^attachment/),
    ]);
    for (const answered of [page, pdf, html]) expect(answered.headers.get('cache-control')).toBe('no-store');
    expect((await expert.get(`${desk}/files/${bidId()}/2`)).status).toBe(404);
  });

  it('says what is missing before a part is signed, and signs it by the password alone', async () => {
    const sign = (partPassword: string) =>
      expert.submit(`${desk}?part=review`, { _do: 'sign-part', part: 'review', partPassword }, { from: desk });
    expect(textOf(await expert.get(`${desk}?part=review`))).toMatch(/签署前核对 .*未填 投标/);
    const early = await sign(member.password);
    expect(early.status).toBe(422);
    for (const index of [0, 1, 2]) {
      const typed = Object.fromEntries(review.map(({ key }) => [`mark:${key}`, 'true']));
      await expert.submit(desk, sheet(typed, bidId(index)), { from: desk, ...asScript });
    }
    expect(textOf(await expert.get(`${desk}?part=review`))).toContain('本部分已填完，可以签署');
    const wrong = await sign('not the password');
    expect([wrong.status, wrong.text.includes('not the password')]).toEqual([401, false]);
    expect((await sign(member.password)).status).toBe(303);
    expect(textOf(await expert.get(`${desk}?part=review`))).toMatch(/签署前核对 · 资格、符合性审查 已签署/);
    // What is signed is shown, and cannot be typed over.
    const after = (await expert.get(`${desk}?part=review`)).text;
    expect([after.includes('<fieldset data-item'), after.includes('name="_do" value="sheet"')]).toEqual([true, false]);
    expect(after).toMatch(/<fieldset data-item="[^"]+" disabled/);
  });

  it('puts something to the vote, counts the others, and elects the leader', async () => {
    const second = at.experts.get('expert-2') as Member;
    const other = await visitor(api, second);
    await other.submit(desk, { _do: 'conflicts' }, { from: desk });
    const act = `/console/do/post/procurements/${at.of.place.procurementId}/lots/1/evaluation/motions`;
    const form = await expert.get(`${desk}?part=review`);
    expect(form.text).toContain(act);
    const asked = { ground: 1, textZh: '请明确工期。', minutes: 60, confirm: [] };
    const motion = { on: 'clarification', bidId: bidId(), ...asked };
    const moved = await member.call(
      'POST',
      `/api/procurements/${at.of.place.procurementId}/lots/1/evaluation/motions`,
      {
        ...{ key: null, json: { motion } },
      },
    );
    expect(moved.status).toBe(200);
    const page = await other.get(desk);
    expect(textOf(page)).toMatch(/澄清 \S+( \d)? 表决中 .*内容 请明确工期。/);
    const [, motionId] = /name="motionId" value="([0-9a-f-]{36})"/.exec(page.text) ?? [];
    const voted = await other.submit(
      desk,
      { _do: 'vote', motionId: String(motionId), field: 'yes-0', 'yes-0': 'true' },
      { from: desk },
    );
    expect(voted.status).toBe(303);
    expect((await other.get(desk)).text).not.toContain('name="motionId"');
    const elected = await other.submit(desk, { _do: 'leader', memberId: 'expert-1' }, { from: desk });
    expect(elected.status).toBe(303);
  });

  it('takes the blind items under their numbers once the review is settled, and tells nobody whose they are', async () => {
    expect(textOf(await expert.get(`${desk}?part=technical`))).toContain('技术部分尚未开始');
    const lot = `/api/procurements/${at.of.place.procurementId}/lots/1`;
    const entries = entriesOf(SCHEME, 'review', '0');
    for (const other of [...at.experts.values(), at.purchaser].filter((each) => each !== member)) {
      const send = (method: string, path: string, json: object) =>
        other.call(method, `${lot}${path}`, { key: null, json });
      await send('POST', '/evaluation/conflicts', { bidIds: [] });
      for (const { id } of at.of.bids) await send('PUT', `/sheets/${id}`, { entries });
      const signed = await send('POST', '/evaluation/parts/review/signature', { password: other.password });
      expect(signed.status).toBe(200);
    }
    const page = await expert.get(`${desk}?part=technical`);
    expect(textOf(page)).toMatch(/技术 暗标 1 号/);
    for (const { username } of at.suppliers) expect(page.text).not.toContain(username);
    const [, blindId] = /href="[^"]*part=technical&amp;bid=([0-9a-f-]{36})#desk"[^>]*>暗标 1 号/.exec(page.text) ?? [];
    expect(at.of.bids.map(({ id }) => id)).not.toContain(blindId);
    const item = SCHEME.criteria.find(({ part, kind }) => part === 'technical' && kind === 'subjective')?.key;
    const typed = sheet({ [`mark:${item}`]: '12.5' }, String(blindId), 'technical');
    expect((await expert.submit(desk, typed, { from: desk, ...asScript })).status).toBe(200);
    const over = sheet({ [`mark:${item}`]: '1000' }, String(blindId), 'technical');
    expect((await expert.submit(desk, over, { from: desk, ...asScript })).status).toBe(422);
    const english = await expert.get(`/en${desk}?part=technical&bid=${blindId}`);
    expect([textOf(english).includes('Blind part no. 1'), english.text.includes('value="12.5"')]).toEqual([true, true]);
  });

  it('takes nothing that is not of the desk, and no form without its token', async () => {
    expect((await expert.submit(desk, { _do: 'report' }, { from: desk })).status).toBe(404);
    expect((await expert.submit(desk, { _do: 'close' }, { token: '' })).status).toBe(403);
  });
});
