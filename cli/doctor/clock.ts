import { fail, ok, warn, type Verdict } from './findings.ts';
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
      year < 2026 ? `系统时钟显示 ${year} 年` : `系统时钟在 0.2 秒内跳变了 ${Math.round(drift)} 毫秒`,
      year < 2026 ? `the clock says it is ${year}` : `the clock jumped by ${Math.round(drift)} ms within 0.2 s`,
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
