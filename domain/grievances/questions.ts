import { withoutAsker, type Asker } from './asker.ts';
import type { GrievanceLetter } from './letter.ts';

interface Asked {
  readonly textZh: string;
  readonly letter: GrievanceLetter | null;
}

/** What a filer asked, as the notice of the answer repeats it: without what would tell who asked. */
export function questionsOf({ textZh, letter }: Asked, filer: Asker): string[] {
  const matters = letter?.matters ?? [];
  const asked = matters.length === 0 ? [textZh] : matters.map(({ matterZh }) => matterZh);
  return asked.map((text) => withoutAsker(text, filer));
}
