import { isSecret, labelsOf, nameOf, placesOf, type FieldPath, type Places } from '../../domain/fields/field.ts';
import { openApiDocument } from '../../api/http/openapi.ts';
import type { Route } from '../../api/http/route.ts';
import { fen, id, instant, instantOrDay } from '../../api/http/schemas.ts';
import type { Lang } from '../http/language.ts';

// The fields of a request, as a form shows them: read from the description that the API gives of itself, so that a form has what the act asks.

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export type FieldKind =
  | 'text'
  | 'secret'
  | 'prose'
  | 'money'
  | 'instant'
  | 'day'
  | 'number'
  | 'boolean'
  | 'choice'
  | 'choices'
  | 'lines'
  | 'object'
  | 'list'
  | 'json';

export interface FormField {
  /** The last step of its path. */
  readonly key: string;
  readonly kind: FieldKind;
  readonly label: Readonly<Record<Lang, string>>;
  readonly hint: Readonly<Record<Lang, string>>;
  readonly wanted: boolean;
  readonly nullable: boolean;
  /** Of a choice: its values, and what they are called in Chinese. */
  readonly choices: readonly { readonly value: string; readonly zh: string }[];
  /** Whether the elements of `choices` or `lines`, or the value of a choice, are numbers. */
  readonly numeric: boolean;
  readonly initial: unknown;
  /** Of an object, and of the elements of a list. */
  readonly fields: readonly FormField[];
}

