import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../settings/folders.ts';

/** Instants of a story that goes its way without incidents. */
export interface PlainStory {
  readonly bidsAt: string;
  /** A second offer is tried, and refused. */
  readonly secondOffer?: boolean;
  readonly evaluatedAt: string;
  readonly reportAt: string;
  /** When the purchaser chooses; else it stays silent, and this is when the law has chosen. */
  readonly awardAt?: string;
  readonly deemedAt?: string;
  readonly contractAt: string;
  readonly duties: readonly string[];
}

/** What members find and decide in a lot. */
export interface Judged {
  /** Of each bid and each subjective criterion, the points of the members in their order. */
  readonly points: readonly Readonly<Record<string, readonly string[]>>[];
  /** Of each bid and each objective criterion, what all find. */
  readonly values: readonly Readonly<Record<string, string>>[];
  /** The place of the bid whose price is too low, and what its bidder says to it. */
  readonly low: { readonly bid: number; readonly explanationZh: string; readonly reasonZh: string };
  /** What the last member dissents with. */
  readonly dissentZh: string;
  /** Of each bid its total, worked out by hand; null: it is rejected. */
  readonly totals: readonly (string | null)[];
}

/** A tender, made from a real notice where its source names one, and its outcome by law, worked out by hand. */
export interface Example {
  readonly purchaser: string;
  readonly agency: string;
  readonly suppliers: readonly string[];
  readonly draft: { readonly title: string; readonly noticeAt: string; readonly bidDeadline: string } & Record<
    string,
    unknown
  >;
  /** Lot number → its scheme of evaluation, where it is evaluated on the platform. */
  readonly schemes?: Readonly<Record<string, object>>;
  /** Lot number → what the committee finds of each bid, in the order of `bids`. */
  readonly judged?: Readonly<Record<string, Judged>>;
  /** How the first suppliers were chosen, where the procedure invites them. */
  readonly invite?: readonly Readonly<Record<string, string>>[];
  readonly story?: PlainStory;
  /** What the report states about each candidate besides its price and, where there is one, its score. */
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

/** The examples that begin with invitations; `demo --all` plays them too. */
export const INVITED = ['works-invited', 'goods-invited', 'goods-inquiry'] as const;

/** What the demo plays, in this order. */
export const playedExamples = (all: boolean) => ({
  open: ['goods-a003', 'works-b005'] as const,
  invited: all ? INVITED : [],
});

export function readExample(name: 'works-b005' | 'goods-a003' | (typeof INVITED)[number]): Example {
  return JSON.parse(readFileSync(join(projectRoot, 'examples', `${name}.json`), 'utf8')) as Example;
}
