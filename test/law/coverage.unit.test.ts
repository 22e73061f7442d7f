import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasPeriod } from '../../domain/law/due.ts';
import type { Rule } from '../../domain/law/rule.ts';
import { getRule, RULES } from '../../domain/law/rulebook.ts';
import type { DecisionKind } from '../../domain/decisions.ts';
import { PROCEDURE_DEFINITIONS } from '../../domain/procedures/index.ts';
import type { ProcedureRules } from '../../domain/procedures/procedure.ts';

const root = resolve(import.meta.dirname, '../..');
const KNOWN = new Set(RULES.map(({ id }) => id));
/** Written as an id is; whether it is one, `KNOWN` says. */
const TOKEN = /(?<![\w./-])[a-z][a-z0-9]*(?:-[a-z0-9]+)+(?![\w/-])/g;

const filesOf = (folder: string, ending: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** The rules that each file names, in code or, as `@rule`, in what is written beside code that applies one by its nature. */
function namedIn(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, string[]>();
  for (const file of files) {
    const ids = new Set((read(file).match(TOKEN) ?? []).filter((token) => KNOWN.has(token)));
    for (const id of ids) named.set(id, [...(named.get(id) ?? []), file]);
  }
  return named;
}

const product = [
  'activities',
  'api',
  'cli',
  'db',
  'domain',
  'engine',
  'imports',
  'services',
  'web',
  'workflows',
].flatMap((folder) => filesOf(folder, '.ts'));
/** Code that answers questions about rules. What only it names is computed on request, and used by no procurement. */
const ANSWERS = /^(api\/law|cli\/law|imports\/notices)\/|^domain\/law\/(audit|conflicts|due|outlook)\.ts$/;
const code = product.filter((file) => !file.startsWith('domain/law/rules/'));
const tests = filesOf('test', '.test.ts').filter((file) => !file.endsWith('law/coverage.unit.test.ts'));
const byCode = namedIn(code);
const byTests = namedIn(tests);

const USES = ['enforced', 'warned', 'computed on request', 'shown'] as const;
type Use = (typeof USES)[number];

/**
 * The use of a rule: named by a step of a procurement it blocks, times or computes, and only warns where its text was
 * not verified; a period that no step names is computed on request (`law due`); all others are shown (`law show`).
 */
function useOf(rule: Rule): { use: Use; where: readonly string[]; tests: readonly string[] } {
  const where = byCode.get(rule.id);
  const use = rule.status === 'RECALLED' ? 'warned' : 'enforced';
  if (where?.some((file) => !ANSWERS.test(file))) return { use, where, tests: byTests.get(rule.id) ?? [] };
  if (where || hasPeriod(rule)) {
    return {
      use: 'computed on request',
      where: where ?? ['domain/law/due.ts'],
      tests: byTests.get(rule.id) ?? ['test/law/rows/rulebook.unit.test.ts'],
    };
  }
  return {
    use: 'shown',
    where: ['cli/law/show.ts', 'api/law/routes.ts'],
    tests: ['test/law/rows/rulebook.unit.test.ts'],
  };
}

/** The steps of a procurement, in their order, and what holds for all of them. */
const STEPS = {
  choice: 'choice of the procedure 采购方式',
  draft: 'draft, launch and timeline 起草、发起、时间表',
  invitation: 'invitation 邀请',
  notices: 'notices 公告公示',
  documents: 'documents and amendments 文件、澄清修改',
  bids: 'bids 投标',
  deposits: 'deposits 保证金',
  opening: 'opening 开标',
  evaluation: 'evaluation 评标',
  award: 'award 定标',
  contract: 'contract and archive 合同、归档',
  grievances: 'objections and queries 异议、质疑',
  failure: 'failure and re-tender 失败、重新招标',
  termination: 'termination 终止',
  persons: 'who may take part 参与人',
  counting: 'counting of periods 期间计算',
} as const;
type Step = keyof typeof STEPS;

/** By what a definition (`domain/procedures`) uses a rule for, the step. */
const STEP_OF_RULE: Readonly<Record<keyof ProcedureRules, Step>> = {
  ...{ intention: 'notices', noticePeriod: 'notices', documents: 'documents', documentsFromIssue: 'documents' },
  ...{ bidPreparation: 'bids', amendment: 'documents', opening: 'opening', objectionDocuments: 'grievances' },
  ...{
    objectionDocumentsReply: 'grievances',
    minBidders: 'failure',
    minQualified: 'failure',
    minConforming: 'failure',
  },
  ...{ fewConforming: 'failure', committeeMin: 'evaluation', committeeMin7: 'evaluation' },
  ...{ committee7Budget: 'evaluation', committeeMinOpenFigure: 'evaluation', committeeOdd: 'evaluation' },
  ...{ committeeExperts: 'evaluation', candidatesMax: 'evaluation', candidatesMin: 'evaluation' },
  ...{ reportDelivery: 'evaluation', publicityStart: 'notices', publicity: 'notices', resultGrievance: 'grievances' },
  ...{ resultGrievanceReply: 'grievances', awardDecision: 'award', award: 'award', awardNotice: 'award' },
  ...{ awardAnnounce: 'award', awardNoticePeriod: 'award', contract: 'contract', contractPublication: 'contract' },
  ...{ contractFiling: 'contract', writtenReport: 'contract', writtenReportAlso: 'contract' },
  ...{ depositsLosers: 'deposits', depositsWinner: 'deposits', withdrawalRefund: 'deposits' },
  ...{ termination: 'termination', archive: 'contract', bidBondShare: 'deposits', performanceBond: 'deposits' },
  ...{ bidValidity: 'bids', bidValiditySet: 'documents', allRejected: 'failure', resultInvalid: 'failure' },
  ...{ lateBid: 'bids', unsealedBid: 'bids', incompleteBid: 'bids', notDecrypted: 'opening' },
  ...{ openingObjection: 'opening', openingPause: 'opening', openingRecord: 'opening', absentAtOpening: 'opening' },
  ...{ contractSuspension: 'contract', agencyMandate: 'persons' },
  ...{ purchaserNotBid: 'persons', agencyNotBid: 'persons', operatorNotBid: 'persons', relatedBidders: 'persons' },
  ...{ deemedCollusion: 'persons', lateWithdrawal: 'bids', documentsPrice: 'documents', contractTerms: 'contract' },
  ...{ contractInValidity: 'contract' },
  ...{ documentsWithResult: 'documents', lotBudgets: 'draft', ceiling: 'draft', committeeNotAtOpening: 'evaluation' },
};

const STEP_OF_ACT: Readonly<Record<DecisionKind, Step>> = {
  ...{ amend: 'documents', terminate: 'termination', report: 'evaluation', award: 'award', contract: 'contract' },
  ...{ recheck: 'evaluation', 'refuse-award': 'award', 'replace-winner': 'award' },
  ...{ 'publish-contract': 'contract', duty: 'contract', reply: 'grievances', correct: 'notices' },
  ...{
    'performance-bond': 'contract',
    'change-contract': 'contract',
    deliver: 'contract',
    accept: 'contract',
    pay: 'contract',
  },
};

/** By the file that names a rule, the step; of files that serve several, the definitions say it. */
const STEP_OF_FILE: readonly (readonly [RegExp, Step])[] = [
  [/^domain\/procedures\/choice\//, 'choice'],
  [/^(domain|services|api)\/(notices|off-platform)\//, 'notices'],
  [/^(domain|services|api)\/(documents|questions)\//, 'documents'],
  [/^(domain|services|api)\/(bids|uploads)\//, 'bids'],
  [/^(domain|services|api)\/deposits\//, 'deposits'],
  [/^(domain|services|api)\/openings\//, 'opening'],
  [/^(domain|services|api)\/(evaluation|committees|draws|experts)\//, 'evaluation'],
  [/^(domain|services|api)\/awards\//, 'award'],
  [/^(domain|services|api)\/contracts\//, 'contract'],
  [/^(domain|services|api)\/grievances\//, 'grievances'],
  [/^(domain|services|api)\/lots\//, 'failure'],
  [/^domain\/roles\.ts$/, 'bids'],
  [/^services\/procurements\/terminate\.ts$/, 'termination'],
  [/^(domain|services|api)\/(organisations|mandates|clues|accounts)\//, 'persons'],
  [/^domain\/law\/(calendar|period|roll|bounds|outlook|recount|pauses)|^domain\/(pauses|outages)\.ts$/, 'counting'],
  [/^(domain\/law|services\/(procurements|catalogue|calendar|tender)|domain\/procedures)\//, 'draft'],
];

/** What the definitions use a rule for. */
function stepsByDefinition(): ReadonlyMap<string, ReadonlySet<Step>> {
  const found = new Map<string, Set<Step>>();
  const add = (id: string | undefined, step: Step): void => {
    if (id !== undefined) found.set(id, (found.get(id) ?? new Set()).add(step));
  };
  for (const definition of PROCEDURE_DEFINITIONS) {
    const {
      rules,
      acts,
      grievances,
      failure,
      termination,
      evaluation,
      committee,
      deposits,
      offers,
      entry,
      corrections,
    } = definition;
    for (const id of [corrections.rule, ...Object.values(corrections.rules ?? {})]) add(id, 'notices');
    for (const [purpose, id] of Object.entries(rules)) add(id as string, STEP_OF_RULE[purpose as keyof ProcedureRules]);
    for (const [act, { rule }] of Object.entries(acts)) add(rule, STEP_OF_ACT[act as DecisionKind]);
    add(grievances.suspensionNotice, 'grievances');
    for (const { rule, reply, who, suspension } of [grievances.documents, grievances.result]) {
      add(rule, 'grievances');
      add(suspension, 'grievances');
      add(who, 'grievances');
      add(reply, 'grievances');
    }
    add(failure.rule, 'failure');
    add(failure.second?.rule, 'failure');
    for (const id of idsIn([
      grievances.letter,
      grievances.interested,
      grievances.replyContents,
      grievances.complaint,
    ])) {
      add(id, 'grievances');
    }
    add(termination.rule, 'termination');
    add(evaluation.rule, 'evaluation');
    for (const id of idsIn(committee)) add(id, 'evaluation');
    for (const id of idsIn(deposits)) add(id, 'deposits');
    for (const id of idsIn(offers)) add(id, 'bids');
    for (const id of idsIn(entry)) add(id, 'invitation');
  }
  return found;
}

const idsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? value.split(' ').filter((each) => KNOWN.has(each))
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(idsIn)
      : [];

const byDefinition = stepsByDefinition();

/** The steps that use a rule, in their order. */
function stepsOf(id: string): Step[] {
  const files = (byCode.get(id) ?? []).filter((file) => !ANSWERS.test(file));
  const byFile = files.flatMap((file) => STEP_OF_FILE.find(([path]) => path.test(file))?.[1] ?? []);
  const defined = byDefinition.get(id);
  // A definition names it for its purpose; the file it stands in adds nothing.
  const found = new Set<Step>([...(defined ?? []), ...byFile.filter((step) => step !== 'draft' || !defined)]);
  return (Object.keys(STEPS) as Step[]).filter((step) => found.has(step));
}

function page(): string {
  const rows = RULES.map((rule) => ({ rule, steps: stepsOf(rule.id), ...useOf(rule) }));
  const linked = (files: readonly string[]): string => files.map((file) => `[${file}](../${file})`).join(', ');
  const name = ({ id, nameZh }: Rule): string => `\`${id}\` ${nameZh.replaceAll('|', '｜')}`;
  const summary = USES.map((use) => `| ${use} | ${rows.filter((row) => row.use === use).length} |`);
  const used = rows.filter(({ use }) => use === 'enforced' || use === 'warned');
  const steps = (Object.entries(STEPS) as [Step, string][]).map(
    ([step, title]) => [title, used.filter((row) => row.steps.includes(step))] as const,
  );
  return [
    '# What becomes of each rule 法条落实一览',
    '',
    'Generated by `test/law/coverage.unit.test.ts` from the code; do not edit (`npx vitest run --project unit test/law/coverage.unit.test.ts -u` writes it).',
    '',
    '- **enforced**: a step of a procurement uses it: it blocks, starts a timer, or computes a result.',
    '- **warned**: the same, of a rule whose text was not verified: it warns, and blocks only where the installation confirms it.',
    '- **computed on request**: no step of a procurement uses it yet: its period is computed, or a date is checked by it, on request',
    '  (`law due`, `law audit`, `GET /api/law/due`).',
    '- **shown**: a duty, a penalty, a ground, a form, or a number for a procedure that is not run yet: `law show`, `GET /api/law/rules/{id}`.',
    '',
    '_For_ is what software is to do with the rule: block, computed, warn, timer or show. A rule whose text was not read never blocks.',
    '',
    '| use | rules |',
    '| --- | --- |',
    ...summary,
    `| all | ${rows.length} |`,
    '',
    '## By the step that uses them',
    '',
    'A rule that several steps use stands under each.',
    '',
    '| step | rules |',
    '| --- | --- |',
    ...steps.map(([title, { length }]) => `| ${title} | ${length} |`),
    ...steps.flatMap(([title, uses]) => [
      '',
      `### ${title}`,
      '',
      '| rule | article | for | use | code | test |',
      '| --- | --- | --- | --- | --- | --- |',
      ...uses.map(
        ({ rule, use, where, tests: named }) =>
          `| ${name(rule)} | ${rule.law} ${rule.article} | ${rule.use} | ${use} | ${linked(where)} | ${linked(named)} |`,
      ),
    ]),
    '',
    '## Computed on request',
    '',
    '| rule | article | for | code | test |',
    '| --- | --- | --- | --- | --- |',
    ...rows
      .filter(({ use }) => use === 'computed on request')
      .map(
        ({ rule, where, tests: named }) =>
          `| ${name(rule)} | ${rule.law} ${rule.article} | ${rule.use} | ${linked(where)} | ${linked(named)} |`,
      ),
    '',
    '## Shown',
    '',
    'By [cli/law/show.ts](../cli/law/show.ts) and [api/law/routes.ts](../api/law/routes.ts), held to the texts by',
    '[test/law/rows/rulebook.unit.test.ts](../test/law/rows/rulebook.unit.test.ts).',
    '',
    '| rule | article | for |',
    '| --- | --- | --- |',
    ...rows
      .filter(({ use }) => use === 'shown')
      .map(({ rule }) => `| ${name(rule)} | ${rule.law} ${rule.article} | ${rule.use} |`),
    '',
  ].join('\n');
}

describe('every rule', () => {
  test('has its line in docs/law-coverage.md', async () => {
    await expect(page()).toMatchFileSnapshot(join(root, 'docs/law-coverage.md'));
  });

  test('counts as enforced only where a step of a procurement names it', () => {
    const use = (id: string) => useOf(getRule(id)).use;
    expect(use('works-bid-prep-min')).toBe('enforced');
    // Named by no code, and by the audit of published notices only.
    expect(use('works-complaint-decide')).toBe('computed on request');
    expect(use('ss-publicity')).toBe('computed on request');
    expect(use('works-notice-media-consistency')).toBe('shown');
  });

  test('that a step uses is under a step', () => {
    const used = RULES.filter((rule) => ['enforced', 'warned'].includes(useOf(rule).use));
    expect(used.filter(({ id }) => stepsOf(id).length === 0).map(({ id }) => id)).toEqual([]);
    expect(stepsOf('gp-reject-late')).toEqual(['bids']);
    expect(stepsOf('works-deemed-collusion')).toEqual(['deposits', 'persons']);
    expect(stepsOf('period-civil-last')).toEqual(['counting']);
  });

  test('that code names is named by a test', () => {
    expect([...byCode.keys()].filter((id) => !byTests.has(id))).toEqual([]);
  });

  test('that code or documentation names is in the rulebook', () => {
    // Whatever else begins as these do is no rule, so it is refused rather than taken for one.
    const examples = new Set(filesOf('examples', '.json').map((file) => basename(file, '.json')));
    const prefixes = ['works', 'gp', 'neg', 'inq', 'coop', 'goods27', 'design2', 'soa', 'bond'];
    const pages = ['README.md', 'README.en.md', 'CHANGELOG.md', ...filesOf('docs', '.md')];
    const unknown = [...code, ...pages].flatMap((file) =>
      (read(file).match(TOKEN) ?? [])
        .filter((token) => prefixes.includes(token.split('-')[0] ?? '') && !KNOWN.has(token) && !examples.has(token))
        .map((token) => `${file}: ${token}`),
    );
    expect(unknown).toEqual([]);
  });
});
