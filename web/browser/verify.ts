import { DRAW_FORMAT } from '../../domain/draws/terms.ts';
import { formatSecond } from '../../domain/civil-time.ts';
import { verifyDraw, type DrawRecord } from '../../proofs/draw-record.ts';
import { verifyExport } from '../../proofs/export.ts';
import { verifyReceipt, type ReceiptProof } from '../../proofs/receipt.ts';
import { SCORE_SHEET, sheetHash, verifySheet, type ScoreSheet } from '../../proofs/sheet.ts';
import { NotSigned, verifySigned, type PublicJwk } from '../../proofs/signing.ts';

// Checks files where they are: nothing is sent. The same code as `kaibiao verify`.

interface Said {
  readonly zh: string;
  readonly en: string;
}
interface Verdict {
  readonly lines: readonly Said[];
  readonly faults: readonly Said[];
}

const english = document.documentElement.lang === 'en';
const said = ({ zh, en }: Said): string => (english ? en : zh);
const input = (id: string): HTMLInputElement => document.getElementById(id) as HTMLInputElement;
const output = document.getElementById('verdict') as HTMLElement;

const NO_FORMAT: Said = {
  zh: '不是回执、抽取记录、得分说明或者日志导出',
  en: 'This is no receipt, record of a draw, score sheet or export of the log',
};

