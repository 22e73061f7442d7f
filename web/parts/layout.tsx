import { randomUUID } from 'node:crypto';
import type { Child } from '#jsx';
import { DRILL_MARK } from '../notices/document.ts';
import { instantText } from './instant.tsx';
import { membershipText } from './party.tsx';
import { useView } from './view.ts';

const MESSAGES = {
  zh: {
    skip: '跳到正文',
    board: '公告',
    law: '法规',
    calendar: '日历',
    statistics: '统计',
    check: '核验',
    console: '办事',
    other: 'English',
    clock: '演练时钟',
    pause: '停住',
    jump: '跳到下一到期时间',
    run: '运行、调速',
    foot: '公开发布的每一事实，都可以用签名、日志证明和法条核验。',
    docs: '接口文档',
    about: '关于本站',
    program: '封装核验程序',
    actingFor: '现以',
    actingEnd: '的身份办理',
    change: '更换身份',
    signOut: '退出',
    you: '本人',
    who: '登录的人和身份',
  },
  en: {
    skip: 'Skip to content',
    board: 'Notices',
    law: 'Law',
    calendar: 'Calendar',
    statistics: 'Statistics',
    check: 'Verify',
    console: 'Console',
    other: '中文',
    clock: 'Drill clock',
    pause: 'Pause',
    jump: 'Jump to what is next',
    run: 'Run, set the speed',
    foot: 'Every published fact can be checked: by signature, by proof of the log, and by the law it follows from.',
    docs: 'API',
    about: 'About',
    program: 'Program that seals and verifies',
    actingFor: 'You act for',
    actingEnd: '',
    change: 'Act for another',
    signOut: 'Sign out',
    you: 'you',
    who: 'Who is signed in, and for whom',
  },
};

/** In the page, so that nobody asks for a file. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' fill='%23a3271f'/%3E%3Cpath d='M4 5h8M4 8h8M4 11h5' stroke='%23fff' stroke-width='1.6'/%3E%3C/svg%3E";

/** A place of the public site. */
const PLACES = [
  ['/', 'board'],
  ['/law', 'law'],
  ['/calendar', 'calendar'],
  ['/statistics', 'statistics'],
  ['/verify', 'check'],
  ['/console', 'console'],
] as const;

/** What the policy of the pages allows no script: a style of its own. */
const HTMX = JSON.stringify({ includeIndicatorCSS: false });
/** What others show of a public page: search engines, chats, readers of feeds. */
export interface About {
  readonly description: string;
  /** Under the site, without a language: an Atom feed of what the page lists. */
  readonly feed?: string;
  /** The same page without what does not change it; default: the path without its query. */
  readonly canonical?: string;
  /** A script of its own. */
  readonly script?: string;
  /** Not for search engines: one of many views of the same list. */
  readonly unlisted?: boolean;
}

