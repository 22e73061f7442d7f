/** The content of a notice in reading order, independent of the output: HTML or PDF. */
export interface NoticeDocument {
  readonly title: string;
  /** 演练: marked on every page. */
  readonly drill: boolean;
  readonly blocks: readonly Block[];
  /** Where and when it was published, and how to verify it. */
  readonly colophon: readonly Fact[];
  readonly hash: string;
}

export type Fact = readonly [label: string, value: string];

export type Block =
  | { readonly type: 'heading'; readonly text: string }
  /** May have several lines. */
  | { readonly type: 'paragraph'; readonly text: string }
  | { readonly type: 'facts'; readonly facts: readonly Fact[] }
  | { readonly type: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

export const DRILL_MARK = '演练 DRILL：仅供演练，不具法律效力';
