import * as z from 'zod';
import { isSecret, labelsOf, nameOf, pathText, type FieldPath, type Places } from '../../../domain/fields/field.ts';
import { repeatable, saidGiven } from '../../../domain/fields/given.ts';
import { UNKNOWN_FIELD, withGiven } from '../../../domain/fields/named.ts';
import type { Issue } from '../../../domain/issues.ts';
import type { Bilingual } from '../../../domain/law/timeline.ts';
import { editDistance } from '../../../domain/law/rulebook.ts';
import { schemaAt, shapeOf, valuesOf } from './schema-walk.ts';

// What zod finds wrong, in the words of people: what is expected, with the Chinese names of values, and what came.

const WORDS = new Map<string, Bilingual>();

/** The format of a text, described in words: a pattern means nothing to most people. */
export function formed(pattern: RegExp, words: Bilingual): z.ZodString {
  return z.string().check(formOf(pattern, words));
}

/** The same for a text that is normalised before. */
export function formOf(pattern: RegExp, words: Bilingual) {
  WORDS.set(String(pattern), words);
  return z.regex(pattern);
}

/** Without it every message says that nothing came. */
export const SAYS_WHAT_CAME = { reportInput: true } as const;

/** What was judged, where it is known: names and examples come from it. */
export interface Judged {
  readonly schema?: z.ZodType;
  readonly places?: Places;
  /** Where in a request it is. */
  readonly at?: FieldPath;
}

type Found = z.core.$ZodIssue;

/** The issues that zod found, in both languages; an issue raised by hand has its messages in `params`. */
export const issuesOf = (error: z.ZodError, judged: Judged = {}): Issue[] =>
  error.issues.flatMap((found) => issueOf(found, [], judged));

/** Of an object that is none of those it may be, what its kind came as. */
function ownInput(found: Found): Found {
  const key = found.code === 'invalid_union' ? found.discriminator : undefined;
  const { input } = found;
  if (key === undefined || typeof input !== 'object' || input === null) return found;
  return { ...found, input: (input as Record<string, unknown>)[key] } as Found;
}

function issueOf(given: Found, above: FieldPath, judged: Judged): Issue[] {
  const found = ownInput(given);
  const within = [...above, ...found.path.map((step) => (typeof step === 'number' ? step : String(step)))];
  const path = [...(judged.at ?? []), ...within];
  if (found.code === 'unrecognized_keys') {
    return found.keys.map((key) => ({
      field: pathText([...path, key]),
      rule: UNKNOWN_FIELD,
      ...unknownKey(key, within, judged),
    }));
  }
  if (found.code === 'invalid_union' && found.errors.length > 0) {
    const [nearest] = [...found.errors].filter((errors) => !isOfAnotherType(errors));
    if (nearest) return nearest.flatMap((each) => issueOf(each, within, judged));
  }
  const own = found.code === 'custom' ? (found.params as Partial<Issue> | undefined) : undefined;
  const { allowed, ...said } = saidOf(found, { path, within, own, judged });
  const came = isSecret(path) || found.input === undefined ? undefined : repeatable(found.input);
  return [
    {
      field: pathText(path),
      rule: own?.rule ?? ruleOf(found),
      ...(came === undefined ? {} : { given: came }),
      ...(allowed ? { allowed } : {}),
      ...said,
    },
  ];
}

/** Whether a branch of a union is not meant: what came is of another type, or another of fixed values. */
const isOfAnotherType = (errors: readonly Found[]): boolean =>
  errors.some(({ code, path }) => path.length === 0 && (code === 'invalid_type' || code === 'invalid_value'));

type Messages = Pick<Issue, 'messageZh' | 'messageEn'>;
type Said = Messages & Pick<Issue, 'allowed'>;

interface Place {
  readonly path: FieldPath;
  readonly within: FieldPath;
  readonly own: Partial<Issue> | undefined;
  readonly judged: Judged;
}

function saidOf(found: Found, { path, within, own, judged }: Place): Said {
  const schema = judged.schema && schemaAt(judged.schema, within);
  const values = valuesIn(found, schema);
  const choices = values && choicesOf(values, path, judged.places ?? [], found.input);
  const { allowed, ...wanted } = choices ?? { ...wantedOf(found, path, schema), allowed: undefined };
  const isMissing = found.input === undefined && (found.code === 'invalid_type' || values !== undefined);
  const messages = {
    messageZh: own?.messageZh ?? (isMissing ? `必填，没有收到；${wanted.zh}` : wanted.zh),
    messageEn: own?.messageEn ?? (isMissing ? `It is required and is missing; ${wanted.en}` : wanted.en),
  };
  const isSaid = isMissing || found.input === undefined || found.input === '' || isSecret(path);
  if (isSaid) return { ...messages, ...(allowed ? { allowed } : {}) };
  return { ...withWhatCame(found, messages), ...(allowed ? { allowed } : {}) };
}

