import { page } from '../http/page.ts';
import { tool } from '../built.ts';

/** Where the program of bidders and citizens is. */
export const TOOL = '/kaibiao.mjs';

interface Place {
  readonly zh: string;
  readonly en: string;
  readonly links: readonly (readonly [path: string, text: string])[];
}

const PLACES: readonly Place[] = [
  {
    zh: '公众：公告公示，网页、PDF 与 JSON',
    en: 'Everybody: notices, as pages, PDF and JSON',
    links: [
      ['/', '/'],
      ['/api/notices', '/api/notices'],
      ['/sitemap.xml', '/sitemap.xml'],
    ],
  },
  {
    zh: '投标人：在浏览器中封装并递交投标文件，文件不离开本机',
    en: 'Bidders: seal and submit a bid in the browser; the files do not leave your machine',
    links: [['/seal', '/seal']],
  },
  {
    zh: '核验者：在浏览器中核验；平台公钥、签名的日志头、日志导出',
    en: 'Who checks us: the checkers in the browser; the keys of the platform, the signed head of its log, an export of the log',
    links: [
      ['/verify', '/verify'],
      ['/.well-known/jwks.json', 'jwks.json'],
      ['/api/log/head', '/api/log/head'],
      ['/api/log/export', '/api/log/export'],
    ],
  },
  {
    zh: '开发者：接口文档',
    en: 'Developers: the API',
    links: [
      ['/docs', '/docs'],
      ['/openapi.json', 'OpenAPI 3.1'],
    ],
  },
  {
    zh: '运维：是否在运行，能否受理',
    en: 'Operators: whether it runs, and takes requests',
    links: [
      ['/health', '/health'],
      ['/ready', '/ready'],
    ],
  },
];

const MESSAGES = {
  zh: {
    title: '关于本站',
    what: '公共采购与招标投标的交易系统：法定时间、密封的投标文件、可核验的记录。',
    places: '给谁用的地址',
    program: '封装、核验程序',
    programIs: '一个文件，需要 Node.js 20 以上，不另装软件，不联网下载。',
  },
  en: {
    title: 'About',
    what: 'A system for public tenders: statutory time, sealed bids, records that can be checked.',
    places: 'Addresses, and for whom',
    program: 'The program that seals and verifies',
    programIs: 'One file for Node.js 20 or later, which installs and fetches nothing.',
  },
};

/** What this site is, and where who asks us finds what. */
export const aboutPages = [
  page({
    path: '/about',
    for: 'public',
    handle: async ({ lang }) => {
      const t = MESSAGES[lang];
      const { sha256 } = await tool();
      return {
        title: t.title,
        about: { description: t.what },
        content: (
          <>
            <h1>{t.title}</h1>
            <p>{t.what}</p>
            <h2>{t.places}</h2>
            <dl class="facts">
              {PLACES.map((place) => (
                <>
                  <dt>{place[lang]}</dt>
                  <dd>
                    {place.links.map(([path, text], index) => (
                      <>
                        {index > 0 ? ' · ' : null}
                        <a href={path}>{text}</a>
                      </>
                    ))}
                  </dd>
                </>
              ))}
            </dl>
            <h2>{t.program}</h2>
            <p>{t.programIs}</p>
            <p>
              <a href={TOOL}>kaibiao.mjs</a> · <code>node kaibiao.mjs --help</code>
            </p>
            <p class="small">
              SHA-256 <code>{sha256}</code> (<a href={`${TOOL}.sha256`}>kaibiao.mjs.sha256</a>)
            </p>
          </>
        ),
      };
    },
  }),
];
