import { createHash } from 'node:crypto';
import type { PublicPage } from '../../api/visit.ts';
import { island } from '../built.ts';
import { STYLE } from '../parts/style.ts';

const script = island('page');
const style = { bytes: Buffer.from(STYLE), sha256: createHash('sha256').update(STYLE).digest('hex') };

/** The addresses of the style sheet and the script, which change with their content. */
export async function assetPaths(): Promise<{ readonly style: string; readonly script: string }> {
  return {
    style: `/assets/${style.sha256.slice(0, 32)}.css`,
    script: `/assets/${(await script()).sha256.slice(0, 32)}.js`,
  };
}

export const assets: PublicPage = {
  path: '/assets/:file',
  handle: async (request, response) => {
    const paths = await assetPaths();
    const path = `/assets/${String(request.params.file)}`;
    const found = path === paths.style ? style : path === paths.script ? await script() : undefined;
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
