import { randomBytes } from 'node:crypto';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { calledAs, callMembers, poolOf } from '../../cli/demo/committee.ts';
import { markPart, type Judging } from '../../cli/demo/evaluation.ts';
import { join as joinPlatform, type Joined, type Person } from '../../cli/demo/people.ts';
import { bidFile, sealedBid } from '../../cli/demo/sealing.ts';
import type { Scheme } from '../../domain/evaluation/scheme/scheme.ts';
import { at } from '../setup/tenders/tender.ts';
import { browse, signInAs, type Browsing } from '../setup/pages/browsing.ts';
import { findChromium, startChromium } from '../setup/servers/chromium.ts';
import { startTestService, type TestService } from '../setup/servers/service.ts';
import { candidateTold, PARTICULARS_TOLD } from '../setup/tenders/particulars.ts';

// One tender from its launch to its contract, as each role lives it: in a browser, on a whole installation in a drill.

const executable = findChromium();
beforeEach(({ skip }) => skip(executable === null, 'there is no Chromium on this machine'));

const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 } };
const DARK: BrowserContextOptions = { colorScheme: 'dark' };
const EVALUATION_AT = '2026-04-01T14:00+08:00';
const PRICES = [95_000_000, 90_000_000, 88_000_000];

let town: TestService;
let browser: Browser;
let centre: Joined;
let experts: readonly Joined[];
let discipline: Joined;
let tender: string;
let drawId: string;
let title: string;

beforeAll(async () => {
  if (executable === null) return;
  town = await startTestService({ from: '2026-03-01T12:00:00+08:00' });
  browser = await startChromium(executable);
  const { administrator } = town.persons;
  centre = await joinPlatform(administrator, town.url, '公共资源交易中心', 'centre', 'centre');
  discipline = await joinPlatform(administrator, town.url, '纪检监察组', 'discipline', 'discipline');
  const joining: Joined[] = [];
  for (let no = 1; no <= 6; no += 1)
    joining.push(await joinPlatform(administrator, town.url, `某设计院${no}`, 'expert', `expert-${no}`));
  experts = joining;
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await town?.[Symbol.asyncDispose]();
});

const open = (options: Parameters<typeof browse>[2]): Promise<Browsing> => browse(browser, town.url, options);
/** Somebody before a browser, signed in by its page. */
async function as(person: Person, options: Parameters<typeof browse>[2] = DESKTOP): Promise<Browsing> {
  const browsing = await open(options);
  await signInAs(browsing, { username: person.credentials?.username ?? '', password: person.password });
  return browsing;
}
const lot = (): string => `/procurements/${tender}/lots/1`;
const stage = async (): Promise<unknown> => {
  const { lots } = await town.persons.purchaser.ask('GET', `/procurements/${tender}`, 200);
  return (lots as { stage: string }[])[0]?.stage;
};
const stageOfTender = async (): Promise<unknown> =>
  (await town.persons.purchaser.ask('GET', `/procurements/${tender}`, 200)).stage;
const lotComesTo = (wanted: string) => town.comes(`the lot comes to ${wanted}`, async () => (await stage()) === wanted);

interface Seen {
  readonly parts: readonly { readonly part: string; readonly bidIds: readonly string[] | null }[];
  readonly outcome: { readonly valid: readonly { readonly bidId: string; readonly candidate: boolean }[] } | null;
}

/** What every member finds: all items are passed, and no bid is better than another but by its price. */
const foundAlike =
  (scheme: Scheme): Judging['entry'] =>
  (key, kind) => {
    if (kind === 'review') return { passes: true };
    const item = scheme.criteria.find((each) => each.key === key);
    if (item?.kind === 'objective')
      return { value: item.formula.by === 'table' ? String(item.formula.rows[0]?.answer) : '1' };
    return { points: '1' };
  };

