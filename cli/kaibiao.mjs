#!/usr/bin/env node
// The `kaibiao` command. TypeScript is loaded as it is, so an installation needs no build step.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
