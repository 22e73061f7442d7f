import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { DossierFile, LeftOut } from '../../proofs/dossier/manifest.ts';
import type { Item } from './reading.ts';

/**
 * Stored and without a date of their own, so that the same content is the same bytes, on every machine and with every
 * version of a compressor; most of it is encrypted or compressed already.
 */
const AS_IS = { compress: false, mtime: new Date(0), forceDosTimestamp: true, mode: 0o100_644 } as const;

export interface Contents {
  readonly files: readonly DossierFile[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * A zip file of items, made while it is read: one file at a time is open, and none is in memory as a whole.
 * @param closing what comes after them, which is about them
 */
export function packed(items: AsyncIterable<Item>, closing: (contents: Contents) => AsyncIterable<Item>): Readable {
  const zip = new ZipFile();
  const output = new PassThrough();
  const [files, left]: [DossierFile[], LeftOut[]] = [[], []];
  let current: Readable | null = null;
  // Who reads it may be gone: then nothing more is read either.
  output.once('close', () => current?.destroy());
  // Of a file that it reads: what is thrown there ends the package, and nothing else.
  zip.on('error', (error: Error) => output.destroy(error));
  zip.outputStream.pipe(output);

  const add = async (item: Item): Promise<void> => {
    if ('leftOut' in item) {
      left.push(item.leftOut);
      return;
    }
    const { name, what } = item;
    const hash = createHash('sha256');
    let size = 0;
    const bytes = async function* () {
      for await (const chunk of item.bytes) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    };
    if (output.destroyed) {
      if (item.bytes instanceof Readable) item.bytes.destroy();
      throw new Error('nobody reads the package any more');
    }
    current = Readable.from(bytes(), { objectMode: false });
    zip.addReadStream(current, name, AS_IS);
    await finished(current);
    files.push({ name, sha256: hash.digest('hex'), size, what });
  };

  const make = async (): Promise<void> => {
    for await (const item of items) await add(item);
    for await (const item of closing({ files, leftOut: left })) await add(item);
    zip.end();
  };
  make().catch((error: unknown) => output.destroy(error instanceof Error ? error : new Error(String(error))));
  return output;
}
