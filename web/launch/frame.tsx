import type { Child } from '#jsx';
import { ConsoleFrame } from '../console/frame.tsx';
import { useView } from '../parts/view.ts';
import { STEPS, STEP_NAMES, stepOf, type Step } from './steps.ts';
import type { Violation } from './violations.tsx';

const MESSAGES = {
  zh: { launch: '新建采购项目', steps: '步骤', wrong: (n: number) => `${n} 处不合法` },
  en: {
    launch: 'Start a procurement',
    steps: 'Steps',
    wrong: (n: number) => (n === 1 ? '1 violation' : `${n} violations`),
  },
};

/** Of the Chinese page. */
export const stepPath = (id: string, step: Step): string => `/console/launch/${id}?step=${step}`;

/** A step of a draft: its name, the other steps, and at which of them something is unlawful. */
export function LaunchFrame({
  id,
  title,
  step,
  violations,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly step: Step;
  readonly violations: readonly Violation[];
  readonly children?: Child;
}) {
  const { lang, t: say, href } = useView();
  const t = say(MESSAGES);
  const wrong = (of: Step): number =>
    violations.filter(({ severity, field }) => severity === 'block' && stepOf(field) === of).length;
  return (
    <ConsoleFrame
      crumbs={[
        ['/console/launch', t.launch],
        [`/console/tenders/${id}`, title],
      ]}
    >
      <nav class="steps" aria-label={t.steps}>
        <ol>
          {STEPS.map((each) => (
            <li>
              <a href={href(stepPath(id, each))} aria-current={each === step ? 'step' : undefined}>
                {STEP_NAMES[each][lang]}
              </a>
              {wrong(each) > 0 ? <span class="tag fault">{t.wrong(wrong(each))}</span> : null}
            </li>
          ))}
        </ol>
      </nav>
      <h1>{STEP_NAMES[step][lang]}</h1>
      {children}
    </ConsoleFrame>
  );
}
