import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { createSigner, newSigningKey, type PublicJwk, type Signer } from '../../proofs/signing.ts';
import type { WitnessedHead } from '../../proofs/witness.ts';
import { badSetting } from '../settings/failure.ts';
import { refuseOpen } from '../settings/secrets.ts';

/** What a witness keeps: heads it accepted, and that its operators took a log anew after a loss. */
type Kept =
  | ({ readonly kind: 'head'; readonly at: number } & WitnessedHead)
  | { readonly kind: 'log-restored'; readonly at: number };

const HEADS = 'heads.jsonl';
const KEY = 'witness.key';
const PLATFORM = 'platform.json';

export interface WitnessFolder {
  readonly signer: Signer;
  /** The keys of the platform whose heads it accepts. */
  readonly platform: readonly PublicJwk[];
  last(): WitnessedHead | null;
  /** Resolves when it is on the disk. */
  accept(head: WitnessedHead, at: number): void;
  /** From here on a log is accepted that does not continue the one of before. */
  acceptRestored(at: number): void;
}

/** @param keys of the platform, at the first start: kept from then on */
export async function openWitness(dir: string, keys: readonly PublicJwk[] | null): Promise<WitnessFolder> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const platformFile = join(dir, PLATFORM);
  if (keys !== null) writeFileSync(platformFile, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: 0o600 });
  if (!existsSync(platformFile)) {
    throw badSetting(
      '首次启动须以 --keys 指定平台的公钥（平台的 /.well-known/jwks.json）',
      'the first start needs --keys: the public keys of the platform (its /.well-known/jwks.json)',
    );
  }
  refuseOpen(platformFile);
  const { keys: platform } = JSON.parse(readFileSync(platformFile, 'utf8')) as { keys: PublicJwk[] };
  let last = lastOf(join(dir, HEADS));
  const append = (kept: Kept): void => {
    const file = openSync(join(dir, HEADS), 'a', 0o600);
    try {
      writeSync(file, `${JSON.stringify(kept)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  };
  return {
    signer: await signerOf(dir),
    platform,
    last: () => last,
    accept: (head, at) => {
      append({ kind: 'head', at, ...head });
      last = head;
    },
    acceptRestored: (at) => {
      append({ kind: 'log-restored', at });
      last = null;
    },
  };
}

function lastOf(file: string): WitnessedHead | null {
  let last: WitnessedHead | null = null;
  if (!existsSync(file)) return last;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const kept = keptOf(line);
    if (kept?.kind === 'log-restored') last = null;
    if (kept?.kind === 'head')
      last = { size: kept.size, root: kept.root, head: kept.head, cosignature: kept.cosignature };
  }
  return last;
}

/** A line that was being written when the machine stopped was told to nobody. */
function keptOf(line: string): Kept | null {
  try {
    return line === '' ? null : (JSON.parse(line) as Kept);
  } catch {
    return null;
  }
}

async function signerOf(dir: string): Promise<Signer> {
  const file = join(dir, KEY);
  if (!existsSync(file)) {
    const made = `${file}.${randomUUID()}`;
    writeFileSync(made, JSON.stringify(await newSigningKey()), { flag: 'wx', mode: 0o600 });
    linkSync(made, file);
    rmSync(made);
  }
  refuseOpen(file);
  return createSigner(JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof createSigner>[0]);
}