/** What came: of a text or a list that is too long or too short, its length. */
function withWhatCame(found: Found, messages: Messages): Messages {
  const { input } = found;
  if (found.code === 'too_big' || found.code === 'too_small') {
    if (typeof input === 'string')
      return received(messages, ` ${[...input].length} 个字`, `${[...input].length} characters`);
    if (Array.isArray(input)) return received(messages, ` ${input.length} 项`, `${input.length}`);
  }
  const given = repeatable(input);
  if (found.code !== 'custom' || given === undefined) {
    const said = saidGiven(input);
    return received(messages, said.zh, said.en);
  }
  return withGiven(messages, given);
}

const received = ({ messageZh, messageEn }: Messages, zh: string, en: string): Messages => ({
  messageZh: `${messageZh}；收到的是${zh}`,
  messageEn: `${messageEn}; received ${en}`,
});

/** The fixed values of which one was wanted; undefined where it is no choice. */
function valuesIn(found: Found, schema: z.ZodType | undefined): readonly (string | number | boolean)[] | undefined {
  const fixed = (values: readonly unknown[]) =>
    values.filter((each) => typeof each === 'string' || typeof each === 'number' || typeof each === 'boolean');
  if (found.code === 'invalid_value') return fixed(found.values);
  if (found.code === 'invalid_union') {
    const each = found.errors.flat().flatMap((error) => (error.code === 'invalid_value' ? error.values : []));
    if (each.length > 0) return fixed(each);
    return schema ? valuesOf(schema) : undefined;
  }
  if (found.code === 'invalid_type' && schema) return valuesOf(schema);
  return undefined;
}

/** So many values are listed; of more, those that are most like what came. */
const MOST_LISTED = 12;
const MOST_LIKE = 5;

function choicesOf(
  values: readonly (string | number | boolean)[],
  path: FieldPath,
  places: Places,
  input: unknown,
): Bilingual & Pick<Issue, 'allowed'> {
  const labels = labelsOf(path, places);
  const isLong = values.length > MOST_LISTED;
  const listed = isLong && typeof input === 'string' ? nearest(input, values.map(String)).slice(0, MOST_LIKE) : values;
  const zh = listed.slice(0, MOST_LISTED).map((value) => {
    const label = labels?.[String(value)];
    return label === undefined ? String(value) : `${value}（${label}）`;
  });
  const en = listed.slice(0, MOST_LISTED).join(', ');
  return {
    zh: isLong ? `应为 ${values.length} 个规定的值之一，如 ${zh.join('、')}` : `应为下列之一：${zh.join('、')}`,
    en: isLong ? `it must be one of ${values.length} values, such as ${en}` : `it must be one of ${en}`,
    ...(labels ? { allowed: values.map((value) => ({ value, zh: labels[String(value)] ?? String(value) })) } : {}),
  };
}

const nearest = (given: string, known: readonly string[]): string[] =>
  known
    .map((each) => ({ each, slips: editDistance(given.slice(0, 80).toLowerCase(), each.toLowerCase()) }))
    .sort((a, b) => a.slips - b.slips)
    .map(({ each }) => each);

function unknownKey(key: string, within: FieldPath, { schema, places = [], at = [] }: Judged): Said {
  const [best] = nearest(key, Object.keys((schema && shapeOf(schemaAt(schema, within) ?? schema)) ?? {}));
  const isLike =
    best !== undefined && editDistance(key.toLowerCase(), best.toLowerCase()) <= Math.max(2, best.length / 2);
  const name = isLike ? nameOf([...at, ...within, best], places) : undefined;
  return {
    messageZh: `没有这一项${name ? `；是否要写「${name[0]}（${best}）」？` : isLike ? `；是否要写 ${best}？` : '，请删去'}`,
    messageEn: `There is no such field${name ? `; did you mean ${name[1]} (${best})?` : isLike ? `; did you mean ${best}?` : ''}`,
  };
}

