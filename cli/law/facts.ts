import { REGIME_DEFINITIONS } from '../../domain/procedures/regimes.ts';
import { Option, type Command } from 'commander';
import { parseInstantOrDate } from '../../domain/civil-time.ts';
import type { Violation } from '../../domain/law/check.ts';
import {
  KINDS,
  PROCEDURES,
  REGIMES,
  type Kind,
  type Procedure,
  type ProcurementFacts,
  type Regime,
} from '../../domain/law/facts.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { badInput, CONFIRM, json } from './answering.ts';
import { print } from './table.ts';

/** The facts for a timeline, on the command line. */
export interface FactOptions {
  regime: Regime;
  procedure: Procedure;
  kind?: Kind;
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

/** The facts for a timeline, without its notice. */
export function withFacts(command: Command): Command {
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

export const FROM = ['--from <when>', '公告发布 / notice published (instant with offset, or date)'] as const;

function numberOption(name: string, text: string): number {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  throw badInput(`${name} 应为数字：${text}`, `${name} must be a number: ${text}`);
}

export function factsOf(options: FactOptions): Omit<ProcurementFacts, 'noticeAt'> {
  const instant = <K extends string>(key: K, text: string | undefined): Partial<Record<K, number>> =>
    text === undefined ? {} : ({ [key]: parseInstantOrDate(text) } as Record<K, number>);
  return {
    regime: options.regime,
    procedure: options.procedure,
    kind: options.kind ?? REGIME_DEFINITIONS[options.regime].usualKind,
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

export const confirmedOf = ({ confirm = [] }: { confirm?: string[] }): ReadonlySet<string> =>
  new Set(confirm.map((id) => getRule(id).id));

export function printViolations(violations: readonly Violation[]): void {
  for (const { severity, messageZh, messageEn } of violations) {
    print(`\n${severity === 'block' ? '违法 unlawful' : '提示 warning'}：${messageZh}\n  ${messageEn}`);
  }
}
