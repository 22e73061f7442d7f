import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { civilDayOf, formatDay, formatInstant, parseDate, parseInstantOrDate } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { inForceOn, nearestCodes, nothingSetUp, thresholdOn, type CatalogueView } from '../../domain/law/catalogue.ts';
import { blocks, check, type Violation } from '../../domain/law/check.ts';
import { conflictsOf } from '../../domain/law/conflicts.ts';
import { due, type Due } from '../../domain/law/due.ts';
import {
  KINDS,
  PROCEDURES,
  REGIMES,
  type Kind,
  type Procedure,
  type ProcurementFacts,
  type Regime,
  type TenderRegime,
} from '../../domain/law/facts.ts';
import { MILESTONES, type MilestoneKey } from '../../domain/law/milestones.ts';
import { plan, type Plan, type PlannedMilestone } from '../../domain/law/plan.ts';
import { lawfulProcedures, type MethodFacts, type ProcedureVerdict } from '../../domain/law/procedures.ts';
import { citeEn, citeZh, type Rule } from '../../domain/law/rule.ts';
import { getRule, ruleInForce, RULES, type RuleId } from '../../domain/law/rulebook.ts';
import { planBackFrom, whatIf } from '../../domain/law/what-if.ts';
import { FORMATS, type AuditOptions } from '../law/audit-options.ts';
import { CommandFailure } from '../settings/failure.ts';

const BAD_INPUT = 2;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** What the domain refuses was asked for wrongly: exit code 2, told in both languages. */
function answering<Args extends unknown[]>(
  action: (...args: Args) => void | Promise<void>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    try {
      await action(...args);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const told = { zh: error.messageZh, en: error.messageEn };
      throw new CommandFailure(error.code, told, { exitCode: BAD_INPUT, cause: error });
    }
  };
}

function badInput(zh: string, en: string): CommandFailure {
  return new CommandFailure('bad-input', { zh, en }, { exitCode: BAD_INPUT });
}

/** Columns a terminal needs: Chinese characters and full-width marks take two. */
function width(text: string): number {
  let columns = 0;
  for (const character of text)
    columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/.test(
      character,
    )
      ? 2
      : 1;
  return columns;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, width(cell))));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}

/** Keys in the order a reader looks for them; instants as ISO 8601 in +08:00. */
function dueJson(result: Due): Record<string, unknown> {
  return {
    rule: result.rule,
    from: formatInstant(result.from),
    due: formatInstant(result.due),
    provisional: result.provisional,
    bounds: { earliest: formatInstant(result.bounds.earliest), latest: formatInstant(result.bounds.latest) },
    trace: result.trace,
    article: result.article,
    status: result.status,
    law: result.law,
    lastDay: result.lastDay,
    endsAt: formatInstant(result.endsAt),
    ...(result.earliest === undefined ? {} : { earliest: formatInstant(result.earliest) }),
    ...(result.actBy === undefined ? {} : { actBy: formatInstant(result.actBy) }),
  };
}

function printDue(result: Due): void {
  const rule = getRule(result.rule);
  const rows = [
    ['规则 rule', `${rule.id}  ${rule.nameZh}`],
    ['依据 article', `${citeZh(rule)}  ${rule.status}`],
    ['起算 from', formatInstant(result.from)],
    ['届满 due', formatInstant(result.due)],
    ...(result.earliest === undefined ? [] : [['最早合法 earliest', formatInstant(result.earliest)]]),
    ...(result.actBy === undefined ? [] : [['宜于 act by', formatInstant(result.actBy)]]),
    ...(result.provisional
      ? [['暂定 provisional', `${formatInstant(result.bounds.earliest)} … ${formatInstant(result.bounds.latest)}`]]
      : []),
    ...(ruleInForce(rule.id, result.from)
      ? []
      : [['注意 note', '起算日该规定尚未施行或已失效 / not in force on that day']]),
  ];
  const days = result.trace.map(({ day, weekday, counted, n, why }) => [
    day,
    weekday,
    counted ? `${n ?? '✓'}` : '–',
    why ?? '',
  ]);
  print(`${table(rows)}\n\n${table(days)}`);
}

