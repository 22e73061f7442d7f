/** What a workflow is answered that asks what is due: it knows nothing else. */
export type Turn =
  /** Nothing is due before `until` (civil ms, for display), which is `wakeAtMs` (real epoch ms); null: only an act moves it. */
  | { readonly then: 'wait'; readonly stage: string; readonly until: number | null; readonly wakeAtMs: number | null }
  | { readonly then: 'ended'; readonly stage: string };
