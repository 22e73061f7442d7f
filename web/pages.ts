import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import helmet from 'helmet';
import type { Queries } from '../db/access/database.ts';
import { knows } from '../db/invitees.ts';
import { noticeById, type Notice } from '../db/notices.ts';
import { permission } from '../domain/roles.ts';
import { noticeHtml, notFoundHtml, PAGE_POLICY } from './notices/html.ts';
import { island, type Island } from './island.ts';
import { PdfDesk } from './notices/pdf-desk.ts';
import { invitationHtml } from './accounts/invitation-page.ts';
import { SEAL_POLICY, sealHtml } from './bids/seal-page.ts';
import { documentOf } from './notices/templates.ts';

/** A public page; the API counts, rate-limits and traces it like its own routes. */
export interface Page {
  /** In Express syntax. */
  readonly path: string;
  readonly handle: (request: Request, response: Response) => Promise<void>;
}

export interface PagesDeps {
  readonly db: { readonly read: Queries; readonly clock: { readonly mode: string } };
  /** Public address of the site. */
  readonly publicUrl: string;
}

const FILE = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(\.pdf)?$/;

/** Sets the Content-Security-Policy of a page. */
function policyOf(
  given: Readonly<Record<string, readonly string[]>>,
): (request: Request, response: Response) => Promise<void> {
  const set = helmet.contentSecurityPolicy({
    useDefaults: false,
    directives: Object.fromEntries(Object.entries(given).map(([name, values]) => [name, [...values]])),
  });
  return (request, response) => new Promise<void>((resolve) => set(request, response, () => resolve()));
}

/**
 * The public pages: a notice as HTML at `/notices/{id}`, and as PDF at `/notices/{id}.pdf`; `/seal`, on which a bidder
 * seals and submits bids, and `/invitation`, on which a person sets the password by a link; with their scripts.
 */
export function publicPages({ db, publicUrl }: PagesDeps): Page[] {
  const desk = new PdfDesk();
  const policy = policyOf(PAGE_POLICY);
  return [
    {
      path: '/notices/:file',
      handle: async (request, response) => {
        await policy(request, response);
        const [, id, pdf] = FILE.exec(String(request.params.file)) ?? [];
        const notice = id === undefined ? undefined : await readable(db.read, id);
        if (!notice) {
          response.status(404).set('Cache-Control', 'no-store').type('html').send(notFoundHtml());
          return;
        }
        const url = `${publicUrl.replace(/\/+$/, '')}/notices/${notice.id}`;
        const etag = tagOf(notice, url, pdf ?? '');
        response.set({ ETag: etag, 'Cache-Control': 'public, max-age=31536000, immutable' });
        if (holds(request, etag)) {
          response.status(304).end();
          return;
        }
        const document = documentOf(notice);
        if (pdf === undefined) {
          const links = { url, pdf: `/notices/${notice.id}.pdf`, json: `/api/notices/${notice.id}` };
          response.type('html').send(noticeHtml(document, links));
          return;
        }
        const bytes = await desk
          .get(etag, async () => {
            const { noticePdf } = await import('./notices/pdf.ts');
            return noticePdf(document, { url, publishedAt: notice.publishedAt });
          })
          .catch((error: unknown) => {
            // An error response is not what the tag identifies.
            response.removeHeader('ETag');
            throw error;
          });
        response.set('Content-Disposition', `inline; filename="${notice.id}.pdf"`).type('application/pdf').send(bytes);
      },
    },
    ...sealPages(db.clock.mode === 'drill'),
    ...invitationPages(db.clock.mode === 'drill'),
  ];
}

function sealPages(drill: boolean): Page[] {
  const scripts = { page: island('seal.ts'), worker: island('seal-worker.ts') };
  const policy = policyOf(SEAL_POLICY);
  const pathOf = async (script: () => Promise<Island>): Promise<string> => `/seal/${(await script()).hash}.js`;
  return [
    {
      path: '/seal',
      handle: async (request, response) => {
        await policy(request, response);
        const paths = { page: await pathOf(scripts.page), worker: await pathOf(scripts.worker) };
        response.set('Cache-Control', 'no-cache').type('html').send(sealHtml(paths, drill));
      },
    },
    scriptsAt('/seal/:file', [scripts.page, scripts.worker]),
  ];
}

function invitationPages(drill: boolean): Page[] {
  const script = island('invitation.ts');
  const policy = policyOf(SEAL_POLICY);
  return [
    {
      path: '/invitation',
      handle: async (request, response) => {
        await policy(request, response);
        const path = `/invitation/${(await script()).hash}.js`;
        response.set('Cache-Control', 'no-cache').type('html').send(invitationHtml(path, drill));
      },
    },
    scriptsAt('/invitation/:file', [script]),
  ];
}

const scriptsAt = (path: string, scripts: readonly (() => Promise<Island>)[]): Page => ({
  path,
  handle: async (request, response) => {
    const islands = await Promise.all(scripts.map((script) => script()));
    const found = islands.find(({ hash }) => request.params.file === `${hash}.js`);
    // Scripts of another release have other hashes, and its page links to those.
    if (!found) {
      response.status(404).set('Cache-Control', 'no-store').type('text').send('没有该文件 / not found\n');
      return;
    }
    response
      .set('Cache-Control', 'public, max-age=31536000, immutable')
      .type('text/javascript')
      .send(Buffer.from(found.bytes));
  },
});

async function readable(q: Queries, id: string): Promise<Notice | undefined> {
  if (!('scope' in permission('public', 'notice.read', {}))) return undefined;
  const notice = await noticeById(q, id);
  return notice && (await knows(q, notice.procurementId, '')) ? notice : undefined;
}

/** The content's hash covers the template; besides it the bytes depend only on the address. */
const tagOf = ({ hash }: Notice, url: string, form: string): string =>
  `"${createHash('sha256').update(`${hash} ${url} ${form}`).digest('base64url')}"`;

/** Whether the client has exactly these bytes; they cannot be stale, whatever else the request says about caches. */
function holds(request: Request, etag: string): boolean {
  const tags = (request.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
