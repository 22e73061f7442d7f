import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '../../domain/errors.ts';
import type { CheckedRows, RowFault, RowPlace } from './fault.ts';

// Every row of every table has a MAC over its content (table row_macs), under a key that is not in the database; and
// there is one sum of the hidden halves of those MACs (table mac_total), so that removing a row with its MAC, or
// restoring an older row, is detected (ADR 0021).

/** The MAC of a row that the program overwrote after it had been altered outside the program: it stays so. */
export const BROKEN = 'broken';

/** A stored row beside its MAC: without `content` there is no row, without `mac` no MAC. */
export interface FoundRow extends RowPlace {
  readonly content: string | null;
  readonly mac: string | null;
}

/** The row of mac_total. */
export interface StoredTotal {
  readonly key_id: string;
  readonly salt: string;
  readonly version: number;
  readonly sum: string;
}

const MODULUS_BITS = 256;
/** Of a key as text. */
const LEAST_CHARACTERS = 32;

export class MacKey {
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

  /** The stored half of the MAC, and the other half, which is stored nowhere: it goes into the total. */
  macOf({ table, key }: RowPlace, content: string): { readonly mac: string; readonly hidden: bigint } {
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

/** The effect of one transaction on the MACs. */
export class MacsUnderWay {
  /** What it adds to the total. */
  delta = 0n;

  constructor(readonly macKey: MacKey) {}

  /** @returns the MAC of a new or changed row */
  written(
    place: RowPlace,
    content: string,
    before: { content: string; mac: string | null; key?: string } | null,
  ): string {
    const now = this.macKey.macOf(place, content);
    this.delta += now.hidden;
    if (before === null) return now.mac;
    const was = this.macKey.macOf({ ...place, key: before.key ?? place.key }, before.content);
    this.delta -= was.hidden;
    // A row altered outside the program must not become valid when we write another column of it.
    return was.mac === before.mac ? now.mac : BROKEN;
  }

  gone(place: RowPlace, content: string): void {
    this.delta -= this.macKey.macOf(place, content).hidden;
  }
}

/** The faults of the rows that were read, and of their total. */
export class RowCheck implements CheckedRows {
  readonly faults: RowFault[] = [];
  rows = 0;
  #sum = 0n;

  constructor(readonly macKey: MacKey) {}

  found({ table, key, content, mac }: FoundRow): void {
    if (content === null) {
      if (table === TOTAL.table && key === TOTAL.key) this.#fault(TOTAL, ...INCOMPLETE);
      else this.#fault({ table, key }, '有校验码而行已不存在', 'is missing, and its row MAC exists');
      return;
    }
    this.rows += 1;
    const found = this.macKey.macOf({ table, key }, content);
    this.#sum += found.hidden;
    if (mac === found.mac) return;
    if (mac === null)
      this.#fault(
        { table, key },
        '不是本系统写入的（没有校验码）',
        'was not written by this program: it has no row MAC',
      );
    else if (mac === BROKEN) {
      this.#fault({ table, key }, '内容曾被改动，此后本系统又写过', 'was changed before this program wrote it again');
    } else this.#fault({ table, key }, '内容被改动', 'was changed');
  }

  /** Called once all rows were read. */
  total(stored: StoredTotal | null): void {
    if (stored === null) return this.#fault(TOTAL, '校验码的总和缺失', 'the total of the row MACs is missing');
    if (stored.key_id !== this.macKey.keyId || this.macKey.read(stored) !== BigInt.asUintN(MODULUS_BITS, this.#sum))
      this.#fault(TOTAL, ...INCOMPLETE);
  }

  #fault(row: RowPlace, zh: string, en: string): void {
    this.faults.push({ subject: `${row.table}/${row.key}`, zh, en, row });
  }
}

/** Stands for the total among the faults. */
export const TOTAL: RowPlace = { table: 'row_macs', key: 'total' };
const INCOMPLETE = [
  '行的总和不符：有行被改动，或连同校验码一起被删除，或被换回旧的内容',
  'the rows are not all those that were written: some were changed, removed with their row MACs, or restored to an earlier state',
] as const;

export const keyFile = (dataDir: string): string => join(dataDir, 'rows.key');

/** The key: given, or stored beside the database. */
export interface RowsKey {
  readonly dataDir: string;
  readonly rowsKey?: string | undefined;
}

/** The macKey of an installation whose key is available, else null. */
export function macKeyAtHand({ dataDir, rowsKey }: RowsKey): MacKey | null {
  if (rowsKey !== undefined) return new MacKey(rowsKey);
  const file = keyFile(dataDir);
  return existsSync(file) ? new MacKey(readFileSync(file, 'utf8').trim()) : null;
}

/**
 * @param keyId identifies the key of the MACs; null where rows have none yet, and a key may be
 *   created
 * @throws DomainError `rows-key` when the key is another, or is not here
 */
export function macKeyOf(place: RowsKey, keyId: string | null): MacKey {
  const found = macKeyAtHand(place);
  if (found === null && keyId === null) {
    mkdirSync(place.dataDir, { recursive: true, mode: 0o700 });
    try {
      writeFileSync(keyFile(place.dataDir), randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    return macKeyOf(place, keyId);
  }
  if (found !== null && (keyId === null || found.keyId === keyId)) return found;
  throw refused(
    `数据库各行的校验码属于另一把密钥（${keyId}）：请从原机器复制 rows.key 到 ${place.dataDir}，或设 KAIBIAO_ROWS_KEY`,
    `the row MACs are made with another key (${keyId}): copy rows.key to ${place.dataDir} from the machine that has it, or set KAIBIAO_ROWS_KEY`,
  );
}

const refused = (messageZh: string, messageEn: string): DomainError =>
  new DomainError('rows-key', { messageZh, messageEn });
