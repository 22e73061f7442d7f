/** What an activity answers that was asked to act at an instant. The database decides, not the timer. */
export type Acted<T> =
  | ({ readonly outcome: 'done' } & T)
  /** The instant is another (amendment, resumption): ask again then (civil epoch ms), or after a change only. */
  | { readonly outcome: 'not-yet'; readonly at: number | null }
  /** The clock stands still until these grievances are settled. */
  | { readonly outcome: 'suspended'; readonly grievanceIds: readonly string[] };
