import { DomainError } from './errors.ts';
import type { GivenValue } from './fields/given.ts';
import { seenOf, unseenIn } from './text.ts';

/** One error in a request: which field, which rule it breaks. */
export interface Issue {
  /** `lots[0].budgetFen`; `Idempotency-Key` for a header; empty for the body as a whole. */
  readonly field: string;
  readonly rule: string;
  /** What came, where it may be repeated. */
  readonly given?: GivenValue;
  /** The values that are allowed, and what they are called. */
  readonly allowed?: readonly { readonly value: string | number | boolean; readonly zh: string }[];
  readonly messageZh: string;
  readonly messageEn: string;
}

/** All errors of a request at once. */
export function badInput(issues: readonly Issue[]): DomainError {
  const named = (message: 'messageZh' | 'messageEn', sign: string) =>
    issues.map((issue) => (issue.field === '' ? issue[message] : `${issue.field}${sign}${issue[message]}`));
  return new DomainError('bad-input', {
    messageZh: named('messageZh', '：').join('；'),
    messageEn: named('messageEn', ': ').join('; '),
    details: { issues },
  });
}

/** What is wrong with a name or a title: nothing to be seen, or a character that nobody sees. */
export function unseenIssue(field: string, text: string, linesAllowed = false): Issue | null {
  const character = unseenIn(text, linesAllowed);
  if (character === null && seenOf(text) !== '') return null;
  return {
    field,
    rule: 'no-control-characters',
    messageZh:
      character === null ? '不能为空白' : `含有看不见的字符 ${character}（控制、零宽、方向或不成对的字符），请删去`,
    messageEn:
      character === null
        ? 'It must not be blank'
        : `It contains ${character}, a character that nobody sees (a control, of zero width, of direction, or half of one); remove it`,
  };
}

/** @throws DomainError `bad-input` */
export function assertSeen(field: string, text: string): void {
  const issue = unseenIssue(field, text);
  if (issue) throw badInput([issue]);
}
