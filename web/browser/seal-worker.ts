import { config } from 'zod';
import { Chunks } from '../../sealing/bytes.ts';
import { createDigest } from '../../sealing/digest.ts';
import { readSeal } from '../../sealing/open.ts';
import { sealBid, type Part } from '../../sealing/seal.ts';
import { BLIND_FOLDERS } from '../../domain/evaluation/sheets/blind.ts';
import { identifyingIn } from '../../sealing/blind/identifying.ts';
import type { BlindFiles, Job, Report, Sealed } from './jobs.ts';
import { wordsOf, type Words } from './user-error.ts';

// It is served with a policy that blocks all its connections.
config({ jitless: true });

/** Bytes buffered before they are passed to the browser, which keeps large files on disk. */
const PIECE_BYTES = 8 * 1024 * 1024;
/** The shortest time between two progress reports. */
const REPORT_BYTES = 1024 * 1024;

const report = (message: Report): void => postMessage(message);

addEventListener('message', ({ data }: MessageEvent<Job>) => {
  const work = data.kind === 'seal' ? seal(data) : read(data.file);
  work.then(
    (done) => report('blob' in done ? { kind: 'sealed', sealed: done } : { kind: 'identifying', found: done }),
    (error: unknown) => report({ kind: 'fault', words: wordsOf(error) }),
  );
});

/** @param total bytes that will be read */
function counter(total: number): (bytes: number) => void {
  let read = 0;
  let reported = 0;
  return (bytes) => {
    read += bytes;
    if (read - reported < REPORT_BYTES && read < total) return;
    reported = read;
    report({ kind: 'read', share: total === 0 ? 1 : read / total });
  };
}

async function seal({
  files,
  figures,
  blind,
  ...place
}: Extract<Job, { kind: 'seal' }>): Promise<Sealed | readonly Words[]> {
  const found = blind.allowIdentifying ? [] : await identifying(blind, place.bidder);
  if (found.length > 0) return found;
  // Each file is read twice: hashed, then sealed.
  const count = counter(2 * [...files, ...blind.files].reduce((sum, { size }) => sum + size, 0));
  const given = [
    ...files.map((file) => partOf(file, count)),
    ...blind.files.map((file) => partOf(file, count, `${BLIND_FOLDERS[0]}/`)),
  ];
  const bid = await sealBid({ ...place, figures, parts: given });
  const { blob, sha256 } = await gathered(bid.stream);
  if (blob.size !== bid.size) throw new Error(`${blob.size} bytes, not ${bid.size}`);
  const { bidder, priceFen, parts } = bid.manifest;
  return {
    ...{ blob, sha256, procurementId: place.procurementId, lotNo: place.lotNo },
    ...{ twoLocks: bid.bidderShare !== null, share: bid.bidderShare },
    content: { bidder, paths: parts.map(({ path }) => path), priceFen },
  };
}

/** What in the files of the blind part may tell who the bidder is. */
async function identifying({ files, names }: BlindFiles, bidder: string): Promise<readonly Words[]> {
  const found: Words[] = [];
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    for (const { place, zh, en } of await identifyingIn(file.name, bytes, [bidder, ...names]))
      found.push({ zh: `「${file.name}」${place}：${zh}`, en: `"${file.name}", ${place}: ${en}` });
  }
  return found;
}

async function read(file: File): Promise<Sealed> {
  const { seal: head, payload } = await readSeal(new Chunks(file.stream()), file.size);
  await payload.cancel();
  const count = counter(file.size);
  const digest = createDigest();
  for await (const chunk of new Chunks(file.stream())) {
    digest.update(chunk);
    count(chunk.length);
  }
  const { procurementId, lotNo, bidderShare } = head;
  const twoLocks = bidderShare !== null;
  return { blob: file, sha256: digest.hex(), procurementId, lotNo, twoLocks, share: null, content: null };
}

/** A file of the page as a part, which reports how much of it has been read. */
function partOf(file: File, read: (bytes: number) => void, folder = ''): Part {
  const counted = (): TransformStream<Uint8Array, Uint8Array> =>
    new TransformStream({
      transform(chunk, controller) {
        read(chunk.length);
        controller.enqueue(chunk);
      },
    });
  return {
    path: folder + file.name.normalize('NFC'),
    mediaType: /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/.test(file.type) ? file.type : 'application/octet-stream',
    size: file.size,
    open: () => file.stream().pipeThrough(counted()),
  };
}

async function gathered(stream: ReadableStream<Uint8Array>): Promise<{ blob: Blob; sha256: string }> {
  const digest = createDigest();
  const pieces: Blob[] = [];
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const flush = (): void => {
    pieces.push(new Blob(chunks));
    chunks = [];
    size = 0;
  };
  for await (const chunk of new Chunks(stream)) {
    digest.update(chunk);
    chunks.push(new Uint8Array(chunk));
    size += chunk.length;
    if (size >= PIECE_BYTES) flush();
  }
  flush();
  return { blob: new Blob(pieces, { type: 'application/octet-stream' }), sha256: digest.hex() };
}
