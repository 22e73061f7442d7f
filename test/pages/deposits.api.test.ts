import { afterAll, beforeAll, expect, it } from 'vitest';
import { organisationById } from '../../db/organisations.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { submitBid } from '../../services/bids/submit.ts';
import { withdrawBid } from '../../services/bids/withdraw.ts';
import { MEMBER_ROLES, startTestApi, type Answered, type Member, type TestApi } from '../setup/api.ts';
import { visitor, type Visitor } from '../setup/pages/visitor.ts';
import { actorOf, advance, fileOf } from '../setup/tenders/tender.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';

const DEADLINE = parseInstant('2026-04-01T09:30:00+08:00');
const BOND = 20_000_00;
const RECEIVED = '/console/deposits/received';
const EXPECTED = '/console/deposits/expected';
const RECORDING = '/console/deposits/recording';
const REFUNDS = '/console/deposits/refunds';

let now = DEADLINE - 86_400_000;
let api: TestApi;
let tender: string;
let purchaser: Member;
let suppliers: Member[];
let references: string[];
let clerk: Visitor;
let ofTender: string;

beforeAll(async () => {
  api = await startTestApi({
    settings: { depositAccount: { holder: '某市公共资源交易中心', bank: '某银行', number: '6222000011112222' } },
    database: { machineClock: () => now },
    deps: { realNow: () => now },
  });
  purchaser = await api.member('purchaser');
  const lots = [{ no: 1, title: '施工', budgetFen: 1_000_000_00, bidBondFen: BOND }];
  tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }, { lots }));
  ofTender = `/console/deposits/of/${tender}`;
  suppliers = [];
  for (const name of ['甲公司', '乙公司', '丙公司', '丁公司']) suppliers.push(await api.member('supplier', name));
  references = [];
  for (const each of suppliers) {
    const { get } = await each.call('GET', `/api/procurements/${tender}/lots/1/deposit`);
    references.push(String(get('reference')));
  }
  clerk = await visitor(api, await api.member('centre'));
}, 120_000);
afterAll(() => api[Symbol.asyncDispose]());

const textOf = ({ text }: Answered): string => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

/** Sends the form of the statement, as a browser sends a file. */
async function importFile(fields: Readonly<Record<string, string>>, text: string): Promise<Answered> {
  const form = new FormData();
  form.set('_token', await clerk.token());
  form.set('_key', crypto.randomUUID());
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('_file', new Blob([text], { type: 'text/csv' }), '对账单.csv');
  const sent = new Response(form);
  return api.call('POST', RECORDING, {
    key: null,
    body: Buffer.from(await sent.arrayBuffer()),
    headers: {
      ...{ 'content-type': String(sent.headers.get('content-type')), origin: 'http://tender.test' },
      cookie: clerk.cookie,
    },
  });
}

const statement = (): string =>
  [
    '流水号,交易时间,贷方发生额,附言,户名',
    ...references
      .slice(0, 3)
      .map((each, n) => `F${n + 1},2026-03-30 08:1${n}:00,"20,000.00",投标保证金${each},户名${n}`),
    'F8,2026-03-30 08:20:00,"20,000.00",货款,戊公司',
    'F9,,5.00,x,己公司',
  ].join('\n');

it('the pages are for the centre: others are refused', async () => {
  for (const role of MEMBER_ROLES.filter((each) => each !== 'centre')) {
    const member = role === 'purchaser' ? purchaser : await api.member(role);
    expect([role, (await member.call('GET', '/api/deposits')).status]).toEqual([role, 403]);
    const other = await visitor(api, member);
    for (const path of [RECEIVED, EXPECTED, RECORDING, REFUNDS])
      expect((await other.get(path)).status, `${role} ${path}`).toBe(403);
  }
  expect((await clerk.get('/console')).text).toContain(`href="${RECEIVED}"`);
});

