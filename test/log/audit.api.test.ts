import { afterEach, beforeEach, expect, it } from 'vitest';
import { UNATTENDED } from '../../db/audit.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { recordObtained } from '../../services/documents/obtain.ts';
import { startTestApi, type Member, type TestApi } from '../setup/api.ts';
import { handClock } from '../setup/tenders/tender.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';

let api: TestApi;
let clock: ReturnType<typeof handClock>;
let purchaser: Member;
let auditor: Member;
let tender: string;

beforeEach(async () => {
  clock = handClock('2026-03-05T10:00:00+08:00');
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: () => Date.now() } });
  purchaser = await api.member('purchaser', '=某区教育局,"二"');
  auditor = await api.member('auditor');
  tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
  clock.set('2026-03-06T10:00:00+08:00');
  const json = { textZh: '开标地点改为二号开标室。', affectsBids: false };
  expect((await purchaser.call('POST', `/api/procurements/${tender}/amendments`, { json })).status).toBe(200);
});
afterEach(() => api[Symbol.asyncDispose]());

interface Item {
  readonly at: string;
  readonly action: string;
  readonly procurement: string | null;
  readonly actor: { readonly name: string | null; readonly organisation: string | null };
}

async function found(query: string): Promise<Item[]> {
  const answer = await auditor.call('GET', `/api/audit?limit=100${query}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.get('items') as Item[];
}
const actionsOf = async (query: string): Promise<string[]> => (await found(query)).map(({ action }) => action);

it('the newest entry comes first, with the names of who acted and of the tender; pages and the other order agree', async () => {
  const [newest, ...older] = await found('');
  expect(newest?.at).toBe('2026-03-06T10:00:00+08:00');
  const amendment = [newest, ...older].find((each) => each?.action === 'decision.amend');
  expect([amendment?.actor.name, amendment?.actor.organisation]).toEqual([purchaser.username, '=某区教育局,"二"']);
  expect(amendment?.procurement).toBe((await purchaser.call('GET', `/api/procurements/${tender}`)).get('title'));
  const all = await actionsOf('');
  expect(await actionsOf('&order=oldest')).toEqual([...all].reverse());
  const paged: string[] = [];
  for (let cursor = ''; ;) {
    const page = await auditor.call('GET', `/api/audit?limit=3${cursor}`);
    paged.push(...(page.get('items') as Item[]).map(({ action }) => action));
    const next = page.get('next');
    if (typeof next !== 'string') break;
    cursor = `&cursor=${next}`;
  }
  expect(paged).toEqual(all);
});

it('is filtered by time, to the instant', async () => {
  const at = encodeURIComponent('2026-03-06T10:00:00+08:00');
  const late = await actionsOf(`&from=${at}`);
  expect(late).toContain('decision.amend');
  expect(late).not.toContain('procurement.draft');
  const early = await actionsOf(`&until=${at}`);
  expect([...late, ...early]).toEqual(await actionsOf(''));
  const after = encodeURIComponent(formatInstant(clock.read() + 1));
  const before = encodeURIComponent('2026-03-01T00:00:00+08:00');
  expect([await actionsOf(`&from=${after}`), await actionsOf(`&until=${before}`)]).toEqual([[], []]);
});

it('is filtered by who acted, in which role, what and to what; all together', async () => {
  for (const who of [purchaser.accountId, purchaser.organisationId, purchaser.username, '=某区教育局,"二"']) {
    const theirs = await actionsOf(`&actor=${encodeURIComponent(who)}&procurementId=${tender}`);
    expect(theirs, who).toContain('decision.amend');
    expect(new Set((await found(`&actor=${encodeURIComponent(who)}`)).map(({ actor }) => actor.name))).toEqual(
      new Set([purchaser.username]),
    );
  }
  expect(await actionsOf(`&actor=${encodeURIComponent("' or 1=1 --")}`)).toEqual([]);
  expect(new Set(await actionsOf('&action=decision.amend'))).toEqual(new Set(['decision.amend']));
  expect(await actionsOf('&action=decision')).toEqual(['decision.amend']);
  expect(await actionsOf('&action=decisio')).toEqual([]);
  expect((await actionsOf('&subject=decision')).every((action) => action.startsWith('decision.'))).toBe(true);
  expect(await actionsOf(`&subject=procurement/${tender}&action=procurement.draft`)).toEqual(['procurement.draft']);
  expect(await actionsOf('&role=purchaser&action=decision')).toEqual(['decision.amend']);
  expect(await actionsOf('&role=supplier&action=decision')).toEqual([]);
  for (const wrong of ['action=%25', 'subject=_', 'role=nobody', 'from=2026-03-06', 'order=random'])
    expect((await auditor.call('GET', `/api/audit?${wrong}`)).status, wrong).toBe(422);
});

it('no filter and no table shows what is confidential, or that there is any', async () => {
  const supplier = await api.member('supplier', '甲公司');
  await api.db.transaction((tx) => recordObtained(tx, { ...UNATTENDED, ...supplier }, tender, supplier.organisationId));
  for (const query of [`actor=${supplier.organisationId}`, `actor=${supplier.username}`, 'action=document.obtain'])
    for (const path of ['/api/audit', '/api/audit/csv']) {
      const answer = await auditor.call('GET', `${path}?${query}&procurementId=${tender}`);
      expect([answer.status, answer.text.includes(supplier.organisationId)]).toEqual([200, false]);
    }
  expect((await purchaser.call('GET', '/api/audit/csv')).status).toBe(403);
});

it('the table has a line an entry, in UTF-8, and no cell that a spreadsheet calculates', async () => {
  const answer = await auditor.call('GET', `/api/audit/csv?procurementId=${tender}&order=oldest`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  expect(answer.headers.get('content-disposition')).toContain('kaibiao-audit.csv');
  expect(answer.headers.get('accept-ranges')).toBe('none');
  const [heading, ...lines] = answer.text.trimEnd().split('\r\n');
  expect(heading).toMatch(/^\ufeff时间 time,动作 action,人员 person,/);
  expect(lines.map((line) => line.split(',')[1])).toEqual(await actionsOf(`&procurementId=${tender}&order=oldest`));
  const amended = lines.find((line) => line.includes('decision.amend'));
  expect(amended).toContain(`"'=某区教育局,""二"""`);
  expect(answer.text).not.toMatch(/(^|,)"?[=+@-]/m);
});
