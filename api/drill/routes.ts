import * as z from 'zod';
import { drillTime, jumpClock, pauseClock, runClock, type DrillTime } from '../../services/drill/set-clock.ts';
import { ok, route, type Answer } from '../http/route.ts';
import { at, atOrNull, instant, instantOut } from '../http/schemas.ts';
import type { Services } from '../http/services.ts';

const tag = 'drill';

const drillClockSchema = z
  .object({
    now: instantOut.meta({ description: '演练时钟所示时间 / What the clock shows' }),
    paused: z.boolean(),
    dayMs: z.int().meta({ description: '走时时一日的实际毫秒数 / Real milliseconds of a civil day while it runs' }),
    next: instantOut.nullable().meta({
      description:
        '平台下一次自行办理的时间，null 表示等待人员 / When the platform acts next; null: it waits for people',
    }),
    pending: z.array(z.string()).meta({
      description: '已到期、正在办理的事项；办完之前时钟不能拨动 / What is due and being done; until then no jump',
    }),
  })
  .meta({ id: 'DrillClock' });

export const drillClockView = ({ clock, now, next, pending }: DrillTime): z.infer<typeof drillClockSchema> => ({
  now: at(now),
  paused: clock.paused ?? false,
  dayMs: clock.msPerDay,
  next: atOrNull(next),
  pending: [...pending],
});

/** Custodians beside the platform have the clock of a drill from this. */
async function setting({ db, onDrillClock }: Services, set: Promise<Answer>): Promise<Answer> {
  const answer = await set;
  onDrillClock(db.clock);
  return answer;
}

const outcomes = [{ status: 200, schema: drillClockSchema, zh: '时钟', en: 'The clock' }] as const;

export const drillRoutes = [
  route({
    method: 'get',
    path: '/drill/clock',
    action: 'drill.set-clock',
    at: 'anywhere',
    tag,
    zh: '演练时钟，及平台下一次自行办理的时间',
    en: 'The clock of the drill, and when the platform acts next',
    outcomes: [...outcomes],
    errors: ['not-a-drill'],
    handle: async ({ services: { db } }) => ok(drillClockView(await drillTime(db))),
  }),
  route({
    method: 'post',
    path: '/drill/clock/pause',
    action: 'drill.set-clock',
    at: 'anywhere',
    tag,
    zh: '暂停演练时钟',
    en: 'Pause the clock of the drill',
    outcomes: [...outcomes],
    errors: ['not-a-drill'],
    handle: async ({ services, commit, actor }) =>
      setting(
        services,
        commit(async (tx) => ok(drillClockView(await pauseClock(tx, actor)))),
      ),
  }),
  route({
    method: 'post',
    path: '/drill/clock/run',
    action: 'drill.set-clock',
    at: 'anywhere',
    tag,
    zh: '演练时钟走时，可改快慢',
    en: 'Let the clock of the drill run, at another speed where one is given',
    body: z.strictObject({ dayMs: z.int().min(1).max(86_400_000).optional() }),
    outcomes: [...outcomes],
    errors: ['not-a-drill'],
    handle: async ({ services, commit, actor, body: { dayMs } }) =>
      setting(
        services,
        commit(async (tx) => ok(drillClockView(await runClock(tx, actor, dayMs)))),
      ),
  }),
  route({
    method: 'post',
    path: '/drill/clock/jump',
    action: 'drill.set-clock',
    at: 'anywhere',
    tag,
    zh: '演练时钟拨到平台下一次自行办理的时间；指定 to 时不越过它，也不越过其间到期的事项',
    en: 'Move the clock of the drill to the next instant at which the platform acts; with `to` not farther than that, nor past anything due before it',
    body: z.strictObject({ to: instant.optional() }),
    outcomes: [...outcomes],
    errors: ['not-a-drill', 'clock-busy', 'nothing-due'],
    judged: [{ field: 'to', zh: '不早于时钟所示', en: 'not before what the clock shows' }],
    handle: async ({ services, commit, actor, body: { to } }) =>
      setting(
        services,
        commit(async (tx) => ok(drillClockView(await jumpClock(tx, actor, to)))),
      ),
  }),
];
