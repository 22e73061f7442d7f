import { createHash } from 'node:crypto';
import { DEADLINE, deadlineHash, type DeadlineProof, type DeadlineStatement } from '../../../proofs/deadline.ts';
import { leafOf, NO_FACT } from '../../../proofs/leaf.ts';
import { consistencyProof, inclusionProof, nodeHash, rootOf, type Nodes } from '../../../proofs/merkle.ts';
import type { Signer } from '../../../proofs/signing.ts';
import { TREE_HEAD } from '../../../proofs/tree-head.ts';

/** The platform's log as a custodian sees it, without a database: a test may have it say what no platform should. */
export class PlatformLog {
  readonly #leaves: { entry: string; leaf: string }[] = [];

  constructor(
    private readonly signer: Signer,
    private readonly name = 'log',
  ) {}

  get size(): number {
    return this.#leaves.length;
  }

  /** Entries that are about something else. */
  grow(count: number): this {
    for (let n = 0; n < count; n += 1) this.#add(NO_FACT, `${this.name} ${this.size}`);
    return this;
  }

  /** @returns where the deadline is */
  setDeadline(procurementId: string, version: number, bidDeadline: number | null): number {
    return this.#add(deadlineHash({ procurementId, version, bidDeadline }), `${procurementId} ${version}`);
  }

  #add(fact: string, what: string): number {
    const entry = createHash('sha256').update(what).digest('hex');
    return this.#leaves.push({ entry, leaf: leafOf(entry, fact) }) - 1;
  }

  /** Another log that begins as this one does. */
  fork(size = this.size): PlatformLog {
    const other = new PlatformLog(this.signer, `${this.name}’`);
    other.#leaves.push(...this.#leaves.slice(0, size));
    return other;
  }

  async prove(
    said: Pick<DeadlineStatement, 'procurementId' | 'version' | 'bidDeadline' | 'index' | 'at'>,
    known: number,
    size = this.size,
  ): Promise<DeadlineProof> {
    const entry = this.#leaves[said.index]?.entry ?? '';
    const root = await rootOf(size, this.#nodes);
    return {
      statement: await this.signer.sign(DEADLINE, { ...said, entry } satisfies DeadlineStatement),
      head: await this.signer.sign(TREE_HEAD, { size, root, at: said.at }),
      inclusion: await inclusionProof(said.index, size, this.#nodes),
      consistency: known > 0 && known <= size ? await consistencyProof(known, size, this.#nodes) : [],
    };
  }

  readonly #nodes: Nodes = async ({ level, index }) => {
    if (level === 0) return this.#leaves[index]?.leaf ?? '';
    const [left, right] = [2 * index, 2 * index + 1].map((at) => this.#nodes({ level: level - 1, index: at }));
    return nodeHash((await left) ?? '', (await right) ?? '');
  };
}
