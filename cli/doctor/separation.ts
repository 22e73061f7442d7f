import type { separationOf } from '../../services/organisations/separation.ts';
import { storageOf } from '../settings/folders.ts';
import { ok, reasonOf, warn, type Verdict } from './findings.ts';

/** Conflicts of identity, duty and reporting line with higher law; a person decides what to do. */
export function judgeSeparation({ bodies, collisions }: Awaited<ReturnType<typeof separationOf>>): Verdict {
  if (collisions.length === 0) {
    const recorded = bodies.filter(({ identity }) => identity !== null).length;
    return ok(
      `未发现身份、职责、隶属与上位法冲突（${bodies.length} 个机构，${recorded} 个已登记身份）`,
      `no collision of identity, duty and reporting line with higher law (${bodies.length} bodies, ${recorded} with an identity recorded)`,
    );
  }
  const listed = (describe: (each: (typeof collisions)[number]) => string) => collisions.map(describe).join('；');
  return warn(
    listed(({ messageZh, law, article }) => `${messageZh}（${law} ${article}）`),
    listed(({ messageEn, law, article }) => `${messageEn} (${law} ${article})`),
    '按所引条文调整机构设置或隶属；登记有误的，用 PUT /api/organisations/{id}/standing 更正',
    'change the set-up or the reporting line by the article named; what is recorded wrongly is corrected by PUT /api/organisations/{id}/standing',
  );
}

export async function checkSeparation(env: NodeJS.ProcessEnv): Promise<Verdict> {
  const { openDatabase } = await import('../../db/access/open.ts');
  const { separationOf } = await import('../../services/organisations/separation.ts');
  try {
    const db = await openDatabase(storageOf(env));
    try {
      return judgeSeparation(await separationOf(db.read));
    } finally {
      await db.close();
    }
  } catch (error) {
    return warn(
      `未能查看机构设置：${reasonOf(error)}`,
      `the separation of bodies was not checked: ${reasonOf(error)}`,
      '稍后再试',
      'try again later',
    );
  }
}
