import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../../api/routes.ts';
import { listNotices } from '../../db/notices.ts';
import { publicPages } from '../../web/pages.ts';
import { MEMBER_ROLES, startTestApi, type Answered, type TestApi } from '../setup/api.ts';
import { visitor, type Visitor } from '../setup/pages/visitor.ts';
import { livedIn } from '../setup/tenders/lived-in.ts';
import { handClock } from '../setup/tenders/tender.ts';

// OWASP ASVS 5.0, 1.2.1: what people typed is text wherever a page shows it, and never markup.

const ATTACK = `"'></textarea></title><script>alert(1)</script><img src=x onerror=alert(1)>`;

let api: TestApi;
let tender: string;
let notices: readonly string[];
const visitors = new Map<string, Visitor>();
beforeAll(async () => {
  const clock = handClock('2026-03-01');
  api = await startTestApi({ database: { machineClock: clock.read } });
  tender = (await livedIn(api.db, clock)).evaluated;
  notices = (await listNotices(api.db.read, { procurementId: tender, limit: 50 })).map(({ id }) => id);
  for (const role of MEMBER_ROLES) visitors.set(role, await visitor(api, await api.member(role, ATTACK.slice(0, 60))));
}, 120_000);
afterAll(() => api[Symbol.asyncDispose]());

/** Each mark of the attacks is behind an escaped bracket: in HTML, or in the JSON that a script reads. */
function assertText({ text, headers }: Answered, where: string): void {
  if (!/html|xml|svg/.test(headers.get('content-type') ?? '')) return;
  const marks = text.match(/.{0,20}(?:onerror=alert|alert\(1\))/gs) ?? [];
  const loose = marks.filter(
    (mark) => !/(?:&lt;|\\u003c|&#60;)(?:img src=x |script(?:>|&gt;|\\u003e))?\S*$/i.test(mark),
  );
  expect(loose, where).toEqual([]);
}

const filled = (path: string): string =>
  path
    .replace(/:(id|procurementId)\b|\{id\}/g, tender)
    .replace(/:(lot|no)\b|\{no\}/g, '1')
    .replace('*rest', `procurements/${tender}`)
    .replace(':method', 'post')
    .replace(/:\w+|\{\w+\}/g, '1');

describe('what people typed', () => {
  it('would be found as markup', () => {
    const page = (text: string) => ({ text, headers: new Headers({ 'content-type': 'text/html' }) }) as Answered;
    expect(() => assertText(page(`<p>${ATTACK}</p>`), 'a page')).toThrow('a page');
    expect(() => assertText(page(`<p>&lt;img src=x </p><img src=x onerror=alert(1)>`), 'a page')).toThrow('a page');
    assertText(page(`<p>${ATTACK.replaceAll('<', '&lt;')}</p>`), 'a page');
  });

  it('is text on every page that shows it, whoever looks, and so is what an address says', async () => {
    const query = new URLSearchParams();
    for (const name of ['q', 'text', 'from', 'until', 'back', 'next', 'cursor', 'step', 'bid', 'of', 'day'])
      query.append(name, ATTACK);
    const pages = publicPages({ db: api.db, publicUrl: 'http://tender.test' }).filter(
      ({ method = 'get', path }) => method === 'get' && !/\/live$/.test(path),
    );
    expect(pages.length).toBeGreaterThan(60);
    let shown = 0;
    for (const { path } of pages) {
      const paths = path.includes('/notices/:') ? notices.map((id) => path.replace(/:\w+/, id)) : [filled(path)];
      for (const at of paths.flatMap((each) => [each, `${each}?${query.toString()}`])) {
        const everybody = /console|account/.test(path) ? [...visitors.values()] : [[...visitors.values()][0]];
        for (const each of everybody) {
          const answered = await (each as Visitor).get(at);
          assertText(answered, at);
          if (/onerror=alert|alert\(1\)/.test(answered.text)) shown += 1;
        }
      }
    }
    // The attack is there to be seen.
    expect(shown).toBeGreaterThan(100);
  });

  it('comes back as text where a form is shown again, from every field of every act', async () => {
    const purchaser = visitors.get('purchaser') as Visitor;
    let fields = 0;
    for (const { method, path, body } of ROUTES) {
      if (!body || method === 'get') continue;
      const form = `/console/do/${method}${filled(path)}`;
      const empty = await purchaser.get(form);
      const names = [...empty.text.matchAll(/<(?:input|textarea|select)[^>]* name="([^"_][^"]*)"/g)].map(
        ([, name]) => name,
      );
      fields += names.length;
      const typed = Object.fromEntries(names.map((name) => [String(name), ATTACK]));
      assertText(await purchaser.submit(form, typed, { from: '/console' }), form);
    }
    expect(fields).toBeGreaterThan(200);
  });
});
