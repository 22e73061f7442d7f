import { beforeEach, inject } from 'vitest';
import './provide.ts';

// The set-up has said loudly that there is none.
beforeEach(({ skip }) => skip(inject('postgresUrl') === null, 'there is no PostgreSQL'));
