import { editDistance } from '../../domain/law/rulebook.ts';
import { PREPARABLE_ACT_NAMES, type PreparableAct } from '../../domain/prepared-acts/acts.ts';
import { badSetting } from './failure.ts';

/** `all`, or acts with commas between; a misspelt one would ask for nobody. */
export function secondPerson(env: NodeJS.ProcessEnv): ReadonlySet<PreparableAct> {
  const given = (env.KAIBIAO_SECOND_PERSON ?? '').split(',').map((name) => name.trim().toLowerCase());
  return new Set(
    given
      .filter((name) => name !== '')
      .flatMap((name) => {
        if (name === 'all') return PREPARABLE_ACT_NAMES;
        const known = PREPARABLE_ACT_NAMES.find((each) => each === name);
        if (known) return [known];
        const [nearest] = ['all', ...PREPARABLE_ACT_NAMES]
          .map((each) => ({ each, slips: editDistance(name.slice(0, 80), each) }))
          .sort((a, b) => a.slips - b.slips);
        throw badSetting(
          `KAIBIAO_SECOND_PERSON 中没有 ${name} 这一事项，最接近的是 ${nearest?.each ?? ''}；可用：all 或 ${PREPARABLE_ACT_NAMES.join('、')}`,
          `KAIBIAO_SECOND_PERSON knows no act ${name}, the nearest is ${nearest?.each ?? ''}; allowed: all, or ${PREPARABLE_ACT_NAMES.join(', ')}`,
        );
      }),
  );
}
