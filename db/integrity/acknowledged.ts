import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '../../domain/errors.ts';
import type { Queries } from '../access/statements.ts';
import { isInTrail, type AuditRow, type TrailPlace } from '../audit.ts';
import type { Fault } from './fault.ts';

// A database that comes up without its last commits looks whole: a damaged write-ahead log ends where the damage
// begins, and an old copy of a file is a file. So what was committed is also written, before anybody is told, into files
// beside the database: one a day (UTC), to which all processes append.

/** What one commit added to the trail. */
interface Acknowledged extends TrailPlace {
  /** `bid.submit bid/0197…` */
  readonly entries: readonly string[];
}

/** Days whose files are kept: the newest alone is needed to find a loss, the others to name what was lost. */
const KEPT_DAYS = 7;
const NAME = /^\d{4}-\d{2}-\d{2}\.jsonl$/;

const folderOf = (dataDir: string): string => join(dataDir, 'acknowledged');

export class Acknowledgements {
  readonly #folder: string;
  readonly #today: () => string;
  #open: { readonly day: string; readonly file: number } | null = null;

  /** @param today the day of this machine (`YYYY-MM-DD`, UTC) */
  constructor(dataDir: string, today = () => new Date().toISOString().slice(0, 10)) {
    this.#folder = folderOf(dataDir);
    this.#today = today;
  }

  /**
   * Writes what a commit added, to the disk. It is committed already: where this fails, the next commit notes a later
   * place, which is as good.
   */
  note(rows: readonly AuditRow[]): void {
    const last = rows.at(-1);
    if (!last) return;
    const noted: Acknowledged = {
      seq: last.seq,
      hash: last.hash,
      entries: rows.map(({ action, subject }) => `${action} ${subject}`),
    };
    try {
      const file = this.#fileOfToday();
      writeSync(file, `${JSON.stringify(noted)}\n`);
      fdatasyncSync(file);
    } catch (error) {
      process.emitWarning(`what was committed could not be noted beside the database: ${String(error)}`);
    }
  }

  close(): void {
    if (this.#open) closeSync(this.#open.file);
    this.#open = null;
  }

  #fileOfToday(): number {
    const day = this.#today();
    if (this.#open?.day === day) return this.#open.file;
    this.close();
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (const old of filesIn(this.#folder).slice(0, -KEPT_DAYS)) rmSync(join(this.#folder, old), { force: true });
    const file = openSync(join(this.#folder, `${day}.jsonl`), 'a', 0o600);
    this.#open = { day, file };
    const folder = openSync(this.#folder, 'r');
    fsyncSync(folder);
    closeSync(folder);
    return file;
  }
}

/** The oldest first. */
const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => NAME.test(name))
        .sort()
    : [];

/** What was noted up to some moment. */
export interface Noted {
  /** The oldest first, each with how many bytes it had. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** To be taken before the database is read as at one instant: processes that run go on noting. */
export function notedUntilNow(dataDir: string): Noted {
  const folder = folderOf(dataDir);
  const files = filesIn(folder).map((name) => join(folder, name));
  return { files: files.map((path) => ({ path, bytes: statSync(path, { throwIfNoEntry: false })?.size ?? 0 })) };
}

/** The newest first; a line that was being written when the machine stopped was told to nobody. */
function* linesOf({ files }: Noted): Generator<Acknowledged> {
  for (const { path, bytes } of files.toReversed()) {
    if (bytes === 0) continue;
    for (const line of readFileSync(path).subarray(0, bytes).toString('utf8').split('\n').reverse()) {
      const noted = lineOf(line);
      if (noted) yield noted;
    }
  }
}

function lineOf(line: string): Acknowledged | null {
  try {
    return line === '' ? null : (JSON.parse(line) as Acknowledged);
  } catch {
    return null;
  }
}

/** Processes note at once, each after its commit: how many lines may stand before that of an earlier commit. */
const MOST_OUT_OF_ORDER = 1_000;

/** What was committed and is not in the trail, the newest first: commits before one that is there are there too. */
export async function missingFrom(q: Queries, all: Noted): Promise<Acknowledged[]> {
  const missing: Acknowledged[] = [];
  let [present, read] = [0, 0];
  for (const noted of linesOf(all)) {
    if (present > 0) read += 1;
    if (read > MOST_OUT_OF_ORDER) break;
    if (noted.seq <= present) continue;
    if (await isInTrail(q, noted)) present = noted.seq;
    else missing.push(noted);
  }
  return missing.filter(({ seq }) => seq > present).sort((a, b) => b.seq - a.seq);
}

export const asFaults = (missing: readonly Acknowledged[]): Fault[] =>
  missing.map(({ seq, entries }) => ({
    subject: `audit/${seq}`,
    zh: `已确认而数据库中没有：${entries.join('，')}`,
    en: `was committed and is not in the database: ${entries.join(', ')}`,
  }));

/** How many a message names. */
const MOST_NAMED = 20;

/** @throws DomainError `acknowledged-missing` */
export async function refuseLoss(q: Queries, dataDir: string): Promise<void> {
  const missing = await missingFrom(q, notedUntilNow(dataDir));
  if (missing.length === 0) return;
  const entries = missing.flatMap((each) => each.entries);
  const named = entries.slice(0, MOST_NAMED).join(', ');
  const more = entries.length > MOST_NAMED ? ' …' : '';
  throw new DomainError('acknowledged-missing', {
    messageZh: `数据库中缺少已确认写入的 ${entries.length} 项（${named}${more}）：日志文件损坏，或换回了旧副本，或不是同一个数据库。请恢复完整的数据库；确已无法找回的，由 kaibiao migrate --accept-loss 记入审计后继续，并通知有关各方`,
    messageEn: `the database lacks ${entries.length} things that were acknowledged (${named}${more}): its write-ahead log is damaged, an older copy was put in its place, or it is another database. Bring back the whole one; where it is lost, kaibiao migrate --accept-loss records it in the trail and goes on: tell those concerned`,
    details: { entries },
  });
}

/** From here on the database counts as it is; what was noted is kept beside it. */
export function setAside(dataDir: string, suffix: string): void {
  const folder = folderOf(dataDir);
  for (const name of filesIn(folder)) renameSync(join(folder, name), join(folder, `${name}.lost-${suffix}`));
}
