import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import type { PublicPage } from '../api/visit.ts';
import helmet from 'helmet';
import type { Notice } from '../db/notices.ts';
import { noticeHtml, notFoundHtml, PAGE_POLICY } from './notices/html.ts';
import { UNRELATED } from './notices/markup.ts';
import { readableNotice, relatedOf } from './notices/related.ts';
import { englishNoticePages } from './notices/english-page.tsx';
import { localised } from './http/language.ts';
import { actPages } from './acts/pages.tsx';
import { fieldPartPages } from './acts/part-pages.tsx';
import { duePages } from './console/due-page.tsx';
import { consolePages } from './console/pages.tsx';
import { partsPages } from './dev/parts-page.tsx';
import { calendarPages } from './calendar/page.tsx';
import { lawPages } from './law/pages.tsx';
import { sitePages } from './site/pages.ts';
import { statisticsPages } from './statistics/page.tsx';
import { verifyPages } from './verify/page.tsx';
import { calendarImportPages } from './calendar/import-page.tsx';
import { custodianPages } from './custodians/page.tsx';
import { consoleDossierPages } from './dossiers/dossier-page.tsx';
import { auditPages } from './log/audit-page.tsx';
import { auditProofPages } from './log/proof-page.tsx';
import { organisationPages } from './organisations/pages.tsx';
import { oversightDutyPages } from './oversight/duties-page.tsx';
import { oversightGrievancePages } from './oversight/grievances-page.tsx';
import { oversightSuspensionPages } from './oversight/suspensions-page.tsx';
import { accountListPages } from './accounts/accounts-page.tsx';
import { oneAccountPages } from './accounts/one-account-page.tsx';
import { registrationPages } from './registrations/decide-page.tsx';
import { assets } from './http/assets.ts';
import { launchPages } from './launch/pages.ts';
import { preparedActPages } from './prepared-acts/pages.tsx';
import type { PageDeps, PageSpec } from './http/page.ts';
import { servedPages } from './http/serve.tsx';
import { livePages } from './live/pages.ts';
import { attendancePages } from './openings/attendance-page.tsx';
import { openingPages } from './openings/pages.tsx';
import { firstPages } from './setup/first-page.tsx';
import { setupPages } from './setup/pages.tsx';
import { venuePages } from './venues/pages.tsx';
import { otherWayPages } from './sessions/other-ways.tsx';
import { sessionPages } from './sessions/pages.tsx';
import { amendPages } from './procurements/amend-page.tsx';
import { publicTenderPages } from './procurements/public-page.tsx';
import { consoleTenderPages } from './procurements/console-page.tsx';
import { tool } from './built.ts';
import { islandFiles } from './http/island-files.ts';
import { aboutPages, TOOL } from './about/page.tsx';
import { boardPages } from './board/pages.tsx';
import { feedPages } from './board/feeds.ts';
import { PdfDesk } from './notices/pdf-desk.ts';
import { invitationPages } from './accounts/invitation-page.tsx';
import { sealPages } from './bids/seal-page.tsx';
import { accountPages } from './accounts/account-page.tsx';
import { subscriptionPages } from './accounts/calendar-page.tsx';
import { identityPages } from './accounts/identities-page.tsx';
import { secondFactorPages } from './accounts/second-factor-page.tsx';
import { callPages } from './committees/calls-page.tsx';
import { drawPages } from './committees/draw-page.tsx';
import { drawListPages } from './committees/draws-page.tsx';
import { deskPages } from './evaluation/desk/desk-page.tsx';
import { ownBidPages } from './bids/own-bids.tsx';
import { registerPages } from './registrations/register-page.tsx';
import { depositsOfTenderPages } from './deposits/of-tender-page.tsx';
import { receivedDepositPages } from './deposits/received-page.tsx';
import { depositRecordingPages } from './deposits/recording-page.tsx';
import { refundPages } from './deposits/refunds-page.tsx';
import { ownDepositPages } from './deposits/own-deposits.tsx';
import { ownGrievancePages } from './grievances/own-grievances.tsx';
import { documentOf } from './notices/templates.ts';

