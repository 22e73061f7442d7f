import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { formatSecond } from '../../domain/civil-time.ts';
import { verifyExport, type ExportFault, type VerifiedExport } from '../../proofs/export.ts';
import { verifyReceipt, type ReceiptFault, type ReceiptProof, type ReceiptStatement } from '../../proofs/receipt.ts';
import { NotSigned } from '../../proofs/signing.ts';
import { verifyDrawCommand } from '../draws/verify.ts';
import { foreignJson, keysOf, pinnedKeys, unfit, unreadable } from '../foreign-file.ts';
import { printVerdict, textWithVerdict } from '../verdict.ts';

/** The findings about a file, without any database or network. */
export type VerifiedFile =
  | ({ readonly kind: 'export' } & VerifiedExport)
  | {
      readonly kind: 'receipt';
      readonly pinned: boolean;
      /** Null where the platform signed no such thing. */
      readonly statement: ReceiptStatement | null;
      /** Whether the log was proven to contain it, and where. */
      readonly inLog: boolean;
      readonly index: number | null;
      /** Whether the bid itself was compared. */
      readonly compared: boolean;
      readonly faults: readonly ReceiptFault[];
    };

/**
 * @param bid the sealed file of the receipt
 * @param keys a file with trusted keys; without it the keys in the file are trusted
 * @throws CommandFailure `file` (exit code 2) where a file cannot be read or has an unknown format
 */
export async function verifyFile(
  file: string,
  bid: string | undefined,
  keys: string | undefined,
): Promise<VerifiedFile> {
  const pinned = await pinnedKeys(keys);
  const form = await formOf(file);
  if (form === 'zip')
    throw unfit(
      file,
      '是 zip 文件：项目档案用 verify dossier 核验',
      'is a zip file: a dossier is checked by verify dossier',
    );
  if (form === 'export') {
    if (bid !== undefined) throw unfit(bid, '核验日志导出时不需要投标文件', 'an export of the log is checked alone');
    const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
    return { kind: 'export', ...(await verifyExport(lines, pinned)) };
  }
  const receipt = (await foreignJson(file)) as { signed?: unknown; proof?: ReceiptProof | null; keys?: unknown } | null;
  if (typeof receipt?.signed !== 'string') {
    throw unfit(file, '既不是回执也不是日志导出', 'is neither a receipt nor an export of the log');
  }
  const { proof: given } = receipt;
  const formed = typeof given?.head === 'string' && Number.isSafeInteger(given.index) && Array.isArray(given.inclusion);
  if (given && !formed) {
    throw unfit(file, '日志证明的形式有误', 'has a proof of another form');
  }
  const believed = pinned ?? keysOf(receipt, file);
  const found = bid === undefined ? null : await digestOf(bid);
  const index = receipt.proof?.index ?? null;
  const about = { kind: 'receipt', pinned: pinned !== null, compared: found !== null, index } as const;
  try {
    const { signed, proof } = receipt;
    return { ...about, ...(await verifyReceipt({ signed, proof }, found, believed)) };
  } catch (error) {
    if (!(error instanceof NotSigned)) throw error;
    const fault = { zh: `签名无效（${error.message}）`, en: `is not signed (${error.message})` };
    return { ...about, statement: null, inLog: false, faults: [fault] };
  }
}

interface Options {
  readonly keys?: string;
  readonly json?: boolean;
}

/** Verifies a file, prints what was found, and sets the exit code. */
export async function verifyAndPrint(file: string, bid: string | undefined, { keys, json }: Options): Promise<void> {
  printVerdict(await verifyFile(file, bid, keys), textOf, json);
}

/** `verify` where there is no installation. */
export function verifyFileCommand(): Command {
  return new Command('verify')
    .description('离线核验回执或日志导出 / checks a receipt, or an export of the log, off-line')
    .argument('<file>', '回执或日志导出 / a receipt, or an export of the log')
    .argument('[bid]', '回执所指的投标文件 / the bid that the receipt is of')
    .option('--keys <jwks.json>', '只信这些公钥（/.well-known/jwks.json） / trust only these keys')
    .option('--json', '以 JSON 输出 / print JSON')
    .action(verifyAndPrint)
    .addCommand(verifyDrawCommand());
}

/** Checks the first line for the format; the rest may be gigabytes. */
async function formOf(file: string): Promise<'export' | 'zip' | 'other'> {
  const handle = await open(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4_096), 0, 4_096, 0);
    const [line = ''] = buffer.subarray(0, bytesRead).toString('utf8').split('\n');
    if (line.startsWith('PK\u0003\u0004')) return 'zip';
    return (JSON.parse(line) as { type?: unknown } | null)?.type === 'export' ? 'export' : 'other';
  } catch (error) {
    if (error instanceof SyntaxError) return 'other';
    throw unreadable(file, error);
  } finally {
    await handle.close();
  }
}

async function digestOf(file: string): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    await pipeline(createReadStream(file), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        size += chunk.length;
        hash.update(chunk);
      }
    });
  } catch (error) {
    throw unreadable(file, error);
  }
  return { sha256: hash.digest('hex'), size };
}

/** For people. */
export function textOf(verified: VerifiedFile): string {
  const lines = verified.kind === 'export' ? exportText(verified) : receiptText(verified);
  return textWithVerdict(verified, lines, '全部一致 / everything is as it was written');
}

function exportText(verified: Extract<VerifiedFile, { kind: 'export' }>): string[] {
  const { leaves, entries, notices, openings, heads, head, faults } = verified;
  return [
    `叶子 ${leaves} 片，审计 ${entries} 条，公告 ${notices} 份，开标记录 ${openings} 份，树头 ${heads} 个`,
    `${leaves} leaves, ${entries} audit entries, ${notices} notices, ${openings} opening records, ${heads} signed heads`,
    ...(head ? [`树头 / head of the log: ${head.size} ${head.root}`] : []),
    ...faults.map(({ line, subject, zh, en }: ExportFault) => `✗ ${line}: ${subject}: ${zh} / ${en}`),
  ];
}

function receiptText(verified: Extract<VerifiedFile, { kind: 'receipt' }>): string[] {
  const { statement, compared, inLog, index, faults } = verified;
  const statementLines = statement
    ? [
        `项目 ${statement.procurementId} 第 ${statement.lotNo} 标段，投标 ${statement.bidId}，投标人 ${statement.bidder}`,
        `收到 / received ${formatSecond(statement.receivedAt)}，截止 / deadline ${statement.deadline === null ? '暂停中 / suspended' : formatSecond(statement.deadline)}`,
        inLog
          ? `日志第 ${index} 位，已证明 / at ${index} of the log, proven`
          : `未附日志证明，最迟 ${formatSecond(statement.headBy)} 签署包含它的树头 / without proof of the log, a head over it is due by ${formatSecond(statement.headBy)}`,
        ...(compared ? [] : ['! 未给出投标文件，未作比对 / no bid was given, nothing was compared']),
      ]
    : [];
  return [...statementLines, ...faults.map(({ zh, en }) => `✗ ${zh} / ${en}`)];
}