it('a statement is previewed and recorded; what does not match is shown with its line, and what cannot be read beside the file', async () => {
  const columns = { transaction: '流水号', amount: '贷方发生额', time: '交易时间', text: '附言', payer: '户名' };
  const wrong = await importFile({ ...columns, preview: 'true', amount: '金额' }, statement());
  expect(wrong.status).toBe(422);
  expect(wrong.text).toMatch(/id="f--file-error"[^>]*>[^<]*没有「金额」一列/);
  expect(wrong.text).toContain('value="金额"');
  const preview = await importFile({ ...columns, preview: 'true' }, statement());
  expect([preview.status, textOf(preview)]).toEqual([200, expect.stringContaining('预览：尚未登记')]);
  expect(textOf(preview)).toMatch(/有误 1 行；待认领 1 行；已归入 3 行/);
  expect(textOf(await clerk.get(RECORDING))).toContain('没有待认领的汇款');
  const done = await importFile({ ...columns, preview: 'false' }, statement());
  expect(textOf(done)).toMatch(/F8 待认领 附言中没有有效的保证金编号/);
  expect(textOf(await clerk.get(`/en${RECORDING}`))).toMatch(/Unclaimed payments.*F8/);
});

it('a guarantee on paper goes to its reference; one that was never issued is refused beside its field', async () => {
  const typed = { form: 'guarantee', transactionId: 'G-1', issuer: '某银行', amountFen: '2万元' };
  const unknown = await clerk.submit(RECORDING, { ...typed, reference: 'KB0000', validUntil: '2026-12-31' });
  expect(unknown.status).toBe(404);
  expect(unknown.text).toMatch(/id="f-reference-error"/);
  expect(textOf(unknown)).toContain('大写：人民币贰万元整');
  const empty = await clerk.submit(RECORDING, { ...typed, amountFen: '', reference: references[3] ?? '' });
  expect(empty.status).toBe(422);
  for (const field of ['amountFen', 'validUntil']) expect(empty.text).toContain(`id="f-${field}-error"`);
  const taken = await clerk.submit(RECORDING, { ...typed, reference: references[3] ?? '', validUntil: '2026-12-31' });
  expect([taken.status, textOf(taken)]).toEqual([200, expect.stringContaining('已登记保函')]);
  expect(taken.text).toMatch(/\/console\/do\/post\/deposits\/[0-9a-f-]{36}\/document/);
});

it('before the opening no page tells who has paid, how many, or how much (招标投标法 22)', async () => {
  const expected = textOf(await clerk.get(EXPECTED));
  expect(expected).toMatch(/某区中学教学楼工程 第1标段（包） 20,000 元（2 万元） 2026-04-01 周三 09:30.*开标前保密/);
  for (const path of [RECEIVED, EXPECTED, REFUNDS, `${RECEIVED}?q=${references[0]}`, `${RECEIVED}?q=F1`])
    for (const page of [await clerk.get(path), await clerk.get(`/en${path}`)])
      expect(textOf(page), path).not.toMatch(/甲公司|乙公司|F1|F2|G-1/);
  expect(textOf(await clerk.get(RECEIVED))).toContain('没有符合条件的保证金');
  expect((await clerk.get(ofTender)).status).toBe(403);
});

it('what a bidder that withdrew has paid is refunded by its number, without its name', async () => {
  const [one] = suppliers as [Member];
  const actor = actorOf(await organisationById(api.db.read, one.organisationId), 'supplier');
  const bid = { procurementId: tender, lotNo: 1, supplierId: one.organisationId };
  const file = await fileOf(api.db, 'sealed');
  await api.db.transaction((tx) => submitBid(tx, actor, { ...bid, file }));
  await api.db.transaction((tx) => withdrawBid(tx, actor, bid));
  const page = await clerk.get(REFUNDS);
  expect(textOf(page)).toMatch(/F1 银行转账 20,000 元.*待退还 已撤回投标 最迟退还 2026-04-07/);
  expect(page.text).not.toMatch(/甲公司|某区中学/);
  const [, depositId = ''] = /name="depositId" value="([0-9a-f-]{36})"/.exec(page.text) ?? [];
  const field = (name: string): string => `${name}-refund-${depositId}`;
  const typed = {
    ...{ _do: 'refund', depositId, [field('amountFen')]: '30000', [field('at')]: '2026-03-31T09:00' },
    [field('bankReference')]: 'R-1',
  };
  const much = await clerk.submit(REFUNDS, typed);
  expect(much.status).toBe(422);
  expect(much.text).toContain(`id="f-${field('amountFen')}-error"`);
  expect(textOf(much)).toContain('人民币叁万元整');
  const done = await clerk.submit(REFUNDS, { ...typed, [field('amountFen')]: '2万' });
  expect([done.status, textOf(done)]).toEqual([200, expect.stringMatching(/已登记退还.*没有开标前应当退还的保证金/)]);
});

