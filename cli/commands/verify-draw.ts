import { readFile, stat } from 'node:fs/promises';
import { Command } from 'commander';
import { DRAW_FORMAT, type DrawParty } from '../../domain/draws/terms.ts';
import { verifyDraw, type DrawRecord, type VerifiedDraw } from '../../proofs/draw-record.ts';
import type { PublicJwk } from '../../proofs/signing.ts';
import { CommandFailure } from '../settings/failure.ts';

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
      const verified = await verifyDrawFile(file, keys);
      console.log(json ? JSON.stringify(verified) : textOf(verified));
      if (verified.faults.length > 0) process.exitCode = 1;
    });
}

/** @throws CommandFailure `file` (exit code 2) where a file cannot be read or has an unknown format */
async function verifyDrawFile(file: string, keys: string | undefined): Promise<VerifiedDraw> {
  const record = (await jsonOf(file)) as DrawRecord | null;
  if ((record?.format as string | undefined) !== DRAW_FORMAT || record === null) {
    throw unfit(file, '不是抽取记录', 'is no record of a draw');
  }
  const pinned = keys === undefined ? null : ((await jsonOf(keys)) as { keys?: PublicJwk[] } | null)?.keys;
  if (pinned === undefined) throw unfit(keys ?? '', '没有公钥', 'contains no keys');
  try {
    return await verifyDraw(record, pinned);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) {
      throw unfit(file, `形式有误（${error.message}）`, `is not of the format (${error.message})`);
    }
    throw error;
  }
}

async function jsonOf(file: string): Promise<unknown> {
  try {
    if ((await stat(file)).size > MOST_RECORD_BYTES) throw new SyntaxError('too long');
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw unfit(file, '不是所需的 JSON', 'is not the JSON that is wanted');
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw unfit(file, `无法读取（${code}）`, `cannot be read (${code})`);
  }
}

const unfit = (file: string, zh: string, en: string): CommandFailure =>
  new CommandFailure('file', { zh: `${file}：${zh}`, en: `${file}: ${en}` }, { exitCode: 2 });

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
    ...(verified.pinned
      ? []
      : ['! 公钥取自文件本身，请以 --keys 指定 / the keys are those of the file: pin them with --keys']),
    ...faults.map(({ subject, zh, en }) => `✗ ${subject}: ${zh} / ${en}`),
  ];
  if (faults.length === 0) lines.push('✓ 重新抽取的结果相同 / repeated, the draw has the same result');
  return lines.join('\n');
}
