import { config } from 'zod';
import { creditCodeFault, raisedCreditCode } from '../../domain/organisations/credit-code.ts';
import { parseTender, type SealedTender } from '../../sealing/format.ts';
import { ask } from './api.ts';
import { answering, any, button, element, input, offer, show, setText } from './elements.ts';
import { isHandedIn, isUploading, present } from './hand-in.ts';
import { inWorker, type BlindFiles, type Job, type Sealed } from './jobs.ts';
import { UserError, type Words } from './user-error.ts';

// The page's policy allows no code from text at run time.
config({ jitless: true });

const lot = element('lot', HTMLSelectElement);
const progress = element('progress', HTMLProgressElement);

let tender: SealedTender | null = null;
let saved = true;

function take(found: SealedTender): void {
  tender = found;
  lot.replaceChildren(...found.lots.map(({ no, title }) => new Option(`${no}　${title}`, String(no))));
  lot.disabled = false;
  const facts = [
    `项目 / procurement: ${found.procurementId}`,
    `投标截止 / deadline: ${found.bidDeadline ?? '暂停中 / suspended'}`,
    ...(found.terms.bidderWindowMinutes === null
      ? []
      : ['双锁：您须自留一份密钥 / two locks: you keep a share of the key']),
    ...found.lots.flatMap(({ no, blind }) =>
      blind ? [`第 ${no} 标段有暗标部分，文件另行选择 / lot ${no} has a blind part, whose files are chosen apart`] : [],
    ),
  ];
  showBlind();
  setText('known', facts.join('\n'));
  show('known', true);
}

const lotOf = (): SealedTender['lots'][number] | undefined => tender?.lots.find(({ no }) => no === Number(lot.value));

function showBlind(): void {
  show('blind', lotOf()?.blind === true);
  forget();
}

/** What was found is of other files. */
function forget(): void {
  input('allow-identifying').checked = false;
  show('identifying', false);
}

function parsed(text: string): SealedTender {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError('封装参数不是 JSON', 'the terms are not JSON');
  }
  return parseTender(value);
}

async function load(): Promise<void> {
  const given = input('tender').value.trim();
  if (given === '')
    throw new UserError('请填写项目编号或封装参数地址', 'give the id of the procurement or the address of its terms');
  const address = new URL(/^[0-9A-Za-z-]+$/.test(given) ? `/api/procurements/${given}/sealing` : given, location.href);
  if (address.origin !== location.origin)
    throw new UserError(
      `本页只能取得本平台（${location.origin}）的封装参数；其他平台的请下载后选择文件`,
      `this page fetches terms of this platform (${location.origin}) only; of another, download them and choose the file`,
    );
  const response = await ask(address.href, { headers: { accept: 'application/json' } });
  take(parsed(await response.text()));
}

async function loadFile(): Promise<void> {
  const [file] = input('terms').files ?? [];
  if (file) take(parsed(await file.text()));
}

