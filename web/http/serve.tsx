import { paceOf } from '../../domain/clock.ts';
import type { Request, Response } from 'express';
import helmet from 'helmet';
import { renderToString } from '#jsx';
import { problemOf, STATUS_OF } from '../../api/http/problems.ts';
import type { PublicPage, Visit } from '../../api/visit.ts';
import { DomainError } from '../../domain/errors.ts';
import { Layout } from '../parts/layout.tsx';
import { Refusal, refusedTitle } from '../parts/form.tsx';
import { ViewProvider, type View } from '../parts/view.ts';
import { handleVerified } from '../sessions/verification.tsx';
import { assetPaths } from './assets.ts';
import { LANGUAGES, localised, type Lang } from './language.ts';
import type { Outcome, PageContext, PageDeps, PageSpec, ShownPage } from './page.ts';
import { siteName, type SiteName } from './site-name.ts';

const POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};
const policyOf = (own: PageSpec['policy'] = {}): ReturnType<typeof helmet.contentSecurityPolicy> =>
  helmet.contentSecurityPolicy({
    useDefaults: false,
    directives: Object.fromEntries(Object.entries({ ...POLICY, ...own }).map(([name, values]) => [name, [...values]])),
  });

/** Each page in each of its languages. */
export function servedPages(specs: readonly PageSpec[], deps: PageDeps): PublicPage[] {
  const site = siteName(deps.db);
  return specs.flatMap((spec) => {
    const setPolicy = policyOf(spec.policy);
    return (spec.languages ?? LANGUAGES).map((lang): PublicPage => ({
      path: localised(spec.path, lang),
      method: spec.method ?? 'get',
      ...(spec.for === 'public' ? { sameForAll: true } : {}),
      handle: async (request, response, visit) => {
        await new Promise<void>((resolve) => setPolicy(request, response, () => resolve()));
        // With no referrer at all a browser sends the forms of a page with the origin "null".
        response.set('Referrer-Policy', 'same-origin');
        return answer(spec, { ...deps, site }, { lang, request, response, visit });
      },
    }));
  });
}

async function answer(
  spec: PageSpec,
  { site, ...deps }: PageDeps & { readonly site: SiteName },
  { lang, request, response, visit }: { lang: Lang; request: Request; response: Response; visit: Visit },
): Promise<void> {
  const who = spec.for === 'public' || spec.for === 'bidder' ? null : await visit.who();
  const [path = '/', query] = request.originalUrl.split('?');
  const own =
    (lang === 'en' ? path.replace(/^\/en(?=\/|$)/, '') || '/' : path) + (query === undefined ? '' : `?${query}`);
  if (spec.for === 'person' && !who) {
    if (cameFromElsewhere(request)) return sendHtml(response, AGAIN);
    const next = spec.method === 'post' ? '/console' : own;
    return redirect(response, localised(`/sign-in?next=${encodeURIComponent(next)}`, lang));
  }
  const view: View = {
    lang,
    now: deps.db.now(),
    pace: paceOf(deps.db.clock),
    drill: deps.db.clock.mode === 'drill',
    site: (await site(spec.for !== 'public')) ?? (lang === 'zh' ? '公共资源交易平台' : 'Public procurement'),
    path: own,
    publicUrl: deps.publicUrl.replace(/\/+$/, ''),
    person: who && { name: who.account.name, memberships: who.memberships },
    acting: who && (await visit.acting()),
    formToken: who ? await visit.formToken() : '',
    assets: await assetPaths(),
  };
  const context: PageContext = {
    ...deps,
    ...visit,
    ...{ lang, request, response, view },
    param: (name) => String(request.params[name] ?? ''),
    query: (name) => {
      const value = request.query[name];
      return typeof value === 'string' ? value : '';
    },
    href: (to) => localised(to, lang),
  };
  const outcome = await judged(spec, context);
  if (outcome === 'sent') return;
  response.set('Cache-Control', spec.for === 'public' ? 'public, no-cache' : 'no-store');
  if ('redirect' in outcome) {
    if (outcome.cookies) response.append('Set-Cookie', [...outcome.cookies]);
    return redirect(response, localised(outcome.redirect, lang));
  }
  if ('type' in outcome) {
    if (outcome.name !== undefined) response.attachment(outcome.name);
    response
      .status(outcome.status ?? 200)
      .type(outcome.type)
      .send(outcome.text);
    return;
  }
  if ('part' in outcome)
    return sendHtml(response, renderToString(<ViewProvider value={view}>{outcome.part}</ViewProvider>));
  response.status(outcome.status ?? 200);
  if (response.statusCode >= 400) response.set('Cache-Control', 'no-store');
  sendHtml(response, rendered(outcome, view));
}

/** What a handler throws as a domain error is a page as well; a defect is answered and logged as one of the API's. */
async function judged(spec: PageSpec, context: PageContext): Promise<Outcome> {
  try {
    return spec.method === 'post' ? await handleVerified(context, spec.handle) : await spec.handle(context);
  } catch (error) {
    if (!(error instanceof DomainError) || context.response.headersSent) throw error;
    const id = typeof context.request.id === 'string' ? context.request.id : '';
    return {
      title: refusedTitle(context.lang),
      status: STATUS_OF[error.code],
      content: <Refusal problem={problemOf(error, id)} alone />,
    };
  }
}

export const rendered = ({ title, content, about, scripts = [] }: ShownPage, view: View): string =>
  `<!doctype html>${renderToString(
    <ViewProvider value={view}>
      <Layout title={title} about={about} scripts={scripts}>
        {content}
      </Layout>
    </ViewProvider>,
  )}`;

function sendHtml(response: Response, html: string): void {
  if (!response.get('Cache-Control')) response.set('Cache-Control', 'no-store');
  response.type('html').send(html);
}

/** 303: what follows a form is read, not sent again. */
function redirect(response: Response, to: string): void {
  response.set('Cache-Control', 'no-store').redirect(303, to);
}

/** The cookie of a session comes only with requests of our own pages: by a link of a mail somebody seems to be signed out. */
const cameFromElsewhere = (request: Request): boolean =>
  request.method === 'GET' && request.get('sec-fetch-site') === 'cross-site' && request.get('cookie') === undefined;

/** A page of ours that leads to the same address. */
const AGAIN =
  '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0"><title>…</title></head><body></body></html>';
