import { REGIME_DEFINITIONS } from '../../domain/procedures/regimes.ts';
import { Command, Option } from 'commander';
import { civilDayOf, formatDay, parseDate } from '../../domain/civil-time.ts';
import { inForceOn, nearestCodes, nothingSetUp, thresholdOn, type CatalogueView } from '../../domain/law/catalogue.ts';
import { KINDS, type Kind, type TenderRegime } from '../../domain/law/facts.ts';
import type { MethodFacts } from '../../domain/procedures/choice/open-duty.ts';
import { lawfulProcedures, type ProcedureVerdict } from '../../domain/procedures/choice/lawful.ts';
import { citeZh } from '../../domain/law/rule.ts';
import { getRule, type RuleId } from '../../domain/law/rulebook.ts';
import { readAmountFen } from '../../domain/amounts.ts';
import { answering, badInput, json } from './answering.ts';
import { print, printJson } from './table.ts';

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

function yuanOption(name: string, text: string): number {
  const fen = readAmountFen(text);
  if (fen !== undefined) return fen;
  throw badInput(`${name} 应为金额（元，可写万）：${text}`, `${name} must be an amount in yuan, or with 万: ${text}`);
}

/** The entry for one procurement in a catalogue file; without a file nothing is set up. */
async function viewOf({ regime, kind, catalogue, code, on }: ProceduresOptions): Promise<CatalogueView> {
  const day = formatDay(on === undefined ? civilDayOf(Date.now()) : parseDate(on));
  if (catalogue === undefined) return nothingSetUp(day);
  const { catalogueRowsOf } = await import('./catalogue-file.ts');
  const rows = await catalogueRowsOf(catalogue);
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
  const threshold =
    REGIME_DEFINITIONS[regime].figures === 'regional'
      ? thresholdOn(rows.thresholds, kind, entry?.level ?? null, day)
      : null;
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
    amountFen: yuanOption('--amount', options.amount),
    ...(options.contracts ? { contractsFen: options.contracts.map((text) => yuanOption('--contracts', text)) } : {}),
    ...(options.fiscalFunds ? { fiscalFundsFen: yuanOption('--fiscal-funds', options.fiscalFunds) } : {}),
    ...(options.investment ? { investmentFen: yuanOption('--investment', options.investment) } : {}),
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

export function proceduresCommand(): Command {
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
