import { Command } from 'commander';
import { DomainError } from '../../domain/errors.ts';
import { NotSigned, verifySigned, type PublicJwk } from '../../proofs/signing.ts';
import {
  SCORE_SHEET,
  sheetHash,
  verifySheet,
  type ScoreSheet,
  type SheetDraw,
  type VerifiedSheet,
} from '../../proofs/sheet.ts';
import { foreignJson, pinnedKeys, unfit } from '../foreign-file.ts';
import { printVerdict, textWithVerdict } from '../verdict.ts';

export interface VerifiedSheetFile extends VerifiedSheet {
  readonly sheet: ScoreSheet;
  /** Whether the keys were given, and not those of the file itself. */
  readonly pinned: boolean;
  /** Whether the platform has signed this sheet. */
  readonly signed: boolean;
}

const MOST_BYTES = 16 * 1024 * 1024;

/** @throws CommandFailure `file` (exit code 2) where it cannot be read, or is no score sheet */
export async function verifySheetFile(file: string, keys: string | undefined): Promise<VerifiedSheetFile> {
  const pinned = await pinnedKeys(keys);
  const given = ((await foreignJson(file, MOST_BYTES)) ?? {}) as Given;
  const { sheet } = given;
  if (sheet?.format !== SCORE_SHEET || sheet.version !== 1) throw unfit(file, '不是得分说明', 'is no score sheet');
  const found = recomputed(sheet, file);
  const faults = [...found.faults];
  const signed = await isSigned(given, pinned ?? given.keys ?? []);
  if (!signed) faults.push({ zh: '签名与内容不符', en: 'the signature is not of this sheet' });
  return { ...found, faults, sheet, signed, pinned: pinned !== null };
}

/** @throws CommandFailure `file` (exit code 2) where it has not the form of one */
function recomputed(sheet: ScoreSheet, file: string): VerifiedSheet {
  try {
    return verifySheet(sheet);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError || error instanceof DomainError)) throw error;
    throw unfit(file, '得分说明的形式有误，不能重新计算', 'has not the form of a score sheet: it cannot be recomputed');
  }
}

interface Given {
  readonly sheet?: ScoreSheet;
  readonly signed?: string;
  readonly keys?: readonly PublicJwk[];
}

async function isSigned({ sheet, signed }: Given, keys: readonly PublicJwk[]): Promise<boolean> {
  if (!sheet || signed === undefined) return false;
  try {
    const statement = await verifySigned<{ sha256: string }>(signed, SCORE_SHEET, keys);
    return statement.sha256 === sheetHash(sheet);
  } catch (error) {
    if (error instanceof NotSigned) return false;
    throw error;
  }
}

/** Which file is the own one and which the others are, the receipt and the record of the opening say. */
const drawText = ({ among, file }: SheetDraw): string =>
  `随机抽取：与另 ${among.length - 1} 家并列，抽得第 ${among.indexOf(file) + 1}（文件 ${file}） / by chance: place ${among.indexOf(file) + 1} of ${among.length} that are equal (file ${file})`;

/** For people. */
export function sheetText(verified: VerifiedSheetFile): string {
  const { sheet, score, rank, faults } = verified;
  const lines = [
    `项目 ${sheet.procurementId} 第 ${sheet.lotNo} 标段，投标 ${sheet.bid.bidId}`,
    ...(sheet.rejected ? [`否决 / rejected: ${sheet.rejected.zh} / ${sheet.rejected.en}`] : []),
    ...(score?.steps ?? []).map(
      ({ zh, en, formula, result, shown }) => `${zh} / ${en}: ${formula} = ${shown} (${result})`,
    ),
    ...(sheet.rank === null
      ? []
      : [
          rank === 'recomputed'
            ? `第 ${sheet.rank} 名，共 ${sheet.ranked} 家，按全部总分重新排列 / rank ${sheet.rank} of ${sheet.ranked}, recomputed from all totals`
            : `第 ${sheet.rank} 名，共 ${sheet.ranked} 家，文件不公开他人总分，名次由平台声明 / rank ${sheet.rank} of ${sheet.ranked}, as stated: the documents disclose no others' totals`,
        ]),
    ...[sheet.tie, sheet.brandDraw].flatMap((drawn) => (drawn ? [drawText(drawn)] : [])),
    ...faults.map(({ zh, en }) => `✗ ${zh} / ${en}`),
  ];
  return textWithVerdict(verified, lines, '重新计算，全部一致 / recomputed, everything agrees');
}

/** `verify sheet`: with an installation or without. */
export function verifySheetCommand(): Command {
  return new Command('sheet')
    .description('离线核算得分说明 / recompute a score sheet off-line')
    .argument('<file>', '得分说明（GET …/score-sheet） / the score sheet')
    .option('--keys <jwks.json>', '只信这些公钥（/.well-known/jwks.json） / trust only these keys')
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async (file: string, _options: object, command: Command) => {
      const { keys, json } = command.optsWithGlobals<{ keys?: string; json?: true }>();
      printVerdict(await verifySheetFile(file, keys), sheetText, json);
    });
}