function fenOf(text: string): number {
  const [, whole, part = ''] = /^(0|[1-9]\d{0,12})(?:\.(\d{1,2}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined)
    throw new UserError(
      '报价以元为单位，至多两位小数，不带千分位',
      'the price is in yuan, with two decimals at most and no separators',
    );
  return Number(whole) * 100 + Number(part.padEnd(2, '0'));
}

function daysOf(text: string): number | null {
  if (text.trim() === '') return null;
  if (!/^[1-9]\d{0,4}$/.test(text.trim())) throw new UserError('工期为整数日', 'the period is a whole number of days');
  return Number(text.trim());
}

async function seal(): Promise<void> {
  if (tender === null) throw new UserError('请先取得项目的封装参数', 'get the terms of the tender first');
  const bidder = raisedCreditCode(input('bidder').value);
  const fault = creditCodeFault(bidder);
  if (fault) throw new UserError(fault.zh, fault.en);
  const priceFen = fenOf(input('price').value);
  const files = [...(input('files').files ?? [])];
  if (files.length === 0) throw new UserError('请选择投标文件', 'choose the files of the bid');
  const quality = input('quality').value.trim();
  const figures = { priceFen, periodDays: daysOf(input('period').value), quality: quality === '' ? null : quality };

  const { terms, procurementId } = tender;
  const blind = blindFiles();
  await work({ kind: 'seal', terms, procurementId, lotNo: Number(lot.value), bidder, figures, files, blind });
}

function blindFiles(): BlindFiles {
  const files = lotOf()?.blind === true ? [...(input('blind-files').files ?? [])] : [];
  const names = element('names', HTMLTextAreaElement)
    .value.split(/\r?\n/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (files.length > 0 && names.length === 0)
    throw new UserError(
      '有暗标部分的，请填写投标人名称，以便检查',
      'with a blind part, give the name of the bidder, to look for it',
    );
  return { files, names, allowIdentifying: input('allow-identifying').checked };
}

function showIdentifying(found: readonly Words[]): void {
  const lines = found.map(({ zh, en }) => {
    const line = document.createElement('li');
    line.textContent = `${zh} / ${en}`;
    return line;
  });
  any('identifying-list').replaceChildren(...lines);
  show('identifying', true);
  any('identifying').scrollIntoView();
}

/** A bid that was sealed before: it can only be submitted. */
async function takeSealed(): Promise<void> {
  const [file] = input('sealed').files ?? [];
  if (file) await work({ kind: 'read', file });
}

async function work(job: Job): Promise<void> {
  if (isUploading()) throw new UserError('正在递交，请等待完成或先暂停', 'a bid is being submitted: wait, or pause it');
  for (const id of ['result', 'hand-in', 'receipt']) show(id, false);
  button('seal').disabled = true;
  input('sealed').disabled = true;
  progress.value = 0;
  show('progress', true);
  try {
    const sealed = await inWorker(job, (share) => (progress.value = share));
    if (!('blob' in sealed)) return showIdentifying(sealed);
    showSealed(sealed, job.kind === 'read');
    present(sealed);
  } finally {
    button('seal').disabled = false;
    input('sealed').disabled = false;
    show('progress', false);
  }
}

function showSealed({ blob, sha256, procurementId, lotNo, twoLocks, share, content }: Sealed, onDisk: boolean): void {
  setText('sealed-tender', `${procurementId}，第 ${lotNo} 标段（包） / lot ${lotNo}`);
  setText('sealed-price', content === null ? SEALED_IN : `${yuanOf(content.priceFen)} 元 / yuan`);
  setText('sealed-bidder', content?.bidder ?? SEALED_IN);
  setText('sealed-files', content?.paths.join('、') ?? SEALED_IN);
  setText('sealed-size', `${blob.size} 字节 / bytes`);
  setText('sealed-hash', sha256);
  const name = `bid-lot${lotNo}-${sha256.slice(0, 8)}.sealed`;
  if (onDisk) show('save', false);
  else offer('save', blob, name);
  show('save-share', false);
  if (share !== null) offer('save-share', new Blob([`${share}\n`], { type: 'text/plain' }), `${name}.share`);
  const minutes = tender?.procurementId === procurementId ? tender.terms.bidderWindowMinutes : null;
  setText('keep-within', minutes === null ? '在规定时间内' : ` ${minutes} 分钟内（${minutes} min）`);
  show('keep', twoLocks);
  input('kept').checked = false;
  input('kept').disabled = share !== null;
  saved = onDisk;
  show('result', true);
  any('result').focus();
}

const SEALED_IN = '已密封，本页看不到 / sealed, not visible here';
const yuanOf = (fen: number): string => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;

button('load').addEventListener('click', answering('fault', load));
input('terms').addEventListener('change', answering('fault', loadFile));
input('files').addEventListener('change', () => {
  const files = [...(input('files').files ?? [])];
  setText('chosen', files.map(({ name, size }) => `${name}（${size}）`).join('、'));
  show('chosen', files.length > 0);
});
input('blind-files').addEventListener('change', forget);
lot.addEventListener('change', showBlind);
input('sealed').addEventListener('change', answering('fault', takeSealed));
element('form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  answering('fault', seal)();
});
// Without saving or submitting, what was sealed is lost with the page; a share that was not saved cannot be recovered.
addEventListener('beforeunload', (event) => {
  const shareKept = any('keep').hidden || !input('kept').disabled;
  if (isUploading() || !(saved || isHandedIn()) || !shareKept) event.preventDefault();
});
any('save').addEventListener('click', () => (saved = true));
any('save-share').addEventListener('click', () => (input('kept').disabled = false));

const tenderParam = new URLSearchParams(location.search).get('tender');
if (tenderParam !== null) {
  input('tender').value = tenderParam;
  answering('fault', load)();
}
