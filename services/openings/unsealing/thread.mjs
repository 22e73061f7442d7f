// Where the sources run, as in tests: TypeScript is loaded as it is, in this thread too.
import { register } from 'tsx/esm/api';
// Before tsx is asked about each file.
import 'age-encryption';
import 'zod';

register();
await import('./thread.ts');
