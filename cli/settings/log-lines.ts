const LEVELS: Readonly<Record<number, { readonly word: string; readonly colour: number }>> = {
  10: { word: 'TRACE', colour: 90 },
  20: { word: 'DEBUG', colour: 90 },
  30: { word: 'INFO', colour: 32 },
  40: { word: 'WARN', colour: 33 },
  50: { word: 'ERROR', colour: 31 },
  60: { word: 'FATAL', colour: 31 },
};

interface Line {
  readonly level: number;
  readonly time: number;
  readonly name?: string;
  readonly msg?: string;
  readonly req?: { readonly method?: string; readonly path?: string };
  readonly res?: { readonly status?: number };
  readonly responseTime?: number;
  readonly code?: string;
  readonly err?: { readonly message?: string; readonly stack?: string };
  readonly [field: string]: unknown;
}

/** A line of the log for people: `16:03:12 WARN  api  GET /api/session 401 unauthenticated 3 ms`. */
export function readable(text: string, colours = false): string {
  let line: Line;
  try {
    line = JSON.parse(text) as Line;
  } catch {
    return text;
  }
  const { level, time, name = '', msg = '', req, res, responseTime, err, pid: _pid, hostname: _host, ...rest } = line;
  const { word, colour } = LEVELS[level] ?? { word: String(level), colour: 0 };
  const painted = (code: number, said: string): string => (colours ? `\u001b[${code}m${said}\u001b[0m` : said);
  const { code, ...fields } = rest;
  const said =
    res === undefined
      ? [msg, ...(code === undefined ? [] : [`code=${code}`])]
      : [req?.method, req?.path, res.status, code, `${responseTime ?? '?'} ms`];
  const details = Object.entries(fields).map(([field, value]) => `${field}=${shown(value)}`);
  const stack = err === undefined ? '' : `\n    ${(err.stack || err.message || '').replaceAll('\n', '\n    ')}`;
  const words = [...said, painted(90, details.join(' '))].filter((each) => each !== undefined && each !== '');
  const at = new Date(time).toTimeString().slice(0, 8);
  return `${painted(90, at)} ${painted(colour, word.padEnd(5))} ${name.padEnd(9)} ${words.join(' ')}${stack}\n`;
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
