import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';

const OUTPUT_BYTES = 32;
/** 2^19 bits. */
const MOST_BYTES = 65_536;
const NOTHING = new Uint8Array();

/**
 * HMAC_DRBG with SHA-256 (NIST SP 800-90A Rev. 1, 10.1.2), without prediction resistance, reseeding and additional input:
 * the same inputs give the same bytes anywhere.
 */
export class HmacDrbg {
  #key = new Uint8Array(OUTPUT_BYTES);
  #value = new Uint8Array(OUTPUT_BYTES).fill(1);

  constructor(entropyInput: Uint8Array, nonce: Uint8Array, personalization: Uint8Array = NOTHING) {
    this.#update(concatBytes(entropyInput, nonce, personalization));
  }

  /** One request for bytes. @throws RangeError for more than a request may ask for */
  generate(bytes: number): Uint8Array {
    if (bytes > MOST_BYTES) throw new RangeError(`a request is for ${MOST_BYTES} bytes at most`);
    const blocks: Uint8Array[] = [];
    for (let length = 0; length < bytes; length += OUTPUT_BYTES) {
      this.#value = hmac(sha256, this.#key, this.#value);
      blocks.push(this.#value);
    }
    this.#update(NOTHING);
    return concatBytes(...blocks).slice(0, bytes);
  }

  /** One request for 32 bits, most significant byte first. */
  word(): number {
    return new DataView(this.generate(4).buffer).getUint32(0);
  }

  #update(provided: Uint8Array): void {
    for (const round of provided.length === 0 ? [0] : [0, 1]) {
      this.#key = hmac(sha256, this.#key, concatBytes(this.#value, Uint8Array.of(round), provided));
      this.#value = hmac(sha256, this.#key, this.#value);
    }
  }
}
