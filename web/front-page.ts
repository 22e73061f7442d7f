import { createHash } from 'node:crypto';
import { DRILL_MARK } from './notices/document.ts';
import { escapeHtml } from './notices/markup.ts';

const STYLE = `
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 46rem; padding: 1.5rem 1rem 4rem; color: #1a1a1a; background: #fff;
  font: 1rem/1.7 "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.35; margin: .5rem 0 .25rem; }
h1 span { font-weight: 400; color: #595959; font-size: .7em; }
dt { font-weight: 600; margin-top: 1rem; }
dd { margin: 0; }
dd p { margin: 0; }
[lang=en] { color: #595959; font-size: .9em; }
code { overflow-wrap: anywhere; font-size: .85rem; }
.drill { background: #a3271f; color: #fff; text-align: center; font-weight: 700; padding: .4rem; margin-bottom: 1rem; }
`;

/** Neither script nor picture. */
export const FRONT_POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: [`'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
} as const;

interface Place {
  readonly zh: string;
  readonly en: string;
  readonly links: readonly (readonly [path: string, zh: string])[];
}

const PLACES: readonly Place[] = [
  {
    zh: '公众：公告（JSON，逐条附网页和 PDF）',
    en: 'Everybody: notices, as JSON with links to their pages and PDFs',
    links: [['/api/notices', '/api/notices']],
  },
  {
    zh: '投标人：在浏览器中封装并递交投标文件，文件不离开本机',
    en: 'Bidders: seal and submit a bid in the browser; the files do not leave your machine',
    links: [['/seal', '/seal']],
  },
  {
    zh: '开发者：接口文档',
    en: 'Developers: the API',
    links: [
      ['/docs', '/docs'],
      ['/openapi.json', 'OpenAPI 3.1'],
    ],
  },
  {
    zh: '核验者：平台公钥、签名的日志头、日志导出',
    en: 'Who checks us: the keys of the platform, the signed head of its log, an export of the log',
    links: [
      ['/.well-known/jwks.json', 'jwks.json'],
      ['/api/log/head', '/api/log/head'],
      ['/api/log/export', '/api/log/export'],
    ],
  },
  {
    zh: '运维：是否在运行，能否受理',
    en: 'Operators: whether it runs, and takes requests',
    links: [
      ['/health', '/health'],
      ['/ready', '/ready'],
    ],
  },
];

const link = ([path, text]: readonly [string, string]): string =>
  `<a href="${escapeHtml(path)}">${escapeHtml(text)}</a>`;

const placeHtml = ({ zh, en, links }: Place): string =>
  `<dt>${escapeHtml(zh)}</dt><dd><p lang="en">${escapeHtml(en)}</p>${links.map(link).join(' · ')}</dd>`;

/** What this site is, and where to go from here. */
export const frontHtml = (
  tool: { readonly path: string; readonly sha256: string },
  drill: boolean,
): string => `<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>开标 Kaibiao</title><style>${STYLE}</style></head>
<body>
${drill ? `<div class="drill">${escapeHtml(DRILL_MARK)}</div>\n` : ''}<main>
<h1>开标 <span>Kaibiao</span></h1>
<p>公共采购与招标投标的交易系统：法定时间、密封的投标文件、可核验的记录。这里是它的接口，不是网站；人员从各自的系统或下列地址使用。</p>
<p lang="en">A system for public tenders: statutory time, sealed bids, records that can be checked. This is its API and not a website; people use it from systems of their own, or here:</p>
<dl>
${PLACES.map(placeHtml).join('\n')}
<dt>封装、核验程序：一个文件，需要 Node.js 20 以上，不另装软件，不联网下载</dt><dd><p lang="en">The program that seals bids and checks receipts: one file for Node.js 20 or later, which installs and fetches nothing</p>
${link([tool.path, 'kaibiao.mjs'])} · SHA-256 <code>${escapeHtml(tool.sha256)}</code> · <code>node kaibiao.mjs --help</code></dd>
</dl>
</main>
</body>
</html>
`;
