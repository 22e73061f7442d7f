import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { creditCodeFault, raisedCreditCode } from '../../domain/organisations/credit-code.ts';
import { BLIND_FOLDERS } from '../../domain/evaluation/sheets/blind.ts';
import type { BidFigures } from '../../domain/bids/sealing.ts';
import { Chunks, streamOf } from '../../sealing/bytes.ts';
import { SealError } from '../../sealing/fault.ts';
import { isSeen, MOST_PERIOD_DAYS, MOST_QUALITY, parseTender, type SealedTender } from '../../sealing/format.ts';
import { sealBid, type Part, type SealedBid } from '../../sealing/seal.ts';
import { identifyingIn } from '../../sealing/blind/identifying.ts';
import { CommandFailure } from '../settings/failure.ts';
import { shownText } from '../shown.ts';

const TENDER_TIMEOUT_MS = 20_000;
const MOST_TENDER_BYTES = 1024 * 1024;

interface Options {
  readonly tender: string;
  readonly lot: number;
  readonly bidder: string;
  readonly price?: number;
  readonly priceFen?: number;
  readonly period?: number;
  readonly quality?: string;
  readonly out: string;
  readonly shareOut?: string;
  readonly json?: boolean;
  readonly blind: readonly string[];
  readonly name: readonly string[];
  readonly allowIdentifying?: boolean;
}

export function sealCommand(): Command {
  return new Command('seal')
    .description(
      '封装投标文件：开标前任何人（包括交易平台）都不能打开 / seal a bid: nobody, not even the platform, can open it before the opening',
    )
    .argument('<file...>', '投标文件的各部分（暗标部分除外） / the files of the bid, but those of the blind part')
    .requiredOption(
      '--tender <file-or-url>',
      '项目的封装参数：…/api/procurements/{id}/sealing 的地址或存下的文件 / the sealing terms of the tender: that address, or a file of it',
    )
    .requiredOption('--lot <n>', '标段或包号 / the lot', wholeNumber)
    .requiredOption('--bidder <code>', '投标人统一社会信用代码 / credit code of the bidder', creditCode)
    .option('--price <yuan>', '投标报价（元） / the price in yuan', yuanToFen)
    .option('--price-fen <fen>', '投标报价（分） / the price in fen', wholeNumber)
    .option('--period <days>', '工期或交货期（日） / the period in days', days)
    .option('--quality <text>', '质量承诺 / the quality that is promised', quality)
    .option(
      '--blind <file>',
      '暗标部分的文件，可多次给出：检查后放入 暗标/ / a file of the blind part, may be given again: it is inspected, and put into 暗标/',
      (file: string, files: readonly string[]) => [...files, file],
      [],
    )
    .option(
      '--name <text>',
      '暗标部分不得出现的名称，可多次给出：投标人名称、曾用名、人员姓名 / a name that the blind part must not have, may be given again: of the bidder, now or before, or of its people',
      (text: string, names: readonly string[]) => [...names, text],
      [],
    )
    .option(
      '--allow-identifying',
      '暗标部分有可能显示投标人的内容，仍然封装 / seal although the blind part may tell who the bidder is',
    )
    .requiredOption('--out <file>', '封装后的文件 / path of the sealed bid')
    .option(
      '--share-out <file>',
      '投标人自留的密钥份额（双锁项目），默认为 <out>.share / the share that the bidder keeps, where it keeps one',
    )
    .option('--json', '以 JSON 输出 / print JSON')
    .action(seal);
}

async function seal(files: readonly string[], options: Options): Promise<void> {
  const priceFen = options.price ?? options.priceFen;
  if (priceFen === undefined || (options.price !== undefined && options.priceFen !== undefined))
    throw wrong('请给出 --price 或 --price-fen 之一', 'give either --price or --price-fen');
  const tender = await readTender(options.tender);
  const lot = tender.lots.find(({ no }) => no === options.lot);
  if (lot === undefined)
    throw wrong(
      `该项目没有第 ${options.lot} 标段，有：${tender.lots.map(({ no }) => no).join('、')}`,
      `there is no lot ${options.lot}; there are: ${tender.lots.map(({ no }) => no).join(', ')}`,
    );
  const figures = { priceFen, periodDays: options.period ?? null, quality: options.quality ?? null };
  const blind = await Promise.all(options.blind.map((file) => partOf(file, `${BLIND_FOLDERS[0]}/`)));
  const parts = [...(await Promise.all(files.map((file) => partOf(file)))), ...blind];
  if (lot.blind && blind.length === 0)
    console.error(
      '警告：评标办法有暗标部分，没有给出 --blind / warning: the scheme has a blind part, and --blind is missing',
    );
  const told = await inspectBlind(options);
  if (told !== null) console.error(shownText(told));
  const { terms, procurementId } = tender;
  const bid = await sealBid({
    ...{ terms, procurementId, figures, parts },
    lotNo: lot.no,
    bidder: options.bidder,
  }).catch(asGivenWrongly);

  const sharePath = bid.bidderShare === null ? null : (options.shareOut ?? `${options.out}.share`);
  if (sharePath !== null) await writeShare(sharePath, `${bid.bidderShare}\n`);
  const sha256 = await writeSealed(options.out, bid).catch(async (error: unknown) => {
    if (sharePath !== null) await rm(sharePath, { force: true });
    throw error;
  });
  const sealed = { out: options.out, sha256, size: bid.size, bidderShare: sharePath };
  if (options.json) console.log(JSON.stringify({ ...sealed, recipient: bid.seal.recipient, manifest: bid.manifest }));
  else console.log(shownText(summary(tender, lot, figures, bid, sealed)));
}

