import { DefaultLogger, Runtime } from '@temporalio/worker';

// One runtime a process, and its log starts at warnings: a suite that talks is a suite nobody reads.
Runtime.install({ logger: new DefaultLogger('WARN') });
