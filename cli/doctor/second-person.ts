import { secondPerson } from '../settings/second-person.ts';
import { storageOf } from '../settings/folders.ts';
import { ok, reasonOf, reasonZh, warn, type Verdict } from './findings.ts';

/** More are counted. */
const NAMED = 5;

/** Where acts need two people: whether there are two. */
export function judgeSecondPerson(acts: ReadonlySet<string>, alone: readonly { readonly name: string }[]): Verdict {
  if (acts.size === 0) return ok('未要求两人办理', 'no act needs a second person');
  if (alone.length === 0) {
    return ok(
      `须两人办理：${[...acts].join('、')}；各单位均有两人以上`,
      `two people do: ${[...acts].join(', ')}; every organisation that runs tenders has two`,
    );
  }
  const named = alone.slice(0, NAMED).map(({ name }) => name);
  const more = alone.length - named.length;
  return warn(
    `须两人办理，而只有一人的单位：${named.join('、')}${more > 0 ? `，另有 ${more} 个` : ''}`,
    `two people are needed, and these have one: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}`,
    '为其增加人员（POST /api/accounts），否则经办的事项无人复核',
    'add a person for each (POST /api/accounts): nobody confirms what they prepare',
  );
}

export async function checkSecondPerson(env: NodeJS.ProcessEnv): Promise<Verdict> {
  const { openDatabase } = await import('../../db/access/open.ts');
  const { runByOnePerson } = await import('../../db/accounts/memberships.ts');
  try {
    const acts = secondPerson(env);
    if (acts.size === 0) return judgeSecondPerson(acts, []);
    const db = await openDatabase(storageOf(env));
    try {
      return judgeSecondPerson(acts, await runByOnePerson(db.read));
    } finally {
      await db.close();
    }
  } catch (error) {
    return warn(
      `未能查看各单位人员：${reasonZh(error)}`,
      `the people of organisations were not checked: ${reasonOf(error)}`,
      '更正设置后再试',
      'correct the setting and try again',
    );
  }
}