interface BatchItem {
  rule: string;
  from: string;
}

function readBatch(file: string): unknown[] {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw badInput(`无法读取「${file}」：${String(error)}`, `cannot read "${file}": ${String(error)}`);
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed)) return parsed as unknown[];
  } catch {
    // Told below, together with what is JSON but no array.
  }
  throw badInput('应为 JSON 数组：[{ "rule": …, "from": … }]', 'expected a JSON array: [{ "rule": …, "from": … }]');
}

function isBatchItem(item: unknown): item is BatchItem {
  const { rule, from } = (item ?? {}) as Partial<BatchItem>;
  return typeof rule === 'string' && typeof from === 'string';
}

/** One answer a line of the batch, in its order; a line that fails tells why and does not stop the others. */
function dueOfItem(item: unknown): Record<string, unknown> {
  if (!isBatchItem(item)) {
    const echo = typeof item === 'object' && item !== null && !Array.isArray(item) ? item : { given: item };
    const messageZh = '每项应含字符串 rule 与 from';
    const messageEn = 'each item needs the strings rule and from';
    return { ...echo, error: { code: 'bad-input', messageZh, messageEn } };
  }
  try {
    return dueJson(due(item.rule, parseInstantOrDate(item.from), chinaCalendar));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { code, messageZh, messageEn, details } = error;
    return { rule: item.rule, from: item.from, error: { code, messageZh, messageEn, ...(details ? { details } : {}) } };
  }
}

interface DueOptions {
  rule?: string;
  from?: string;
  batch?: string;
  json?: true;
}

function runDue(options: DueOptions): void {
  if (options.batch !== undefined) {
    const answers = readBatch(options.batch).map(dueOfItem);
    printJson(answers);
    if (answers.some((answer) => 'error' in answer)) process.exitCode = 1;
    return;
  }
  if (options.rule === undefined || options.from === undefined) {
    throw badInput('需要 --rule 与 --from，或 --batch', '--rule and --from are needed, or --batch');
  }
  const result = due(options.rule, parseInstantOrDate(options.from), chinaCalendar);
  if (options.json) printJson(dueJson(result));
  else printDue(result);
}

interface PlanOptions {
  regime: Regime;
  procedure: Procedure;
  kind?: Kind;
  from?: string;
  backFrom?: string;
  intention?: string;
  documentsFrom?: string;
  documentsUntil?: string;
  deadline?: string;
  opening?: string;
  budgetFen?: string;
  bidValidityDays?: string;
  mandatory: boolean;
  confirm?: string[];
  json?: true;
}

function numberOption(name: string, text: string): number {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  throw badInput(`${name} 应为数字：${text}`, `${name} must be a number: ${text}`);
}

function factsOf(options: PlanOptions): Omit<ProcurementFacts, 'noticeAt'> {
  const instant = <K extends string>(key: K, text: string | undefined): Partial<Record<K, number>> =>
    text === undefined ? {} : ({ [key]: parseInstantOrDate(text) } as Record<K, number>);
  return {
    regime: options.regime,
    procedure: options.procedure,
    kind: options.kind ?? (options.regime === 'tendering' ? 'works' : 'goods'),
    mandatory: options.mandatory,
    ...instant('intentionAt', options.intention),
    ...instant('documentsFrom', options.documentsFrom),
    ...instant('documentsUntil', options.documentsUntil),
    ...instant('bidDeadline', options.deadline),
    ...instant('openingAt', options.opening),
    ...(options.budgetFen === undefined ? {} : { budgetFen: numberOption('--budget-fen', options.budgetFen) }),
    ...(options.bidValidityDays === undefined
      ? {}
      : { bidValidityDays: numberOption('--bid-validity-days', options.bidValidityDays) }),
  };
}

