import { shownLine } from './shown.ts';

/**
 * What a file off-line turned out to be: as the owner of the pinned keys made it; agreeing with itself only, since its keys
 * are its own; or neither.
 */
export type Verdict = 'proven' | 'unproven' | 'faulty';

interface Found {
  /** Whether the keys come from elsewhere. */
  readonly pinned: boolean;
  readonly faults: readonly unknown[];
}

export const verdictOf = ({ pinned, faults }: Found): Verdict =>
  faults.length > 0 ? 'faulty' : pinned ? 'proven' : 'unproven';

const EXIT_CODES: Readonly<Record<Verdict, number>> = { proven: 0, faulty: 1, unproven: 3 };

/** Prints what was found, with the verdict, and sets the exit code. @param text for people */
export function printVerdict<T extends Found>(found: T, text: (found: T) => string, json: boolean | undefined): void {
  const verdict = verdictOf(found);
  console.log(json ? JSON.stringify({ verdict, ...found }) : text(found));
  process.exitCode = EXIT_CODES[verdict];
}

const PROVEN = '✓';
const UNPROVEN = [
  '? 内部一致，未证明出自平台：没有指定公钥，所用的是文件自带的，改动者可以换上自己的公钥重新签名；请以 --keys 指定另行取得的公钥（平台的 /.well-known/jwks.json）',
  '? it agrees with itself, and is not proven to be of the platform: no keys were pinned, and whoever changed it may have signed it again with keys of their own, which it brings; pin keys obtained elsewhere (/.well-known/jwks.json of the platform) with --keys',
];

/**
 * What was found, for people, and the verdict at its end: whatever is in the file looks like neither of them.
 * @param proven what is said of a file that is proven
 */
export const textWithVerdict = (found: Found, lines: readonly string[], proven: string): string => {
  const ends = {
    proven: [`${PROVEN} ${proven}`],
    unproven: UNPROVEN,
    faulty: ['✗ 有上列问题 / it has the faults above'],
  };
  return [...lines.map((line) => shownLine(line).replaceAll(PROVEN, '')), ...ends[verdictOf(found)]].join('\n');
};
