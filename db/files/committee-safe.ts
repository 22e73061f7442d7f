import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What names the members of a committee before the award, kept in the database as ciphertext (AES-256-GCM) under a key that
 * is not in it: whoever has a copy or a backup of the database alone learns no name.
 */
export interface CommitteeSafe {
  /** @param place what it belongs to: it opens nowhere else */
  seal(place: string, value: unknown): string;
  /** @throws Error where the key is not the one that it was sealed with */
  open<T>(place: string, sealed: string): T;
  /** A keyed hash: finds what is sealed by who looks for himself. */
  tag(...parts: readonly string[]): string;
}

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

export const committeeKeyFile = (dataDir: string): string => join(dataDir, 'committee.key');

/** @param given the key (base64url); else it is in the data folder, made when it is first needed */
export function openCommitteeSafe(dataDir: string, given: string | undefined): CommitteeSafe {
  let keys: { readonly seal: Buffer; readonly tag: Buffer } | undefined;
  const known = () => (keys ??= derived(Buffer.from(given ?? keyIn(dataDir), 'base64url')));
  return {
    seal(place, value) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, known().seal, iv).setAAD(Buffer.from(place));
      const text = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
    },
    open<T>(place: string, sealed: string): T {
      const bytes = Buffer.from(sealed, 'base64url');
      const decipher = createDecipheriv(CIPHER, known().seal, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      try {
        return JSON.parse(
          Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString(),
        ) as T;
      } catch {
        throw new Error('the key of the committees (committee.key) is not the one that this was sealed with');
      }
    },
    tag: (...parts) => createHmac('sha256', known().tag).update(parts.join('\n')).digest('base64url'),
  };
}

function derived(secret: Buffer): { seal: Buffer; tag: Buffer } {
  if (secret.length !== KEY_BYTES) throw new Error(`the key of the committees must have ${KEY_BYTES} bytes`);
  const keyFor = (use: string) => Buffer.from(hkdfSync('sha256', secret, '', `kaibiao committee ${use}`, KEY_BYTES));
  return { seal: keyFor('names'), tag: keyFor('tags') };
}

function keyIn(dataDir: string): string {
  const file = committeeKeyFile(dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, randomBytes(KEY_BYTES).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}
