import type { PublicPage } from '../../api/visit.ts';
import { island, type Built } from '../built.ts';
import type { IslandName } from '../builds.mjs';

// Scripts of single pages, each at an address with its hash: where the browser must compute.

/** Below which address each is. */
const AT = {
  seal: '/seal',
  'seal-worker': '/seal',
  draw: '/draw',
  invitation: '/invitation',
  setup: '/setup',
  sheet: '/sheet',
  verify: '/verify',
} as const satisfies Partial<Record<IslandName, string>>;
type PageIsland = keyof typeof AT;

const files = Object.fromEntries((Object.keys(AT) as PageIsland[]).map((name) => [name, island(name)])) as Record<
  PageIsland,
  () => Promise<Built>
>;

/** Enough of it for an address. */
const hashOf = ({ sha256 }: Built): string => sha256.slice(0, 32);

export const scriptPath = async (name: PageIsland): Promise<string> => `${AT[name]}/${hashOf(await files[name]())}.js`;

/** They are the same for everybody, and only bidders and members of committees load them. */
export const islandFiles: PublicPage[] = [...new Set(Object.values(AT))].map((folder) => ({
  path: `${folder}/:file`,
  handle: async (request, response) => {
    const names = (Object.keys(AT) as PageIsland[]).filter((name) => AT[name] === folder);
    const islands = await Promise.all(names.map((name) => files[name]()));
    const found = islands.find((each) => request.params.file === `${hashOf(each)}.js`);
    // Scripts of another release have other hashes, and its page links to those.
    if (!found) {
      response.status(404).set('Cache-Control', 'no-store').type('text').send('没有该文件 / not found\n');
      return;
    }
    response
      .set({ 'Cache-Control': 'public, max-age=31536000, immutable', ETag: `"${found.sha256}"` })
      .type('text/javascript');
    return found.bytes;
  },
}));
