import type { Options } from '../acts/options.ts';

/** A request with the names of what it names by ids, as far as they are known. */
export function namedIn(value: unknown, options: Options, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => namedIn(each, options, key));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, namedIn(each, options, name)]));
  if (typeof value !== 'string') return value;
  return options[key]?.find((choice) => choice.value === value)?.text ?? value;
}
