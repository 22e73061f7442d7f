const FEN_PER_YUAN = 100;

/** Reads a stored notice's content, and reports at the end what no template has read. */
export class Content {
  readonly #unread: Set<string>;

  /** @param written how an instant is written for people */
  constructor(
    private readonly stored: Readonly<Record<string, unknown>>,
    private readonly written: (iso: string) => string = instantText,
  ) {
    this.#unread = new Set(Object.keys(stored));
  }

  raw(key: string): unknown {
    this.#unread.delete(key);
    return this.stored[key];
  }

  /** Null where no value is given. */
  text(key: string): string | null {
    return textOf(this.raw(key));
  }

  yuan(key: string): string | null {
    return yuanOf(this.raw(key));
  }

  instant(key: string): string | null {
    const text = this.text(key);
    return text === null ? null : this.written(text);
  }

  /** To the minute, where no right depends on the second. */
  minute(key: string): string | null {
    const text = this.text(key);
    return text === null ? null : this.written(text.replace(/(?<!23:59):(?:[0-5]\d)(?:\.\d+)?(?=\+08:00$)/, ':00'));
  }

  list(key: string): Content[] {
    const value = this.raw(key);
    return Array.isArray(value) ? value.filter(isRecord).map((each) => this.within(each)) : [];
  }

  /** What is stored under a key, where it has fields of its own. */
  record(key: string): Content | null {
    const value = this.raw(key);
    return isRecord(value) ? this.within(value) : null;
  }

  private within(stored: Readonly<Record<string, unknown>>): Content {
    return new Content(stored, this.written);
  }

  strings(key: string): string[] {
    const value = this.raw(key);
    return Array.isArray(value) ? value.map((each) => textOf(each) ?? '') : [];
  }

  /** What no template has read, in the order of its keys: everything published is shown. */
  rest(): (readonly [string, string])[] {
    return [...this.#unread]
      .sort()
      .map((key) => [key, this.stored[key]] as const)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** `1,234,567.89 元`. */
export function yuanOf(fen: unknown): string | null {
  if (typeof fen !== 'number') return null;
  const whole = String(Math.floor(fen / FEN_PER_YUAN)).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${whole}.${String(fen % FEN_PER_YUAN).padStart(2, '0')} 元`;
}

/** `2026年4月20日 09:00` of an instant in +08:00; the last millisecond of a day is its 24:00. Other text unchanged. */
export function instantText(iso: string): string {
  const [, year, month, day, clock, rest] =
    /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2})(:\d{2}(?:\.\d+)?)\+08:00$/.exec(iso) ?? [];
  if (year === undefined) return iso;
  const date = `${year}年${Number(month)}月${Number(day)}日`;
  if (clock === '23:59' && rest === ':59.999') return `${date} 24:00`;
  return `${date} ${clock}${rest === ':00' ? '' : rest}`;
}
