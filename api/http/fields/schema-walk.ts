import * as z from 'zod';
import type { FieldPath } from '../../../domain/fields/field.ts';

// Reads a schema as it was written: which fields it has, and of which values one must be.

/** Without what makes it optional, gives it a default, or transforms what was read. Metadata of the outermost is kept. */
function inner(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly)
    return inner(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return inner(schema.unwrap() as z.ZodType);
  if (!(schema instanceof z.ZodPipe)) return schema;
  const [first, then] = [schema.in as z.ZodType, schema.out as z.ZodType];
  return inner(first instanceof z.ZodTransform ? then : first);
}

/** The schema of a field; undefined where there is none. */
export function schemaAt(schema: z.ZodType, path: FieldPath): z.ZodType | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return schema;
  const next = typeof step === 'number' ? elementOf(schema) : shapeOf(schema)?.[step];
  return next && schemaAt(next, rest);
}

function elementOf(schema: z.ZodType): z.ZodType | undefined {
  const list = inner(schema);
  return list instanceof z.ZodArray ? (list.element as z.ZodType) : undefined;
}

/** The fields of an object, or of all that it may be one of. */
export function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | undefined {
  const object = inner(schema);
  if (object instanceof z.ZodObject) return object.shape;
  if (!(object instanceof z.ZodUnion)) return undefined;
  const all: Record<string, z.ZodType> = {};
  for (const option of object.options as z.ZodType[]) {
    for (const [key, field] of Object.entries(shapeOf(option) ?? {}))
      all[key] = all[key] ? z.union([all[key], field]) : field;
  }
  return Object.keys(all).length === 0 ? undefined : all;
}

/** The fixed values of which it must be one; undefined where it is no such choice. */
export function valuesOf(schema: z.ZodType): readonly (string | number | boolean)[] | undefined {
  const choice = inner(schema);
  if (choice instanceof z.ZodEnum) return choice.options;
  if (choice instanceof z.ZodLiteral) return [...choice.values] as (string | number | boolean)[];
  if (!(choice instanceof z.ZodUnion)) return undefined;
  const each = (choice.options as z.ZodType[]).map(valuesOf);
  return each.every((values) => values !== undefined) ? each.flat() : undefined;
}
