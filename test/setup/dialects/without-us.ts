import { channel } from 'node:diagnostics_channel';

/** Told where a test has the database in its hands without us, or counts what it is asked. */
export const withoutUs = channel('kaibiao:test-without-us');
