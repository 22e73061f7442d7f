#!/usr/bin/env node
// The `kaibiao` command: finds the program, which is built at the first use in a checkout, and runs it (docs/adr/0046).
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// A heap grows by all that passes through it where there is room. Bids are large and bidders' machines small, so that here
// it is kept small, before anything is loaded.
if (process.argv[2] === 'seal') {
  setFlagsFromString('--optimize-for-size');
  setFlagsFromString('--semi-space-growth-factor=1');
}

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
