import { renderToString } from '#jsx';
import type { Database } from '../../db/access/database.ts';
import { boardOfProcurements } from '../../db/board/procurements.ts';
import { assetPaths } from '../../web/http/assets.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { PAGE_ROWS } from '../../web/board/pages.tsx';
import { ProcurementList, type ListedProcurement } from '../../web/board/lists.tsx';
import { escapeHtml } from '../../web/notices/markup.ts';
import { instantText } from '../../web/parts/instant.tsx';
import { moneyText } from '../../web/parts/money.tsx';
import { ViewProvider, type View } from '../../web/parts/view.ts';
import { wordIn } from '../../web/parts/words.ts';
import { inTurn, median, rounded } from '../figures.ts';

/** The rows of a page of the board as the product renders them, beside a template of the same rows. Median microseconds. */
export async function renderingOf(
  db: Pick<Database, 'read' | 'now'>,
  { samples, rounds }: { readonly samples: number; readonly rounds: number },
): Promise<{ readonly rows: number; readonly productUs: number; readonly bareUs: number; readonly ratio: number }> {
  const found = await boardOfProcurements(db.read, {}, { limit: PAGE_ROWS });
  const rows = found.rows.map((row) => ({ row, purchaser: '某局', suspended: false }));
  const view: View = {
    ...{
      lang: 'zh',
      now: db.now(),
      pace: 1,
      drill: false,
      site: '公共资源交易平台',
      path: '/',
      publicUrl: 'http://board.test',
    },
    ...{ person: null, acting: null, formToken: '', assets: await assetPaths() },
  };
  const subjects = {
    product: () =>
      renderToString(
        <ViewProvider value={view}>
          <ProcurementList rows={rows} by="notice" />
        </ViewProvider>,
      ),
    bare: () => bare(rows),
  };
  if (subjects.product() !== subjects.bare()) throw new Error('product and template write different rows');
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

/** As one would write it without parts: the same bytes. Its rows accept no bids any more. */
function bare(rows: readonly ListedProcurement[]): string {
  const items = rows.map(({ row, purchaser }) => {
    const tone = row.stage === 'bidding' ? 'good' : row.stage === 'terminated' ? 'fault' : '';
    const number = row.particulars?.projectNumber;
    return `<li><div><a class="listed-title" href="/tenders/${row.id}" lang="zh-CN">${escapeHtml(row.title)}</a> <span class="tag ${tone}">${wordIn('stage', row.stage, 'zh')}</span></div><div class="small soft"><span lang="zh-CN">${escapeHtml(purchaser)}</span> · ${wordIn('procedure', row.procedure, 'zh')} · ${wordIn('kind', row.kind, 'zh')} · 预算 <span class="nowrap-money">${moneyText(row.budgetFen, 'zh')}</span>${number ? ` · 编号 ${escapeHtml(number)}` : ''}</div><div class="small">公告 <time datetime="${formatInstant(row.noticeAt)}">${instantText(row.noticeAt, 'zh')}</time></div></li>`;
  });
  return `<ul class="plain card listed">${items.join('')}</ul>`;
}
