import { config } from 'zod';
import { CREDIT_CODE } from '../../domain/credit-code.ts';
import { Chunks } from '../../sealing/bytes.ts';
import { createDigest } from '../../sealing/digest.ts';
import { SealError } from '../../sealing/fault.ts';
import { parseTender, type SealedTender } from '../../sealing/format.ts';
import { sealBid, type Part } from '../../sealing/seal.ts';

// The page lets nothing be made of text at run time.
config({ jitless: true });

const TERMS_TIMEOUT_MS = 20_000;
/** What is gathered before it is handed to the browser, which keeps large files on disk. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** What the person at the page can mend. */
class Told extends Error {
  constructor(
    readonly zh: string,
    readonly en: string,
  ) {
    super(en);
  }
}

function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`no ${kind.name} #${id}`);
  return found;
}
const input = (id: string): HTMLInputElement => element(id, HTMLInputElement);
const lot = element('lot', HTMLSelectElement);
const fault = element('fault', HTMLElement);
const result = element('result', HTMLElement);
const progress = element('progress', HTMLProgressElement);
const sealButton = element('seal', HTMLButtonElement);

let tender: SealedTender | null = null;
let saved = false;

function say(error: unknown): void {
  const { zh, en } =
    error instanceof Told
      ? error
      : error instanceof SealError
        ? { zh: error.messageZh, en: error.messageEn }
        : { zh: `未能完成：${String(error)}`, en: `it did not work: ${String(error)}` };
  fault.textContent = `${zh}\n${en}`;
  fault.hidden = false;
  fault.scrollIntoView({ block: 'nearest' });
}

/** Does what was asked for and shows what is wrong with it. */
function answering(work: () => Promise<void>): () => void {
  return () => {
    fault.hidden = true;
    work().catch(say);
  };
}

function take(found: SealedTender): void {
  tender = found;
  lot.replaceChildren(...found.lots.map(({ no, title }) => new Option(`${no}　${title}`, String(no))));
  lot.disabled = false;
  const known = element('known', HTMLElement);
  known.textContent = [
    `项目 / procurement: ${found.procurementId}`,
    ...(found.bidDeadline === null ? [] : [`投标截止 / deadline: ${found.bidDeadline}`]),
    ...(found.terms.bidderWindowMinutes === null
      ? []
      : ['双锁：您须自留一份密钥 / two locks: you keep a share of the key']),
  ].join('\n');
  known.hidden = false;
}

function parsed(text: string): SealedTender {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Told('封装参数不是 JSON', 'the terms are not JSON');
  }
  return parseTender(value);
}

async function load(): Promise<void> {
  const given = input('tender').value.trim();
  if (given === '')
    throw new Told('请填写项目编号或封装参数地址', 'give the id of the procurement or the address of its terms');
  const address = new URL(/^[0-9A-Za-z-]+$/.test(given) ? `/api/procurements/${given}/sealing` : given, location.href);
  if (address.origin !== location.origin)
    throw new Told(
      `本页只能取得本平台（${location.origin}）的封装参数；其他平台的请下载后选择文件`,
      `this page fetches terms of this platform (${location.origin}) only; of another, download them and choose the file`,
    );
  const response = await fetch(address, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(TERMS_TIMEOUT_MS),
  });
  if (!response.ok)
    throw new Told(`无法取得封装参数：HTTP ${response.status}`, `the terms cannot be had: HTTP ${response.status}`);
  take(parsed(await response.text()));
}

async function loadFile(): Promise<void> {
  const [file] = input('terms').files ?? [];
  if (file) take(parsed(await file.text()));
}

