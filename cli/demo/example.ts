import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../settings/folders.ts';

/** A tender made from a real notice, and its outcome by law, worked out by hand. */
export interface Example {
  readonly purchaser: string;
  readonly agency: string;
  readonly suppliers: readonly string[];
  readonly draft: { readonly title: string; readonly noticeAt: string; readonly bidDeadline: string } & Record<
    string,
    unknown
  >;
  /** What the report states about each candidate besides its price and its score. */
  readonly candidate: Readonly<Record<string, unknown>>;
  /** Lot number → suppliers that bid for it. */
  readonly bids: Readonly<Record<string, readonly number[]>>;
  /** Lot number → the suppliers' bids, in fen. */
  readonly prices: Readonly<Record<string, readonly number[]>>;
  readonly expected: {
    readonly lots: Readonly<Record<string, string>>;
    readonly notices: Readonly<Record<string, readonly string[]>>;
    readonly milestones: readonly {
      readonly lotNo: number;
      readonly key: string;
      readonly dueAt: string;
      readonly firstDueAt?: string;
      readonly state?: string;
      readonly why: string;
    }[];
  };
}

export function readExample(name: 'works-b005' | 'goods-a003'): Example {
  return JSON.parse(readFileSync(join(projectRoot, 'examples', `${name}.json`), 'utf8')) as Example;
}