/** The whole document around the content of a page. */
export function Layout({
  title,
  about,
  scripts,
  children,
}: {
  readonly title: string;
  readonly about?: About | undefined;
  readonly scripts: readonly string[];
  readonly children?: Child;
}) {
  const view = useView();
  const { lang, now, pace, drill, site, path, person, assets, href } = view;
  const t = view.t(MESSAGES);
  const [own] = path.split('?');
  return (
    <html lang={lang === 'zh' ? 'zh-CN' : 'en'} data-now={now} data-pace={pace === 1 ? undefined : pace}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · ${site}`}</title>
        {person || scripts.length === 0 ? <link rel="icon" href={ICON} /> : null}
        <link rel="stylesheet" href={assets.style} />
        <link
          rel="alternate"
          hreflang={lang === 'zh' ? 'en' : 'zh-CN'}
          href={lang === 'zh' ? `/en${path === '/' ? '' : path}` : path}
        />
        {about ? <Card title={title} about={about} /> : null}
        {person ? <meta name="htmx-config" content={HTMX} /> : null}
        {person || scripts.length === 0 ? <script type="module" src={person ? assets.script : assets.board} /> : null}
        {about?.script ? <script type="module" src={about.script} /> : null}
        {scripts.map((script) => (
          <script type="module" src={script} />
        ))}
      </head>
      <body>
        <a class="skip" href="#content">
          {t.skip}
        </a>
        {drill ? (
          <aside class="drill" aria-label={t.clock}>
            {DRILL_MARK} · {t.clock} {instantText(now, lang)}
            {view.acting?.role === 'office' ? <DrillClock /> : null}
          </aside>
        ) : null}
        <header class="site-head">
          <div>
            <a
              class="site-name"
              href={href('/')}
              lang={lang === 'en' && /\p{Script=Han}/u.test(site) ? 'zh-CN' : undefined}
            >
              {site}
            </a>
            <nav aria-label={t.board}>
              <ul>
                {PLACES.map(([place, name]) => (
                  <li>
                    <a href={href(place)} aria-current={own === place ? 'page' : undefined}>
                      {t[name]}
                    </a>
                  </li>
                ))}
              </ul>
            </nav>
            <div class="right">
              <a href={lang === 'zh' ? `/en${path === '/' ? '' : path}` : path} lang={lang === 'zh' ? 'en' : 'zh-CN'}>
                {t.other}
              </a>
            </div>
          </div>
        </header>
        {person ? <ActingBar /> : null}
        <main id="content" tabindex="-1">
          {children}
        </main>
        <footer class="site-foot">
          <div>
            <span>{t.foot}</span>
            <a href={href('/about')}>{t.about}</a>
            <a href="/docs">{t.docs}</a>
            <a href="/kaibiao.mjs">{t.program}</a>
          </div>
        </footer>
      </body>
    </html>
  );
}

function Card({ title, about }: { readonly title: string; readonly about: About }) {
  const { lang, site, path, publicUrl, href } = useView();
  const { description, feed, canonical = path.split('?')[0] ?? '/', unlisted } = about;
  const address = `${publicUrl}${href(canonical)}`;
  return (
    <>
      <meta name="description" content={description} />
      {unlisted ? <meta name="robots" content="noindex, follow" /> : null}
      <link rel="canonical" href={address} />
      <meta property="og:type" content="website" />
      <meta property="og:site_name" content={site} />
      <meta property="og:title" content={title} />
      <meta property="og:description" content={description} />
      <meta property="og:url" content={address} />
      <meta property="og:locale" content={lang === 'zh' ? 'zh_CN' : 'en_GB'} />
      <meta name="twitter:card" content="summary" />
      {feed ? <link rel="alternate" type="application/atom+xml" title={title} href={href(feed)} /> : null}
    </>
  );
}

/** The clock of a drill is set by the office: it stands still, runs, or is moved to what comes next. */
function DrillClock() {
  const { formToken, path, href, t: say } = useView();
  const t = say(MESSAGES);
  const back = `?back=${encodeURIComponent(path)}`;
  const act = (name: string, text: string) => (
    <form method="post" action={href(`/console/do/post/drill/clock/${name}${back}`)}>
      <input type="hidden" name="_token" value={formToken} />
      <input type="hidden" name="_key" value={randomUUID()} />
      <button class="plain small" type="submit">
        {text}
      </button>
    </form>
  );
  return (
    <span class="drill-clock">
      {act('pause', t.pause)} {act('jump', t.jump)}{' '}
      <a href={href(`/console/do/post/drill/clock/run${back}`)}>{t.run}</a>
    </span>
  );
}

/** Who is signed in, and for whom they act: on every page of the console. */
function ActingBar() {
  const view = useView();
  const t = view.t(MESSAGES);
  const { person, acting, lang, formToken, href } = view;
  if (!person) return null;
  return (
    <section class="acting" aria-label={t.who}>
      <div>
        <span>
          <strong>{person.name}</strong>
          {acting ? ` · ${t.actingFor} ` : null}
          {acting ? <strong>{membershipText(acting, lang)}</strong> : null}
          {acting ? ` ${t.actingEnd}` : null}
        </span>
        {person.memberships.length > 1 ? <a href={href('/console/acting')}>{t.change}</a> : null}
        <a href={href('/console/account')}>{t.you}</a>
        <form method="post" action={href('/sign-out')}>
          <input type="hidden" name="_token" value={formToken} />
          <button class="plain small" type="submit">
            {t.signOut}
          </button>
        </form>
      </div>
    </section>
  );
}
