// Loaded before a program to tell at its end the most memory that it had.
import { writeSync } from 'node:fs';

process.once('exit', () => writeSync(2, `peak ${process.resourceUsage().maxRSS * 1024}\n`));
