import { afterAll, beforeAll, expect, it } from 'vitest';
import { v7 as newId } from 'uuid';
import { startTestApi, type Member, type TestApi } from '../setup/api.ts';
import { termsOf } from '../setup/tenders/contracts.ts';
import { peopleOf, played } from '../setup/tenders/played.ts';
import { addFile, handClock } from '../setup/tenders/tender.ts';

// The contract and its performance over HTTP, by who may do what.

const PRICE = 380_000_000;
const clock = handClock('2026-03-01');
let api: TestApi;
let id: string;
let path: string;
const who: Record<'purchaser' | 'agency' | 'winner' | 'loser' | 'supervisor' | 'centre', Member> = {} as typeof who;
beforeAll(async () => {
  api = await startTestApi({ database: { machineClock: clock.read }, deps: { realNow: clock.read } });
  who.purchaser = await api.member('purchaser');
  who.agency = await api.member('agency');
  [who.winner, who.loser] = [await api.member('supplier'), await api.member('supplier')];
  who.supervisor = await api.member('supervisor');
  who.centre = await api.member('centre');
  const suppliers = [who.winner, who.loser, await api.member('supplier')];
  const people = await peopleOf(api, who.purchaser, suppliers);
  ({ id } = await played(api.db, clock, people, 'government', 'contract', {
    agencyId: who.agency.organisationId,
    lots: [{ no: 1, title: '一包', budgetFen: 383_640_000, bidBondFen: null, performanceBondPermille: 50 }],
  }));
  path = `/api/procurements/${id}/lots/1/contract`;
  clock.set('2026-04-13T10:00+08:00');
});
afterAll(() => api[Symbol.asyncDispose]());

const HERE = '2026-04-13T10:00:00+08:00';
const payments = [{ no: 1, nameZh: '合同款', amountFen: PRICE, after: 'delivery' }];

it('is signed by the purchaser alone, with terms, and is what was promised', async () => {
  const json = {
    amountFen: PRICE,
    signedAt: HERE,
    terms: termsOf(PRICE, { smallFirm: true, payments: payments as never }),
  };
  for (const role of ['agency', 'winner', 'supervisor', 'centre'] as const)
    expect((await who[role].call('POST', path, { json })).status, role).toBe(403);
  const bare = await who.purchaser.call('POST', path, { json: { amountFen: PRICE, signedAt: HERE } });
  expect([bare.status, bare.get('issues.0.field')]).toEqual([422, 'terms']);
  const above = await who.purchaser.call('POST', path, { json: { ...json, amountFen: PRICE + 1 } });
  expect([above.status, above.get('details.article')]).toEqual([422, '71(1)']);
  const longer = { ...json, terms: { ...json.terms, period: '181 日历天' } };
  const refusal = await who.purchaser.call('POST', path, { json: longer });
  expect([refusal.status, refusal.get('violations.0.field'), refusal.get('violations.0.article')]).toEqual([
    ...[422, 'terms.period', '71(1)'],
  ]);
  expect((await who.purchaser.call('GET', path)).get('contract')).toBeNull();
  expect((await who.purchaser.call('POST', path, { json })).status).toBe(200);
});

it('is read by who runs and who supervises it, and by the supplier that won; to others there is none', async () => {
  for (const role of ['purchaser', 'agency', 'winner', 'supervisor'] as const) {
    const answer = await who[role].call('GET', path);
    expect([answer.status, answer.get('contract.amountFen'), answer.get('bond.state')], role).toEqual([
      ...[200, PRICE, 'awaited'],
    ]);
    expect(answer.get('contract.supplementLimitFen')).toBe(38_000_000);
    // 180 days from the signing of 13 April.
    expect([
      answer.get('contract.performanceDueAt'),
      answer.get('contract.lateDays'),
      answer.get('bond.formerFen'),
    ]).toEqual(['2026-10-10T23:59:59.999+08:00', 0, 0]);
  }
  expect((await who.loser.call('GET', path)).status).toBe(404);
  expect((await who.centre.call('GET', path)).status).toBe(403);
});

