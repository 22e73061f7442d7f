#!/usr/bin/env node
// The `kaibiao` command. TypeScript is loaded as it is, so an installation needs no build step.
import { setFlagsFromString } from 'node:v8';

// A heap grows by all that passes through it where there is room. Bids are large and bidders' machines small, so that here
// it is kept small, before anything is loaded.
const command = process.argv[2] ?? '';
if (command === 'seal') {
  setFlagsFromString('--optimize-for-size');
  setFlagsFromString('--semi-space-growth-factor=1');
}

const { register } = await import('tsx/esm/api');

// Node asks hooks such as tsx's in another thread about each file: a package of many files that is loaded before there are
// any takes a third of the time.
const OF_BIDS = ['age-encryption', 'jose', 'zod'];
const OF_DATABASES = [
  ...['', '/better-sqlite3', '/migrator', '/pg-core', '/pg-proxy', '/sqlite-core'].map((part) => `drizzle-orm${part}`),
  ...['@tus/server', 'jose', 'uuid', 'zod'],
];
const OF_TEMPORAL = ['@temporalio/client', '@temporalio/proto', '@temporalio/workflow', 'age-encryption', 'modern-tar'];
const OF_WORKERS = ['@temporalio/activity', '@temporalio/worker'];
const OF_ACCOUNTS = ['better-auth/crypto'];
const OF_LOGS = ['@opentelemetry/api', 'pino', 'pino-http', 'prom-client', 'zod-openapi'];
const OF_THE_API = [
  ...['better-auth', 'better-auth/adapters', 'better-auth/plugins/bearer', 'better-auth/plugins/username'],
  ...['@zxcvbn-ts/core', '@zxcvbn-ts/language-common', '@zxcvbn-ts/language-en', 'express', 'express-rate-limit'],
  ...['csv-parse/sync', 'esbuild', 'helmet', 'saxes', 'yauzl'],
];
const packages = {
  api: [...OF_DATABASES, ...OF_TEMPORAL, ...OF_ACCOUNTS, ...OF_LOGS, ...OF_THE_API],
  // Its other commands are called with a word.
  custodian: /^[a-z]/.test(process.argv[3] ?? '') ? OF_BIDS : [...OF_BIDS, ...OF_TEMPORAL, ...OF_WORKERS, 'pino'],
  doctor: [...OF_DATABASES, ...OF_TEMPORAL],
  help: [],
  law: ['jose'],
  seal: OF_BIDS,
  serve: [...OF_DATABASES, ...OF_TEMPORAL, ...OF_ACCOUNTS],
  worker: [...OF_DATABASES, ...OF_TEMPORAL, ...OF_WORKERS, ...OF_LOGS],
}[command];
if (/^[a-z]/.test(command)) await Promise.all((packages ?? OF_DATABASES).map((name) => import(name)));
register();
const { main } = await import('./main.ts');

// A pipe closed early (`| head`) is not our error.
process.stdout.on('error', (error) => {
  if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPIPE') throw error;
  process.exit();
});
await main(process.argv.slice(2));
