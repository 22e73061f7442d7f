import { appendFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { statements, type Statement } from '../../../db/access/seen.ts';
import '../provide.ts';
import type { Sent } from './compare.ts';
import { refusals, type Refused } from './refusals.ts';
import { shapeOf } from './shape.ts';
import { withoutUs } from './without-us.ts';

// Notes for each test on SQLite which statements it sends, and which of them are refused, for compare.ts.

const ASKS_OR_WRITES = /^\s*(?:select|insert|update|delete|with)\b/i;
const shapes = new Map<string, string>();
let file = '';
let sent: Sent[] = [];
/** What hooks send belongs to no one test. */
const hooks = (): Sent => ({ file, name: null, ms: 0, statements: [], withoutUs: false });
let current = { ...hooks(), seen: new Set<string>() };
let beganAt = 0;

const note = (text: string, outcome = ''): void => {
  let shape = shapes.get(text);
  if (shape === undefined) shapes.set(text, (shape = ASKS_OR_WRITES.test(text) ? shapeOf(text) : ''));
  if (shape !== '') current.seen.add(shape + outcome);
};
const onStatement = (message: unknown): void => note((message as Statement).text);
const onRefused = (message: unknown): void => {
  const { text, code } = message as Refused;
  note(text, ` -- ${code}`);
};
const onWithoutUs = (): void => void (current.withoutUs = true);

const next = (name: string | null): void => {
  const { seen, ...ended } = current;
  if (seen.size > 0 || ended.withoutUs || ended.name !== null)
    sent.push({ ...ended, ms: Math.round(performance.now() - beganAt), statements: [...seen] });
  file = relative(process.cwd(), expect.getState().testPath ?? '');
  current = { ...hooks(), name, seen: new Set() };
  beganAt = performance.now();
};

statements.subscribe(onStatement);
refusals.subscribe(onRefused);
withoutUs.subscribe(onWithoutUs);
// Before any hook of the file.
beforeAll(() => next(null));
beforeEach(({ task }) => next(task.fullTestName));
afterEach(() => next(null));
afterAll(() => {
  next(null);
  statements.unsubscribe(onStatement);
  refusals.unsubscribe(onRefused);
  withoutUs.unsubscribe(onWithoutUs);
  appendFileSync(
    join(inject('sentFolder'), `${process.pid}`),
    sent.map((each) => `${JSON.stringify(each)}\n`).join(''),
  );
  sent = [];
});
