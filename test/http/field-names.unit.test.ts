import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { issuesOf } from '../../api/http/fields/issues.ts';
import { openApiDocument } from '../../api/http/openapi.ts';
import { fieldsIn } from '../../api/http/fields/openapi-names.ts';
import { problemOf } from '../../api/http/problems.ts';
import { isSecret, labelsOf, nameOf, pathOf, pathText, placesOf, saidField } from '../../domain/fields/field.ts';
import { VALUE_LABELS } from '../../domain/fields/labels.ts';
import { FIELD_NAMES, SECRET_FIELDS } from '../../domain/fields/names.ts';
import { badInput } from '../../domain/issues.ts';
import { RULES } from '../../domain/law/rulebook.ts';

const HAN = /\p{Script=Han}/u;
const FIELDS = [...fieldsIn(openApiDocument())];
const ASKED = FIELDS.filter(({ part }) => part !== 'answer');
const last = (text: string): string =>
  pathOf(text.split('/').at(-1) ?? '')
    .at(-1)
    ?.toString() ?? '';

/** Fields that errors name, as the sources write them. */
const REFUSED = [
  ...new Set(
    ['domain', 'services', 'api'].flatMap((folder) =>
      readdirSync(folder, { recursive: true })
        .map((file) => join(folder, String(file)))
        .filter((file) => file.endsWith('.ts') && !file.startsWith(join('domain', 'fields')))
        .flatMap((file) =>
          [...readFileSync(file, 'utf8').matchAll(/\bfield: (?:[^'`\n]*\? )?['`]([A-Za-z][^'`]*)['`]/g)].map(
            ([, field = '']) => field.replaceAll(/\$\{[^}]*\}/g, '0'),
          ),
        ),
    ),
  ),
].sort();

describe('every field has one name, in Chinese and English', () => {
  it('in requests and answers, and the document shows it', () => {
    const nameless = FIELDS.filter(({ path, places, schema }) => {
      const [zh, en] = nameOf(path, places) ?? ['', ''];
      return !HAN.test(zh) || en === '' || HAN.test(en) || schema.title !== `${zh} / ${en}`;
    });
    expect(nameless.map(({ operation, path }) => `${operation}: ${pathText(path)}`)).toEqual([]);
  });

  it('where an error names it: a field of a request or an answer', () => {
    expect(REFUSED.length).toBeGreaterThan(60);
    const known = new Set(FIELDS.map(({ path }) => String(path.at(-1))));
    const keys = (field: string) => pathOf(field.replaceAll('*', '0')).filter((step) => typeof step === 'string');
    const strange = REFUSED.filter((field) => !keys(field).every((key) => known.has(key)));
    // Headers of RFC 9110; what is sent whole, set, or uploaded.
    const others = ['Content-Encoding', 'Range', 'body', 'depositRates', 'documents'];
    expect(strange).toEqual(others);
    // What a scheme states has its names in the place of its own schema.
    const placesIn = (field: string) => (field.startsWith('scheme') ? ['Scheme'] : []);
    expect(REFUSED.filter((field) => !nameOf(keys(field), placesIn(field)))).toEqual([]);
  });

  it('a name is that of one field only: another spelling is another field', () => {
    const identifiers = new Map<string, Set<string>>();
    for (const [key, [zh]] of Object.entries(FIELD_NAMES)) {
      // A notice published elsewhere, and a table of a catalogue, come with the names of their files.
      if (key.startsWith('law/audit/') || key.startsWith('catalogue-file/')) continue;
      identifiers.set(zh, (identifiers.get(zh) ?? new Set()).add(last(key)));
    }
    // Within what it belongs to a field needs no noun: the `no` of a lot is the `lotNo` of a bid.
    const isShorter = (a: string, b: string): boolean => b.toLowerCase().endsWith(a.toLowerCase());
    const twice = [...identifiers].filter(([, keys]) => {
      const [first = '', ...others] = [...keys].toSorted((a, b) => a.length - b.length);
      return !others.every((other) => isShorter(first, other));
    });
    expect(twice.map(([zh, keys]) => `${zh}: ${[...keys].join(', ')}`)).toEqual([]);
  });

  it('in a request no name says nothing, or belongs to another noun', () => {
    const nouns: Readonly<Record<string, RegExp>> = {
      列表: /^$/,
      密封条件: /Sealing/,
      抽取各方: /Draw/,
      投标人的答复: /Requests/,
      标段号: / no$| \S*lot/i,
      项目类别: /^[a-z]+(?:Procurements(?:Check|Id)? |Law|Catalogue|OffPlatform)/,
      品目编码: /Procurements|Law|Catalogue|OffPlatform/,
    };
    const foreign = ASKED.filter(({ path, places, operation }) => {
      const noun = nouns[nameOf(path, places)?.[0] ?? ''];
      return noun !== undefined && !noun.test(`${operation} ${pathText(path)}`);
    });
    expect(foreign.map(({ operation, path }) => `${operation}: ${pathText(path)}`)).toEqual([]);
  });

  it('a schema that several answers share has the same names in all of them', () => {
    const names = new Map<object, Set<string>>();
    for (const { path, places, schema } of FIELDS)
      names.set(schema, (names.get(schema) ?? new Set()).add(nameOf(path, places)?.[0] ?? ''));
    expect([...names.values()].filter((each) => each.size > 1).map((each) => [...each])).toEqual([]);
  });

  it('an answer that refuses it has one name for it, in the sentence and in the list', () => {
    const twoNames = ASKED.flatMap(({ operation, path, places }) => {
      const field = pathText(path);
      const error = badInput([{ field, rule: 'form', messageZh: '格式不正确', messageEn: 'It is not well-formed' }]);
      const problem = problemOf(error, '', { places, valueOf: () => undefined });
      const { fieldZh, fieldEn } = problem.issues?.[0] ?? {};
      const isOne =
        problem.messageZh === `${fieldZh}（${field}）：格式不正确` &&
        problem.messageEn === `${fieldEn} (${field}): It is not well-formed`;
      return isOne ? [] : [`${operation}: ${field}: ${problem.messageZh}`];
    });
    expect(twoNames).toEqual([]);
    const entry = {
      field: 'entries[0].code',
      rule: 'form',
      messageZh: '格式不正确',
      messageEn: 'It is not well-formed',
    };
    expect(problemOf(badInput([entry]), '', { places: placesOf('/catalogue'), valueOf: () => 5 }).messageZh).toMatch(
      /^第1个目录品目的品目编码（entries\[0\]\.code）/,
    );
  });

  it('one that is not there has no name: `x` is that of a public key elsewhere', () => {
    const schema = z.strictObject({});
    const { error } = schema.safeParse({ x: 1 }, { reportInput: true });
    const problem = problemOf(badInput(error ? issuesOf(error, { schema }) : []), '');
    expect(problem).toMatchObject({ messageZh: 'x：没有这一项，请删去', issues: [{ field: 'x', fieldZh: 'x' }] });
  });

  it('the place in a list is part of it', () => {
    expect(saidField('lots[1].budgetFen').zh).toBe('第2个标段的预算金额（lots[1].budgetFen）');
    expect(saidField('lots.1.budgetFen').zh).toContain('第2个标段的预算金额');
    expect(saidField('bidDeadline').zh).toBe('投标截止时间（bidDeadline）');
    expect(saidField('particulars.qualifications').zh).toContain('投标人资格要求');
    expect(saidField('Idempotency-Key').zh).toBe('幂等键（Idempotency-Key）');
    expect(saidField('kind', ['documents']).zh).toBe('文件种类（kind）');
  });
});

describe('every value that may be chosen has a Chinese name', () => {
  it('in requests', () => {
    // A rule is named by the rulebook.
    const rules = new Set<unknown>(RULES.map(({ id }) => id));
    const nameless = ASKED.flatMap(({ operation, path, places, values }) =>
      (values ?? [])
        .filter((value) => !rules.has(value) && !HAN.test(labelsOf(path, places)?.[String(value)] ?? ''))
        .map((value) => `${operation}: ${pathText(path)} ${String(value)}`),
    );
    expect(nameless).toEqual([]);
  });

  it('and none is named that cannot be chosen', () => {
    const chosen = new Map<object, Set<string>>();
    for (const { path, places, values } of FIELDS) {
      const labels = values && labelsOf(path, places);
      if (!labels) continue;
      const known = chosen.get(labels) ?? new Set();
      for (const value of values) known.add(String(value));
      chosen.set(labels, known);
    }
    expect(
      Object.entries(VALUE_LABELS)
        .filter(([, labels]) => !chosen.has(labels))
        .map(([key]) => key),
    ).toEqual([]);
  });
});

it('what could be a secret is named as one, and nothing else is', () => {
  const names = new Set(ASKED.map(({ path }) => String(path.at(-1))));
  const looksSecret = [...names].filter((name) =>
    /password|token|^share$|secret|signature|key$|^oneTimeCode$|^returned$/i.test(name),
  );
  // The ids of a milestone and of a public key are public, and so is whether a price is shown.
  expect(looksSecret.filter((name) => name !== 'key' && name !== 'priceSecret').sort()).toEqual(
    [...SECRET_FIELDS].filter((name) => names.has(name)).sort(),
  );
  expect(isSecret(['newPassword'])).toBe(true);
  expect(isSecret(['lots', 0, 'title'])).toBe(false);
});