describe('one tender in the browsers of all who take part', () => {
  it('its purchaser launches it step by step', async () => {
    await using browsing = await as(town.persons.purchaser);
    const { page, enter, send, look } = browsing;
    title = '某区中学教学楼工程';
    await page.click('.menu a[href="/console/launch"]');
    await enter({ title, regime: 'tendering', kind: 'works', procedure: 'open-tender' });
    await enter({ budgetFen: '100万元', contentZh: '教学楼一栋。', noticeAt: '2026-03-02T09:00' });
    await send();
    await page.waitForURL('**step=parties');
    tender = /launch\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';
    const step = (name: string) => browsing.visit(`/console/launch/${tender}?step=${name}`);
    await step('dates');
    await enter({ documentsFrom: '2026-03-02T09:00', documentsUntil: '2026-03-09T17:00' });
    await enter({ bidValidityDays: '90', bidDeadline: '2026-04-01T09:30' });
    await send();
    await page.waitForURL('**step=particulars');
    const told = { ...PARTICULARS_TOLD, ceilingPriceFen: '1000000', documentsPriceFen: '0' };
    await enter(Object.fromEntries(Object.entries(told).map(([key, value]) => [`particulars.${key}`, String(value)])));
    await send();
    await page.waitForURL('**step=documents');
    const buffer = Buffer.from('招标文件');
    await page.setInputFiles('[name=_file]', { name: '招标文件.pdf', mimeType: 'application/pdf', buffer });
    await send();
    await page.locator('td', { hasText: '招标文件.pdf' }).waitFor();
    await step('scheme');
    await page.selectOption('#f-template-1', 'comprehensive');
    await page.locator('button:has-text("采用该模板")').last().click();
    await page.waitForURL('**/scheme/1');
    await step('check');
    await look('journey-launch');
    await page.locator('button:has-text("发起")').last().click();
    await page.waitForURL(`${town.url}/console/tenders/${tender}`);
    await page.locator('.tag', { hasText: '已发起' }).first().waitFor();
    await look('journey-launched');
    // The clock of the drill stands still, and with it what is counted down.
    const left = () => page.locator('time[data-countdown] .left').first().textContent();
    const before = await left();
    await page.waitForTimeout(2_500);
    expect(await left()).toBe(before);
    expect(browsing.complaints).toEqual([]);
  });

  it('the office moves the clock of the drill to its notice, and a citizen reads it on a phone, in English, without a script', async () => {
    await using office = await as(town.persons.office);
    await office.page.locator('.drill-clock button', { hasText: '跳到下一到期时间' }).click();
    await town.comes('its notice is out', async () => (await stageOfTender()) === 'bidding');
    await office.visit('/console');
    await office.look('journey-office');
    await using citizen = await open({ ...PHONE, en: true, javaScriptEnabled: false });
    await citizen.visit('/');
    await citizen.page.click(`a[href="/en/tenders/${tender}"]`);
    expect(await citizen.page.textContent('main')).toContain('2026-04-01');
    await citizen.page.locator('a[href^="/en/notices/"]').first().click();
    expect(await citizen.page.textContent('main')).toContain(title);
    expect([office.complaints, citizen.complaints]).toEqual([[], []]);
  });

  it('a bidder obtains the documents, asks, and is answered by the purchaser', async () => {
    const [bidder] = town.persons.suppliers;
    await using supplier = await as(bidder);
    await supplier.visit(`/console/tenders/${tender}`);
    const [document] = await Promise.all([
      supplier.page.waitForEvent('download'),
      supplier.page.click(`a[href*="/procurements/${tender}/documents/"]`),
    ]);
    expect(document.suggestedFilename()).toBe('招标文件.pdf');
    await supplier.page.click(`a[href^="/console/do/post/procurements/${tender}/questions"]`);
    await supplier.enter({ textZh: '门窗是否包括在内？' });
    await supplier.look('journey-question');
    await supplier.send();

    await using purchaser = await as(town.persons.purchaser, PHONE);
    await purchaser.visit(`/console/tenders/${tender}`);
    await purchaser.page.click(`a[href*="/console/do/post/procurements/${tender}/questions/"]`);
    await purchaser.enter({ answerZh: '包括。' });
    await purchaser.look('journey-answer-360');
    await purchaser.send();
    await supplier.visit(`/console/tenders/${tender}`);
    await supplier.page.locator('text=包括。').first().waitFor();
    expect([supplier.complaints, purchaser.complaints]).toEqual([[], []]);
  });

  it('bidders seal in their browsers and submit: on a desktop, and on a phone in English', async () => {
    const looks = [DESKTOP, { ...PHONE, en: true }] as const;
    for (const [index, look] of looks.entries()) {
      const person = town.persons.suppliers[index] as Person;
      await using bidder = await as(person, look);
      const { page } = bidder;
      await bidder.visit(`/console/tenders/${tender}`);
      await page.click(`a[href$="/seal?tender=${tender}"]`);
      await page.locator('#known').waitFor();
      await page.fill('#bidder', person.creditCode);
      await page.fill('#price', String((PRICES[index] ?? 0) / 100));
      await page.setInputFiles('#files', {
        ...{ name: '投标文件.pdf', mimeType: 'application/pdf', buffer: randomBytes(50_000) },
      });
      await page.click('#seal');
      await page.locator('#result').waitFor();
      await page.click('#hand-in-now');
      await page.locator('#verdict.known').waitFor();
      await bidder.look(`journey-sealed-${index}`);
      await bidder.visit('/console/bids');
      await page.locator('td', { hasText: title }).first().waitFor();
      await bidder.look(`journey-own-bids-${index}`);
      expect(bidder.complaints).toEqual([]);
    }
    // The third has a tool of its own.
    const third = town.persons.suppliers[2];
    const published = await third.ask('GET', `/procurements/${tender}/sealing`, 200);
    const figures = { priceFen: PRICES[2] ?? 0, periodDays: null, quality: null };
    const file = await sealedBid(third, published, { lotNo: 1, figures, file: bidFile('丙公司') });
    await third.ask('POST', `${lot()}/bids`, 201, file);
  });

  it('a committee is drawn, and an expert who is called says yes on a phone', async () => {
    const { purchaser, supervisor } = town.persons;
    await town.until(at('2026-03-31T09:00+08:00'));
    const poolId = await poolOf(centre.person, experts);
    const { account } = (await purchaser.ask('GET', '/session', 200)) as { account: { id: string } };
    const representative = { person: purchaser, organisationId: '', accountId: account.id };
    const panel = { purchaser, centre: centre.person, supervisor, representative };
    drawId = await callMembers(panel, lot(), { poolId, seats: 4, evaluationAt: EVALUATION_AT });
    const called = await calledAs('invited', experts, drawId);
    expect(called).toHaveLength(4);
    for (const [index, expert] of called.entries()) {
      if (index > 0) {
        await expert.person.ask('POST', `/expert/calls/${drawId}/answer`, 200, { answer: 'confirm' });
        continue;
      }
      await using browsing = await as(expert.person, PHONE);
      await browsing.page.click('.menu a[href="/console/calls"]');
      await browsing.look('journey-call-360');
      await browsing.page.click(`a[href^="/console/do/post/expert/calls/${drawId}/answer"]`);
      await browsing.enter({ answer: 'confirm' });
      await browsing.send();
      await browsing.visit('/console/calls');
      await browsing.page.locator(`a[href="/console/evaluation/${tender}/1"]`).waitFor();
      expect(browsing.complaints).toEqual([]);
    }
  });

  it('the centre watches the opening of its day, and everybody reads its record', async () => {
    await using watching = await as(centre.person);
    await watching.page.click('.menu a[href="/console/openings"]');
    await watching.look('journey-openings');
    await town.until(at('2026-04-01T09:30+08:00'));
    await lotComesTo('evaluation');
    await watching.visit('/console/openings');
    await watching.look('journey-opened');
    await using citizen = await open({ ...PHONE, ...DARK });
    await citizen.visit(`/tenders/${tender}`);
    expect(await citizen.page.textContent('main')).toContain('甲公司');
    await citizen.look('journey-record-360-dark');
    expect([watching.complaints, citizen.complaints]).toEqual([[], []]);
  });

  it('an expert declares, marks and signs beside the bids, and signs the report of all', async () => {
    await town.until(at(EVALUATION_AT));
    const { purchaser } = town.persons;
    const [first, ...others] = (await calledAs('confirmed', experts, drawId)).map(({ person }) => person);
    const expert = first as Person;
    const members = [...others, purchaser];
    for (const member of members) await member.ask('POST', `${lot()}/evaluation/conflicts`, 200, { bidIds: [] });
    await using browsing = await as(expert);
    const { page } = browsing;
    const desk = `/console/evaluation/${tender}/1`;
    await browsing.visit(desk);
    await browsing.send();
    await page.locator('[data-sheet]').first().waitFor();
    const { scheme } = (await expert.ask('GET', `${lot()}/scheme`, 200)) as unknown as { scheme: Scheme };
    const entry = foundAlike(scheme);
    for (const part of ['review', 'technical', 'commercial'] as const) {
      // In a blind part (暗标) bids have numbers.
      const { parts } = (await expert.ask('GET', `${lot()}/evaluation`, 200)) as unknown as Seen;
      const bidIds = parts.find((each) => each.part === part)?.bidIds ?? [];
      for (const [index, bidId] of bidIds.entries()) {
        await browsing.visit(`${desk}?part=${part}&bid=${bidId}`);
        const items = page.locator('fieldset[data-item]');
        for (const item of await items.all()) {
          const key = String(await item.getAttribute('data-item'));
          const kind = part === 'review' ? 'review' : scheme.criteria.find((each) => each.key === key)?.kind;
          const [mark] = Object.values(entry(key, String(kind), 0, index)) as (string | boolean)[];
          await browsing.enter({ [`mark:${key}`]: String(mark) });
          await item.locator('[data-state="saved"]').waitFor();
        }
        if (index === 0) await browsing.look(`journey-desk-${part}`);
      }
      if ((await page.locator('fieldset[data-item]').count()) === 0) continue;
      await browsing.visit(`${desk}?part=${part}`);
      await browsing.enter({ partPassword: expert.password });
      await browsing.send('#check form:last-of-type');
      await page.locator('#check .tag.good').first().waitFor();
      await markPart(members, { lot: lot(), scheme, bidIds, entry }, part);
    }
    await browsing.visit(desk);
    const { memberId } = await expert.ask('GET', `${lot()}/evaluation`, 200);
    await browsing.enter({ memberId: String(memberId) });
    await browsing.send('form.act:has([value=leader])');
    for (const member of members) await member.send('POST', `${lot()}/evaluation/leader`, { memberId });
    await browsing.visit(desk);
    await browsing.enter({ password: expert.password });
    await browsing.look('journey-desk-report');
    await browsing.send('#report form:has([value=sign-report])');
    for (const member of members)
      await member.ask('POST', `${lot()}/evaluation/signature`, 200, { as: 'signed', password: member.password });
    const { outcome } = (await expert.ask('GET', `${lot()}/evaluation`, 200)) as unknown as Seen;
    const candidates = outcome?.valid.filter(({ candidate }) => candidate) ?? [];
    expect(candidates).toHaveLength(3);
    await browsing.visit(desk);
    await page.click(`a[href^="/console/do/post${lot()}/evaluation/report"]`);
    for (const [index, { bidId }] of candidates.entries()) {
      expect(await page.inputValue(`[name="details[${index}].bidId"]`)).toBe(bidId);
      const { items: _items, ...told } = candidateTold();
      await browsing.enter(
        Object.fromEntries(Object.entries(told).map(([key, value]) => [`details[${index}].${key}`, String(value)])),
      );
    }
    await browsing.look('journey-report');
    await browsing.send();
    await lotComesTo('publicity');
    expect(browsing.complaints).toEqual([]);
  });

  it('a bidder objects to the candidates, the supervisor sees the clock stand still, and the purchaser answers', async () => {
    await town.until(at('2026-04-02T10:00+08:00'));
    await using objecting = await as(town.persons.suppliers[0], DARK);
    await objecting.visit(`/console/tenders/${tender}`);
    await objecting.page.click(`a[href^="/console/do/post/procurements/${tender}/grievances"]`);
    await objecting.enter({ target: 'result', lotNo: '1', textZh: '请复核第一中标候选人的业绩。' });
    await objecting.look('journey-objection-dark');
    await objecting.send();
    await objecting.visit('/console/grievances');
    await objecting.page.locator('text=请复核第一中标候选人的业绩').first().waitFor();

    await using watching = await as(town.persons.supervisor);
    await watching.page.click('.menu a[href="/console/oversight"]');
    await watching.visit('/console/oversight/suspensions');
    await watching.page.locator(`a[href="/console/tenders/${tender}"]`).first().waitFor();
    await watching.look('journey-suspended');

    await using purchaser = await as(town.persons.purchaser, { ...PHONE, ...DARK });
    await purchaser.look('journey-due-360-dark');
    await purchaser.page.locator('ul.due a[href^="/console/do/post/grievances/"]').first().click();
    await purchaser.enter({ outcome: 'rejected', effect: 'none', replyZh: '经复核，业绩真实有效。' });
    await purchaser.send();
    await lotComesTo('award');
    expect([objecting.complaints, watching.complaints, purchaser.complaints]).toEqual([[], [], []]);
  });

  it('the purchaser awards and signs the contract, and the winner and the public read it', async () => {
    await using purchaser = await as(town.persons.purchaser);
    const { page } = purchaser;
    await purchaser.visit(`/console/tenders/${tender}`);
    await page.click(`a[href^="/console/do/post${lot()}/award"]`);
    const chosen = page.locator('[name=bidId] option', { hasText: '第 1 名' });
    await page.selectOption('[name=bidId]', await chosen.innerText());
    const winner = (await chosen.innerText()).split(' · ')[0] ?? '';
    await purchaser.look('journey-award');
    await purchaser.send();
    await lotComesTo('contract');
    await town.until(at('2026-04-09T10:00+08:00'));
    const contract = Buffer.from('合同');
    const named = `kind=contract&name=${encodeURIComponent('合同.pdf')}`;
    await town.persons.purchaser.ask('POST', `/procurements/${tender}/documents?${named}`, 201, contract);
    await purchaser.visit(`/console/tenders/${tender}`);
    await page.click(`a[href^="/console/do/post${lot()}/contract?"]`);
    // What was tendered and won stands there.
    const price = (PRICES[town.persons.suppliers.findIndex(({ name }) => name === winner)] ?? 0) / 100;
    expect(Number((await page.inputValue('[name=amountFen]')).replaceAll(/[^\d.]/g, ''))).toBe(price);
    await purchaser.enter({ signedAt: '2026-04-09T09:30' });
    await page.selectOption('[name=documentId]', { label: '合同.pdf（合同）' });
    await purchaser.enter({ 'terms.payments[0].no': '1', 'terms.payments[0].nameZh': '合同价款' });
    await purchaser.enter({ 'terms.payments[0].after': 'acceptance', 'terms.payments[0].amountFen': String(price) });
    await purchaser.look('journey-contract');
    await purchaser.send();
    await lotComesTo('performance');
    await using citizen = await open({ ...DESKTOP, ...DARK, en: true });
    await citizen.visit(`/tenders/${tender}`);
    expect(await citizen.page.textContent('main')).toContain(winner);
    const over = citizen.page.locator('li', { hasText: 'Last moment to object to the tender documents' });
    expect(await over.locator('.tag').first().innerText()).toBe('past');
    // Points have the places that the documents show (digits of the scheme).
    expect(await citizen.page.innerText('main')).toMatch(/评审得分 \d+\.\d{2} 分/);
    await citizen.look('journey-awarded-dark-en');
    expect([purchaser.complaints, citizen.complaints]).toEqual([[], []]);
  });

  it('discipline finds who did it, with its proof; an administrator opens an account, and its owner signs in', async () => {
    await using reading = await as(discipline.person);
    await reading.visit(`/console/audit?procurementId=${tender}`);
    await reading.look('journey-audit');
    await reading.page.locator('details > summary').first().click();
    await reading.page.locator('a[href^="/console/audit/proof"]').first().click();
    await reading.page.waitForURL(/proof\?hash=/);
    await reading.look('journey-proof');
    await using administrator = await as(town.persons.administrator, { ...DESKTOP, en: true });
    await administrator.page.click('.menu a[href="/en/console/accounts"]');
    await administrator.page.click('a.button[href^="/en/console/do/post/accounts"]');
    await administrator.enter({ username: 'new-clerk', name: '李会计' });
    await administrator.send();
    const [link = ''] = /http\S+\/invitation#[\w-]+/.exec(await administrator.page.innerText('main')) ?? [];
    await using invited = await open(PHONE);
    await invited.page.goto(link);
    await invited.page.locator('#choose, #form').first().waitFor();
    await invited.page.fill('#password', 'correct-horse-battery-9');
    await invited.page.fill('#again', 'correct-horse-battery-9');
    await invited.page.click('#set');
    await invited.page.locator('#known', { hasText: '已设置' }).waitFor();
    await signInAs(invited, { username: 'new-clerk', password: 'correct-horse-battery-9' });
    await invited.look('journey-new-account-360');
    expect([reading.complaints, administrator.complaints, invited.complaints]).toEqual([[], [], []]);
  });

  it('and nothing is wrong with what is stored and published', () => town.check());
});
