/** The answer to a workflow: what comes next. It knows nothing else. */
export type Turn =
  | {
      readonly then: 'wait';
      readonly stage: string;
      /** The civil instant (epoch ms) of the platform's next own act; null: it waits for people. */
      readonly until: number | null;
      /** The same by the machines' clocks (real epoch ms). */
      readonly wakeAtMs: number | null;
    }
  | { readonly then: 'ended'; readonly stage: string };