interface Operation {
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly parameters?: readonly {
    readonly name?: string;
    readonly in?: string;
    readonly required?: boolean;
    readonly schema?: Schema;
  }[];
}
interface Document {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

const document = (): Document => openApiDocument() as unknown as Document;

const known = new Map<Route, FormField | null>();

/** The body of a request, as one object; null: it has none that a form could make. */
export function bodyFields(spec: Route): FormField | null {
  const found = known.get(spec);
  if (found !== undefined) return found;
  const operation = document().paths?.[`/api${spec.path}`]?.[spec.method];
  const schema = operation?.requestBody?.content?.['application/json']?.schema;
  const read = schema ? fieldOf('', schema, { path: [], places: placesOf(spec.path), wanted: true }) : null;
  known.set(spec, read);
  return read;
}

/** What may be given in the address of a read, or beside a file. */
export function queryFields(spec: Route): readonly FormField[] {
  const operation = document().paths?.[`/api${spec.path}`]?.[spec.method];
  return (operation?.parameters ?? [])
    .filter((each) => each.in === 'query' && each.schema !== undefined)
    .map(({ name = '', schema = {}, required = false }) =>
      fieldOf(name, schema, { path: [name], places: placesOf(spec.path), wanted: required }),
    );
}

interface At {
  readonly path: FieldPath;
  readonly places: Places;
  readonly wanted: boolean;
}

const schemaNamed = (ref: string): Schema => document().components?.schemas?.[ref.split('/').at(-1) ?? ''] ?? {};

/** Without references and alternatives: those of an object are one object of all their fields. */
function plain(given: Schema, places: Places): { schema: Schema; places: Places; nullable: boolean } {
  if (given.$ref !== undefined) {
    const target = plain(schemaNamed(given.$ref), [given.$ref.split('/').at(-1) ?? '', ...places]);
    return {
      ...target,
      schema: { ...target.schema, ...(given.description ? { description: given.description } : {}) },
    };
  }
  const options = given.anyOf ?? given.oneOf ?? given.allOf;
  if (!options) {
    const types = Array.isArray(given.type) ? (given.type as string[]) : [];
    if (types.length === 0) return { schema: given, places, nullable: false };
    const [type = 'string'] = types.filter((each) => each !== 'null');
    return { schema: { ...given, type }, places, nullable: types.includes('null') };
  }
  const read = options.map((each) => plain(each, places));
  const some = read.filter(({ schema }) => schema.type !== 'null');
  const nullable = some.length < read.length || some.some((each) => each.nullable);
  const [first] = some;
  const own = given.description === undefined ? {} : { description: given.description };
  if (!first) return { schema: given, places, nullable };
  if (some.length === 1)
    return {
      schema: { ...first.schema, ...own, ...(given.default === undefined ? {} : { default: given.default }) },
      places: first.places,
      nullable,
    };
  return { schema: { ...merged(some.map(({ schema }) => schema)), ...own }, places: first.places, nullable };
}

function merged(options: readonly Schema[]): Schema {
  if (options.every(({ properties }) => properties !== undefined)) {
    const properties: Record<string, Schema> = {};
    for (const option of options)
      for (const [key, field] of Object.entries(option.properties ?? {}))
        properties[key] = properties[key] === undefined ? field : eitherOf(properties[key], field);
    const [first, ...rest] = options.map(({ required = [] }) => required);
    return {
      type: 'object',
      properties,
      required: (first ?? []).filter((key) => rest.every((keys) => keys.includes(key))),
    };
  }
  const values = options.flatMap((option) => option.enum ?? (option.const === undefined ? [] : [option.const]));
  if (values.length >= options.length) return { type: options[0]?.type ?? 'string', enum: values };
  return options.find(({ type }) => type === 'string') ?? { type: 'string' };
}

const isComposed = ({ properties, anyOf, oneOf }: Schema): boolean =>
  [properties, anyOf, oneOf].some((each) => each !== undefined);

/** Of a field that two alternatives have: each of its values, or of its own fields. */
function eitherOf(one: Schema, other: Schema): Schema {
  if (isComposed(one) && isComposed(other)) return { anyOf: [one, other] };
  const values = [one, other].flatMap((each) => each.enum ?? (each.const === undefined ? [] : [each.const]));
  return values.length > 1 ? { ...one, const: undefined, enum: [...new Set(values)] } : one;
}

function fieldOf(key: string, given: Schema, { path, places, wanted }: At): FormField {
  const { schema, places: own, nullable } = plain(given, places);
  const element = schema.items && plain(schema.items, own);
  const kind = kindOf(key, path, schema, element?.schema);
  const names = nameOf(path, own) ?? [key, key];
  const hint = said(schema.description ?? given.description);
  const values = choicesOf(kind === 'choices' ? (element?.schema ?? {}) : schema);
  const labels = labelsOf(path, own);
  const within = kind === 'list' ? element : { schema, places: own };
  return {
    key,
    kind,
    label: { zh: names[0], en: names[1] },
    hint,
    wanted: wanted && given.default === undefined && schema.default === undefined,
    nullable,
    choices: values.map((value) => ({ value: String(value), zh: labels?.[String(value)] ?? String(value) })),
    numeric:
      (kind === 'choices' || kind === 'lines' ? element?.schema.type : (schema.type ?? typeof values[0])) ===
        'integer' || typeof values[0] === 'number',
    initial: given.default ?? schema.default,
    fields: Object.entries(within?.schema.properties ?? {}).map(([name, field]) =>
      fieldOf(name, field, {
        path: kind === 'list' ? [...path, 0, name] : [...path, name],
        places: within?.places ?? own,
        wanted: within?.schema.required?.includes(name) ?? false,
      }),
    ),
  };
}

const choicesOf = ({ enum: values, const: only }: Schema): readonly unknown[] =>
  values ?? (only === undefined ? [] : [only]);

function kindOf(key: string, path: FieldPath, schema: Schema, element: Schema | undefined): FieldKind {
  if (path.length > 0 && isSecret(path)) return 'secret';
  if (schema.properties) return 'object';
  if (element) {
    if (choicesOf(element).length > 0) return 'choices';
    if (element.properties) return 'list';
    return element.type === 'string' || element.type === 'integer' ? 'lines' : 'json';
  }
  if (choicesOf(schema).length > 0) return 'choice';
  switch (schema.type) {
    case 'boolean':
      return 'boolean';
    case 'integer':
    case 'number':
      return key.endsWith('Fen') ? 'money' : 'number';
    case 'string':
      if (schema.format === 'date-time') return 'instant';
      if (schema.format === 'date') return 'day';
      return (schema.maxLength ?? 0) > 200 ? 'prose' : 'text';
    default:
      return 'json';
  }
}

/** What descriptions say to who writes a program: a form takes yuan, names and civil time. */
const FOR_PROGRAMS: ReadonlySet<string | undefined> = new Set(
  [fen, id, instant, instantOrDay].map((schema) => schema.meta()?.description),
);

/** `中文 / English`, as descriptions are written; what is left empty is `null` in a request. */
function said(description: string | undefined): Readonly<Record<Lang, string>> {
  if (FOR_PROGRAMS.has(description)) return { zh: '', en: '' };
  const parts = (description ?? '').split(' / ');
  // English begins where no Chinese follows: lists in a description have the same mark.
  const from = parts.findIndex((_, index) => index > 0 && !/[\u4e00-\u9fff]/.test(parts.slice(index).join('')));
  const [zh, en] =
    from < 0 ? [description ?? '', ''] : [parts.slice(0, from).join(' / '), parts.slice(from).join(' / ')];
  // What is said in Chinese alone is said to nobody else.
  const english = en === '' && !/[\u4e00-\u9fff]/.test(zh) ? zh : en;
  return { zh: zh.replaceAll(/\bnull\b/g, '不填'), en: english.replaceAll(/\bnull\b/g, 'empty') };
}
