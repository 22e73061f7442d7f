import { createHash } from 'node:crypto';
import type { PublicPage } from '../../api/visit.ts';
import { island } from '../built.ts';
import { STYLE } from '../parts/style.ts';

const page = island('page');
const board = island('board');
const style = { bytes: Buffer.from(STYLE), sha256: createHash('sha256').update(STYLE).digest('hex') };

/** Enough of it for an address. */
const addressOf = (sha256: string, ending: string): string => `/assets/${sha256.slice(0, 32)}.${ending}`;

/** The addresses of the style sheet and of the scripts of pages, which change with their content. */
export async function assetPaths(): Promise<{
  readonly style: string;
  readonly script: string;
  readonly board: string;
}> {
  return {
    style: addressOf(style.sha256, 'css'),
    script: addressOf((await page()).sha256, 'js'),
    board: addressOf((await board()).sha256, 'js'),
  };
}

export const assets: PublicPage = {
  path: '/assets/:file',
  handle: async (request, response) => {
    const path = `/assets/${String(request.params.file)}`;
    const scripts = await Promise.all([page(), board()]);
    const found =
      path === addressOf(style.sha256, 'css') ? style : scripts.find(({ sha256 }) => path === addressOf(sha256, 'js'));
    if (!found) {
      response.status(404).set('Cache-Control', 'no-store').type('text').send('没有该文件 / not found\n');
      return;
    }
    response
      .set({ 'Cache-Control': 'public, max-age=31536000, immutable', ETag: `"${found.sha256}"` })
      .type(path.endsWith('.css') ? 'text/css' : 'text/javascript');
    return found.bytes;
  },
};
