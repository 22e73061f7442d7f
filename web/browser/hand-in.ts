import { DetailedError, Upload } from 'tus-js-client';
import { formatSecond } from '../../domain/civil-time.ts';
import { verifyReceipt, type ReceiptProof } from '../../proofs/receipt.ts';
import { NotSigned, type PublicJwk } from '../../proofs/signing.ts';
import { ask, askJson, refusal } from './api.ts';
import { any, answering, button, element, input, offer, say, show, setText } from './elements.ts';
import type { Sealed } from './jobs.ts';
import { UserError } from './user-error.ts';

/** Waits before retries; after the last the user is asked. */
const RETRY_MS = [0, 1_000, 3_000, 5_000, 10_000, 20_000];

interface Membership {
  readonly organisationId: string;
  readonly organisation: string;
  readonly creditCode: string;
  readonly role: string;
}

interface Who {
  readonly account: { readonly name: string };
  readonly memberships: readonly Membership[];
}

interface UploadView {
  readonly uploadId: string;
  readonly length: number;
  readonly sha256: string | null;
  readonly state: 'open' | 'taken' | 'refused' | 'withdrawn';
  readonly receipt: { readonly bidId: string; readonly state: string } | null;
}

interface ProvenReceipt {
  readonly bidId: string;
  readonly signed: string;
  readonly proof: ReceiptProof | null;
}

let sealed: Sealed | null = null;
/** The suppliers that the signed-in person acts for; null: not loaded. */
let suppliers: readonly Membership[] | null = null;
let running: Upload | null = null;
let handedIn = false;
/** Pauses the running upload. */
let stop = (): void => undefined;

export const isHandedIn = (): boolean => handedIn;
export const isUploading = (): boolean => running !== null;

/** Sets the bid that can be submitted; an upload of the previous one is stopped where it is. */
export function present(bid: Sealed): void {
  void running?.abort();
  running = null;
  sealed = bid;
  handedIn = false;
  show('receipt', false);
  show('hand-in-fault', false);
  idle();
  button('hand-in-now').textContent = '现在递交 / Submit now';
  show('hand-in', true);
}

/** @throws Told if the account acts for no supplier */
async function whoActs(): Promise<Membership> {
  if (suppliers === null) {
    const { account, memberships } = await askJson<Who>('/api/session');
    signedIn(account.name, memberships);
  }
  const acting = suppliers?.[element('acting', HTMLSelectElement).selectedIndex];
  if (acting) return acting;
  throw new UserError(
    '登录的账号不是任何供应商（投标人）的人员，不能递交投标文件',
    'this account acts for no supplier: it cannot submit a bid',
  );
}

function signedIn(name: string, memberships: readonly Membership[]): void {
  suppliers = memberships.filter(({ role }) => role === 'supplier');
  const acting = element('acting', HTMLSelectElement);
  acting.replaceChildren(
    ...suppliers.map(({ organisation, creditCode }) => new Option(`${organisation}（${creditCode}）`)),
  );
  setText('who', `已登录 / signed in: ${name}`);
  show('sign-in', false);
  show('signed-in', true);
  show('hand-in-now', !handedIn);
}

function signedOut(): void {
  suppliers = null;
  show('signed-in', false);
  show('hand-in-now', false);
  show('sign-in', true);
}

const actingAs = ({ organisationId, role }: Membership): Record<string, string> => ({
  'x-acting-as': `${organisationId}:${role}`,
});

