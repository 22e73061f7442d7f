import type { createDocument } from 'zod-openapi';
import { labelsOf, nameOf, placesOf, type FieldPath, type Places } from '../../../domain/fields/field.ts';

export type ApiDocument = ReturnType<typeof createDocument>;

/** As far as names need it. */
interface Schema {
  $ref?: string;
  title?: string;
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  'x-labels'?: Record<string, string>;
}

/** A field of the document: in what it is, where, and its schema. */
export interface DocumentedField {
  readonly operation: string;
  readonly part: 'parameter' | 'request' | 'answer';
  readonly path: FieldPath;
  readonly places: Places;
  readonly schema: Schema;
  /** The values that it can have, or that its elements can have. */
  readonly values: readonly unknown[] | null;
}

interface Media {
  content?: Record<string, { schema?: Schema }>;
}
interface Operation {
  operationId?: string;
  parameters?: { name?: string; schema?: Schema }[];
  requestBody?: Media;
  responses?: Record<string, Media>;
}

/** Gives every field its Chinese and English name (`title`), and the values of a choice their Chinese ones (`x-labels`). */
export function withFieldNames(document: ApiDocument): ApiDocument {
  const named = structuredClone(document);
  for (const { path, places, schema, values } of fieldsIn(named)) {
    const name = nameOf(path, places);
    if (name) schema.title = name.join(' / ');
    const labels = values && labelsOf(path, places);
    const known =
      labels && values.flatMap((value) => (labels[String(value)] ? [[String(value), labels[String(value)]]] : []));
    if (known && known.length > 0) schema['x-labels'] = Object.fromEntries(known) as Record<string, string>;
  }
  return named;
}

/**
 * Every field of parameters, requests and answers; one of a shared schema each time that it is reached, with the id of the
 * schema as its nearest place.
 */
export function* fieldsIn(document: ApiDocument): Generator<DocumentedField> {
  const shared = (document.components?.schemas ?? {}) as Record<string, Schema>;
  for (const [address, operations] of Object.entries(document.paths ?? {})) {
    const places = placesOf(address.replace(/^\/api/, ''));
    for (const operation of Object.values(operations as Record<string, Operation>)) {
      const about = { operation: operation.operationId ?? address, places };
      for (const { name, schema } of operation.parameters ?? []) {
        if (name !== undefined && schema)
          yield { ...about, part: 'parameter', path: [name], schema, values: valuesIn(schema, shared) };
      }
      yield* inMedia(operation.requestBody, { ...about, part: 'request' }, shared);
      for (const [status, answer] of Object.entries(operation.responses ?? {}))
        if (Number(status) < 400) yield* inMedia(answer, { ...about, part: 'answer' }, shared);
    }
  }
}

type About = Pick<DocumentedField, 'operation' | 'part' | 'places'>;

function* inMedia(media: Media | undefined, about: About, shared: Record<string, Schema>): Generator<DocumentedField> {
  for (const { schema } of Object.values(media?.content ?? {}))
    if (schema) yield* inSchema(schema, [], about, shared, []);
}

function* inSchema(
  given: Schema,
  path: FieldPath,
  from: About,
  shared: Record<string, Schema>,
  above: readonly Schema[],
): Generator<DocumentedField> {
  const schema = resolved(given, shared);
  if (above.includes(schema)) return;
  const within = [...above, schema];
  const about = schema === given ? from : { ...from, places: [idOf(given), ...from.places] };
  for (const [key, field] of Object.entries(schema.properties ?? {})) {
    yield { ...about, path: [...path, key], schema: field, values: valuesIn(field, shared) };
    yield* inSchema(field, [...path, key], about, shared, within);
  }
  const elements = [
    schema.items,
    typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined,
  ];
  for (const element of elements) if (element) yield* inSchema(element, [...path, 0], about, shared, within);
  for (const choice of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])])
    yield* inSchema(choice, path, about, shared, within);
}

/** Of a shared schema. */
const idOf = ({ $ref = '' }: Schema): string => $ref.split('/').at(-1) ?? '';

const resolved = (schema: Schema, shared: Record<string, Schema>): Schema =>
  schema.$ref === undefined ? schema : (shared[idOf(schema)] ?? schema);

function valuesIn(given: Schema, shared: Record<string, Schema>): readonly unknown[] | null {
  const schema = resolved(given, shared);
  if (schema.enum) return schema.enum;
  if (schema.items) return valuesIn(schema.items, shared);
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(
    (choice) => valuesIn(choice, shared) ?? (choice.const === undefined ? [] : [choice.const]),
  );
  return choices.length > 0 ? choices : null;
}
