import { register } from 'node:module';

// For `node --import`: two modules are replaced in a process of the simulation. `uuid` takes its chance from the seed,
// and workflows run in the simulation's own host instead of Temporal's sandbox.
register('./resolve.mjs', import.meta.url);