const TYPES: Readonly<Record<string, Bilingual>> = {
  string: { zh: '应为文字', en: 'it must be a text' },
  number: { zh: '应为数字', en: 'it must be a number' },
  int: { zh: '应为整数', en: 'it must be a whole number' },
  boolean: { zh: '应为 true（是）或 false（否）', en: 'it must be true or false' },
  array: { zh: '应为列表（[…]）', en: 'it must be a list' },
  object: { zh: '应为对象（{…}）', en: 'it must be an object' },
  null: { zh: '应为空值（null）', en: 'it must be null' },
};
const FEN: Bilingual = {
  zh: '应为整数，以分为单位（1 元写作 100）',
  en: 'it must be a whole number of fen (1 yuan is 100)',
};

function wantedOf(found: Found, path: FieldPath, schema: z.ZodType | undefined): Bilingual {
  switch (found.code) {
    case 'invalid_type': {
      const range = wholeIn(schema);
      if (range) return range;
      const key = path.findLast((step) => typeof step === 'string') ?? '';
      const isFen = (found.expected === 'int' || found.expected === 'number') && key.endsWith('Fen');
      return withExample(isFen ? FEN : (TYPES[found.expected] ?? OTHER_FORM), schema);
    }
    case 'too_big':
      return bounded(found.origin, found.maximum, found.inclusive ?? true, LARGEST);
    case 'too_small':
      if (found.origin === 'string' && found.minimum === 1) return { zh: '不能为空白', en: 'It must not be blank' };
      return bounded(found.origin, found.minimum, found.inclusive ?? true, SMALLEST);
    case 'invalid_format':
      if (found.format === 'uuid') return { zh: '应为编号（UUID）', en: 'It must be an id (UUID)' };
      return WORDS.get(found.pattern ?? '') ?? withExample(OTHER_FORM, schema);
    case 'not_multiple_of':
      return { zh: `应为 ${found.divisor} 的整数倍`, en: `It must be a multiple of ${found.divisor}` };
    case 'invalid_union': {
      const types = found.errors.flat().flatMap((each) => (each.code === 'invalid_type' ? [each.expected] : []));
      const wanted = [...new Set(types)].map((type) => TYPES[type] ?? OTHER_FORM);
      if (wanted.length === 0) return OTHER_FORM;
      return { zh: wanted.map(({ zh }) => zh).join('，或'), en: wanted.map(({ en }) => en).join(', or ') };
    }
    default:
      return withExample(OTHER_FORM, schema);
  }
}

/** Of a whole number in a path or a query, which comes as a text. */
function wholeIn(schema: z.ZodType | undefined): Bilingual | undefined {
  const { type, minimum, maximum } = (schema?.meta()?.['override'] ?? {}) as Readonly<Record<string, unknown>>;
  if (type !== 'integer') return undefined;
  return {
    zh: `应为 ${String(minimum)} 至 ${String(maximum)} 的整数`,
    en: `it must be a whole number from ${String(minimum)} to ${String(maximum)}`,
  };
}

const OTHER_FORM: Bilingual = { zh: '格式不正确', en: 'It is not well-formed' };

const LARGEST = {
  count: ['不得超过', 'at most'],
  number: ['不得大于', 'at most'],
  open: ['应小于', 'less than'],
} as const;
const SMALLEST = {
  count: ['至少', 'at least'],
  number: ['不得小于', 'at least'],
  open: ['应大于', 'more than'],
} as const;

function bounded(
  origin: string,
  limit: number | bigint,
  inclusive: boolean,
  { count, number, open }: typeof LARGEST | typeof SMALLEST,
): Bilingual {
  if (origin === 'string')
    return { zh: `${count[0]} ${limit} 个字`, en: `It must have ${count[1]} ${limit} characters` };
  if (origin === 'array') return { zh: `${count[0]} ${limit} 项`, en: `It must have ${count[1]} ${limit} items` };
  const [zh, en] = inclusive ? number : open;
  return { zh: `${zh} ${limit}`, en: `It must be ${en} ${limit}` };
}

function withExample({ zh, en }: Bilingual, schema: z.ZodType | undefined): Bilingual {
  const example: unknown = schema?.meta()?.example;
  if (typeof example !== 'string' && typeof example !== 'number') return { zh, en };
  const isAscii = /^[\x20-\x7e]*$/.test(String(example));
  return { zh: `${zh}，如 ${example}`, en: isAscii ? `${en}, such as ${example}` : en };
}

function ruleOf(issue: Found): string {
  switch (issue.code) {
    case 'too_big':
      return `maximum ${String(issue.maximum)}`;
    case 'too_small':
      return `minimum ${String(issue.minimum)}`;
    case 'invalid_format':
      return issue.format;
    case 'invalid_type':
      return issue.expected;
    default:
      return issue.code;
  }
}
