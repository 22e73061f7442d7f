#!/usr/bin/env node
// The `kaibiao` command. TypeScript is loaded as it is, so an installation needs no build step.
import { setFlagsFromString } from 'node:v8';

// A heap grows by all that passes through it where there is room. Bids are large and bidders' machines small, so that here
// it is kept small, before anything is loaded.
if (process.argv[2] === 'seal') {
  setFlagsFromString('--optimize-for-size');
  setFlagsFromString('--semi-space-growth-factor=1');
}

const { register } = await import('tsx/esm/api');
register();
await import('./main.ts');
