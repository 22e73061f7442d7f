import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { LAWS, type Law, type LawName } from '../../../domain/law/laws.ts';
import { RULE_USES, type Rule, type RuleRow } from '../../../domain/law/rule.ts';
import { RULES } from '../../../domain/law/rulebook.ts';

// `npx tsx test/law/rows/take-over.ts FILE.jsonl…` compares rows read in the texts of the laws with the rulebook in code: it
// prints, as code, each row that is missing, and of each other the fields in which the two differ.

/** A row as it was read, one a line. */
export interface ReadRow {
  readonly id: string;
  readonly kind: Rule['kind'];
  readonly name_zh: string;
  readonly applies_to: Rule['appliesTo'];
  readonly from_event?: string | null;
  readonly to_event?: string | null;
  readonly bound: Rule['bound'];
  readonly amount?: number | readonly [number, number] | null;
  readonly unit?: Rule['unit'] | null;
  readonly direction?: Rule['direction'] | null;
  readonly breach_effect?: string | null;
  readonly suspends?: string | null;
  readonly items?: readonly string[] | null;
  readonly law: LawName;
  readonly article: string;
  readonly effective_from?: string | null;
  readonly amended_text_from?: string | null;
  readonly effective_to?: string | null;
  readonly status: Rule['status'];
  readonly quote?: string | null;
  readonly notes?: string | null;
}

/** `use: block — refuse a late bid`: how software uses the row, and how. */
const USE = new RegExp(`^use: (${RULE_USES.join('|')})(?:/\\w+)?(?: — |[.;] ?)?`);
/** Of a lot without an award the project says that it fails. */
const SUSPENDS: Readonly<Record<string, string | undefined>> = { no: undefined, '—': undefined, stops: 'fails' };

export function rowOf(read: ReadRow): RuleRow {
  const law: Law | undefined = LAWS[read.law];
  const [prefix = '', use] = USE.exec(read.notes ?? '') ?? [];
  const notes = (read.notes ?? '')
    .slice(prefix.length)
    .trim()
    .replace(/^[a-z]/, (letter) => letter.toUpperCase());
  const suspends = read.suspends ?? 'no';
  const differs = (field: 'effectiveFrom' | 'amendedFrom', value: string | null | undefined) =>
    value && value !== law?.[field] ? { [field]: value } : {};
  const given = {
    id: read.id,
    kind: read.kind,
    use: use ?? null,
    nameZh: read.name_zh,
    appliesTo: read.applies_to,
    fromEvent: read.from_event,
    toEvent: read.to_event,
    bound: read.bound,
    amount: Array.isArray(read.amount) ? null : read.amount,
    range: Array.isArray(read.amount) ? read.amount : null,
    unit: read.unit,
    direction: read.direction,
    breach: read.breach_effect,
    suspends: suspends in SUSPENDS ? SUSPENDS[suspends] : suspends,
    items: read.items,
    law: read.law,
    article: read.article,
    ...differs('effectiveFrom', read.effective_from),
    ...differs('amendedFrom', read.amended_text_from),
    effectiveTo: read.effective_to,
    status: read.status,
    quote: read.quote,
    notes: notes === '' ? null : notes,
  };
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== null && value !== undefined),
  ) as unknown as RuleRow;
}

/** The row in code, as it would be written. */
function inCode(id: string): Readonly<Record<string, unknown>> | undefined {
  return RULES.find((rule) => rule.id === id) as Readonly<Record<string, unknown>> | undefined;
}

export function differencesOf(read: ReadRow): string[] {
  const [row, code] = [rowOf(read), inCode(read.id)];
  if (code === undefined) return [`missing: ${JSON.stringify(row)}`];
  return Object.entries(row)
    .filter(([field, value]) => JSON.stringify(code[field]) !== JSON.stringify(value))
    .map(([field, value]) => `${read.id}.${field}: ${JSON.stringify(code[field])}, read: ${JSON.stringify(value)}`);
}

export const readRows = (text: string): ReadRow[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as ReadRow);

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const file of process.argv.slice(2)) {
    for (const read of readRows(readFileSync(file, 'utf8'))) {
      for (const line of differencesOf(read)) process.stdout.write(`${line}\n`);
    }
  }
}
