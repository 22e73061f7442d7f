import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HmacDrbg } from '../../proofs/hmac-drbg.ts';

interface Vector {
  readonly count: string;
  readonly entropy: string;
  readonly nonce: string;
  readonly personalization: string;
  readonly returned: string;
}

const vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, '../vectors/nist-drbg/vectors.json'), 'utf8'),
) as Vector[];
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

describe('the vectors of NIST for HMAC_DRBG with SHA-256', () => {
  it.each(vectors)('count $count', ({ entropy, nonce, personalization, returned }) => {
    const generator = new HmacDrbg(bytes(entropy), bytes(nonce), bytes(personalization));
    generator.generate(128);
    expect(Buffer.from(generator.generate(128)).toString('hex')).toBe(returned);
  });
});

it('a word is the next four bytes, most significant first, each by a request of its own', () => {
  const [first] = vectors;
  if (!first) throw new Error('there are no vectors');
  const made = () => new HmacDrbg(bytes(first.entropy), bytes(first.nonce));
  const [words, blocks] = [made(), made()];
  for (let n = 0; n < 3; n += 1) {
    const [a = 0, b = 0, c = 0, d = 0] = blocks.generate(4);
    expect(words.word()).toBe(((a * 256 + b) * 256 + c) * 256 + d);
  }
});

it('a request for more than 2^19 bits is refused', () => {
  expect(() => new HmacDrbg(bytes('00'), bytes('00')).generate(65_537)).toThrow(RangeError);
});