it('after the opening the deposits are listed, by state and by what is searched for', async () => {
  for (const each of suppliers.slice(1)) {
    const actor = actorOf(await organisationById(api.db.read, each.organisationId), 'supplier');
    const file = await fileOf(api.db, each.username);
    const bid = { procurementId: tender, lotNo: 1, supplierId: each.organisationId, file };
    await api.db.transaction((tx) => submitBid(tx, actor, bid));
  }
  now = DEADLINE;
  await advance(api.db, tender);
  const all = await clerk.get(RECEIVED);
  for (const name of ['甲公司', '乙公司', '丙公司', '丁公司']) expect(all.text).toContain(name);
  expect(all.text).toContain(`href="${ofTender}"`);
  const found = async (query: string): Promise<string[]> => {
    const text = textOf(await clerk.get(`${RECEIVED}?${query}`));
    return ['甲公司', '乙公司', '丙公司', '丁公司'].filter((name) => text.includes(name));
  };
  expect(await found('state=settled')).toEqual(['甲公司']);
  expect(await found('state=left')).toEqual(['乙公司', '丙公司', '丁公司']);
  expect(await found('state=overdue')).toEqual([]);
  expect(await found(`q=${encodeURIComponent('中学教学楼')}`)).toHaveLength(4);
  expect(await found(`q=${encodeURIComponent('没有的项目')}`)).toEqual([]);
  expect(await found('q=F2')).toEqual(['乙公司']);
  expect(await found('q=G-1')).toEqual(['丁公司']);
  expect(await found(`q=${references[2]}&state=left`)).toEqual(['丙公司']);
  const wrong = await clerk.get(`${RECEIVED}?state=nothing`);
  expect([wrong.status, wrong.text.includes('id="f-state-error"')]).toEqual([422, true]);
});

it('the list is read page by page', async () => {
  const centre = await api.member('centre');
  const numbers: unknown[] = [];
  for (let cursor = ''; ;) {
    const page = await centre.call('GET', `/api/deposits?limit=1${cursor}`);
    numbers.push(page.get('items.0.transactionId'));
    if (page.get('next') === null) break;
    cursor = `&cursor=${String(page.get('next'))}`;
  }
  expect(numbers).toEqual(['某银行#G-1', 'F3', 'F2', 'F1']);
});

it('the deposits of a tender are settled where they stand: refused beside the field, or done; for who runs it, too', async () => {
  const page = await clerk.get(ofTender);
  expect(textOf(page)).toMatch(/丁公司 · 第1标段（包）.*保函/);
  const cards = page.text.split('<section class="card"').slice(1);
  const idOf = (name: string): string =>
    /id="deposit-([0-9a-f-]{36})"/.exec(cards.find((card) => card.includes(name)) ?? '')?.[1] ?? '';
  const guarantee = idOf('丁公司');
  const unsaid = await clerk.submit(ofTender, { _do: 'check', depositId: guarantee });
  expect(unsaid.status).toBe(422);
  for (const field of ['outcome', 'reasonZh'])
    expect(unsaid.text).toContain(`id="f-${field}-check-${guarantee}-error"`);
  const checked = await clerk.submit(`/en${ofTender}`, {
    ...{ _do: 'check', depositId: guarantee, [`outcome-check-${guarantee}`]: 'confirmed' },
    [`reasonZh-check-${guarantee}`]: '已向开立人核实',
  });
  expect([checked.status, textOf(checked)]).toEqual([
    200,
    expect.stringMatching(/The check is recorded.*checked: valid/),
  ]);
  const kept = idOf('乙公司');
  const runner = await visitor(api, purchaser);
  expect(textOf(await runner.get(ofTender))).toContain('登记不予退还');
  expect((await runner.get(ofTender)).text).not.toContain('登记保函核验结果');
  const groundless = await runner.submit(ofTender, {
    ...{ _do: 'forfeit', depositId: kept, [`amountFen-forfeit-${kept}`]: '20000' },
    [`reasonZh-forfeit-${kept}`]: '撤销投标',
  });
  expect(groundless.status).toBe(422);
  expect(groundless.text).toContain(`id="f-ground-forfeit-${kept}-error"`);
  const stranger = await visitor(api, await api.member('purchaser'));
  expect((await stranger.get(ofTender)).status).toBe(403);
});
