import { readFileSync } from 'node:fs';
import type { CustodianClock } from '../../services/custodians/custodian.ts';
import { civilAt, realAt, type ClockSetting } from '../../domain/clock.ts';
import { badSetting, CommandFailure } from '../settings/failure.ts';

/** In a drill the clock may be moved at any time (real ms). */
const LONGEST_WAIT_MS = 500;

/**
 * This machine's own clock. Only in a drill (演练) it is the civil clock from a file, which is read on each call: the
 * clock of a drill is paused and moved.
 * @throws CommandFailure `drill-in-production`, `bad-setting`
 */
export function custodianClock(env: NodeJS.ProcessEnv = process.env): CustodianClock {
  const file = env.KAIBIAO_DRILL_CLOCK_FILE;
  if (!file) return { now: Date.now, untilMs: (instant) => instant - Date.now() };
  if (env.NODE_ENV === 'production') {
    throw new CommandFailure('drill-in-production', {
      zh: 'NODE_ENV=production 下保管人只用本机时钟（KAIBIAO_DRILL_CLOCK_FILE）',
      en: 'Under NODE_ENV=production a custodian uses only its own clock (KAIBIAO_DRILL_CLOCK_FILE)',
    });
  }
  const read = (): ClockSetting => {
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as ClockSetting;
    } catch {
      throw badSetting(
        `无法读取 KAIBIAO_DRILL_CLOCK_FILE 所指文件 ${file}`,
        `cannot read the file ${file} named by KAIBIAO_DRILL_CLOCK_FILE`,
      );
    }
  };
  read();
  return {
    now: () => civilAt(read(), Date.now()),
    untilMs: (instant) => Math.min((realAt(read(), instant) ?? Infinity) - Date.now(), LONGEST_WAIT_MS),
  };
}
