// Loaded before a program to report at its end the peak of its memory.
import { writeSync } from 'node:fs';

process.once('exit', () => writeSync(2, `peak ${process.resourceUsage().maxRSS * 1024}\n`));