function planOf(options: PlanOptions): Plan {
  const { from, backFrom } = options;
  const facts = factsOf(options);
  if (from !== undefined && backFrom === undefined) {
    return plan({ ...facts, noticeAt: parseInstantOrDate(from) }, chinaCalendar);
  }
  if (from !== undefined || backFrom === undefined) {
    throw badInput('--from 与 --back-from 须且只能给其一', 'give either --from or --back-from');
  }
  if (options.deadline !== undefined) {
    throw badInput(
      '--back-from 就是投标截止时间，不能再给 --deadline',
      '--back-from is the deadline: leave out --deadline',
    );
  }
  const bidDeadline = parseInstantOrDate(backFrom);
  return planBackFrom({ ...facts, bidDeadline }, chinaCalendar, { confirmed: confirmedOf(options) });
}

const confirmedOf = ({ confirm = [] }: { confirm?: string[] }): ReadonlySet<string> =>
  new Set(confirm.map((id) => getRule(id).id));

function milestoneJson(milestone: PlannedMilestone): Record<string, unknown> {
  const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : formatInstant(ms));
  const { bounds } = milestone;
  return {
    ...milestone,
    at: formatInstant(milestone.at),
    earliest: iso(milestone.earliest),
    latest: iso(milestone.latest),
    bounds: bounds && { earliest: formatInstant(bounds.earliest), latest: formatInstant(bounds.latest) },
    rules: milestone.rules.map((rule) => ({
      ...rule,
      earliest: iso(rule.earliest),
      latest: iso(rule.latest),
      arguableFrom: iso(rule.arguableFrom),
      latestPossible: iso(rule.latestPossible),
    })),
  };
}

const STATE_ZH = { given: '给定', proposed: '建议', projected: '推算', done: '已成' } as const;

function printPlan(drawn: Plan, violations: readonly Violation[]): void {
  const rows = drawn.milestones.map((milestone) => [
    formatInstant(milestone.at),
    milestone.provisional ? '≈' : ' ',
    STATE_ZH[milestone.state],
    milestone.nameZh,
    milestone.rules.map((rule) => citeZh(rule) + (rule.status === 'RECALLED' ? '*' : '')).join('；'),
  ]);
  print(table(rows));
  print('\n≈ 暂定：放假安排未公布 / provisional   * 未核对原文 / text not verified');
  printViolations(violations);
}

function printViolations(violations: readonly Violation[]): void {
  for (const { severity, messageZh, messageEn } of violations) {
    print(`\n${severity === 'block' ? '违法 unlawful' : '提示 warning'}：${messageZh}\n  ${messageEn}`);
  }
}

function runPlan(options: PlanOptions): void {
  const drawn = planOf(options);
  const violations = check(drawn, { confirmed: confirmedOf(options) });
  if (options.json) {
    const { regime, procedure, kind } = drawn.facts;
    printJson({
      regime,
      procedure,
      kind,
      rulebookVersion: drawn.rulebookVersion,
      calendarHash: drawn.calendarHash,
      horizon: chinaCalendar.horizon,
      milestones: drawn.milestones.map(milestoneJson),
      violations,
    });
  } else {
    printPlan(drawn, violations);
  }
  if (blocks(violations)) process.exitCode = 1;
}

interface WhatIfOptions extends PlanOptions {
  from: string;
  move: string[];
}

