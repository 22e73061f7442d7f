import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unpackTar } from 'modern-tar';
import { afterAll, describe, expect, it } from 'vitest';
import { ByteReader, concat } from '../../sealing/bytes.ts';
import { SealError } from '../../sealing/open.ts';
import { entrySize, paddingOf, TAR_END, tarHeader, TarReader } from '../../sealing/tar.ts';
import { file, inChunks, packed } from '../setup/tenders/sealing.ts';

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-tar-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LONG = `${'很长的文件夹名/'.repeat(9)}${'x'.repeat(60)}.pdf`;
const FILES = [
  { path: 'manifest.json', body: '{}' },
  { path: '商务标/报价.pdf', body: 'x'.repeat(1_025) },
  { path: LONG, body: 'long' },
  { path: 'empty', body: '' },
];

const ours = (): Uint8Array =>
  concat(
    ...FILES.flatMap(({ path, body }) => {
      const bytes = Buffer.from(body);
      return [tarHeader({ path, size: bytes.length }), bytes, new Uint8Array(paddingOf(bytes.length))];
    }),
    TAR_END,
  );

async function read(bytes: Uint8Array): Promise<{ path: string; body: string }[]> {
  const archive = new TarReader(new ByteReader(inChunks(bytes, 333)));
  const files: { path: string; body: string }[] = [];
  for (let entry = await archive.next(); entry !== null; entry = await archive.next()) {
    const chunks: Uint8Array[] = [];
    for (let chunk = await archive.body(); chunk !== null; chunk = await archive.body()) chunks.push(chunk);
    files.push({ path: entry.path, body: Buffer.concat(chunks).toString() });
  }
  return files;
}

const faultOf = async (bytes: Uint8Array): Promise<string> => {
  const error: unknown = await read(bytes).then(
    () => 'nothing was wrong',
    (reason: unknown) => reason,
  );
  return error instanceof SealError ? error.code : String(error);
};

describe('the tar of a bid', () => {
  it('is read by other programs as it is by ours', async () => {
    const archive = ours();
    expect(archive.length).toBe(
      FILES.reduce((sum, { path, body }) => sum + entrySize({ path, size: Buffer.from(body).length }), TAR_END.length),
    );
    expect(await read(archive)).toEqual(FILES);
    const theirs = await unpackTar(archive, { strict: true });
    expect(theirs.map(({ header, data }) => ({ path: header.name, body: Buffer.from(data ?? []).toString() }))).toEqual(
      FILES,
    );
    writeFileSync(join(folder, 'ours.tar'), archive);
    mkdirSync(join(folder, 'out'));
    execFileSync('tar', ['-xf', join(folder, 'ours.tar'), '-C', join(folder, 'out')]);
    for (const { path, body } of FILES) expect(readFileSync(join(folder, 'out', path), 'utf8'), path).toBe(body);
  });

  it.each(['ustar', 'pax', 'posix', 'gnu'])('that the tar program writes in its format %s is read', async (format) => {
    const files = format === 'ustar' ? FILES.filter(({ path }) => path !== LONG) : FILES;
    for (const { path, body } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), body);
    }
    const archive = execFileSync('tar', [`--format=${format}`, '-c', '-C', folder, ...files.map(({ path }) => path)]);
    expect(await read(archive)).toEqual(files);
  });

  it('is refused where programs read it differently, or it holds what is no file', async () => {
    expect(await faultOf(await packed([file('a', '', { type: 'symlink', linkname: '/etc/passwd' })]))).toBe(
      'entry-not-a-file',
    );
    expect(await faultOf(await packed([file('a', '', { type: 'link', linkname: 'b' })]))).toBe('entry-not-a-file');
    expect(await faultOf(await packed([file('a/', '', { type: 'directory' })]))).toBe('entry-not-a-file');
    expect(await faultOf(await packed([file('a', '', { type: 'fifo' })]))).toBe('entry-not-a-file');
    expect(await faultOf(await packed([file('a', 'b', { pax: { 'GNU.sparse.major': '1' } })]))).toBe(
      'archive-malformed',
    );
    expect(await faultOf(await packed([file('a', 'b', { pax: { size: '1' } })]))).toBe('archive-malformed');
    const sparse = Uint8Array.from(await packed([file('a', 'b')]));
    sparse[156] = 'S'.charCodeAt(0);
    expect(await faultOf(mended(sparse))).toBe('entry-not-a-file');
    const global = Uint8Array.from(await packed([file('a', 'b')]));
    global[156] = 'g'.charCodeAt(0);
    expect(await faultOf(mended(global))).toBe('entry-not-a-file');
  });

  it('is refused where a head says what is not so', async () => {
    const archive = Uint8Array.from(await packed([file('a', 'b')]));
    const changed = (at: number, text: string, mend = true): Uint8Array => {
      const copy = Uint8Array.from(archive);
      copy.set(Buffer.from(text, 'latin1'), at);
      return mend ? mended(copy) : copy;
    };
    expect(await faultOf(changed(0, 'c', false))).toBe('archive-malformed');
    expect(await faultOf(changed(257, 'other'))).toBe('archive-malformed');
    expect(await faultOf(changed(124, '\x80\0\0\0\0\0\0\0\0\0\0\x01'))).toBe('archive-malformed');
    expect(await faultOf(changed(124, '77777777777\0'))).toBe('truncated');
    expect(await faultOf(changed(0, 'a\0b'))).toBe('archive-malformed');
    expect(await faultOf(changed(0, '\xff\xfe'))).toBe('archive-malformed');
    expect(await faultOf(changed(513, 'x', false))).toBe('archive-malformed');
    expect(await faultOf(archive.subarray(0, archive.length - 512))).toBe('truncated');
    expect(await faultOf(concat(archive, new Uint8Array(512).fill(1)))).toBe('trailing-bytes');
    expect(await faultOf(concat(archive, new Uint8Array(20 * 512)))).toBe('trailing-bytes');
  });

  it('holds no head of any length in memory', async () => {
    const long = Uint8Array.from(await packed([file('a', 'b'.repeat(9_000))]));
    long[156] = 'x'.charCodeAt(0);
    expect(await faultOf(mended(long))).toBe('archive-malformed');
    const endless = await packed([file('a', 'b', { pax: { comment: 'x' } })]);
    expect(await faultOf(concat(endless.subarray(0, 1_024), endless))).toBe('archive-malformed');
  });
});

/** With the checksum that its first head should have. */
function mended(archive: Uint8Array): Uint8Array {
  archive.fill(32, 148, 156);
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  archive.set(Buffer.from(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  return archive;
}
