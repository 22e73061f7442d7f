import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The SDK's names for its downloads. */
const fileNames = { cli: 'temporal', 'test-server': 'temporal-test-server' } as const;

export type SdkArtifact = keyof typeof fileNames;

export function sdkDownloadPath(artifact: SdkArtifact, version: string, dir: string): string {
  return join(dir, `${fileNames[artifact]}-${version}${process.platform === 'win32' ? '.exe' : ''}`);
}

export interface SdkDownload {
  path?: string;
  /** Why it failed, in the SDK's words. */
  reason?: string;
  elapsedMs: number;
}

/**
 * Downloads through the SDK, and gives up when no data has arrived for `stallMs`: a slow network may take its time, a
 * missing one may not.
 */
export async function downloadThroughSdk(
  artifact: SdkArtifact,
  version: string,
  dir: string,
  { stallMs = 20_000, progress = () => undefined }: { stallMs?: number; progress?: (megabytes: number) => void } = {},
): Promise<SdkDownload> {
  const startedAt = performance.now();
  mkdirSync(dir, { recursive: true });
  const path = sdkDownloadPath(artifact, version, dir);
  const partial = `${path}.downloading`;
  rmSync(partial, { force: true });
  const child = spawn(process.execPath, [join(import.meta.dirname, 'sdk-download.mjs'), artifact, version, dir], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output = (output + chunk).slice(-2_000)));
  let ended = false;
  const exit = once(child, 'close').then(() => (ended = true));

  let received = 0;
  let stalledSince = performance.now();
  let stalled = false;
  while (!ended) {
    await Promise.race([exit, sleep(250)]);
    const size = existsSync(partial) ? statSync(partial).size : existsSync(path) ? statSync(path).size : 0;
    if (size > received) {
      received = size;
      stalledSince = performance.now();
      progress(Math.round(size / 1e6));
    } else if (!ended && performance.now() - stalledSince > stallMs) {
      stalled = true;
      child.kill('SIGKILL');
      await exit;
    }
  }
  const elapsedMs = Math.round(performance.now() - startedAt);
  rmSync(partial, { force: true });
  if (existsSync(path)) return { path, elapsedMs };
  const reason = stalled ? `nothing received for ${Math.round(stallMs / 1000)} s` : shortReason(output);
  return { reason, elapsedMs };
}

/** The SDK writes the whole chain of causes in one line, each with the address; the last link is the one needed. */
function shortReason(output: string): string {
  const line = output.trim().split('\n').at(-1) ?? '';
  return line.split(/\): /).at(-1)?.slice(0, 200) || 'no reason given';
}