function movesOf(given: readonly string[]): Partial<Record<MilestoneKey, number>> {
  return Object.fromEntries(
    given.map((text) => {
      const [, name = '', when = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
      const key = MILESTONES.find((each) => each === name);
      if (key === undefined) {
        const known = MILESTONES.join(', ');
        throw badInput(
          `--move 应为 节点=时间：${text}；节点有：${known}`,
          `--move needs milestone=when: ${text}; one of ${known}`,
        );
      }
      return [key, parseInstantOrDate(when)];
    }),
  );
}

function runWhatIf(options: WhatIfOptions): void {
  const facts = { ...factsOf(options), noticeAt: parseInstantOrDate(options.from) };
  const { moved, broken, mended } = whatIf(facts, movesOf(options.move), chinaCalendar, {
    confirmed: confirmedOf(options),
  });
  const when = (ms: number | null) => (ms === null ? null : formatInstant(ms));
  const rows = moved.map((each) => ({ ...each, before: when(each.before), after: when(each.after) }));
  if (options.json) printJson({ moved: rows, broken, mended });
  else {
    print(table(rows.map(({ before, after, nameZh, nameEn }) => [before ?? '—', '→', after ?? '—', nameZh, nameEn])));
    printViolations(broken);
    for (const { messageZh, messageEn } of mended) print(`\n消除 mended：${messageZh}\n  ${messageEn}`);
  }
  if (blocks(broken)) process.exitCode = 1;
}

interface ProceduresOptions {
  regime: TenderRegime;
  kind: Kind;
  amount: string;
  contracts?: string[];
  fiscalFunds?: string;
  investment?: string;
  catalogue?: string;
  code?: string;
  on?: string;
  json?: true;
}

/** What reads amounts is loaded only where one is given. */
async function yuanOption(name: string, text: string): Promise<number> {
  const { readAmountFen } = await import('../../imports/notices/published-notice.ts');
  const fen = readAmountFen(text);
  if (fen !== undefined) return fen;
  throw badInput(`${name} 应为金额（元，可写万）：${text}`, `${name} must be an amount in yuan, or with 万: ${text}`);
}

/** What a catalogue file says of one procurement; without a file nothing is set up. */
async function viewOf({ regime, kind, catalogue, code, on }: ProceduresOptions): Promise<CatalogueView> {
  const day = formatDay(on === undefined ? civilDayOf(Date.now()) : parseDate(on));
  if (catalogue === undefined) return nothingSetUp(day);
  const { assertFaultless, readCatalogueFile } = await import('../../imports/catalogue/file.ts');
  const { rows, faults } = await readCatalogueFile(catalogue);
  assertFaultless(catalogue, faults);
  const entries = rows.entries.filter((entry) => entry.regime === regime);
  const entry = inForceOn(
    entries.filter((each) => each.code === code),
    day,
  );
  if (code !== undefined && entry === null) {
    const nearest = nearestCodes(code, entries).map((each) => each.code);
    throw badInput(
      `目录中没有 ${day} 有效的品目 ${code}；相近的有：${nearest.join('、')}`,
      `the catalogue has no item ${code} on ${day}; the nearest are ${nearest.join(', ')}`,
    );
  }
  const threshold = regime === 'government' ? thresholdOn(rows.thresholds, kind, entry?.level ?? null, day) : null;
  return { day, setUp: entries.length > 0, entry, threshold, instead: null };
}

const VERDICTS: Readonly<Record<ProcedureVerdict, string>> = {
  lawful: '合法 lawful',
  'needs-ground': '须具备情形 needs a ground',
  unlawful: '违法 unlawful',
  unknown: '不明 unknown',
};

async function runProcedures(options: ProceduresOptions): Promise<void> {
  const { regime, kind } = options;
  const facts: MethodFacts = {
    regime,
    kind,
    amountFen: await yuanOption('--amount', options.amount),
    ...(options.contracts
      ? { contractsFen: await Promise.all(options.contracts.map((text) => yuanOption('--contracts', text))) }
      : {}),
    ...(options.fiscalFunds ? { fiscalFundsFen: await yuanOption('--fiscal-funds', options.fiscalFunds) } : {}),
    ...(options.investment ? { investmentFen: await yuanOption('--investment', options.investment) } : {}),
  };
  const methods = lawfulProcedures(facts, await viewOf(options));
  if (options.json) return printJson(methods);
  const { openDuty, level } = methods;
  const cites = (ids: readonly RuleId[]): string => ids.map((id) => citeZh(getRule(id))).join('；');
  if (level !== null) print(`交易层级 level: ${level}`);
  print(
    `依法必须招标（公开招标）required by law: ${openDuty.verdict}  ${cites(openDuty.rules)}\n  ${openDuty.reasonZh}\n  ${openDuty.reasonEn}`,
  );
  for (const { procedure, verdict, rules, grounds, approval, reasonZh, reasonEn } of methods.procedures) {
    print(`\n${procedure}  ${VERDICTS[verdict]}  ${cites(rules)}\n  ${reasonZh}\n  ${reasonEn}`);
    if (approval !== null) print(`  先行批准 approval first: ${cites([approval])}`);
    for (const id of grounds) {
      const rule = getRule(id);
      print(
        `  情形 cases: ${citeZh(rule)}${rule.status === 'RECALLED' ? '*' : ''} ${rule.items?.join('；') ?? rule.quote ?? rule.nameZh}`,
      );
    }
  }
  print('\n* 未核对原文 / text not verified');
}

function amountText({ bound, amount, range, unit, direction }: Rule): string {
  if (range !== undefined) return `${range.join('–')} ${unit ?? ''}`;
  if (amount === undefined) return bound;
  return `${bound} ${amount} ${unit ?? ''}${direction === 'backward' ? ' ←' : ''}`;
}

function printRule(rule: Rule): void {
  const rows: (readonly [string, string | undefined])[] = [
    ['编号 id', rule.id],
    ['名称 name', rule.nameZh],
    ['类别 kind', rule.kind],
    ['依据 article', `${citeZh(rule)} / ${citeEn(rule)}`],
    ['全称 law', rule.lawFull],
    ['施行 in force', `${rule.effectiveFrom ?? '?'} … ${rule.effectiveTo ?? ''}`],
    ['核对 status', rule.status],
    ['限度 limit', amountText(rule)],
    ['起 from', rule.fromEvent],
    ['止 to', rule.toEvent],
    ['适用 applies to', rule.appliesTo.join(', ')],
    ['后果 breach', rule.breach],
    ['暂停 suspends', rule.suspends],
    ['各项 items', rule.items?.join('；')],
    ['原文 quote', rule.quote],
    ['备注 notes', rule.notes],
    ...conflictsOf(rule.id).flatMap(({ rules, topicZh, topicEn, takenZh, takenEn }) => [
      ['条文不一 differ', `${topicZh} / ${topicEn}（${rules.join('、')}）`] as const,
      ['取 taken', `${takenZh} / ${takenEn}`] as const,
    ]),
  ];
  print(table(rows.flatMap(([label, text]) => (text === undefined ? [] : [[label, text]]))));
}

function runShow(id: string | undefined, options: { json?: true }): void {
  if (id === undefined) {
    if (options.json) printJson(RULES);
    else print(table(RULES.map((rule) => [rule.id, rule.status, amountText(rule), citeZh(rule), rule.nameZh])));
    return;
  }
  const rule = getRule(id);
  if (options.json) printJson({ ...rule, conflicts: conflictsOf(id) });
  else printRule(rule);
}

const json = (): Option => new Option('--json', '输出 JSON / print JSON');

const CONFIRM = ['--confirm <ids...>', '经确认有约束力的 RECALLED 规则 / RECALLED rules confirmed as binding'] as const;

function dueCommand(): Command {
  return new Command('due')
    .description('按法条计算期限 / when a period ends, and why')
    .option('--rule <id>', '规则编号 / rule id')
    .option('--from <when>', '起算（带时区的时间或日期）/ instant with offset, or date')
    .option('--batch <file>', 'JSON 数组 [{ rule, from }]，- 为标准输入 / JSON array, - for stdin')
    .addOption(json())
    .action(answering((options: DueOptions) => runDue(options)));
}

/** What a timeline is drawn from, but its notice. */
function withFacts(command: Command): Command {
  return command
    .addOption(new Option('--regime <regime>', '法律体系 / legal system').choices(REGIMES).makeOptionMandatory())
    .addOption(new Option('--procedure <procedure>', '采购方式 / procedure').choices(PROCEDURES).default('open-tender'))
    .addOption(new Option('--kind <kind>', '工程、货物、服务 / what is bought').choices(KINDS))
    .option('--intention <when>', '采购意向公开 / intention published')
    .option('--documents-from <when>', '招标文件开始发出 / documents from')
    .option('--documents-until <when>', '招标文件发出截止 / documents until')
    .option('--deadline <when>', '投标截止 / bid deadline')
    .option('--opening <when>', '开标 / opening')
    .option('--budget-fen <fen>', '预算（分）/ budget in fen')
    .option('--bid-validity-days <days>', '投标有效期（日）/ bid validity in days')
    .option('--no-mandatory', '非依法必须招标的项目 / not a project that must be tendered by law')
    .option(...CONFIRM)
    .addOption(json());
}

const FROM = ['--from <when>', '公告发布 / notice published (instant with offset, or date)'] as const;

function planCommand(): Command {
  return withFacts(new Command('plan').description('排出法定时间表并检查 / the whole legal timeline, checked'))
    .option(...FROM)
    .option('--back-from <when>', '由投标截止倒推最晚公告日 / the latest lawful notice for this bid deadline')
    .action(answering((options: PlanOptions) => runPlan(options)));
}

function whatIfCommand(): Command {
  return withFacts(
    new Command('whatif').description('改动一个时间，其余如何变化 / what moving one date does to all others'),
  )
    .requiredOption(...FROM)
    .requiredOption('--move <moves...>', '节点=时间 / milestone=when, for instance bid-deadline=2026-04-30')
    .action(answering((options: WhatIfOptions) => runWhatIf(options)));
}

function showCommand(): Command {
  return new Command('show')
    .description('查看规则；不带编号则列出全部 / show a rule, or list all')
    .argument('[id]', '规则编号 / rule id')
    .addOption(json())
    .action(answering((id: string | undefined, options: { json?: true }) => runShow(id, options)));
}

function proceduresCommand(): Command {
  return new Command('procedures')
    .description('哪些采购方式合法，及其依据 / which procedures are lawful, and why')
    .addOption(
      new Option('--regime <regime>', '法律体系 / legal system')
        .choices(['tendering', 'government'])
        .makeOptionMandatory(),
    )
    .addOption(new Option('--kind <kind>', '工程、货物、服务 / what is bought').choices(KINDS).makeOptionMandatory())
    .requiredOption('--amount <yuan>', '估算价或预算，元，可写万 / estimate or budget in yuan, or with 万')
    .option('--contracts <yuan...>', '各单项合同（标段）/ each contract (lot)')
    .option('--fiscal-funds <yuan>', '项目中的预算资金 / fiscal funds in the project')
    .option('--investment <yuan>', '项目投资额 / whole investment in the project')
    .option('--catalogue <file>', '目录与限额标准文件，同 catalogue import / file of the catalogue and the figures')
    .option('--code <code>', '品目 / item of that file')
    .option('--on <date>', '公告日，默认今天 / day of the notice; default: today')
    .addOption(json())
    .action(answering((options: ProceduresOptions) => runProcedures(options)));
}

/** What reads tables is loaded only where a file is to be audited. */
function auditCommand(): Command {
  return new Command('audit')
    .description('审查他处发布的公告 / judge notices published elsewhere')
    .argument('<file>', 'JSON lines、CSV 或 XLSX；- 为标准输入 / - for stdin')
    .option('--map <file>', 'JSON 对照：我方字段到对方字段 / JSON, from our fields to theirs')
    .addOption(new Option('--format <format>', '格式，默认按扩展名 / by default as the name ends').choices(FORMATS))
    .option(...CONFIRM)
    .addOption(json())
    .action(
      answering(async (file: string, options: AuditOptions) => {
        const { runAudit } = await import('../law/audit-run.ts');
        await runAudit(file, options);
      }),
    );
}

/** `kaibiao law`: rules, due dates and timelines, from the rulebook alone; needs neither server nor database. */
export function lawCommand(): Command {
  return new Command('law')
    .description('查法条、算期限、排时间表、审公告 / rules, due dates, timelines and audits')
    .addCommand(dueCommand())
    .addCommand(planCommand())
    .addCommand(whatIfCommand())
    .addCommand(showCommand())
    .addCommand(proceduresCommand())
    .addCommand(auditCommand());
}
