import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '../../domain/errors.ts';
import type { CheckedRows, RowFault, RowPlace } from './fault.ts';

// Every row of every table has a MAC over its content (table row_seals), under a key that is not in the database; and
// there is one sum of the hidden halves of those MACs (table seal_total), so that removing a row with its seal, or
// restoring an older row, is detected (ADR 0021).

/** The seal of a row that the program overwrote after it had been altered outside the program: it stays so. */
export const BROKEN = 'broken';

/** A stored row beside its seal: no content, no row; no mac, no seal. */
export interface FoundRow extends RowPlace {
  readonly content: string | null;
  readonly mac: string | null;
}

/** The row of seal_total. */
export interface StoredTotal {
  readonly key_id: string;
  readonly salt: string;
  readonly version: number;
  readonly sum: string;
}

const MODULUS_BITS = 256;
/** Of a key as text. */
const LEAST_CHARACTERS = 32;

export class RowSealer {
  readonly #key: KeyObject;
  /** Identifies the key without revealing it. */
  readonly keyId: string;

  constructor(key: string) {
    if (key.length < LEAST_CHARACTERS) {
      throw refused('KAIBIAO_ROWS_KEY 至少 32 个字符', 'KAIBIAO_ROWS_KEY needs at least 32 characters');
    }
    this.#key = createSecretKey(Buffer.from(key, 'utf8'));
    this.keyId = this.#digest('key').toString('hex', 0, 8);
  }

  /** The seal, and the other half of the same MAC, which is stored nowhere: it goes into the total. */
  seal({ table, key }: RowPlace, content: string): { readonly mac: string; readonly hidden: bigint } {
    const digest = this.#digest(`row\n${table}\n${key.length}\n${key}${content}`);
    return { mac: digest.toString('base64url', 0, 32), hidden: BigInt(`0x${digest.toString('hex', 32)}`) };
  }

  /** The total of no rows. */
  none(): StoredTotal {
    return this.#store({ key_id: this.keyId, salt: randomBytes(16).toString('hex'), version: 0 }, 0n);
  }

  add(total: StoredTotal, delta: bigint): StoredTotal {
    return this.#store({ ...total, version: total.version + 1 }, this.read(total) + delta);
  }

  read(total: StoredTotal): bigint {
    return BigInt.asUintN(MODULUS_BITS, BigInt(`0x${total.sum}`) - this.#mask(total));
  }

  /** Masked afresh each time, so that comparing two totals does not reveal what a single row adds. */
  #store(total: Omit<StoredTotal, 'sum'>, plain: bigint): StoredTotal {
    const sum = BigInt.asUintN(MODULUS_BITS, plain + this.#mask(total));
    return { ...total, sum: sum.toString(16).padStart(MODULUS_BITS / 4, '0') };
  }

  #mask({ salt, version }: Omit<StoredTotal, 'sum'>): bigint {
    return BigInt(`0x${this.#digest(`mask\n${salt}\n${version}`).toString('hex', 32)}`);
  }

  #digest(text: string): Buffer {
    return createHmac('sha512', this.#key).update(text, 'utf8').digest();
  }
}

/** The effect of one transaction on the seals. */
export class SealingUnderWay {
  /** What it adds to the total. */
  delta = 0n;

  constructor(readonly sealer: RowSealer) {}

  /** @returns the seal of a new or changed row */
  written(
    place: RowPlace,
    content: string,
    before: { content: string; mac: string | null; key?: string } | null,
  ): string {
    const now = this.sealer.seal(place, content);
    this.delta += now.hidden;
    if (before === null) return now.mac;
    const was = this.sealer.seal({ ...place, key: before.key ?? place.key }, before.content);
    this.delta -= was.hidden;
    // A row altered outside the program must not become valid when we write another column of it.
    return was.mac === before.mac ? now.mac : BROKEN;
  }

  gone(place: RowPlace, content: string): void {
    this.delta -= this.sealer.seal(place, content).hidden;
  }
}

/** The faults of the rows that were read, and of their total. */
export class RowCheck implements CheckedRows {
  readonly faults: RowFault[] = [];
  rows = 0;
  #sum = 0n;

  constructor(readonly sealer: RowSealer) {}

  found({ table, key, content, mac }: FoundRow): void {
    if (content === null) {
      if (table === TOTAL.table && key === TOTAL.key) this.#fault(TOTAL, ...INCOMPLETE);
      else this.#fault({ table, key }, '有封印而行已不存在', 'is missing, and its row seal exists');
      return;
    }
    this.rows += 1;
    const seal = this.sealer.seal({ table, key }, content);
    this.#sum += seal.hidden;
    if (mac === seal.mac) return;
    if (mac === null)
      this.#fault(
        { table, key },
        '不是本系统写入的（没有封印）',
        'was not written by this program: it has no row seal',
      );
    else if (mac === BROKEN) {
      this.#fault({ table, key }, '内容曾被改动，此后本系统又写过', 'was changed before this program wrote it again');
    } else this.#fault({ table, key }, '内容被改动', 'was changed');
  }

  /** Called once all rows were read. */
  total(stored: StoredTotal | null): void {
    if (stored === null) return this.#fault(TOTAL, '封印的总和缺失', 'the total of the row seals is missing');
    if (stored.key_id !== this.sealer.keyId || this.sealer.read(stored) !== BigInt.asUintN(MODULUS_BITS, this.#sum))
      this.#fault(TOTAL, ...INCOMPLETE);
  }

  #fault(row: RowPlace, zh: string, en: string): void {
    this.faults.push({ subject: `${row.table}/${row.key}`, zh, en, row });
  }
}

/** Stands for the total among the faults. */
export const TOTAL: RowPlace = { table: 'row_seals', key: 'total' };
const INCOMPLETE = [
  '行的总和不符：有行被改动，或连同封印一起被删除，或被换回旧的内容',
  'the rows are not all those that were written: some were changed, removed with their row seals, or restored to an earlier state',
] as const;

export const keyFile = (dataDir: string): string => join(dataDir, 'rows.key');

/** The key: given, or stored beside the database. */
export interface RowsKey {
  readonly dataDir: string;
  readonly rowsKey?: string | undefined;
}

/** The sealer of an installation whose key is available, else null. */
export function sealerAtHand({ dataDir, rowsKey }: RowsKey): RowSealer | null {
  if (rowsKey !== undefined) return new RowSealer(rowsKey);
  const file = keyFile(dataDir);
  return existsSync(file) ? new RowSealer(readFileSync(file, 'utf8').trim()) : null;
}

/**
 * @param sealedWith identifies the key that the rows are sealed with; null where they are not yet, and a key may be
 *   created
 * @throws DomainError `rows-key` when the key is another, or is not here
 */
export function sealerOf(place: RowsKey, sealedWith: string | null): RowSealer {
  const found = sealerAtHand(place);
  if (found === null && sealedWith === null) {
    mkdirSync(place.dataDir, { recursive: true, mode: 0o700 });
    try {
      writeFileSync(keyFile(place.dataDir), randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    return sealerOf(place, sealedWith);
  }
  if (found !== null && (sealedWith === null || found.keyId === sealedWith)) return found;
  throw refused(
    `数据库各行由另一把密钥（${sealedWith}）封印：请从原机器复制 rows.key 到 ${place.dataDir}，或设 KAIBIAO_ROWS_KEY`,
    `the row seals are made with another key (${sealedWith}): copy rows.key to ${place.dataDir} from the machine that has it, or set KAIBIAO_ROWS_KEY`,
  );
}

const refused = (messageZh: string, messageEn: string): DomainError =>
  new DomainError('rows-key', { messageZh, messageEn });
