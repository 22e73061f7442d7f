import type { Database } from '../../db/access/database.ts';
import { boardOfProcurements } from '../../db/board/procurements.ts';
import { assetPaths } from '../../web/http/assets.ts';
import { rendered } from '../../web/http/page.tsx';
import { PAGE_ROWS } from '../../web/board/pages.tsx';
import { ProcurementList, type ListedProcurement } from '../../web/board/lists.tsx';
import { escapeHtml } from '../../web/notices/markup.ts';
import { instantText } from '../../web/parts/instant.tsx';
import { moneyText } from '../../web/parts/money.tsx';
import type { View } from '../../web/parts/view.ts';
import { wordIn } from '../../web/parts/words.ts';
import { inTurn, median, rounded } from '../figures.ts';

/** A page of the board as the product renders it, beside a template of the same rows. Median microseconds. */
export async function renderingOf(
  db: Pick<Database, 'read' | 'now'>,
  { samples, rounds }: { readonly samples: number; readonly rounds: number },
): Promise<{ readonly rows: number; readonly productUs: number; readonly bareUs: number; readonly ratio: number }> {
  const found = await boardOfProcurements(db.read, {}, { limit: PAGE_ROWS });
  const rows = found.rows.map((row) => ({ row, purchaser: '某局', suspended: false }));
  const view: View = {
    ...{ lang: 'zh', now: db.now(), drill: false, site: '公共资源交易平台', path: '/', publicUrl: 'http://board.test' },
    ...{ person: null, acting: null, formToken: '', assets: await assetPaths() },
  };
  const subjects = {
    product: () => rendered({ title: '公告', content: <ProcurementList rows={rows} by="notice" /> }, view),
    bare: () => bare(rows, view),
  };
  const [ours, theirs] = [textOf(subjects.product()), textOf(subjects.bare())];
  if (!ours.includes(theirs)) throw new Error('product and template say different things of the same rows');
  const took = { product: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds; round += 1)
    for (const subject of inTurn(round, ['product', 'bare'] as const))
      for (let turn = 0; turn < Math.ceil(samples / rounds); turn += 1) {
        const from = performance.now();
        subjects[subject]();
        took[subject].push((performance.now() - from) * 1_000);
      }
  return {
    ...{ rows: rows.length, productUs: rounded(median(took.product), 1), bareUs: rounded(median(took.bare), 1) },
    ratio: rounded(median(took.product) / median(took.bare), 2),
  };
}

/** As one would write it without parts. */
function bare(rows: readonly ListedProcurement[], { now }: View): string {
  const items = rows.map(({ row, purchaser }) => {
    const open = row.stage === 'bidding' && row.bidDeadline !== null && row.bidDeadline > now;
    const number = row.particulars?.projectNumber;
    return `<li><div><a class="listed-title" href="/tenders/${row.id}" lang="zh-CN">${escapeHtml(row.title)}</a> <span class="tag">${wordIn('stage', row.stage, 'zh')}</span></div><div class="small soft"><span lang="zh-CN">${escapeHtml(purchaser)}</span> · ${wordIn('procedure', row.procedure, 'zh')} · ${wordIn('kind', row.kind, 'zh')} · 预算 <span class="nowrap-money">${moneyText(row.budgetFen, 'zh')}</span>${number ? ` · 编号 ${escapeHtml(number)}` : ''}</div><div class="small">公告 <time>${instantText(row.noticeAt, 'zh')}</time>${open && row.bidDeadline !== null ? ` · 投标截止、开标 <time>${instantText(row.bidDeadline, 'zh')}</time>` : ''}</div></li>`;
  });
  return `<ul class="plain card listed">${items.join('')}</ul>`;
}

/** Without how far away an instant is, which the template leaves out. */
const textOf = (html: string): string =>
  html
    .replace(/<span class="soft small left-box">.*?<\/span><\/span>/g, '')
    .replace(/<[^>]+>/g, '')
    .replace(/\s+/g, '');
