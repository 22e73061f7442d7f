import { unsafePath } from '../../sealing/paths.ts';

/** Room for the folders before it and the number in front of it. */
const MOST_BYTES = 120;

const UNFIT = /[\\/:*?"<>|\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\ufffd]/gu;

/** A name that people chose, as it can stand at the end of a path on every system. */
export function fileName(given: string): string {
  const name = given.normalize('NFC').replace(UNFIT, '_').trim();
  const [, stem = '', ending = ''] = /^(.*?)(\.[A-Za-z0-9]{1,10})?$/s.exec(name) ?? [];
  let short = stem;
  while (Buffer.byteLength(short + ending) > MOST_BYTES) short = [...short].slice(0, -1).join('');
  const fitted = `${short.replace(/[ .]+$/, '')}${ending}`;
  return unsafePath(fitted) === null ? fitted : `file${ending}`;
}
