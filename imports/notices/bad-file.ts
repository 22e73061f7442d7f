import { FileFault } from '../file-fault.ts';
import { CommandFailure } from '../../cli/settings/failure.ts';

/** A file that cannot be read as what it is said to be: nothing of it is judged any further. */
export const badFile = (zh: string, en: string, cause?: unknown): CommandFailure =>
  new CommandFailure('bad-input', { zh, en }, { exitCode: 2, cause });

/** Records as they come; a fault of the whole file ends the command. */
export async function* orBadFile<T>(records: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* records;
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    throw badFile(error.messageZh, error.messageEn, error);
  }
}