function fenOf(text: string): number {
  const [, whole, part = ''] = /^(0|[1-9]\d{0,12})(?:\.(\d{1,2}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined)
    throw new Told(
      '报价以元为单位，至多两位小数，不带千分位',
      'the price is in yuan, with two decimals at most and no separators',
    );
  return Number(whole) * 100 + Number(part.padEnd(2, '0'));
}

function daysOf(text: string): number | null {
  if (text.trim() === '') return null;
  if (!/^[1-9]\d{0,4}$/.test(text.trim())) throw new Told('工期为整数日', 'the period is a whole number of days');
  return Number(text.trim());
}

/** A file of the page as a part, which tells how much of it has been read. */
function partOf(file: File, read: (bytes: number) => void): Part {
  const counted = (): TransformStream<Uint8Array, Uint8Array> =>
    new TransformStream({
      transform(chunk, controller) {
        read(chunk.length);
        controller.enqueue(chunk);
      },
    });
  return {
    path: file.name.normalize('NFC'),
    mediaType: /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/.test(file.type) ? file.type : 'application/octet-stream',
    size: file.size,
    open: () => file.stream().pipeThrough(counted()),
  };
}

async function gathered(stream: ReadableStream<Uint8Array>): Promise<{ blob: Blob; sha256: string }> {
  const digest = createDigest();
  const pieces: Blob[] = [];
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const flush = (): void => {
    pieces.push(new Blob(chunks));
    chunks = [];
    size = 0;
  };
  for await (const chunk of new Chunks(stream)) {
    digest.update(chunk);
    chunks.push(new Uint8Array(chunk));
    size += chunk.length;
    if (size >= PIECE_BYTES) flush();
  }
  flush();
  return { blob: new Blob(pieces, { type: 'application/octet-stream' }), sha256: digest.hex() };
}

async function seal(): Promise<void> {
  if (tender === null) throw new Told('请先取得项目的封装参数', 'get the terms of the tender first');
  const bidder = input('bidder').value.trim().toUpperCase();
  if (!CREDIT_CODE.test(bidder)) throw new Told('统一社会信用代码应为 18 位', 'a credit code has 18 characters');
  const priceFen = fenOf(input('price').value);
  const files = [...(input('files').files ?? [])];
  if (files.length === 0) throw new Told('请选择投标文件', 'choose the files of the bid');
  const quality = input('quality').value.trim();
  const figures = { priceFen, periodDays: daysOf(input('period').value), quality: quality === '' ? null : quality };

  result.hidden = true;
  sealButton.disabled = true;
  progress.hidden = false;
  // Each file is read twice: hashed, then sealed.
  const total = 2 * files.reduce((sum, { size }) => sum + size, 0);
  let read = 0;
  const parts = files.map((file) =>
    partOf(file, (bytes) => {
      read += bytes;
      progress.value = total === 0 ? 1 : read / total;
    }),
  );
  try {
    const { terms, procurementId } = tender;
    const bid = await sealBid({ terms, procurementId, lotNo: Number(lot.value), bidder, figures, parts });
    const { blob, sha256 } = await gathered(bid.stream);
    if (blob.size !== bid.size) throw new Error(`${blob.size} bytes, not ${bid.size}`);
    show(
      bid.manifest.parts.map(({ path }) => path),
      priceFen,
      blob,
      sha256,
      bid.bidderShare,
    );
  } finally {
    sealButton.disabled = false;
    progress.hidden = true;
  }
}

function show(paths: readonly string[], priceFen: number, blob: Blob, sha256: string, share: string | null): void {
  const set = (id: string, text: string): void => void (element(id, HTMLElement).textContent = text);
  set('told-price', `${Math.floor(priceFen / 100)}.${String(priceFen % 100).padStart(2, '0')} 元`);
  set('told-files', paths.join('、'));
  set('told-size', `${blob.size} 字节 / bytes`);
  set('told-hash', sha256);
  offer('save', blob, `bid-lot${lot.value}-${sha256.slice(0, 8)}.sealed`);
  const keep = element('keep', HTMLElement);
  keep.hidden = share === null;
  element('save-share', HTMLAnchorElement).hidden = share === null;
  if (share !== null) {
    offer(
      'save-share',
      new Blob([`${share}\n`], { type: 'text/plain' }),
      `bid-lot${lot.value}-${sha256.slice(0, 8)}.sealed.share`,
    );
    const minutes = tender?.terms.bidderWindowMinutes;
    keep.textContent =
      `自留份额须妥善保管，不要随投标文件递交：开标后 ${minutes} 分钟内凭它解密，遗失则投标无法开启。\n` +
      `Keep your share and do not hand it in: it is asked for within ${minutes} minutes of the opening; without it the bid is lost.`;
  }
  saved = false;
  result.hidden = false;
  result.focus();
}

function offer(id: string, blob: Blob, name: string): void {
  const link = element(id, HTMLAnchorElement);
  if (link.href !== '') URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(blob);
  link.download = name;
}

element('load', HTMLButtonElement).addEventListener('click', answering(load));
input('terms').addEventListener('change', answering(loadFile));
input('files').addEventListener('change', () => {
  const files = [...(input('files').files ?? [])];
  const chosen = element('chosen', HTMLElement);
  chosen.textContent = files.map(({ name, size }) => `${name}（${size}）`).join('、');
  chosen.hidden = files.length === 0;
});
element('form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  answering(seal)();
});
// What was sealed is lost with the page.
addEventListener('beforeunload', (event) => {
  if (!result.hidden && !saved) event.preventDefault();
});
element('save', HTMLAnchorElement).addEventListener('click', () => {
  saved = true;
});

const asked = new URLSearchParams(location.search).get('tender');
if (asked !== null) {
  input('tender').value = asked;
  answering(load)();
}
