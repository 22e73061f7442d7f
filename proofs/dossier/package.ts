/** The files of a dossier, however they are packed; names are safe, and each there once, in the order of the package. */
export interface DossierPackage {
  /** What was found when it was opened. */
  readonly faults: readonly DossierFault[];
  readonly names: readonly string[];
  has(name: string): boolean;
  read(name: string): AsyncIterable<Uint8Array>;
}

export interface DossierFault {
  /** The name of the file. */
  readonly subject: string;
  readonly zh: string;
  readonly en: string;
}

/** So that a package with many errors does not fill the memory. */
const MOST_FAULTS = 1_000;

/** Longer than any file that is read as a whole: others are only hashed, or read line by line. */
const MOST_BYTES = 64 * 1024 * 1024;

export class Faults {
  readonly #all: DossierFault[] = [];

  get all(): readonly DossierFault[] {
    return this.#all;
  }

  add(subject: string, zh: string, en: string): void {
    if (this.#all.length < MOST_FAULTS) this.#all.push({ subject, zh, en });
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export type Row = Readonly<Record<string, unknown>>;

/** The rows of a list (`items`); none where it is no list. */
export const itemsOf = (list: unknown): Row[] =>
  isRecord(list) && Array.isArray(list.items) ? list.items.filter(isRecord) : [];

/** A file as JSON; undefined, with a fault, where it is missing or is none. */
export async function jsonOf(pack: DossierPackage, name: string, faults: Faults): Promise<unknown> {
  if (!pack.has(name)) {
    faults.add(name, '缺少', 'is missing');
    return undefined;
  }
  try {
    const text = await textOf(pack, name);
    if (text !== null) return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  faults.add(name, '不是所需的 JSON', 'is not the JSON that is wanted');
  return undefined;
}

/** A file as text; null where it is none, or longer than any. */
export async function textOf(pack: DossierPackage, name: string): Promise<string | null> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let [text, size] = ['', 0];
  try {
    for await (const chunk of pack.read(name)) {
      size += chunk.length;
      if (size > MOST_BYTES) return null;
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return null;
  }
}

/** The lines of a file, each as JSON; a line that is none is a fault. */
export async function* linesOf(
  pack: DossierPackage,
  name: string,
  faults: Faults,
): AsyncGenerator<Record<string, unknown>> {
  const decoder = new TextDecoder();
  let [rest, no] = ['', 0];
  const parsed = (line: string): Record<string, unknown> | null => {
    no += 1;
    try {
      const value: unknown = JSON.parse(line);
      if (isRecord(value)) return value;
    } catch {
      // Named below.
    }
    faults.add(name, `第 ${no} 行不是 JSON`, `line ${no} is not JSON`);
    return null;
  };
  for await (const chunk of pack.read(name)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const value = parsed(line);
      if (value) yield value;
    }
    if (rest.length > MOST_BYTES) {
      faults.add(name, '有过长的行', 'has a line that is too long');
      return;
    }
  }
  if (rest.trim() !== '') {
    const value = parsed(rest);
    if (value) yield value;
  }
}
