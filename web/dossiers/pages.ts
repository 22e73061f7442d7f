import type { Notice } from '../../db/notices.ts';
import type { DossierFile, DossierManifest } from '../../proofs/dossier/manifest.ts';
import { noticeHtml, page } from '../notices/html.ts';
import { escapeHtml } from '../notices/markup.ts';
import { DRILL_MARK } from '../notices/document.ts';
import { documentOf } from '../notices/templates.ts';

/** The pages of a dossier (档案): they are read from a folder, years later, without this site. */
export const dossierPages = (publicUrl: string) => ({
  notice: (notice: Notice): string => {
    const site = publicUrl.replace(/\/+$/, '');
    const url = `${site}/notices/${notice.id}`;
    return noticeHtml(documentOf(notice), { url, pdf: `${url}.pdf`, json: `${notice.id}.json` });
  },
  index: indexHtml,
});

const FOLDERS: readonly (readonly [folder: string, title: string])[] = [
  ['', '项目'],
  ['notices/', '公告公示'],
  ['documents/', '采购文件、报告、合同'],
  ['bids/', '投标（响应）文件'],
  ['deposits/', '保证金'],
  ['lots/', '评标（评审）'],
  ['grievances/', '异议、质疑所附材料'],
  ['decisions/', '决定'],
  ['prepared-acts/', '经办与复核'],
  ['log/', '日志与证明'],
];

const folderOf = (name: string): string => (name.includes('/') ? `${name.split('/')[0]}/` : '');

function indexHtml({ drill, tender, complete, state, asked, head, files, leftOut }: DossierManifest): string {
  const facts: [string, string][] = [
    ['项目名称', tender.title],
    ['项目编号（平台）', tender.id],
    ['状态', `${state.zh}${complete ? '' : '；本档案只含此时已有的内容'}`],
    ['导出时间', asked.at],
    ['导出人', [asked.person, asked.organisation, asked.role].filter((part) => part !== null).join('，')],
    ['日志树头', head ? `${head.size} 条，${head.root}` : '尚未签署'],
  ];
  const sections = FOLDERS.map(([folder, title]) => {
    const own = files.filter(({ name }) => folderOf(name) === folder);
    return own.length === 0 ? '' : `<h2>${title}</h2>\n${filesHtml(own)}`;
  });
  return page(
    `项目档案：${tender.title}`,
    `${drill ? `<div class="drill">${escapeHtml(DRILL_MARK)}</div>\n` : ''}<main>
<h1>项目档案：${escapeHtml(tender.title)}</h1>
<table class="facts"><tbody>${facts.map(([label, value]) => `<tr><th scope="row">${label}</th><td>${escapeHtml(value)}</td></tr>`).join('\n')}</tbody></table>
${sections.join('\n')}
${leftOutHtml(leftOut)}
<h2>核验</h2>
<p>不联网即可核验全部文件：node kaibiao.mjs verify dossier 档案.zip --keys jwks.json（公钥另行取得）。文件的 SHA-256 见 <a href="manifest.json">manifest.json</a>，平台的签名见 <a href="manifest.jws">manifest.jws</a>。</p>
</main>`,
  );
}

const filesHtml = (files: readonly DossierFile[]): string =>
  `<table><thead><tr><th scope="col">文件</th><th scope="col">字节</th></tr></thead><tbody>${files
    .map(
      ({ name, what, size }) =>
        `<tr><td><a href="${escapeHtml(hrefOf(name))}">${escapeHtml(what.zh)}</a><br><code>${escapeHtml(name)}</code></td><td>${size}</td></tr>`,
    )
    .join('\n')}</tbody></table>`;

const hrefOf = (name: string): string => name.split('/').map(encodeURIComponent).join('/');

function leftOutHtml(leftOut: DossierManifest['leftOut']): string {
  if (leftOut.length === 0) return '';
  const rows = leftOut.map(
    ({ what, because, until }) =>
      `<tr><td>${escapeHtml(what.zh)}</td><td>${escapeHtml(because.zh)}</td><td>${escapeHtml(until?.zh ?? '—')}</td></tr>`,
  );
  return `<h2>未包含的内容</h2>
<table><thead><tr><th scope="col">内容</th><th scope="col">原因</th><th scope="col">何时可得</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}
