import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { lotOf, procurementById } from '../../db/procurements.ts';
import { DAY_MS, formatInstant } from '../../domain/civil-time.ts';
import { startTestApi, type TestApi } from '../setup/api.ts';
import { evenClock } from '../setup/even-clock.ts';
import { advance } from '../setup/tenders/tender.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';

/** An API on a clock that can jump. */
async function started(): Promise<{ api: TestApi; clock: ReturnType<typeof evenClock> }> {
  const clock = evenClock('2026-03-05');
  const api = await startTestApi({ database: { machineClock: clock.read, steadyClock: clock.steady } });
  return { api, clock };
}

it('a clock that jumps ahead before a deadline stops intake instead of making bids late, until the office accepts it', async () => {
  const { api, clock } = await started();
  await using _ = api;
  const [purchaser, supplier] = [await api.member('purchaser'), await api.member('supplier')];
  const office = await api.member('office');
  const tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
  const deadline = (await procurementById(api.db.read, tender)).bidDeadline ?? 0;
  clock.set(deadline - 240_000);
  const submit = (key: string) =>
    supplier.call('POST', `/api/procurements/${tender}/lots/1/bids`, { body: Buffer.from('sealed'), key });
  expect((await api.call('GET', '/ready')).body).toMatchObject({ status: 'ready', clock: true });

  clock.jump(300_000);
  const refused = await submit('first');
  expect([refused.status, refused.get('code'), refused.headers.get('retry-after')]).toEqual([
    503,
    'clock-jumped',
    '30',
  ]);
  expect(refused.get('messageZh')).toContain('快 300.0 秒');
  clock.step(28_000);
  clock.jump(-300_000);
  expect((await submit('first')).status).toBe(503);

  // Whoever watches it sees that it does not work, and reading goes on.
  const ready = await api.call('GET', '/ready');
  expect([ready.status, ready.body]).toEqual([
    503,
    { status: 'not-ready', database: true, temporal: true, disk: true, clock: false },
  ]);
  expect((await api.call('GET', '/metrics')).text).toMatch(/^kaibiao_clock_alarm 1$/m);
  expect((await api.call('GET', '/metrics')).text).toMatch(
    /kaibiao_bids_total\{outcome="refused",code="clock-jumped"\} 2/,
  );
  expect((await api.call('GET', `/api/procurements/${tender}`)).get('stage')).toBe('bidding');
  expect((await api.call('GET', '/api/clock')).body).toEqual({
    now: formatInstant(deadline - 212_000),
    alarm: { lastInstant: formatInstant(deadline - 240_000), aheadMs: 300_000, against: 'monotonic' },
  });

  // Who accepts it may have to sign in first, and guesses at passwords are counted.
  expect((await api.signIn(office.username, 'a wrong password')).status).toBe(401);
  const signedIn = await api.signIn(office.username, office.password);
  expect(signedIn.status).toBe(200);
  const accept = (at: number) =>
    api.call('POST', '/api/clock/accept', {
      json: { at: formatInstant(at), reason: '时间服务器误设，已改正' },
      headers: { authorization: `Bearer ${String(signedIn.get('token'))}` },
    });
  const json = { at: formatInstant(clock.read()), reason: '无' };
  expect((await purchaser.call('POST', '/api/clock/accept', { json })).status).toBe(403);
  const apart = await accept(clock.read() + 300_000);
  expect([apart.status, apart.get('issues.0.field')]).toEqual([422, 'at']);
  const accepted = await accept(clock.read());
  expect([accepted.status, accepted.body]).toEqual([200, { now: formatInstant(deadline - 212_000), alarm: null }]);
  expect((await accept(clock.read())).get('code')).toBe('clock-not-in-doubt');

  const taken = await submit('first');
  expect([taken.status, taken.get('receivedAt')]).toEqual([201, formatInstant(deadline - 212_000)]);
  expect((await api.call('GET', '/ready')).status).toBe(200);
  const act = (await auditAfter(api.db.read, 0, 1_000)).find(({ action }) => action === 'clock.accept');
  expect(act).toMatchObject({ actor: { role: 'office' }, detail: { reason: '时间服务器误设，已改正' } });
});

it('nobody is late, and nothing is done by itself, by a clock in doubt', async () => {
  const { api, clock } = await started();
  await using _ = api;
  const [purchaser, supplier] = [await api.member('purchaser'), await api.member('supplier')];
  const tender = await tenderAt(api.db, 'bidding', draftOf({ purchaserId: purchaser.organisationId }));
  clock.set(((await procurementById(api.db.read, tender)).bidDeadline ?? 0) - 1_000);
  clock.jump(DAY_MS);
  const path = `/api/procurements/${tender}/lots/1`;
  const submit = () => supplier.call('POST', `${path}/bids`, { body: randomBytes(8) });
  const acts = [
    submit,
    () => supplier.call('POST', `${path}/bids/withdraw`, { json: { password: supplier.password } }),
    () => supplier.call('POST', `/api/procurements/${tender}/questions`, { json: { textZh: '付款条件？' } }),
  ];
  for (const act of acts) expect((await act()).get('code')).toBe('clock-jumped');
  await advance(api.db, tender);
  expect((await lotOf(api.db.read, tender, 1)).stage).toBe('pending');
  // The deadline passes meanwhile: still nobody is told that they are late, before somebody has looked.
  clock.step(5_000);
  expect((await submit()).get('code')).toBe('clock-jumped');
});
