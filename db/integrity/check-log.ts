import { count } from 'drizzle-orm';
import { inTreeOrder } from '../../proofs/batch.ts';
import { leafOfEntry } from '../../proofs/leaf.ts';
import { GrowingTree } from '../../proofs/merkle.ts';
import { NotSigned, type PublicJwk } from '../../proofs/signing.ts';
import { verifyTreeHead } from '../../proofs/tree-head.ts';
import type { Queries } from '../access/statements.ts';
import { CLOSES_BATCH, type AuditRow } from '../audit.ts';
import { headsAfter, keptLeaves, nodesAt, type LogNode, type TreeHeadRow } from '../log.ts';
import { logNodes } from '../schema/sqlite.ts';
import { signingKeysOf } from '../signing-keys.ts';
import type { Fault } from './fault.ts';

const PAGE = 500;

/** A head of the log that somebody else has seen. */
export interface WitnessedRoot {
  /** Its address. */
  readonly witness: string;
  readonly size: number;
  readonly root: string;
}

/** Holds the stored nodes of the log and its signed heads to the trail, leaf by leaf. */
export class LogCheck {
  readonly #q: Queries;
  readonly #faults: Fault[];
  readonly #keys: readonly PublicJwk[];
  /** How many leaves have stored nodes. */
  readonly #kept: number;
  readonly #heads: AsyncGenerator<TreeHeadRow, undefined>;
  readonly #tree = new GrowingTree();
  /** Leaves that no batch has taken, in the order of the trail, and where batches end. */
  #waiting: { readonly leaf: string }[] = [];
  readonly #ends = new Map<number, number>();
  #due: TreeHeadRow | undefined;
  /** Nodes that were made from the trail and not compared yet. */
  #made: LogNode[] = [];
  #counted = { nodes: 0, heads: 0 };
  readonly #witnessed: readonly WitnessedRoot[];

  private constructor(
    q: Queries,
    faults: Fault[],
    { keys, kept, witnessed }: { keys: readonly PublicJwk[]; kept: number; witnessed: readonly WitnessedRoot[] },
  ) {
    this.#q = q;
    this.#faults = faults;
    this.#keys = keys;
    this.#kept = kept;
    this.#heads = headsOf(q);
    this.#witnessed = witnessed;
  }

  static async of(q: Queries, faults: Fault[], witnessed: readonly WitnessedRoot[] = []): Promise<LogCheck> {
    const check = new LogCheck(q, faults, { keys: await signingKeysOf(q), kept: await keptLeaves(q), witnessed });
    check.#due = (await check.#heads.next()).value;
    return check;
  }

  async take(entry: Pick<AuditRow, 'hash' | 'detail' | 'action'>): Promise<void> {
    this.#waiting.push({ leaf: leafOfEntry(entry) });
    if (entry.action === CLOSES_BATCH) {
      const { from, until } = entry.detail as { from?: unknown; until?: unknown };
      // The first that says so counts.
      if (!this.#ends.has(Number(from))) this.#ends.set(Number(from), Number(until));
    }
    const { size } = this.#tree;
    const leaves = (this.#ends.get(size) ?? Infinity) - size;
    if (this.#waiting.length < leaves) return;
    const batch = this.#waiting.splice(0, leaves);
    for (const { leaf } of inTreeOrder(batch)) await this.#append(leaf);
  }

  async #append(leaf: string): Promise<void> {
    const made = this.#tree.append(leaf);
    if (this.#tree.size <= this.#kept) this.#made.push(...made);
    if (this.#made.length >= PAGE) await this.#compareNodes();
    for (const { witness, size, root } of this.#witnessed) {
      if (size === this.#tree.size && root !== this.#tree.root())
        this.#fault(`witness/${witness}`, '见过的日志与此不同', 'has seen another log than this one');
    }
    for (; this.#due?.size === this.#tree.size; this.#due = (await this.#heads.next()).value) {
      await this.#compareHead(this.#due, this.#tree.root());
    }
  }

  /** Called once the whole trail was taken. @returns how many heads there are */
  async end(): Promise<number> {
    await this.#compareNodes();
    const trail = this.#tree.size + this.#waiting.length;
    const [stored] = await this.#q.select({ nodes: count() }).from(logNodes);
    if ((stored?.nodes ?? 0) !== this.#counted.nodes) {
      this.#fault('log', '存有的节点多于审计记录的叶子', 'has nodes that no entry of the trail accounts for');
    }
    for (const { witness, size } of this.#witnessed) {
      if (size > this.#tree.size)
        this.#fault(
          `witness/${witness}`,
          `见过 ${size} 条，而审计记录只有 ${trail} 条`,
          `has seen ${size} entries, and the trail has ${trail}`,
        );
    }
    for (; this.#due; this.#due = (await this.#heads.next()).value) {
      this.#counted.heads += 1;
      this.#fault(
        `head/${this.#due.size}`,
        `已签署的日志头有 ${this.#due.size} 条，而审计记录只有 ${trail} 条`,
        `is of ${this.#due.size} entries, and the trail has ${trail}: entries at its end are gone`,
      );
    }
    return this.#counted.heads;
  }

  async #compareNodes(): Promise<void> {
    const made = this.#made;
    this.#made = [];
    const name = ({ level, index }: Omit<LogNode, 'hash'>) => `${level}/${index}`;
    const stored = new Map((await nodesAt(this.#q, made)).map((node) => [name(node), node.hash]));
    this.#counted.nodes += stored.size;
    for (const node of made) {
      if (stored.get(name(node)) !== node.hash)
        this.#fault(`log/${name(node)}`, '节点与审计记录不符', 'is not the node that the trail makes');
    }
  }

  async #compareHead({ size, root, signedAt, jws }: TreeHeadRow, made: string): Promise<void> {
    this.#counted.heads += 1;
    const subject = `head/${size}`;
    if (root !== made) this.#fault(subject, '根哈希与审计记录不符', 'is not the root over the trail');
    try {
      const signed = await verifyTreeHead(jws, this.#keys);
      if (signed.size !== size || signed.root !== root || signed.at !== signedAt)
        this.#fault(subject, '与所签内容不符', 'is not what was signed');
    } catch (error) {
      if (!(error instanceof NotSigned)) throw error;
      this.#fault(subject, `签名无效（${error.message}）`, `is not signed (${error.message})`);
    }
  }

  #fault(subject: string, zh: string, en: string): void {
    this.#faults.push({ subject, zh, en });
  }
}

async function* headsOf(q: Queries): AsyncGenerator<TreeHeadRow, undefined> {
  for (let size = 0; ;) {
    const page = await headsAfter(q, size, PAGE);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return undefined;
    ({ size } = last);
  }
}
