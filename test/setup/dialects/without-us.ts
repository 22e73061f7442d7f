import { channel } from 'node:diagnostics_channel';

/** Published when a test opens a database directly, or counts its statements. */
export const withoutUs = channel('kaibiao:test-without-us');
