import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

/** The shell is the same browser without its own windows, and takes half the time. */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** A Chromium of this machine; null where there is none. `KAIBIAO_CHROMIUM` names another. */
export function findChromium(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = [
    ...(process.env.KAIBIAO_CHROMIUM ? [process.env.KAIBIAO_CHROMIUM] : []),
    ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
  ];
  for (const path of candidates) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // The next one.
    }
  }
  return null;
}

export const startChromium = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: ['--disable-dev-shm-usage'] });

/** What a link of the page saves. */
export async function downloaded(page: Page, link: string): Promise<{ bytes: Buffer; name: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(link)]);
  return { bytes: readFileSync(await download.path()), name: download.suggestedFilename() };
}
