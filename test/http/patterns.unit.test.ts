import Ajv from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { civilDate, instant, instantOrDay, line, prose, secret, whole, words } from '../../api/http/schemas.ts';

// What the document says of a text, and what the server takes, are one thing.

const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: true });

/** As zod-openapi writes it: `override` in the place of what cannot be said by itself. */
function documented(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { override, ...meta } = (z.globalRegistry.get(zodSchema) ?? {}) as { override?: object };
      Object.assign(jsonSchema, meta, override);
      if (override && 'maxLength' in jsonSchema && !('maxLength' in override)) delete jsonSchema.maxLength;
    },
  });
}

const DIGITS = fc.stringMatching(
  /^(?:19|20|21|00|99|22)[0-9]{2}-[01][0-9]-[0-3][0-9](?:T[0-2][0-9]:[0-6][0-9](?::[0-6][0-9](?:\.[0-9]{1,4})?)?(?:Z|[+-][01][0-9]:[0-6][0-9])?)?$/,
);
/** Blanks of every kind, controls, characters of two code units. */
const AWKWARD = fc.string({
  unit: fc.constantFrom(
    'a',
    '字',
    '𠮷',
    '😀',
    ' ',
    '\t',
    '\n',
    '\r',
    '\0',
    '\x7f',
    '\x85',
    '\x1c',
    '\u00a0',
    '\u3000',
    '\ufeff',
    '\u2028',
    '\u200b',
  ),
  maxLength: 14,
});
const NUMBERS = fc.oneof(
  fc.integer({ min: -2, max: 1200 }).map(String),
  fc.constantFrom('', '0x1', '1e1', '01', '1.0', ' 1', '+1'),
);

describe.each([
  ['instant', instant, fc.oneof(DIGITS, AWKWARD)],
  ['instantOrDay', instantOrDay, fc.oneof(DIGITS, AWKWARD)],
  ['civilDate', civilDate, fc.oneof(DIGITS, AWKWARD)],
  ['line', line(10), AWKWARD],
  ['prose', prose(10), AWKWARD],
  ['words', words(10), AWKWARD],
  ['secret', secret(4), AWKWARD],
] as const)('%s', (_name, schema, texts) => {
  const valid = ajv.compile(documented(schema));

  it('takes what its document allows, and nothing else', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect([text, schema.safeParse(text).success]).toEqual([text, valid(text)]);
      }),
      { numRuns: 500 },
    );
  });
});

it('whole numbers have one spelling', () => {
  const schema = whole(1, 999);
  fc.assert(
    fc.property(NUMBERS, (text) => {
      const isNumber = /^(?:0|[1-9]\d*)$/.test(text) && Number(text) >= 1 && Number(text) <= 999;
      expect([text, schema.safeParse(text).success]).toEqual([text, isNumber]);
    }),
  );
});

it.each(['2024-02-29', '2000-02-29', '1900-01-01', '2199-12-31'])('%s is a day', (day) => {
  expect([civilDate.safeParse(day).success, instantOrDay.safeParse(day).success]).toEqual([true, true]);
});

it.each(['2023-02-29', '1900-02-29', '2100-02-29', '0000', '0000-01-01', '9999-12-31', '1899-12-31', '2200-01-01'])(
  '%s is none that a tender has',
  (day) => {
    expect([civilDate.safeParse(day).success, instantOrDay.safeParse(day).success]).toEqual([false, false]);
  },
);