async function signIn(): Promise<void> {
  const [username, password] = [input('username'), input('password')];
  const body = JSON.stringify({ username: username.value.trim(), password: password.value });
  password.value = '';
  const { account, memberships } = await askJson<Who>('/api/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  signedIn(account.name, memberships);
  await handIn();
}

async function signOut(): Promise<void> {
  await ask('/api/session', { method: 'DELETE' });
  signedOut();
}

async function handIn(): Promise<void> {
  const bid = sealed;
  if (bid === null || running !== null) return;
  if (bid.twoLocks && !input('kept').checked)
    throw new UserError(
      '请先保存自留份额并勾选确认：没有它，任何人（包括您）都不能开启这份投标文件',
      'save your share and tick the box first: without it nobody, not even you, can open this bid',
    );
  const acting = await whoActs();
  if (bid.content !== null && bid.content.bidder !== acting.creditCode)
    throw new UserError(
      `封装时填写的统一社会信用代码为 ${bid.content.bidder}，登录单位为 ${acting.creditCode}：不一致的投标文件开标时无法开启，请重新封装`,
      `sealed for the credit code ${bid.content.bidder}, signed in as ${acting.creditCode}: such a bid is rejected at the opening; seal it again`,
    );
  busy();
  try {
    const { bidId } = await uploaded(bid, acting);
    await showReceipt(bid, bidId, acting);
    handedIn = true;
  } catch (error) {
    const refused = error instanceof UserError && error.answered !== null;
    if (!refused) button('hand-in-now').textContent = '继续递交 / Resume';
    throw error;
  } finally {
    running = null;
    idle();
  }
}

/** The receipt of the bid; its bytes are sent from where an earlier attempt stopped. */
async function uploaded(bid: Sealed, acting: Membership): Promise<{ bidId: string }> {
  const path = `/api/procurements/${bid.procurementId}/lots/${bid.lotNo}/uploads`;
  const headers = actingAs(acting);
  const { items } = await askJson<{ items: UploadView[] }>(path, { headers });
  const before = items.filter(({ length, sha256 }) => length === bid.blob.size && sha256 === bid.sha256);
  const counts = before.find(({ receipt }) => receipt?.state === 'standing')?.receipt;
  if (counts) return counts;
  const begun = before.find(({ state }) => state === 'open');
  const at = await send(bid, path, headers, begun ? `${path}/${begun.uploadId}` : null);
  const { receipt } = await askJson<UploadView>(at, { headers });
  if (receipt === null)
    throw new UserError(
      '文件已传完，平台尚未收下，请再试',
      'all bytes were sent, but the bid is not accepted yet: try again',
    );
  return receipt;
}

/** @returns the address of the upload, once it is complete */
function send(bid: Sealed, endpoint: string, headers: Record<string, string>, uploadUrl: string | null) {
  return new Promise<string>((resolve, reject) => {
    const upload = new Upload(bid.blob, {
      endpoint,
      ...(uploadUrl === null ? {} : { uploadUrl }),
      headers,
      metadata: { sha256: bid.sha256 },
      retryDelays: RETRY_MS,
      // The platform knows the address, whichever machine resumes the upload.
      storeFingerprintForResuming: false,
      onProgress: (sent, total) => {
        element('sent', HTMLProgressElement).value = sent / total;
        setText('upload-state', sent < total ? percent(sent, total) : '已传完，平台正在核对 / all sent, being checked');
      },
      onShouldRetry: ({ originalResponse }) => {
        const status = originalResponse?.getStatus() ?? 0;
        const code = refusal(status, originalResponse?.getBody() ?? '').answered?.code;
        const again = status < 400 || status >= 500 || status === 423 || status === 429 || code === 'upload-offset';
        if (again) setText('upload-state', '连接中断，正在重试 / connection lost, retrying');
        return again;
      },
      onSuccess: () => (upload.url === null ? reject(new Error('an upload without address')) : resolve(upload.url)),
      onError: (error) => reject(userErrorOf(error)),
    });
    running = upload;
    stop = () => {
      upload.abort().catch(() => undefined);
      reject(new UserError('已暂停，可继续递交', 'paused; you can resume at any time'));
    };
    upload.start();
  });
}

const percent = (sent: number, total: number): string =>
  `${Math.floor((100 * sent) / total)} %（${sent} / ${total} 字节 bytes）`;

function userErrorOf(error: Error): Error {
  if (!(error instanceof DetailedError)) return error;
  const answer = error.originalResponse;
  if (answer && answer.getStatus() > 0) return refusal(answer.getStatus(), answer.getBody());
  return new UserError(
    '连接中断；已传的部分平台保留着，网络恢复后点“继续递交”，截止时间前须传完',
    'the connection is lost; what was sent is kept: press "Resume" when it is back; the whole bid must arrive before the deadline',
  );
}

async function showReceipt(bid: Sealed, bidId: string, acting: Membership): Promise<void> {
  const headers = actingAs(acting);
  const [receipt, pdf] = await Promise.all([
    askJson<ProvenReceipt>(`/api/receipts/${bidId}`, { headers }),
    ask(`/api/receipts/${bidId}/receipt.pdf`, { headers }).then((answer) => answer.blob()),
  ]);
  offer('save-receipt', new Blob([`${JSON.stringify(receipt, null, 2)}\n`]), `receipt-${bidId}.json`);
  offer('save-receipt-pdf', pdf, `receipt-${bidId}.pdf`);
  show('receipt', true);
  any('receipt').focus();
  await checkReceipt(bid, receipt);
}

/** Checks what the platform has signed, with its published keys, against the file that was sent. */
async function checkReceipt(bid: Sealed, receipt: ProvenReceipt): Promise<void> {
  const verdict = any('verdict');
  const judge = (good: boolean, text: string): void => {
    verdict.className = good ? 'known' : 'fault';
    verdict.textContent = text;
  };
  try {
    const { keys } = await askJson<{ keys: PublicJwk[] }>('/.well-known/jwks.json');
    const file = { sha256: bid.sha256, size: bid.blob.size };
    const { statement, faults } = await verifyReceipt(receipt, file, keys);
    setText('receipt-bid', `${statement.bidId}（第 ${statement.version} 份 / version ${statement.version}）`);
    setText('receipt-at', formatSecond(statement.receivedAt));
    const { deadline } = statement;
    setText('receipt-deadline', deadline === null ? '暂停中 / suspended' : formatSecond(deadline));
    setText('receipt-bidder', statement.bidder);
    setText('receipt-hash', statement.sha256);
    setText('receipt-entry', statement.entry);
    setText('receipt-head', formatSecond(statement.headBy));
    const place = { procurementId: bid.procurementId, lotNo: bid.lotNo };
    if (statement.procurementId !== place.procurementId || statement.lotNo !== place.lotNo)
      faults.push({ zh: '回执是另一项目或标段的', en: 'the receipt is of another procurement or lot' });
    if (faults.length > 0)
      judge(
        false,
        ['回执核验未通过 / the receipt is not valid:', ...faults.map(({ zh, en }) => `${zh} / ${en}`)].join('\n'),
      );
    else
      judge(
        true,
        '已递交，回执核验通过：平台签名成立，SHA-256 与本页封装的文件一致，收到时间早于截止时间。\n' +
          'Submitted; the receipt is valid: signed by the platform, for this file, received before the deadline.',
      );
  } catch (error) {
    if (error instanceof NotSigned && !(await hasEd25519()))
      judge(
        false,
        '已递交；此浏览器不能核验 Ed25519 签名，请保存回执后用 kaibiao.mjs verify 核验。\n' +
          'Submitted; this browser cannot verify Ed25519: save the receipt and check it with kaibiao.mjs verify.',
      );
    else {
      judge(
        false,
        '已递交，但回执未能核验，请保存回执并与交易中心联系 / submitted, but the receipt could not be verified: save it and contact the trading centre',
      );
      say('hand-in-fault', error);
    }
  }
}

/** Browsers added it between 2024 and 2025, and have no signatures at all on a page without https. */
async function hasEd25519(): Promise<boolean> {
  try {
    await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    return true;
  } catch {
    return false;
  }
}

function busy(): void {
  element('sent', HTMLProgressElement).value = 0;
  setText('upload-state', '');
  show('uploading', true);
  button('hand-in-now').disabled = true;
}

function idle(): void {
  show('uploading', false);
  show('hand-in-now', !handedIn);
  button('hand-in-now').disabled = false;
}

/** Shows an error; if nobody is signed in (any more), the sign-in form. The first sign-in shows no error. */
const attempt = (work: () => Promise<void>): (() => void) =>
  answering('hand-in-fault', async () => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof UserError) || error.answered?.code !== 'unauthenticated') throw error;
      const isReported = suppliers !== null || !any('sign-in').hidden;
      signedOut();
      if (isReported) throw error;
      input('username').focus();
    }
  });

button('hand-in-now').addEventListener('click', attempt(handIn));
button('stop').addEventListener('click', () => stop());
button('sign-out').addEventListener('click', attempt(signOut));
element('sign-in', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(signIn)();
});
