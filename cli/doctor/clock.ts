import { instantEn, instantZh } from '../../domain/civil-time.ts';
import { durationEn, durationZh } from '../../domain/durations.ts';
import { AGAINST, type ClockAlarm } from '../../domain/clock-jump.ts';
import { storageOf } from '../settings/folders.ts';
import { aheadOfMost, timeSourcesOf } from '../settings/time-sources.ts';
import { witnessesOf } from '../witness/client.ts';
import { fail, ok, okay, reasonOf, reasonZh, warn, type Verdict } from './findings.ts';
import { askHealth } from './ports.ts';

/** Bids are late by the second: a clock that is wrong by two gets a warning, by thirty a failure. */
export function judgeOffset(offsetMs: number, uncertaintyMs: number): 'ok' | 'warn' | 'fail' {
  const certain = Math.abs(offsetMs) - uncertaintyMs;
  return certain > 30_000 ? 'fail' : certain > 2_000 ? 'warn' : 'ok';
}

/** Compares this clock with the API's, if it runs, by the Date header, which has whole seconds. */
export async function checkClock(port: number): Promise<Verdict> {
  const year = new Date().getUTCFullYear();
  const [wallBefore, steadyBefore] = [Date.now(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, 200));
  const drift = Date.now() - wallBefore - (performance.now() - steadyBefore);
  const mendZh = '启用时间同步（如 chrony 或 systemd-timesyncd）并核对时区';
  const mendEn = 'turn on time synchronisation (chrony or systemd-timesyncd) and check the time zone';
  if (year < 2026 || Math.abs(drift) > 100) {
    return fail(
      year < 2026 ? `系统时钟显示 ${year} 年` : `系统时钟在 0.2 秒内跳变了 ${durationZh(drift)}`,
      year < 2026 ? `the clock says it is ${year}` : `the clock jumped by ${durationEn(drift)} within 0.2 s`,
      mendZh,
      mendEn,
    );
  }
  try {
    const sentAt = Date.now();
    const response = await askHealth(port, 2_000);
    const receivedAt = Date.now();
    await response.body?.cancel();
    const answered = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(answered)) throw new Error('no Date header');
    const offset = answered + 500 - (sentAt + receivedAt) / 2;
    const verdict = judgeOffset(offset, 500 + (receivedAt - sentAt) / 2);
    const seconds = (offset / 1000).toFixed(1);
    if (verdict !== 'ok') {
      const make = verdict === 'warn' ? warn : fail;
      return make(`与接口服务相差 ${seconds} 秒`, `${seconds} s apart from the API's clock`, mendZh, mendEn);
    }
    return ok('走时均匀，与接口服务一致', "steady, and in step with the API's clock");
  } catch {
    return ok('走时均匀（接口未运行，未作比对）', 'steady (the API is not running, so it was compared with nothing)');
  }
}

/** A jump that nobody has accepted: the platform decides nothing meanwhile. */
export function judgeAlarm(alarm: ClockAlarm | null): Verdict {
  if (!alarm) return ok('没有待确认的时钟跳变', 'no jump of the clock waits to be accepted');
  const { zh, en } = AGAINST[alarm.against];
  const [seconds, held] = [(alarm.aheadMs / 1000).toFixed(1), alarm.heldAt];
  return fail(
    `${instantZh(held)} 之后时钟比${zh}快了 ${seconds} 秒，暂停受理`,
    `after ${instantEn(held)} the clock was ${seconds} s ahead of ${en}: nothing is decided`,
    '查明原因，校正时钟，再由管理办公室确认（POST /api/clock/accept）或运行 kaibiao clock accept',
    'find out why, put the clock right, then have the office accept it (POST /api/clock/accept) or run kaibiao clock accept',
  );
}

export async function checkAlarm(env: NodeJS.ProcessEnv): Promise<Verdict> {
  const { openDatabase } = await import('../../db/access/open.ts');
  try {
    const db = await openDatabase(storageOf(env));
    try {
      return judgeAlarm(await db.clockAlarm());
    } finally {
      await db.close();
    }
  } catch (error) {
    return warn(
      `未能查看时钟告警：${reasonZh(error)}`,
      `whether the clock has jumped could not be read: ${reasonOf(error)}`,
      '稍后再试',
      'try again later',
    );
  }
}

/** A clock that was wrong when the machine started runs as steadily as a right one. */
export async function checkTimeSources(env: NodeJS.ProcessEnv): Promise<Verdict> {
  try {
    const sources = timeSourcesOf(env, witnessesOf(env));
    if (sources.length === 0) {
      return (env.NODE_ENV === 'production' ? warn : okay)(
        '没有其他时间来源：机器启动时就不准的时钟不能被发现',
        'no other source of time: a clock that was wrong when the machine started is not noticed',
        '设 KAIBIAO_TIME_SOURCES（几个可信的网址）或见证人',
        'set KAIBIAO_TIME_SOURCES (some trusted addresses), or have witnesses',
      );
    }
    const { offsetMs, answered } = await aheadOfMost(sources, Date.now);
    if (answered === 0) throw new Error('no source of time answers');
    const verdict = judgeOffset(offsetMs, 1_000);
    const apart = (offsetMs / 1000).toFixed(1);
    if (verdict === 'ok') return ok(`与 ${answered} 个时间来源相符`, `in step with ${answered} sources of time`);
    return (verdict === 'warn' ? warn : fail)(
      `与时间来源相差 ${apart} 秒`,
      `${apart} s apart from other sources of time`,
      '启用时间同步（如 chrony 或 systemd-timesyncd）',
      'turn on time synchronisation (chrony or systemd-timesyncd)',
    );
  } catch (error) {
    return warn(
      `未能与时间来源比对：${reasonZh(error)}`,
      `the clock was not compared with other sources of time: ${reasonOf(error)}`,
      '查看 KAIBIAO_TIME_SOURCES 的网址是否可达',
      'see whether the addresses of KAIBIAO_TIME_SOURCES can be reached',
    );
  }
}
