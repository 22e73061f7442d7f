import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ValueError, type Payload, type PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';

/** One AES-256 key under the name that is written beside what it encrypts. */
export interface PayloadKey {
  id: string;
  key: Uint8Array;
}

const ENCODING = 'binary/encrypted';
const IV_BYTES = 12;
const TAG_BYTES = 16;

const text = new TextEncoder();
const fromText = new TextDecoder();
const PayloadMessage = proto.temporal.api.common.v1.Payload;

/** Binds the ciphertext to the metadata it travels with; key ids contain no NUL, so the two parts cannot run together. */
function additionalData(keyId: string): Uint8Array {
  return text.encode(`${ENCODING}\0${keyId}`);
}

/**
 * Encrypts every payload with AES-256-GCM before it leaves the process. The first key encrypts and all of them decrypt:
 * to rotate, put the new key first and drop the old one when the last workflow that used it has been forgotten.
 *
 * Payloads without the mark of this codec pass through unread, so that an installation can be given its first key while
 * tenders are running. Workflow ids and search attributes are never payloads of a codec and stay readable.
 */
export class EncryptionCodec implements PayloadCodec {
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  readonly #current: PayloadKey;

  constructor(keys: readonly PayloadKey[]) {
    const [current] = keys;
    if (current === undefined) throw new ValueError('an encryption codec needs at least one key');
    this.#current = current;
    this.#keys = new Map(keys.map(({ id, key }) => [id, key]));
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.#encrypt(payload));
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.#decrypt(payload));
  }

  #encrypt(payload: Payload): Payload {
    const { id, key } = this.#current;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(additionalData(id));
    const plain = PayloadMessage.encode(payload).finish();
    return {
      metadata: { encoding: text.encode(ENCODING), 'encryption-key-id': text.encode(id) },
      data: Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]),
    };
  }

  #decrypt(payload: Payload): Payload {
    const { metadata, data } = payload;
    if (!metadata?.encoding || fromText.decode(metadata.encoding) !== ENCODING) return payload;
    const id = fromText.decode(metadata['encryption-key-id'] ?? new Uint8Array());
    const key = this.#keys.get(id);
    if (key === undefined) throw new ValueError(`no payload key named '${id}' is configured (KAIBIAO_PAYLOAD_KEYS)`);
    if (!data || data.length < IV_BYTES + TAG_BYTES) throw new ValueError('an encrypted payload is cut short');
    const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(additionalData(id))
      .setAuthTag(data.subarray(data.length - TAG_BYTES));
    let plain: Buffer;
    try {
      plain = Buffer.concat([decipher.update(data.subarray(IV_BYTES, data.length - TAG_BYTES)), decipher.final()]);
    } catch {
      throw new ValueError(
        `a payload does not decrypt with the key named '${id}': altered, or another key of that name`,
      );
    }
    return PayloadMessage.decode(plain);
  }
}

/**
 * The same for workers: what does not decrypt is left as it is. Whoever uses it fails; a signal, which nobody reads,
 * would otherwise keep its workflow from ever going on.
 */
export class TolerantCodec implements PayloadCodec {
  readonly #codec: PayloadCodec;

  constructor(codec: PayloadCodec) {
    this.#codec = codec;
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return this.#codec.encode(payloads);
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(
      payloads.map(async (payload) => {
        try {
          const [decoded] = await this.#codec.decode([payload]);
          return decoded ?? payload;
        } catch {
          return payload;
        }
      }),
    );
  }
}
