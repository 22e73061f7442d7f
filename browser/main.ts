import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { buildForBrowser } from './build.ts';

const [folder = 'dist/browser'] = process.argv.slice(2);
for (const file of Object.values(await buildForBrowser(folder)) as string[]) {
  process.stdout.write(`${file}: ${gzipSync(readFileSync(file), { level: 9 }).length} bytes gzipped\n`);
}
