// TypeScript is loaded as it is, in this thread too.
import { register } from 'tsx/esm/api';

register();
await import('./thread.ts');
