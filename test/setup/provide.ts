import 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the `temporal` binary, for `startDevServer({ executable })`. */
    temporalExecutable: string;
    /** Path for `createTimeSkipping({ server: { executable: { type: 'existing-path', path } } })`. */
    timeSkippingExecutable: string;
    /** For `Worker.create({ workflowBundle: { codePath } })`. */
    workflowBundlePath: string;
  }
}
