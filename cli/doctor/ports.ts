import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, tryPort } from '../servers/processes.ts';
import { fail, ok, type Verdict } from './findings.ts';

/**
 * Requests the health of what listens on a port. The timer keeps the process alive: if the listener closes the
 * connection at once, `fetch` may be the only thing left to wait for, and the process would end without a message.
 */
export async function askHealth(port: number, withinMs: number): Promise<Response> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), withinMs);
  try {
    return await fetch(`http://127.0.0.1:${port}/health`, { signal: controller.signal });
  } finally {
    clearTimeout(timer);
  }
}

async function isOurs(port: number, dir: string): Promise<boolean> {
  try {
    const noted = JSON.parse(readFileSync(join(dir, 'temporal', 'server.json'), 'utf8')) as {
      pid: number;
      port: number;
    };
    if (noted.port === port && isAlive(noted.pid)) return true;
  } catch {
    // No embedded server has run here.
  }
  try {
    const response = await askHealth(port, 1_000);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

export async function checkPort(port: number, variable: string, dir: string): Promise<Verdict> {
  const tried = await tryPort(port);
  if ('port' in tried) return ok(`端口 ${port} 空闲`, `port ${port} is free`);
  if (tried.refused === 'EADDRINUSE' && (await isOurs(port, dir))) {
    return ok(`端口 ${port} 由正在运行的 kaibiao 使用`, `port ${port} is used by the kaibiao that is running`);
  }
  return fail(
    `端口 ${port} 不可用（${tried.refused}）`,
    `port ${port} cannot be had (${tried.refused})`,
    `停止占用它的程序，或用 ${variable} 另设端口`,
    `stop what uses it, or set another port with ${variable}`,
  );
}

export function portSetting(env: NodeJS.ProcessEnv, variable: string, fallback: number): number {
  const port = Number(env[variable] || fallback);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : fallback;
}
