#!/usr/bin/env node
// The `kaibiao` command: finds the program, which is built at the first use in a checkout, and runs it (docs/adr/0046).
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// The young heap grows by all that passes through it, and never shrinks: where that is much or there is much time it is kept
// small, before anything is loaded. Bids are large and bidders' machines small; the others mostly wait.
const command = process.argv[2] ?? '';
if (['cluster', 'custodian', 'seal', 'serve', 'witness'].includes(command))
  setFlagsFromString('--semi-space-growth-factor=1');
if (['custodian', 'seal', 'serve'].includes(command)) setFlagsFromString('--optimize-for-size');

const { findProgram } = await import('./program/find.mjs');
const program = await findProgram();
process.setSourceMapsEnabled(true);
const { main } = await import(pathToFileURL(join(program, 'main.mjs')).href);

// A pipe closed early (`| head`) is not our error.
process.stdout.on('error', (error) => {
  if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPIPE') throw error;
  process.exit();
});
await main(process.argv.slice(2));
