import type { GrievanceLetter } from './letter.ts';

interface Asked {
  readonly textZh: string;
  readonly letter: GrievanceLetter | null;
}

/** What a filer asked, as the notice of the answer repeats it: without what would tell who asked. */
export function questionsOf({ textZh, letter }: Asked, filer: string): string[] {
  const { address, contact, telephone, proxy } = letter ?? {};
  const secret = [filer, address, contact, telephone, proxy?.nameZh].filter(
    (each) => each !== undefined && each !== '',
  );
  const hidden = (text: string): string =>
    secret.reduce<string>((shown, each) => shown.replaceAll(String(each), '（略）'), text);
  const matters = letter?.matters ?? [];
  return matters.length === 0 ? [hidden(textZh)] : matters.map(({ matterZh }) => hidden(matterZh));
}