it('both sides state the delivery, each once; the purchaser cannot put off what it owes', async () => {
  clock.set('2026-05-08T10:00+08:00');
  const late = { deliveredAt: '2026-05-08T09:00:00+08:00' };
  expect((await who.loser.call('POST', `${path}/deliveries`, { json: late })).status).toBe(404);
  expect((await who.agency.call('POST', `${path}/deliveries`, { json: late })).status).toBe(200);
  const json = { deliveredAt: '2026-05-06T09:00:00+08:00' };
  expect((await who.winner.call('POST', `${path}/deliveries`, { json })).status).toBe(200);
  const again = await who.winner.call('POST', `${path}/deliveries`, { json });
  expect([again.status, again.get('issues.0.rule')]).toEqual([422, 'stated-once']);
  const { body } = await who.supervisor.call('GET', path);
  // 保障中小企业款项支付条例 9: thirty days from 6 May.
  expect(body).toMatchObject({
    contract: { instalments: [{ no: 1, dueAt: '2026-06-05T23:59:59.999+08:00', rule: 'gp-pay-sme', disputed: true }] },
  });
});

it('what the platform cannot have is not taken: a bond above what was asked for, a payment above what is owed, another file', async () => {
  const bond = {
    step: 'received',
    amountFen: 19_000_001,
    form: 'guarantee',
    at: '2026-05-07T10:00:00+08:00',
    reference: 'BH1',
  };
  const above = await who.agency.call('POST', `${path}/performance-bond`, { json: bond });
  expect([above.status, above.get('violations.0.rule')]).toEqual([422, 'gp-performance-bond']);
  const cash = await who.agency.call('POST', `${path}/performance-bond`, { json: { ...bond, form: 'cash' } });
  expect([cash.status, cash.get('issues.0.field')]).toEqual([422, 'form']);
  const taken = { json: { ...bond, amountFen: 19_000_000 } };
  expect((await who.agency.call('POST', `${path}/performance-bond`, taken)).status).toBe(200);

  const pay = { instalment: 1, amountFen: PRICE + 1, paidAt: '2026-05-08T10:00:00+08:00', voucher: '1' };
  const more = await who.purchaser.call('POST', `${path}/payments`, { json: pay });
  expect([more.status, more.get('violations.0.limit')]).toEqual([422, PRICE]);
  expect((await who.agency.call('POST', `${path}/payments`, { json: pay })).status).toBe(403);
  const unknown = await who.purchaser.call('POST', `${path}/payments`, { json: { ...pay, instalment: 9 } });
  expect([unknown.status, unknown.get('issues.0.field')]).toEqual([422, 'instalment']);

  const accepted = {
    ...{ at: '2026-05-08T10:00:00+08:00', opinionZh: '合格', documentId: await addFile(api.db, id, 'contract') },
    parties: [{ name: '王工', role: 'purchaser' }],
    items: [{ nameZh: '全部', met: true }],
  };
  const wrong = await who.agency.call('POST', `${path}/acceptances`, { json: accepted });
  expect([wrong.status, wrong.get('issues.0.rule')]).toEqual([422, 'document-kind']);
  expect(
    (await who.agency.call('POST', `${path}/acceptances`, { json: { ...accepted, documentId: newId() } })).status,
  ).toBe(404);
});

it('a change is of the purchaser alone, within the law, and notifies the supervisor', async () => {
  const json = {
    ...{ kind: 'supplement', reasonZh: '增购', signedAt: '2026-05-08T09:00:00+08:00', amountFen: 38_000_001 },
    items: [{ name: '智慧终端', quantity: '1 台', unitPriceFen: 1_200_000 }],
    payments: [{ no: 2, nameZh: '补充款', amountFen: 38_000_001, after: 'delivery' }],
    documentId: await addFile(api.db, id, 'contract'),
  };
  expect((await who.agency.call('POST', `${path}/changes`, { json })).status).toBe(403);
  const refusal = await who.purchaser.call('POST', `${path}/changes`, { json });
  expect([refusal.status, refusal.get('violations.0.rule'), refusal.get('violations.0.article')]).toEqual([
    ...[422, 'gp-supplement', '49'],
  ]);
});

it('is part of the dossier, and of its list for an archive', async () => {
  const dossier = await who.supervisor.call('GET', `/api/procurements/${id}/dossier`);
  expect(dossier.status).toBe(200);
  for (const name of ['lots/1/contract.json', 'archive.json']) expect(dossier.text).toContain(name);
});
