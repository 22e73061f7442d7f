import { Command } from 'commander';
import { DRAW_FORMAT, type DrawParty } from '../../domain/draws/terms.ts';
import { verifyDraw, type DrawRecord, type VerifiedDraw } from '../../proofs/draw-record.ts';
import { foreignJson, pinnedKeys, unfit } from '../foreign-file.ts';
import { printVerdict, textWithVerdict } from '../verdict.ts';

/** A record of a pool of some ten thousand experts has a few megabytes. */
const MOST_RECORD_BYTES = 64 * 1024 * 1024;

const PARTIES: Readonly<Record<DrawParty, string>> = {
  purchaser: '招标人（采购人）purchaser',
  centre: '交易中心 centre',
  supervisor: '监督部门 supervisor',
};

interface Options {
  readonly keys?: string;
  readonly json?: boolean;
}

/** `verify draw`: repeats a draw off-line, without any database or network. */
export function verifyDrawCommand(): Command {
  return new Command('draw')
    .description('离线重演专家抽取 / repeats a draw of experts off-line')
    .argument('<file>', '抽取记录（GET …/committee/draw） / the record of a draw')
    .action(async (file: string, _options: object, command: Command) => {
      const { keys, json } = command.optsWithGlobals<Options>();
      printVerdict(await verifyDrawFile(file, keys), textOf, json);
    });
}

/** @throws CommandFailure `file` (exit code 2) where a file cannot be read or has an unknown format */
async function verifyDrawFile(file: string, keys: string | undefined): Promise<VerifiedDraw> {
  const pinned = await pinnedKeys(keys);
  const record = (await foreignJson(file, MOST_RECORD_BYTES)) as DrawRecord | null;
  if ((record?.format as string | undefined) !== DRAW_FORMAT || record === null) {
    throw unfit(file, '不是抽取记录', 'is no record of a draw');
  }
  try {
    return await verifyDraw(record, pinned);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) {
      throw unfit(file, `形式有误（${error.message}）`, `is not of the format (${error.message})`);
    }
    throw error;
  }
}

function textOf(verified: VerifiedDraw): string {
  const { procurementId, lotNo, drawId, candidates, excluded, gave, withheld, absent, members, faults } = verified;
  const parties = (list: readonly DrawParty[]): string =>
    list.length === 0 ? '—' : list.map((party) => PARTIES[party]).join('、');
  const lines = [
    `项目 ${procurementId} 第 ${lotNo} 标段，抽取 ${drawId} / draw of lot ${lotNo}`,
    `候选 ${candidates} 人，排除 ${excluded} 人 / ${candidates} candidates, ${excluded} excluded`,
    `交出随机数 / gave a part: ${parties(gave)}`,
    `承诺后未交出 / withheld it: ${parties(withheld)}；未承诺 / absent: ${parties(absent)}`,
    ...members.map(({ field, label, name }) => `成员 / member: ${field} ${name ?? `${label.slice(0, 16)}…`}`),
    ...(verified.opened ? [] : ['! 姓名在中标（成交）结果确定后公开 / names are disclosed with the award']),
    ...faults.map(({ subject, zh, en }) => `✗ ${subject}: ${zh} / ${en}`),
  ];
  return textWithVerdict(verified, lines, '重新抽取的结果相同 / repeated, the draw has the same result');
}
