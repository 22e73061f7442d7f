import { expect } from 'vitest';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { pictured, stickingOutOf, violationsOf } from '../servers/looked-at.ts';

/** What somebody enters in a form: names of fields with what is typed or chosen. */
export type Entered = Readonly<Record<string, string>>;

/** A person before a browser of their own. */
export interface Browsing extends AsyncDisposable {
  readonly page: Page;
  /** What the pages complained of: errors of their scripts, and what their policy refused. */
  readonly complaints: readonly string[];
  /** To a page of the site; in the language of the person. */
  readonly visit: (path: string) => Promise<void>;
  /** Fills in a form, as it stands on the page. */
  readonly enter: (fields: Entered) => Promise<void>;
  /** Sends the form that its fields are in, and waits for what follows, which is no refusal. @param within a selector of the form, where the page has several */
  readonly send: (within?: string) => Promise<void>;
  /** Everything that is wrong with the page for a person who cannot see it all, or has a phone; and a picture of it. */
  readonly look: (name: string) => Promise<void>;
}

/** Opens a browser for somebody; `en` reads English. */
export async function browse(
  browser: Browser,
  url: string,
  { en = false, ...options }: BrowserContextOptions & { readonly en?: boolean },
): Promise<Browsing> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => void complaints.push(String(error)));
  page.on('console', (message) => {
    // A form that is refused is answered with its status.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text());
  });
  return {
    page,
    complaints,
    visit: async (path) => {
      await page.goto(`${url}${en ? '/en' : ''}${path}`);
    },
    enter: async (fields) => {
      for (const [name, value] of Object.entries(fields)) {
        const field = page.locator(`[name="${name}"]`).last();
        const isChosen = (await field.and(page.locator('select')).count()) > 0;
        if (isChosen) await field.selectOption(value);
        else await field.fill(value);
        // A field is left, as by the next one.
        await field.blur();
      }
    },
    send: async (within = 'form.act') => {
      const [answer] = await Promise.all([
        page.waitForNavigation(),
        page.locator(`${within} .buttons > button`).first().click(),
      ]);
      if ((answer?.status() ?? 0) >= 400) throw new Error(`it was refused: ${await page.innerText('main')}`);
    },
    look: async (name) => {
      expect([page.url(), await violationsOf(page)]).toEqual([page.url(), []]);
      expect([page.url(), await stickingOutOf(page)]).toEqual([page.url(), []]);
      await pictured(page, name);
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** Signs in by the page. */
export async function signInAs(
  browsing: Browsing,
  credentials: { readonly username: string; readonly password: string },
): Promise<void> {
  await browsing.visit('/sign-in');
  await browsing.enter({ ...credentials });
  await browsing.page.press('[name=password]', 'Enter');
  await browsing.page.waitForURL('**/console**');
}
