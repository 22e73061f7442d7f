import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { Encrypter } from 'age-encryption';
import { packTar } from 'modern-tar/fs';

/**
 * Writes a folder as one file that only these recipients open, with the programs `age` and `tar` as well as with ours:
 * a backup names who has bid. The file has its name only when it is whole.
 */
export async function encryptFolder(folder: string, file: string, recipients: readonly string[]): Promise<void> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const part = `${file}.part`;
  try {
    const archive = Readable.toWeb(packTar(folder)) as ReadableStream<Uint8Array>;
    const encrypted = (await encrypter.encrypt(archive)) as unknown as NodeStream<Uint8Array>;
    await pipeline(Readable.fromWeb(encrypted), createWriteStream(part, { flags: 'wx', mode: 0o600 }));
    const written = await open(part, 'r+');
    await written.sync();
    await written.close();
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
