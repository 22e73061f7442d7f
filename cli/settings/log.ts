import { pino, type Logger } from 'pino';
import { readable } from './log-lines.ts';
import { logFormat, logLevel } from './values.ts';

/** The log of a part, on its standard output: for the person at a terminal, or JSON for the programs that read it. */
export function logOf(name: string, { json = false }: { readonly json?: boolean | undefined } = {}): Logger {
  const options = { name, level: logLevel() };
  if (json || logFormat() === 'json') return pino(options);
  const { stdout } = process;
  const colours = stdout.isTTY && !process.env.NO_COLOR;
  return pino(options, { write: (line: string) => void stdout.write(readable(line, colours)) });
}
