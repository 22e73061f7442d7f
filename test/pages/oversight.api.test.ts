import { afterAll, beforeAll, expect, it } from 'vitest';
import { MEMBER_ROLES, startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { handClock } from '../setup/tenders/tender.ts';
import { watchedTenders, type Watched } from '../setup/tenders/watched.ts';
import { visitor, type Visitor } from '../setup/pages/visitor.ts';

const clock = handClock('2026-03-01');
let api: TestApi;
let purchaser: Member;
let supervisor: Member;
let watched: Watched;
let watcher: Visitor;
beforeAll(async () => {
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: () => Date.now() } });
  purchaser = await api.member('purchaser', '江夏区教育局');
  supervisor = await api.member('supervisor');
  watched = await watchedTenders(api, clock, { purchaser, supervisor });
  clock.set('2026-07-21T10:00+08:00');
  watcher = await visitor(api, supervisor);
}, 120_000);
afterAll(() => api[Symbol.asyncDispose]());

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

interface Duty {
  readonly procurementId: string;
  readonly key: string;
  readonly dueAt: string;
  readonly overdue: boolean;
}
const dutiesOf = async (query = ''): Promise<Duty[]> => {
  const answer = await supervisor.call('GET', `/api/oversight/duties${query}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.get('items') as Duty[];
};

it('the office, supervisors, discipline and auditors read what is due in all tenders, and nobody else', async () => {
  for (const role of MEMBER_ROLES) {
    const member = role === 'supervisor' ? supervisor : await api.member(role);
    const watches = ['office', 'supervisor', 'discipline', 'auditor'].includes(role);
    for (const list of ['duties', 'grievances', 'suspensions'])
      expect((await member.call('GET', `/api/oversight/${list}`)).status, `${role} ${list}`).toBe(watches ? 200 : 403);
  }
});

// 招标投标法实施条例 55, 招标投标法 46 and what follows of the award that nobody decides.
it('duties come the earliest first, page by page, and by law, purchaser, kind and lateness', async () => {
  const all = await dutiesOf();
  expect(all.map(({ key, procurementId }) => [key, procurementId])).toContainEqual(['award', watched.late]);
  expect(all.map(({ dueAt }) => dueAt)).toEqual(all.map(({ dueAt }) => dueAt).toSorted());
  const paged: Duty[] = [];
  for (let cursor = ''; ;) {
    const page = await supervisor.call('GET', `/api/oversight/duties?limit=1${cursor}`);
    paged.push(...(page.get('items') as Duty[]));
    if (page.get('next') === null) break;
    cursor = `&cursor=${String(page.get('next'))}`;
  }
  expect(paged).toEqual(all);
  const late = await dutiesOf('?late=true');
  expect(late).toEqual(all.filter(({ dueAt }) => Date.parse(dueAt) < clock.read()));
  expect(late.every(({ overdue }) => overdue)).toBe(true);
  expect(late.length).toBeGreaterThan(0);
  expect((await dutiesOf('?key=award')).map(({ key }) => key)).toEqual(['award']);
  expect(await dutiesOf(`?purchaser=${encodeURIComponent('江夏区')}`)).toEqual(all);
  expect(await dutiesOf(`?purchaser=${encodeURIComponent('没有的单位')}`)).toEqual([]);
  expect(await dutiesOf('?regime=government')).toEqual([]);
});

// An objection to the documents is replied to within 3 days, and the activity is suspended until then (招标投标法实施条例 22).
it('an objection is listed with its clock, what it suspends and who owes the reply, and not with who filed it', async () => {
  const answer = await supervisor.call('GET', '/api/oversight/grievances');
  expect(answer.get('items')).toMatchObject([
    {
      ...{ grievanceId: watched.grievanceId, procurementId: watched.objected, kind: 'objection', target: 'documents' },
      ...{ overdue: true, repliedAt: null, replyDueAt: '2026-04-03T23:59:59.999+08:00' },
      purchaser: { name: '江夏区教育局' },
      suspended: [{ milestone: 'bid-deadline', since: '2026-03-31T10:00:00+08:00' }],
    },
  ]);
  expect(answer.text).not.toMatch(/supplier\.\d|filedBy|资质要求/);
  for (const query of ['?late=true', '?kind=objection', '?regime=tendering'])
    expect((await supervisor.call('GET', `/api/oversight/grievances${query}`)).get('items')).toHaveLength(1);
  for (const query of ['?replied=true', '?kind=query', '?regime=government'])
    expect((await supervisor.call('GET', `/api/oversight/grievances${query}`)).get('items')).toEqual([]);
});

// 招标投标法实施条例 22 and 62.
it('clocks that do not run are listed by tender: since when, by which article, and what follows', async () => {
  const items = (await supervisor.call('GET', '/api/oversight/suspensions')).get('items') as {
    procurementId: string;
    suspensions: { by: string; article: string; since: string; milestone: string }[];
  }[];
  const by = Object.fromEntries(items.map(({ procurementId, suspensions }) => [procurementId, suspensions]));
  expect(Object.keys(by).sort()).toEqual([watched.objected, watched.paused].sort());
  expect(by[watched.objected]).toMatchObject([{ by: 'objection', article: '22', milestone: 'bid-deadline' }]);
  expect(by[watched.paused]).toMatchObject([{ by: 'supervisor', article: '62', since: '2026-03-31T10:00:00+08:00' }]);
  const page = await supervisor.call('GET', '/api/oversight/suspensions?limit=1');
  const rest = await supervisor.call('GET', `/api/oversight/suspensions?limit=1&cursor=${String(page.get('next'))}`);
  expect([page.get('items.0.procurementId'), rest.get('items.0.procurementId')]).toEqual(
    items.map(({ procurementId }) => procurementId),
  );
});

it('the overview leads from what is late to the tender, and is reached from the menu and from what is due', async () => {
  const start = await watcher.get('/console');
  expect(start.text).toContain('href="/console/oversight"');
  expect(start.text).toContain('href="/console/oversight?late=true"');
  const page = await watcher.get('/console/oversight?late=true');
  expect(textOf(page)).toMatch(
    /确定中标人 已逾期 .*UTC\+8\).*尾水提升达标处理厂.*江夏区教育局.*应当办理：江夏区教育局/,
  );
  expect(page.text).toContain(`href="/console/tenders/${watched.late}"`);
  const read = await watcher.get(`/console/tenders/${watched.late}`);
  expect(read.text).toContain(`href="/console/tenders/${watched.late}/dossier"`);
  expect(textOf(await watcher.get('/console/oversight?purchaser=没有的单位'))).toContain('没有符合条件的法定事项');
  expect(textOf(await watcher.get('/en/console/oversight?late=true'))).toMatch(/late.*Owed by: 江夏区教育局/);
  const wrong = await watcher.get('/console/oversight?key=nothing');
  expect(wrong.status).toBe(422);
  expect(wrong.text).toMatch(/id="f-key-error"/);
});

it('objections, suspensions and what there is of complaints have pages of their own', async () => {
  const grievances = await watcher.get('/console/oversight/grievances?state=late');
  expect(textOf(grievances)).toMatch(/异议：对招标（采购）文件 逾期未答复 主城区排水管网改造.*最迟答复：.*暂停计算：/);
  expect(grievances.text).toContain(`/console/read/grievances/${watched.grievanceId}`);
  expect(textOf(await watcher.get('/console/oversight/grievances?state=replied'))).toContain(
    '没有符合条件的异议或质疑',
  );
  const suspensions = textOf(await watcher.get('/console/oversight/suspensions'));
  expect(suspensions).toMatch(/主城区排水管网改造.*《招标投标法实施条例》第22条/);
  expect(suspensions).toMatch(/滨江泵站设备更新.*监督部门恢复之时.*收到举报，正在核实.*第62条/);
  expect(textOf(await watcher.get('/console/oversight/complaints'))).toContain('平台尚不受理投诉');
  const other = await (await visitor(api, purchaser)).get('/console/oversight');
  expect(other.status).toBe(403);
});