/** Every page of the console and the board, in both languages. */
const SPECS: readonly PageSpec[] = [
  ...boardPages,
  ...feedPages,
  ...aboutPages,
  ...publicTenderPages,
  ...englishNoticePages,
  ...lawPages,
  ...calendarPages,
  ...statisticsPages,
  ...verifyPages,
  ...sitePages,
  ...sessionPages,
  ...otherWayPages,
  ...duePages,
  ...consolePages,
  ...consoleTenderPages,
  ...amendPages,
  ...launchPages,
  ...preparedActPages,
  ...registerPages,
  ...invitationPages,
  ...sealPages,
  ...ownBidPages,
  ...ownDepositPages,
  ...receivedDepositPages,
  ...depositRecordingPages,
  ...refundPages,
  ...depositsOfTenderPages,
  ...ownGrievancePages,
  ...accountPages,
  ...secondFactorPages,
  ...identityPages,
  ...subscriptionPages,
  ...callPages,
  ...drawListPages,
  ...drawPages,
  ...deskPages,
  ...actPages,
  ...fieldPartPages,
  ...oversightDutyPages,
  ...oversightGrievancePages,
  ...oversightSuspensionPages,
  ...auditPages,
  ...auditProofPages,
  ...consoleDossierPages,
  ...organisationPages,
  ...accountListPages,
  ...oneAccountPages,
  ...registrationPages,
  ...calendarImportPages,
  ...custodianPages,
  ...openingPages,
  ...attendancePages,
  ...venuePages,
  ...setupPages,
  ...firstPages,
  ...livePages,
  ...partsPages,
];

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
 * All pages: a notice as HTML at `/notices/{id}`, and as PDF at `/notices/{id}.pdf`; those of the board and the console, with their
 * scripts.
 */
export function publicPages(deps: PageDeps): PublicPage[] {
  const { db, publicUrl } = deps;
  const desk = new PdfDesk();
  const policy = policyOf(PAGE_POLICY);
  return [
    {
      path: '/notices/:file',
      sameForAll: true,
      handle: async (request, response) => {
        await policy(request, response);
        const [, id, pdf] = FILE.exec(String(request.params.file)) ?? [];
        const notice = id === undefined ? undefined : await readableNotice(db.read, id);
        if (!notice) {
          response.status(404).set('Cache-Control', 'no-store').type('html').send(notFoundHtml());
          return;
        }
        const url = `${publicUrl.replace(/\/+$/, '')}/notices/${notice.id}`;
        const related = pdf === undefined ? await relatedOf(db, notice, 'zh') : UNRELATED;
        const etag = tagOf(
          notice,
          url,
          pdf ?? JSON.stringify([related.correctedBy, related.documents, related.suspended, related.wereSuspended]),
        );
        // The PDF is the notice alone; the page also leads to those that correct it, whenever they come.
        const kept = pdf === undefined ? 'public, no-cache' : 'public, max-age=31536000, immutable';
        response.set({ ETag: etag, 'Cache-Control': kept });
        if (holds(request, etag)) {
          response.status(304).end();
          return;
        }
        const document = documentOf(notice);
        if (pdf === undefined) {
          const links = {
            ...{ url, pdf: `/notices/${notice.id}.pdf`, json: `/api/notices/${notice.id}` },
            site: { tender: `/tenders/${notice.procurementId}`, english: localised(`/notices/${notice.id}`, 'en') },
          };
          response.type('html').send(noticeHtml(document, links, related));
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
        response.set('Content-Disposition', `inline; filename="${notice.id}.pdf"`).type('application/pdf');
        return bytes;
      },
    },
    ...toolPages,
    ...islandFiles,
    assets,
    ...servedPages(SPECS, deps),
  ];
}

/** The program for those who would rather run one than a page. */
const toolPages: readonly PublicPage[] = [
  {
    path: TOOL,
    handle: async (request, response) => {
      const { bytes, sha256 } = await tool();
      const digest = Buffer.from(sha256, 'hex').toString('base64');
      const etag = `"${sha256}"`;
      response.set({ ETag: etag, 'Cache-Control': 'no-cache', 'Repr-Digest': `sha-256=:${digest}:` });
      if (holds(request, etag)) {
        response.status(304).end();
        return;
      }
      response.set('Content-Disposition', 'attachment; filename="kaibiao.mjs"').type('text/javascript');
      return bytes;
    },
  },
  {
    // As `sha256sum -c` reads it.
    path: `${TOOL}.sha256`,
    handle: async (_request, response) => {
      const { sha256 } = await tool();
      response.set('Cache-Control', 'no-cache').type('text').send(`${sha256}  kaibiao.mjs\n`);
    },
  },
];

/** The content's hash covers the template; besides it the bytes depend only on the address. */
const tagOf = ({ hash }: Notice, url: string, form: string): string =>
  `"${createHash('sha256').update(`${hash} ${url} ${form}`).digest('base64url')}"`;

/** Whether the client has exactly these bytes; they cannot be stale, whatever else the request says about caches. */
function holds(request: Request, etag: string): boolean {
  const tags = (request.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