function summary(
  tender: SealedTender,
  lot: SealedTender['lots'][number],
  { priceFen, periodDays, quality }: BidFigures,
  { manifest }: SealedBid,
  sealed: { readonly out: string; readonly sha256: string; readonly size: number; readonly bidderShare: string | null },
): string {
  const { bidDeadline, terms } = tender;
  return [
    `项目 / procurement   ${tender.procurementId}`,
    `标段 / lot           ${lot.no}  ${lot.title}`,
    `投标人 / bidder      ${manifest.bidder}`,
    `报价 / price         ${yuan(priceFen)} 元`,
    ...(periodDays === null ? [] : [`工期 / period        ${periodDays} 日`]),
    ...(quality === null ? [] : [`质量 / quality       ${quality}`]),
    ...manifest.parts.map(({ path, size, sha256 }) => `文件 / file          ${path}  ${size}  ${sha256.slice(0, 16)}…`),
    `已封装 / sealed      ${sealed.out}  ${sealed.size} 字节 / bytes`,
    `SHA-256              ${sealed.sha256}`,
    ...(sealed.bidderShare === null
      ? []
      : [
          `自留份额 / your share ${sealed.bidderShare}`,
          `  妥善保管，不要随投标文件递交：开标后 ${terms.bidderWindowMinutes} 分钟内须凭它解密，遗失则投标无法开启`,
          `  keep it, and do not submit it with the bid: at the opening it must be released within ${terms.bidderWindowMinutes} minutes; without it the bid is lost`,
        ]),
    // The platform's clock decides whether it is past.
    `投标截止 / deadline  ${bidDeadline ?? '暂停中 / suspended'}`,
  ].join('\n');
}

const yuan = (fen: number): string => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;

async function readTender(from: string): Promise<SealedTender> {
  const text = /^https?:\/\//i.test(from) ? await fetchTender(from) : await readTenderFile(from);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong(`「${from}」不是 JSON`, `"${from}" is not JSON`);
  }
  try {
    return parseTender(value);
  } catch (error) {
    return asGivenWrongly(error);
  }
}

