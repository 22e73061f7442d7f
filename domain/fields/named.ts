import type { Issue } from '../issues.ts';
import { isSecret, pathOf, pathText, placedName, saidField, type Places } from './field.ts';
import { repeatable, saidGiven, type GivenValue } from './given.ts';

/** The request that an error answers. */
export interface AskedFields {
  readonly places: Places;
  /** The value that it has for a field; undefined where it has none. */
  readonly valueOf: (field: string) => unknown;
}

export const NOTHING_ASKED: AskedFields = { places: [], valueOf: () => undefined };

/** The rule of an issue about a field that there is not. */
export const UNKNOWN_FIELD = 'unrecognized_keys';

const WHOLE = { fieldZh: '请求正文', fieldEn: 'the body' };

/**
 * The path in its one spelling, and what people call the field.
 * @param places null: there is no such field here, whatever one of that name is called elsewhere
 */
export function namedField(
  field: string,
  places: Places | null = [],
): { field: string; fieldZh: string; fieldEn: string } {
  if (field === '') return { field, ...WHOLE };
  const path = pathOf(field);
  const [fieldZh, fieldEn] = (places && placedName(path, places)) ?? [field, field];
  return { field: pathText(path), fieldZh, fieldEn };
}

export type NamedIssue = Omit<Issue, 'allowed'> & {
  fieldZh: string;
  fieldEn: string;
  allowed?: { value: string | number | boolean; zh: string }[];
};

/** An issue with the name of its field, and with what came, unless it is a secret. */
export function namedIssue(issue: Issue, { places, valueOf }: AskedFields = NOTHING_ASKED): NamedIssue {
  const { field, fieldZh, fieldEn } = namedField(issue.field, issue.rule === UNKNOWN_FIELD ? null : places);
  const { allowed, given: known, ...rest } = issue;
  const came = known === undefined ? valueOf(field) : known;
  // What nobody knows may be a secret that is spelt wrong.
  const isConfidential = isSecret(pathOf(field)) || issue.rule === UNKNOWN_FIELD;
  const given = isConfidential ? undefined : repeatable(came);
  const said = known === undefined && given !== undefined ? { ...rest, ...withGiven(rest, given) } : rest;
  return {
    ...said,
    ...{ field, fieldZh, fieldEn },
    ...(given === undefined ? {} : { given }),
    ...(allowed ? { allowed: [...allowed] } : {}),
  };
}

type Messages = Pick<Issue, 'messageZh' | 'messageEn'>;

/** Says what came, where a message does not say it. */
export function withGiven({ messageZh, messageEn }: Messages, given: GivenValue): Messages {
  const said = saidGiven(given);
  const isSaid = (message: string): boolean => given !== '' && message.includes(String(given));
  return {
    messageZh: isSaid(messageZh) ? messageZh : `${messageZh}；收到的是${said.zh}`,
    messageEn: isSaid(messageEn) ? messageEn : `${messageEn}; received ${said.en}`,
  };
}

/** All issues in a sentence, each with its field. */
export function wordsOfIssues(issues: readonly Issue[], places: Places = []): Messages {
  const named = issues.map((issue) => {
    const field = pathText(pathOf(issue.field));
    if (field === '') return { issue, said: null };
    return { issue, said: issue.rule === UNKNOWN_FIELD ? { zh: field, en: field } : saidField(field, places) };
  });
  return {
    messageZh: named.map(({ issue, said }) => (said ? `${said.zh}：${issue.messageZh}` : issue.messageZh)).join('；'),
    messageEn: named.map(({ issue, said }) => (said ? `${said.en}: ${issue.messageEn}` : issue.messageEn)).join('; '),
  };
}
