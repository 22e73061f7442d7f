import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Draft } from '../../db/procurements.ts';
import { startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { peopleOf } from '../setup/tenders/played.ts';
import { advance, draftOf, handClock, inviteesOf, launch, setFigures, type People } from '../setup/tenders/tender.ts';

// 终止 before the notice or the letters: what was never public does not become so by its end (招标投标法 22, 87令 13).

const DAY = 86_400_000;

let api: TestApi;
let clock: ReturnType<typeof handClock>;
let purchaser: Member;
let suppliers: Member[];
let who: People;

beforeEach(async () => {
  clock = handClock('2026-03-01');
  api = await startTestApi({ database: { machineClock: clock.read } });
  await setFigures(api.db);
  purchaser = await api.member('purchaser');
  suppliers = [];
  for (let index = 0; index < 4; index += 1) suppliers.push(await api.member('supplier'));
  who = await peopleOf(api, purchaser, suppliers);
});
afterEach(() => api[Symbol.asyncDispose]());

const open = (): Draft => draftOf('government', who.purchaser.id);
const inquiry = (): Draft => {
  const noticeAt = Date.parse('2026-04-24T10:00:00+08:00');
  const asked = { procedure: 'inquiry', mandatory: false, budgetFen: 40_000_000, documentsFrom: null } as const;
  return draftOf('government', who.purchaser.id, {
    ...{ ...asked, documentsUntil: null, noticeAt, bidDeadline: noticeAt + 7 * DAY },
    lots: [{ no: 1, title: '台式计算机', budgetFen: 40_000_000, bidBondFen: null }],
    methodGround: { case: 1, approvalNumber: null },
    invitees: inviteesOf(who, 'database', 4),
  });
};

const listedBy = async (path: string, member?: Member): Promise<unknown[]> => {
  const { get } = await (member ?? api).call('GET', path);
  return (get('items') as { id: string }[]).map(({ id }) => id);
};

it.each([
  ['an open tender before its notice', open, 'task-cancelled', -DAY],
  ['an open tender whose notice is due and not published yet', open, 'task-cancelled', 60_000],
  ['an inquiry before its letters', inquiry, 'no-longer-fits', -DAY],
])('%s: nobody else learns of it, in no list, and of no document', async (_, drafted, ground, whenEnded) => {
  const draft = drafted();
  clock.set(draft.noticeAt - 2 * DAY);
  const { procurement } = await launch(api.db, who.asPurchaser, draft);
  const { id } = procurement;
  clock.set(draft.noticeAt + whenEnded);
  const at = `/api/procurements/${id}`;
  const ended = await purchaser.call('POST', `${at}/termination`, { json: { ground, reasonZh: '项目取消' } });
  expect(ended.status, ended.text).toBe(200);
  const own = await purchaser.call('GET', `${at}/documents`);
  const [document] = own.get('items') as { id: string }[];
  expect([own.status, typeof document?.id]).toEqual([200, 'string']);
  for (const now of [clock.read(), draft.noticeAt + 3 * DAY]) {
    clock.set(now);
    await advance(api.db, id);
    for (const member of [undefined, suppliers[0], await api.member('supplier'), await api.member('centre')]) {
      const call = (path: string): Promise<Answered> => (member ?? api).call('GET', path);
      const reads = [at, `${at}/timeline`, `${at}/questions`, `${at}/opening`];
      const asked = [...reads, `${at}/documents`, `${at}/documents/${document?.id}/content`];
      const statuses = (await Promise.all(asked.map(call))).map(({ status }) => status);
      expect(statuses).toEqual(asked.map(() => 404));
      expect(await listedBy('/api/procurements', member)).toEqual([]);
      expect(await listedBy('/api/procurements?stage=terminated', member)).toEqual([]);
      expect(await listedBy(`/api/procurements?q=${encodeURIComponent(draft.title.slice(0, 4))}`, member)).toEqual([]);
      expect(await listedBy(`/api/notices?procurementId=${id}`, member)).toEqual([]);
    }
  }
  for (const member of [purchaser, await api.member('supervisor')]) {
    const { status, get } = await member.call('GET', at);
    expect([status, get('stage')]).toEqual([200, 'terminated']);
    expect(await listedBy('/api/procurements', member)).toEqual([id]);
  }
});
