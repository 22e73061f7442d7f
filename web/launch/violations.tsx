import type * as z from 'zod';
import type { violationSchema } from '../../api/law/views.ts';
import { formatInstant, parseInstant } from '../../domain/civil-time.ts';
import { messageIn } from '../http/language.ts';
import { idOf, type Errors } from '../parts/field.tsx';
import { instantText } from '../parts/instant.tsx';
import { useView } from '../parts/view.ts';
import { STEP_NAMES, stepOf, type Step } from './steps.ts';

export type Violation = z.infer<typeof violationSchema>;

const MESSAGES = {
  zh: {
    rule: '依据',
    earliest: (text: string) => `改为最早的合法时间 ${text}`,
    latest: (text: string) => `改为最迟的合法时间 ${text}`,
    instead: (text: string) => `改为${text}`,
    warn: '提示',
    block: '不合法',
  },
  en: {
    rule: 'The rule',
    earliest: (text: string) => `Set the earliest lawful time, ${text}`,
    latest: (text: string) => `Set the latest lawful time, ${text}`,
    instead: (text: string) => `Choose ${text}`,
    warn: 'note',
    block: 'unlawful',
  },
};

const MINUTE_MS = 60_000;

/** An instant within what is lawful, as it is typed: full minutes. */
export const lawfulText = (iso: string, side: 'earliest' | 'latest'): string => {
  const round = side === 'earliest' ? Math.ceil : Math.floor;
  return formatInstant(round(parseInstant(iso) / MINUTE_MS) * MINUTE_MS).slice(0, 16);
};

/** Beside their fields. */
export const errorsOfViolations = (violations: readonly Violation[], lang: 'zh' | 'en'): Errors => {
  const errors = new Map<string, readonly string[]>();
  for (const violation of violations)
    if (violation.severity === 'block')
      errors.set(violation.field, [...(errors.get(violation.field) ?? []), messageIn(lang, violation)]);
  return errors;
};

/** Every violation at once, each with its field, its rule, and one button that sets what is lawful. @param step the step whose form this is in; absent: links lead to the steps */
export function Violations({
  violations,
  step,
  stepHref,
}: {
  readonly violations: readonly Violation[];
  readonly step?: Step;
  readonly stepHref: (step: Step) => string;
}) {
  const { lang, t: say, href } = useView();
  const t = say(MESSAGES);
  if (violations.length === 0) return null;
  const name = ({ field, fieldZh, fieldEn }: Violation): string => (lang === 'zh' ? fieldZh : fieldEn) ?? field;
  return (
    <ul class="plain card violations">
      {violations.map((violation) => {
        const at = stepOf(violation.field);
        const here = at === step;
        return (
          <li>
            <p>
              <span class={`tag ${violation.severity === 'block' ? 'fault' : 'warn'}`}>{t[violation.severity]}</span>{' '}
              <a href={here ? `#${idOf(violation.field)}` : `${stepHref(at)}#${idOf(violation.field)}`}>
                {here ? name(violation) : `${STEP_NAMES[at][lang]} · ${name(violation)}`}
              </a>
              {lang === 'zh' ? '：' : ': '}
              {messageIn(lang, violation)}{' '}
              {violation.links.rule ? <a href={href(`/law/${violation.rule}`)}>{t.rule}</a> : null}
            </p>
            {here ? <LawfulChoice violation={violation} /> : null}
          </li>
        );
      })}
    </ul>
  );
}

/** `_set` names a field and its value. */
function LawfulChoice({ violation }: { readonly violation: Violation }) {
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  const { field, earliestLawful, latestLawful } = violation;
  const [side, iso] =
    earliestLawful === undefined ? (['latest', latestLawful] as const) : (['earliest', earliestLawful] as const);
  if (iso === undefined || !/At$|From$|Until$|Deadline$/.test(field)) return null;
  const value = lawfulText(iso, side);
  return (
    <button class="plain small" type="submit" name="_set" value={`${field}=${value}`}>
      {t[side](instantText(parseInstant(`${value}:00+08:00`), lang))}
    </button>
  );
}
