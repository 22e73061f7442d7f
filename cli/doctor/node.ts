import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectRoot } from '../settings/folders.ts';
import { fail, ok, reasonOf, reasonZh, type Verdict } from './findings.ts';

/** Whether this version satisfies package.json's `engines`: alternatives of the forms `^a.b.c` and `>=a.b.c`. */
export function isSupportedNode(version: string, range: string): boolean {
  const numbers = (text: string) =>
    text
      .replace(/^[^\d]*/, '')
      .split('.')
      .map(Number) as [number, number, number];
  const [major, minor, patch] = numbers(version);
  return range.split('||').some((alternative) => {
    const [wantMajor, wantMinor, wantPatch] = numbers(alternative.trim());
    const atLeast =
      major !== wantMajor ? major > wantMajor : minor !== wantMinor ? minor > wantMinor : patch >= wantPatch;
    return alternative.trim().startsWith('^') ? major === wantMajor && atLeast : atLeast;
  });
}

export function checkNode(version = process.versions.node): Verdict {
  const { engines } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  if (isSupportedNode(version, engines.node)) return ok(`Node.js ${version}`, `Node.js ${version}`);
  return fail(
    `Node.js ${version} 不在支持范围 ${engines.node}`,
    `Node.js ${version} is outside the supported ${engines.node}`,
    '安装 Node.js 当前的长期支持版',
    'install the current long-term support release of Node.js',
  );
}

export async function checkSqlite(): Promise<Verdict> {
  try {
    await import('../../db/access/open.ts');
    const { version } = createRequire(import.meta.url)('better-sqlite3/package.json') as { version: string };
    return ok(`better-sqlite3 ${version} 可用`, `better-sqlite3 ${version} loads`);
  } catch (error) {
    return fail(
      `数据库驱动无法加载：${reasonZh(error)}`,
      `the database driver does not load: ${reasonOf(error)}`,
      '运行 npm ci；更换过 Node.js 版本时运行 npm rebuild better-sqlite3',
      'run npm ci, or npm rebuild better-sqlite3 after a change of Node.js version',
    );
  }
}
