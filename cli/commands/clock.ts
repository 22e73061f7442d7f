import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { drillClockView } from '../../api/drill/routes.ts';
import { OPERATOR } from '../../db/audit.ts';
import type { Database } from '../../db/access/database.ts';
import {
  DAY_MS,
  formatSecond,
  instantEn,
  instantZh,
  parseInstant,
  parseInstantOrDate,
} from '../../domain/civil-time.ts';
import { durationEn, durationZh } from '../../domain/durations.ts';
import { DomainError } from '../../domain/errors.ts';
import { acceptClock } from '../../services/clock/accept.ts';
import { drillTime, jumpClock, pauseClock, runClock, type DrillTime } from '../../services/drill/set-clock.ts';
import { writeDrillClock } from '../custodian/local.ts';
import { CommandFailure } from '../settings/failure.ts';
import { withInstallation } from '../settings/installation.ts';

/** How often to look whether what is due is done (real ms). */
const LOOK_EVERY_MS = 200;

interface Printed {
  readonly json?: boolean;
}

interface JumpOptions extends Printed {
  readonly to?: string;
  readonly wait: string;
}

interface AcceptOptions {
  readonly at: string;
  readonly reason: string;
}

export function clockCommand(): Command {
  const command = new Command('clock').description(
    '演练时钟：查看、暂停、走时、拨到下一到期时间；时钟跳变后的确认 / the clock of a drill: show, pause, run, jump to what is due next; accept the clock after a jump',
  );
  const json = ['--json', '以 JSON 输出 / print JSON'] as const;
  command
    .command('show', { isDefault: true })
    .description('现在时间，及平台下一次自行办理的时间 / the instant, and when the platform acts next')
    .option(...json)
    .action((options: Printed) => withInstallation(async (db) => printed(await drillTime(db), options)));
  command
    .command('pause')
    .description('暂停 / pause it')
    .option(...json)
    .action((options: Printed) => withInstallation((db) => set(db, options, (tx) => pauseClock(tx, OPERATOR))));
  command
    .command('run')
    .description('走时，可改快慢 / let it run, at another speed where one is given')
    .option('--day-ms <n>', '一日的实际毫秒数 / real milliseconds of one civil day')
    .option(...json)
    .action(({ dayMs, ...options }: Printed & { dayMs?: string }) =>
      withInstallation((db) =>
        set(db, options, (tx) => runClock(tx, OPERATOR, dayMs === undefined ? undefined : speedOf(dayMs))),
      ),
    );
  command
    .command('jump')
    .description(
      '拨到平台下一次自行办理的时间；--to 逐次拨到指定时间，其间到期的事项均按其时间办理 / move it to the next instant at which the ' +
        'platform acts; --to goes on until that instant, and everything due before it is done at its own',
    )
    .option('--to <instant>', '如 / as 2026-04-08T10:00:00+08:00')
    .option('--wait <seconds>', '等待到期事项办完的最长秒数 / longest wait for what is due to be done', '120')
    .option(...json)
    .action((options: JumpOptions) => withInstallation((db) => jump(db, options)));
  command
    .command('accept')
    .description(
      '时钟跳变后，确认其现已无误，恢复受理（不限演练） / after a jump, accept the clock as it is now, which ends the stop (not only in a drill)',
    )
    .requiredOption(
      '--at <instant>',
      '您自己的钟表所示时间，如 / what your own watch shows, as 2026-04-08T10:00:00+08:00',
    )
    .requiredOption('--reason <text>', '查明的原因 / what was found to be the cause')
    .action((options: AcceptOptions) => withInstallation((db) => accept(db, options)));
  return command;
}

async function accept(db: Database, { at, reason }: AcceptOptions): Promise<string> {
  const given = { at: parseInstant(at), reason };
  const accepted = await db.transaction((tx) => acceptClock(tx, OPERATOR, given), 'clock-in-doubt');
  return `已确认时钟 ${instantZh(accepted)}，恢复受理 / the clock is accepted as ${instantEn(accepted)}: intake goes on\n`;
}

async function set(db: Database, options: Printed, change: Parameters<typeof db.transaction<DrillTime>>[0]) {
  const time = await db.transaction(change);
  writeDrillClock(process.env, time.clock);
  return printed(time, options);
}

async function jump(db: Database, { to: given, wait, ...options }: JumpOptions): Promise<string> {
  const to = given === undefined ? undefined : parseInstantOrDate(given);
  const giveUpAt = performance.now() + whole(wait, '--wait') * 1_000;
  for (;;) {
    try {
      const time = await db.transaction((tx) => jumpClock(tx, OPERATOR, to));
      writeDrillClock(process.env, time.clock);
      if (to === undefined || time.now >= to) return printed(await settled(db, giveUpAt), options);
    } catch (error) {
      const busy = error instanceof DomainError && error.code === 'clock-busy';
      if (!busy || performance.now() >= giveUpAt) throw error;
      await sleep(LOOK_EVERY_MS);
    }
  }
}

/** Once what is due is done, or after the longest wait. */
async function settled(db: Database, giveUpAt: number): Promise<DrillTime> {
  for (;;) {
    const time = await drillTime(db);
    if (time.pending.length === 0 || performance.now() >= giveUpAt) return time;
    await sleep(LOOK_EVERY_MS);
  }
}

function whole(text: string, option: string, most = Infinity): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new CommandFailure(
    'usage',
    {
      zh: `${option} 应为正整数${most === Infinity ? '' : `，至多 ${most}`}：${text}`,
      en: `${option} must be a whole number from 1${most === Infinity ? '' : ` to ${most}`}: ${text}`,
    },
    { exitCode: 2 },
  );
}

const speedOf = (text: string): number => whole(text, '--day-ms', DAY_MS);

function printed(time: DrillTime, { json = false }: Printed): string {
  if (json) return `${JSON.stringify(drillClockView(time))}\n`;
  const { clock, now, next, pending } = time;
  const speed = clock.paused
    ? '暂停 / paused'
    : `走时，每日实际用时 ${durationZh(clock.msPerDay)} / runs, a day in ${durationEn(clock.msPerDay)}`;
  return `${[
    `${formatSecond(now)}  ${speed}`,
    `下一到期 / due next: ${next === null ? '无，等待人员 / nothing, people act next' : formatSecond(next)}`,
    ...pending.map((subject) => `正在办理 / being done: ${subject}`),
  ].join('\n')}\n`;
}
