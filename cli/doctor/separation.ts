import type { separationOf } from '../../services/organisations/separation.ts';
import { storageOf } from '../settings/folders.ts';
import { ok, reasonOf, reasonZh, warn, type Verdict } from './findings.ts';

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

/** The organisation of the first start, which administrators belong to. */
function judgeCentre(unnamed: { readonly id: string } | undefined): Verdict {
  if (!unnamed) return ok('交易中心已命名', 'the centre has its own name and code');
  return warn(
    '交易中心的机构仍是首次启动时的占位名称和代码',
    'the centre still has the placeholder of the first start for its name and code',
    `由系统管理员更正：POST /api/organisations/${unnamed.id}/corrections`,
    `an administrator corrects it: POST /api/organisations/${unnamed.id}/corrections`,
  );
}

export async function checkOrganisations(
  env: NodeJS.ProcessEnv,
): Promise<{ readonly separation: Verdict; readonly centre?: Verdict }> {
  const { openDatabase } = await import('../../db/access/open.ts');
  const { organisationByCreditCode } = await import('../../db/organisations.ts');
  const { separationOf } = await import('../../services/organisations/separation.ts');
  const { UNNAMED_CENTRE } = await import('../../services/accounts/first-administrator.ts');
  try {
    const db = await openDatabase(storageOf(env));
    try {
      return {
        separation: judgeSeparation(await separationOf(db.read)),
        centre: judgeCentre(await organisationByCreditCode(db.read, UNNAMED_CENTRE.creditCode)),
      };
    } finally {
      await db.close();
    }
  } catch (error) {
    const separation = warn(
      `未能查看机构设置：${reasonZh(error)}`,
      `the separation of bodies was not checked: ${reasonOf(error)}`,
      '稍后再试',
      'try again later',
    );
    return { separation };
  }
}