async function readTenderFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function fetchTender(address: string): Promise<string> {
  const { protocol, hostname } = new URL(address);
  // Anyone who can change the terms in transit could have the bid sealed to their own keys.
  if (protocol !== 'https:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname))
    throw wrong(
      '封装参数只能经 https 取得（本机除外）',
      'the terms are fetched by https only, except from this machine',
    );
  try {
    const response = await fetch(address, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TENDER_TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const pieces: Uint8Array[] = [];
    let size = 0;
    if (response.body === null) throw new Error('no content');
    for await (const piece of new Chunks(response.body)) {
      size += piece.length;
      if (size > MOST_TENDER_BYTES) throw new Error(`more than ${MOST_TENDER_BYTES} bytes`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
    throw new CommandFailure(
      'tender-unreachable',
      { zh: `无法取得封装参数 ${address}：${why}`, en: `cannot fetch the terms from ${address}: ${why}` },
      { cause: error },
    );
  }
}

/** Media types that tenders usually require; everything else is plain bytes. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.pdf': 'application/pdf',
  '.ofd': 'application/ofd',
  '.zip': 'application/zip',
  '.xml': 'application/xml',
  '.json': 'application/json',
  '.txt': 'text/plain',
  '.csv': 'text/csv',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/**
 * What in the blind part would tell who the bidder is.
 * @returns what was found and is sealed all the same; null: nothing
 */
async function inspectBlind({ blind, name, bidder, allowIdentifying }: Options): Promise<string | null> {
  if (blind.length === 0) return null;
  if (name.length === 0)
    throw wrong(
      '有暗标部分的，请以 --name 给出投标人名称（曾用名、人员姓名可再次给出），以便检查',
      'with a blind part, give the name of the bidder with --name (again for former names and people), to look for it',
    );
  const found: { readonly zh: string; readonly en: string }[] = [];
  for (const file of blind) {
    const bytes = await readFile(file).catch((error: unknown) => {
      throw unreadable(file, error);
    });
    for (const { place, zh, en } of await identifyingIn(basename(file), bytes, [bidder, ...name]))
      found.push({ zh: `「${file}」${place}：${zh}`, en: `"${file}", ${place}: ${en}` });
  }
  if (found.length === 0) return null;
  const zh = found.map((each) => each.zh).join('\n');
  const en = found.map((each) => each.en).join('\n');
  if (allowIdentifying) return `警告 / warning\n${zh}\n${en}`;
  throw new CommandFailure(
    'blind-identified',
    {
      zh: `暗标部分有可能显示投标人的内容，没有封装。请清除，或者以 --allow-identifying 照此封装：\n${zh}`,
      en: `the blind part may tell who the bidder is; nothing was sealed. Remove it, or seal it so with --allow-identifying:\n${en}`,
    },
    { exitCode: 2 },
  );
}

async function partOf(file: string, folder = ''): Promise<Part> {
  const found = await stat(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  if (!found.isFile()) throw wrong(`「${file}」不是文件`, `"${file}" is not a file`);
  return {
    path: folder + basename(file).normalize('NFC'),
    mediaType: MEDIA_TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream',
    size: found.size,
    open: () => streamOf(createReadStream(file)[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>),
  };
}

/** Never overwrites a file: it may be a bid that was already submitted. */
async function writeShare(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw unwritable(path, error);
  });
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeSealed(path: string, bid: SealedBid): Promise<string> {
  const file = await open(path, 'wx').catch((error: unknown) => {
    throw unwritable(path, error);
  });
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of new Chunks(bid.stream)) {
      hash.update(chunk);
      size += chunk.length;
      await file.appendFile(chunk);
    }
    if (size !== bid.size) throw new Error(`${size} bytes, not ${bid.size}`);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? unwritable(path, error) : error;
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

function wholeNumber(text: string): number {
  if (!/^(0|[1-9]\d{0,15})$/.test(text)) throw new InvalidArgumentError('整数 / a whole number');
  return Number(text);
}

function days(text: string): number {
  const period = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (period >= 1 && period <= MOST_PERIOD_DAYS) return period;
  throw new InvalidArgumentError(
    `应为 1 至 ${MOST_PERIOD_DAYS} 的整数（日） / a whole number of days from 1 to ${MOST_PERIOD_DAYS}`,
  );
}

function quality(text: string): string {
  if (text.length <= MOST_QUALITY && isSeen(text)) return text;
  throw new InvalidArgumentError(
    `应为 ${MOST_QUALITY} 字以内的一行文字，不含看不见的字符 / one line of ${MOST_QUALITY} characters at most, none of them invisible`,
  );
}

function yuanToFen(text: string): number {
  const [, whole, part = ''] = /^(0|[1-9]\d{0,12})(?:\.(\d{1,2}))?$/.exec(text) ?? [];
  if (whole === undefined)
    throw new InvalidArgumentError(
      '以元为单位，至多两位小数，不带千分位 / yuan, with two decimals at most and no separators',
    );
  return Number(whole) * 100 + Number(part.padEnd(2, '0'));
}

function creditCode(text: string): string {
  const code = raisedCreditCode(text);
  const fault = creditCodeFault(code);
  if (fault) throw new InvalidArgumentError(`${fault.zh} / ${fault.en}`);
  return code;
}

const wrong = (zh: string, en: string, cause?: unknown): CommandFailure =>
  new CommandFailure('bad-input', { zh, en }, { exitCode: 2, cause });

const unreadable = (path: string, error: unknown): CommandFailure =>
  wrong(`无法读取「${path}」：${reason(error)}`, `cannot read "${path}": ${reason(error)}`, error);

function unwritable(path: string, error: unknown): CommandFailure {
  if ((error as NodeJS.ErrnoException).code === 'EEXIST')
    return new CommandFailure('already-exists', {
      zh: `「${path}」已经存在，不会覆盖；请用 --out 或 --share-out 另给文件名`,
      en: `"${path}" exists already and is not overwritten; give another name with --out or --share-out`,
    });
  return new CommandFailure(
    'not-written',
    { zh: `无法写入「${path}」：${reason(error)}`, en: `cannot write "${path}": ${reason(error)}` },
    { cause: error },
  );
}

const reason = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/** Errors before sealing are wrong input: exit code 2. */
function asGivenWrongly(error: unknown): never {
  if (!(error instanceof SealError) || error.code === 'part-changed') throw error;
  throw new CommandFailure(error.code, { zh: error.messageZh, en: error.messageEn }, { exitCode: 2, cause: error });
}
