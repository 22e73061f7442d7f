import type { Deadline } from '../../proofs/deadline.ts';

/** A head of the platform's log that was accepted. */
export interface SeenHead {
  readonly size: number;
  readonly root: string;
}

/** What a custodian stores; instants are of its own clock (epoch ms). */
export type Remembered =
  | ({ readonly kind: 'deadline'; readonly at: number } & Deadline & SeenHead)
  /** Its operators have confirmed that the log was restored from a backup: from here on a new log is accepted. */
  | { readonly kind: 'log-restored'; readonly at: number }
  | {
      readonly kind: 'released' | 'refused';
      readonly at: number;
      readonly procurementId: string;
      readonly bidIds: readonly string[];
      /** The recipient it was sealed to. */
      readonly recipient: string | null;
      /** Why it was refused; for a release, why single shares were not released. */
      readonly reasons: readonly string[];
    };

interface SeenDeadline {
  readonly version: number;
  readonly bidDeadline: number | null;
  /** The latest instant ever seen; null while there was none. */
  readonly latest: number | null;
}

export interface CustodianMemory {
  /** The largest head. */
  readonly head: SeenHead | null;
  /** Newest first; of concurrent requests one may refer to an earlier head. */
  readonly heads: readonly SeenHead[];
  readonly releases: number;
  readonly refusals: number;
  readonly procurements: number;
  seen(procurementId: string): SeenDeadline | undefined;
  /** Resolves when it is on the disk. */
  add(entry: Remembered): Promise<void>;
}

const MOST_HEADS = 200;

/** @param append stores an entry durably */
export function createMemory(
  entries: Iterable<Remembered>,
  append: (entry: Remembered) => Promise<void>,
): CustodianMemory {
  let heads: SeenHead[] = [];
  let head: SeenHead | null = null;
  let [releases, refusals] = [0, 0];
  const deadlines = new Map<string, SeenDeadline>();

  function take(entry: Remembered): void {
    switch (entry.kind) {
      case 'deadline': {
        const { procurementId, version, bidDeadline, size, root } = entry;
        const before = deadlines.get(procurementId);
        const instants = [before?.latest ?? null, bidDeadline].filter((at) => at !== null);
        deadlines.set(procurementId, {
          version,
          bidDeadline,
          latest: instants.length === 0 ? null : Math.max(...instants),
        });
        if (!heads.some((each) => each.size === size)) heads = [{ size, root }, ...heads].slice(0, MOST_HEADS);
        if (head === null || size > head.size) head = { size, root };
        break;
      }
      case 'log-restored':
        heads = [];
        head = null;
        break;
      case 'released':
        releases += 1;
        break;
      case 'refused':
        refusals += 1;
        break;
    }
  }

  for (const entry of entries) take(entry);
  return {
    get head() {
      return head;
    },
    get heads() {
      return heads;
    },
    get releases() {
      return releases;
    },
    get refusals() {
      return refusals;
    },
    get procurements() {
      return deadlines.size;
    },
    seen: (procurementId) => deadlines.get(procurementId),
    add: async (entry) => {
      await append(entry);
      take(entry);
    },
  };
}
