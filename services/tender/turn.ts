/** What a workflow is answered that asked what is due: all that it knows. */
export type Turn =
  | {
      readonly then: 'wait';
      readonly stage: string;
      /** The civil instant (epoch ms) at which the platform acts next by itself; null: it waits for people. */
      readonly until: number | null;
      /** The same by the machines' clocks (real epoch ms). */
      readonly wakeAtMs: number | null;
    }
  | { readonly then: 'ended'; readonly stage: string };
