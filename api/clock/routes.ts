import * as z from 'zod';
import { DAY_MS } from '../../domain/civil-time.ts';
import { civilAt, type ClockSetting } from '../../domain/clock.ts';
import type { ClockAlarm } from '../../domain/clock-jump.ts';
import { acceptClock } from '../../services/clock/accept.ts';
import { timeNow } from '../../services/clock/now.ts';
import { ok, route } from '../http/route.ts';
import { at, instant, instantOut, prose } from '../http/schemas.ts';

const tag = 'clock';

const clockSchema = z
  .object({
    now: instantOut.meta({ description: '平台时钟所示时间 / What the platform’s clock shows' }),
    alarm: z
      .object({
        lastInstant: instantOut.meta({ description: '跳变前最后的判定时间 / The last instant given before it' }),
        aheadMs: z.int().meta({ description: '快多少毫秒 / By how much it was ahead (ms)' }),
        against: z
          .enum(['monotonic', 'time-sources'])
          .meta({ description: '与何比较：单调时钟、其他时间来源 / Compared with what' }),
      })
      .nullable()
      .meta({
        description:
          '待确认的时钟跳变；不为 null 时暂停受理，一切决定待确认后作出 / A jump that nobody has accepted yet: until then nothing is decided',
      }),
  })
  .meta({ id: 'Clock' });

const clockView = (now: number, alarm: ClockAlarm | null): z.infer<typeof clockSchema> => ({
  now: at(now),
  alarm: alarm && { lastInstant: at(alarm.heldAt), aheadMs: Math.round(alarm.aheadMs), against: alarm.against },
});

const timeSchema = z
  .object({
    server: instantOut.meta({ description: '平台机器的时间 / The time of the platform’s machine' }),
    civil: instantOut.meta({
      description: '平台据以判定的时间；演练中为演练时钟 / The time that decides; in a drill that of its clock',
    }),
    offsetMs: z.int().meta({ description: 'civil 减 server，毫秒 / civil minus server, in ms' }),
    drill: z.boolean(),
    paused: z.boolean().meta({ description: '演练时钟停着 / The clock of the drill stands still' }),
    dayMs: z.int().meta({
      description:
        '一日的实际毫秒数：倒计时的实际毫秒 = 剩余毫秒 × dayMs ÷ 86400000 / Real milliseconds of a civil day: a countdown lasts what is left × dayMs ÷ 86400000',
    }),
  })
  .meta({ id: 'Time' });

/** @param serverNow of the machine, epoch ms */
function timeView({ clock, now }: { clock: ClockSetting; now: number }, serverNow: number): z.infer<typeof timeSchema> {
  // Outside a drill the machine's clock is the one that decides.
  const server = clock.mode === 'real' ? now : serverNow;
  return {
    server: at(server),
    civil: at(now),
    offsetMs: now - server,
    drill: clock.mode === 'drill',
    paused: clock.mode === 'drill' && clock.paused === true,
    dayMs: clock.mode === 'drill' ? clock.msPerDay : DAY_MS,
  };
}

const body = z.strictObject({
  at: instant.meta({
    description:
      '确认人自己的钟表所示时间，与平台时钟相差不得超过 30 秒 / What your own watch shows, within 30 s of it',
  }),
  reason: prose(2_000).meta({ description: '查明的原因 / What was found to be the cause' }),
});

export const clockRoutes = [
  route({
    method: 'get',
    path: '/clock',
    action: 'clock.read',
    at: 'anywhere',
    tag,
    zh: '平台时钟，及是否因跳变暂停受理',
    en: 'The clock of the platform, and whether a jump has stopped intake',
    outcomes: [{ status: 200, schema: clockSchema, zh: '时钟', en: 'The clock' }],
    handle: async ({ services: { db } }) => ok(clockView(db.now(), await db.clockAlarm())),
  }),
  route({
    method: 'get',
    path: '/time',
    action: 'clock.read',
    at: 'anywhere',
    tag,
    zh: '现在的时间，供倒计时：机器时间、判定用的时间、是否演练及快慢',
    en: 'The time now, for countdowns: of the machine, the one that decides, whether it is a drill, and how fast it runs',
    outcomes: [{ status: 200, schema: timeSchema, zh: '时间', en: 'The time' }],
    handle: async ({ services: { db, realNow } }) => ok(timeView(await timeNow(db), realNow())),
  }),
  route({
    method: 'post',
    path: '/clock/accept',
    action: 'clock.accept',
    at: 'anywhere',
    whileInDoubt: true,
    tag,
    zh: '确认跳变后的时钟无误，恢复受理',
    en: 'Accept the clock as it is after a jump, which ends the stop',
    body,
    outcomes: [{ status: 200, schema: clockSchema, zh: '已确认', en: 'Accepted' }],
    errors: ['clock-not-in-doubt', 'bad-input'],
    handle: async ({ body: given, commit, actor }) =>
      commit(async (tx) => ok(clockView(civilAt(tx.clock, await acceptClock(tx, actor, given)), null))),
  }),
];
