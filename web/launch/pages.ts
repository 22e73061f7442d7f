import type { PageSpec } from '../http/page.ts';
import { launchActPages } from './act-pages.tsx';
import { launchSchemePages } from './scheme-page.tsx';
import { launchStartPages } from './start-page.tsx';
import { launchStepPages } from './step-page.tsx';

/** The launch of a procurement, from its first word to the notice. */
export const launchPages: readonly PageSpec[] = [
  ...launchStartPages,
  ...launchStepPages,
  ...launchActPages,
  ...launchSchemePages,
];