async function check(file: File, bid: File | undefined, keys: readonly PublicJwk[]): Promise<Verdict> {
  const [first = ''] = (await file.slice(0, 65_536).text()).split('\n');
  if (parsed(first)?.['type'] === 'export') return checkLog(file, keys);
  const content = parsed(await file.text());
  if (!content) return { lines: [], faults: [NO_FORMAT] };
  if (content['format'] === DRAW_FORMAT) return checkDraw(content as unknown as DrawRecord, keys);
  if ((content['sheet'] as ScoreSheet | undefined)?.format === SCORE_SHEET) return checkSheet(content, keys);
  if (typeof content['signed'] === 'string') return checkReceipt(content, bid, keys);
  return { lines: [], faults: [NO_FORMAT] };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

async function checkReceipt(
  content: Record<string, unknown>,
  bid: File | undefined,
  keys: readonly PublicJwk[],
): Promise<Verdict> {
  const found = bid && { sha256: await digestOf(bid), size: bid.size };
  const proof = (content['proof'] ?? null) as ReceiptProof | null;
  const { statement, inLog, faults } = await verifyReceipt(
    { signed: content['signed'] as string, proof },
    found ?? null,
    keys,
  );
  return {
    faults,
    lines: [
      {
        zh: `项目 ${statement.procurementId} 第 ${statement.lotNo} 标段，投标 ${statement.bidId}`,
        en: `Procurement ${statement.procurementId}, lot ${statement.lotNo}, bid ${statement.bidId}`,
      },
      { zh: `收到 ${formatSecond(statement.receivedAt)}`, en: `Received ${formatSecond(statement.receivedAt)}` },
      inLog
        ? { zh: `已证明在日志第 ${proof?.index} 位`, en: `Proven to be at ${proof?.index} of the log` }
        : { zh: '未附日志证明', en: 'Without a proof of the log' },
      found
        ? { zh: '已与所选文件比对', en: 'Compared with the chosen file' }
        : { zh: '未选投标文件，未作比对', en: 'No bid was chosen: nothing was compared' },
    ],
  };
}

async function checkDraw(record: DrawRecord, keys: readonly PublicJwk[]): Promise<Verdict> {
  const { procurementId, lotNo, candidates, excluded, members, opened, faults } = await verifyDraw(record, keys);
  return {
    faults: faults.map(({ subject, zh, en }) => ({ zh: `${subject}：${zh}`, en: `${subject}: ${en}` })),
    lines: [
      { zh: `项目 ${procurementId} 第 ${lotNo} 标段的抽取`, en: `Draw for lot ${lotNo} of ${procurementId}` },
      {
        zh: `候选 ${candidates} 人，排除 ${excluded} 人，成员 ${members.length} 人`,
        en: `${candidates} candidates, ${excluded} excluded, ${members.length} members`,
      },
      opened
        ? { zh: '姓名已公开', en: 'Names are disclosed' }
        : { zh: '姓名在结果确定后公开', en: 'Names are disclosed with the award' },
    ],
  };
}

async function checkSheet(content: Record<string, unknown>, keys: readonly PublicJwk[]): Promise<Verdict> {
  const sheet = content['sheet'] as ScoreSheet;
  const { score, faults } = verifySheet(sheet);
  const { sha256 } = await verifySigned<{ sha256: string }>(String(content['signed']), SCORE_SHEET, keys);
  const unlike =
    sha256 === sheetHash(sheet) ? [] : [{ zh: '签名与内容不符', en: 'The signature is not of this sheet' }];
  return {
    faults: [...faults, ...unlike],
    lines: [
      { zh: `项目 ${sheet.procurementId} 第 ${sheet.lotNo} 标段`, en: `Lot ${sheet.lotNo} of ${sheet.procurementId}` },
      ...(score?.steps ?? []).map(({ zh, en, formula, shown }) => ({
        zh: `${zh}：${formula} = ${shown}`,
        en: `${en}: ${formula} = ${shown}`,
      })),
      ...(sheet.rank === null
        ? []
        : [{ zh: `第 ${sheet.rank} 名，共 ${sheet.ranked} 家`, en: `Rank ${sheet.rank} of ${sheet.ranked}` }]),
      ...[sheet.tie, sheet.brandDraw].flatMap((drawn) =>
        drawn
          ? [
              {
                zh: `随机抽取：与另 ${drawn.among.length - 1} 家并列，抽得第 ${drawn.among.indexOf(drawn.file) + 1}（文件 ${drawn.file}）`,
                en: `By chance: place ${drawn.among.indexOf(drawn.file) + 1} of ${drawn.among.length} that are equal (file ${drawn.file})`,
              },
            ]
          : [],
      ),
    ],
  };
}

async function checkLog(file: File, keys: readonly PublicJwk[]): Promise<Verdict> {
  const { leaves, entries, notices, openings, heads, head, faults } = await verifyExport(linesOf(file), keys);
  return {
    faults: faults.map(({ line, subject, zh, en }) => ({
      zh: `${line}：${subject}：${zh}`,
      en: `${line}: ${subject}: ${en}`,
    })),
    lines: [
      {
        zh: `叶子 ${leaves}，审计 ${entries}，公告 ${notices}，开标记录 ${openings}，树头 ${heads}`,
        en: `${leaves} leaves, ${entries} audit entries, ${notices} notices, ${openings} opening records, ${heads} heads`,
      },
      ...(head ? [{ zh: `树头：${head.size} ${head.root}`, en: `Head: ${head.size} ${head.root}` }] : []),
    ],
  };
}

/** Line by line: an export may be larger than the memory. */
async function* linesOf(file: File): AsyncGenerator<string> {
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

async function digestOf(file: File): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The keys that the visitor chose, else those of the platform that serves this page. */
async function keysOf(chosen: File | undefined): Promise<readonly PublicJwk[]> {
  const text = chosen ? await chosen.text() : await (await fetch('/.well-known/jwks.json')).text();
  const { keys } = JSON.parse(text) as { keys: readonly PublicJwk[] };
  return keys;
}

function show({ lines, faults }: Verdict): void {
  const good = faults.length === 0;
  const title = document.createElement('p');
  const strong = document.createElement('strong');
  strong.textContent = good
    ? said({ zh: '核验通过：与平台签署的一致', en: 'Verified: it is as the platform signed it' })
    : said({ zh: '核验不通过', en: 'Not verified' });
  title.append(strong);
  const list = document.createElement('ul');
  for (const line of [...faults.map((fault) => `✗ ${said(fault)}`), ...lines.map(said)]) {
    const item = document.createElement('li');
    item.textContent = line;
    list.append(item);
  }
  output.className = `note ${good ? 'good' : 'fault'}`;
  output.replaceChildren(title, list);
}

document.getElementById('check')?.addEventListener('submit', (event) => {
  event.preventDefault();
  const [file, bid, keys] = ['file', 'bid', 'keys'].map((id) => input(id).files?.[0]);
  if (!file) return;
  output.className = 'note info';
  output.textContent = said({ zh: '正在核验…', en: 'Checking …' });
  keysOf(keys)
    .then((known) => check(file, bid, known))
    .catch((error: unknown): Verdict => ({
      lines: [],
      faults: [
        error instanceof NotSigned
          ? { zh: '签名无效，或者不是这些公钥签署的', en: 'The signature is not valid, or of other keys' }
          : { zh: '文件不能读取，或者形式有误', en: 'The file cannot be read, or is not of the format' },
      ],
    }))
    .then(show)
    .catch(() => undefined);
});
(document.getElementById('submit') as HTMLButtonElement).disabled = false;
