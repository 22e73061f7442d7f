import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { Rule, RuleRow } from '../domain/law/rule.ts';
import { EARLIER_RULEBOOKS } from '../domain/law/earlier.ts';
import { hasPeriod } from '../domain/law/due.ts';
import { RULES } from '../domain/law/rulebook.ts';

const domain = resolve(import.meta.dirname, '../domain');
/** The calculation; what judges an act (deposits, documents, bids, openings, corrections), writes or describes a tender, or imports a year runs only on the server. */
export const CALCULATES =
  /^(?!suspended|pauses|decisions|subjects|outages|durations|roles|amount-units|capitals|clock-jump|notices\/(?:correct|kinds|opening-record)|law\/(?:calendar-growth|off-platform|statutory-)|organisations\/duties)(?:[\w-]+|(?:law|notices|organisations)\/.*)\.ts$/;

/** Fields that only explain a rule. Of a rule with a period, its title and breach are not among them: a timeline shows them. */
const explains = (rule: Rule | RuleRow, field: string): boolean => {
  if (field === 'nameZh' || field === 'breach') return rule.kind !== 'time_limit' && !hasPeriod(rule as Rule);
  return ['quote', 'notes', 'items', 'suspends'].includes(field);
};

const fieldsOf = (rule: Rule | RuleRow, explaining: boolean): object =>
  Object.fromEntries(Object.entries(rule).filter(([field]) => explains(rule, field) === explaining));

/** A file of rules without the texts; by columns, since similar values compress best next to each other. */
const withoutTexts: Plugin = {
  name: 'rules-without-texts',
  setup: (building) =>
    building.onLoad({ filter: /[\\/]domain[\\/]law[\\/]rules[\\/].+\.ts$/ }, async ({ path }) => ({
      contents: Object.entries((await import(path)) as Record<string, readonly RuleRow[]>)
        .map(([name, rows]) => `export const ${name} = ${byColumns(rows.map((row) => fieldsOf(row, false)))};`)
        .join('\n'),
    })),
};

/** An expression for the rows: a column for each field, with a hole where a row has none. */
function byColumns(rows: readonly object[]): string {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const column = (field: string): string =>
    rows.map((row) => (field in row ? JSON.stringify(row[field as keyof object]) : '')).join();
  const columns = fields.map((field) => `${field}:[${column(field)}]`).join();
  return `((columns) => Array.from({ length: ${rows.length} }, (_, at) => {
    const row = {};
    for (const field in columns) if (at in columns[field]) row[field] = columns[field][at];
    return row;
  }))({${columns}})`;
}

export interface BrowserBuild {
  /** The calculation of `domain/`, each export by its name; its rules without their texts. */
  readonly reckoning: string;
  /** Imported for its side effect: adds the texts to the rules of the calculation beside it. */
  readonly texts: string;
}

/** Writes the calculation of `domain/` as two ECMAScript modules for a browser; returns their paths. */
export async function buildForBrowser(folder: string): Promise<BrowserBuild> {
  const files = readdirSync(domain, { recursive: true, encoding: 'utf8' }).filter((file) => CALCULATES.test(file));
  const reckoning = join(folder, 'reckoning.js');
  await build({
    stdin: { contents: files.map((file) => `export * from './${file}';`).join('\n'), resolveDir: domain },
    bundle: true,
    minify: true,
    charset: 'utf8',
    format: 'esm',
    platform: 'browser',
    outfile: reckoning,
    plugins: [withoutTexts],
  });
  const texts = join(folder, 'texts.js');
  // By id, not by position: a cache may hold one of the two from an earlier rulebook.
  const byId = Object.fromEntries(RULES.map((rule) => [rule.id, fieldsOf(rule, true)]));
  const earlier = EARLIER_RULEBOOKS.map(({ version, rules }) => [
    version,
    Object.fromEntries(rules.map((row) => [row.id, fieldsOf(row, true)])),
  ]);
  writeFileSync(
    texts,
    `import{RULES,EARLIER_RULEBOOKS,getRule,pinnedRule}from'./reckoning.js';const texts=${JSON.stringify(byId)};for(const rule of RULES)Object.assign(rule,texts[rule.id]);
const earlier=new Map(${JSON.stringify(earlier)});for(const{version,rules}of EARLIER_RULEBOOKS)for(const{id}of rules)Object.assign(getRule(pinnedRule(id,version)),earlier.get(version)?.[id]);`,
  );
  return { reckoning, texts };
}
