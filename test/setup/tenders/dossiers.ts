import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { makeDossier } from '../../../api/dossiers/make.ts';
import { createServices } from '../../../api/create-services.ts';
import { createMetrics } from '../../../api/http/metrics.ts';
import { DEFAULT_SETTINGS } from '../../../api/http/settings.ts';
import { ROUTES } from '../../../api/routes.ts';
import { openPackage } from '../../../cli/dossiers/zip.ts';
import type { Database } from '../../../db/access/database.ts';
import { UNATTENDED } from '../../../db/audit.ts';
import { procurementById } from '../../../db/procurements.ts';
import type { Role } from '../../../domain/roles.ts';
import type { DossierManifest } from '../../../proofs/dossier/manifest.ts';
import { verifyDossier, type VerifiedDossier } from '../../../proofs/dossier/verify.ts';
import { dossierPages } from '../../../web/dossiers/pages.ts';
import { testSigner } from '../signer.ts';

/** A dossier as one asks for it, without a connection; nothing is recorded. */
export async function dossierFor(
  db: Database,
  acting: { readonly role: Role; readonly organisationId: string | null },
  procurementId: string,
): Promise<Buffer> {
  const services = createServices({
    ...{ db, metrics: createMetrics(), log: pino({ level: 'silent' }), signer: await testSigner() },
    settings: { ...DEFAULT_SETTINGS, publicUrl: 'http://tender.test', sessionKey: 'a key for tests, long enough' },
    printReceipt: () => Promise.reject(new Error('nothing is printed here')),
    printEvaluation: () => Promise.reject(new Error('nothing is printed here')),
    dossierPages: dossierPages('http://tender.test'),
  });
  const { stream } = await makeDossier(ROUTES, services, await procurementById(db.read, procurementId), {
    ...{ who: null, acting, person: null, organisation: null, record: async () => undefined },
    actor: { ...UNATTENDED, ...acting },
  });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export interface Unpacked {
  readonly manifest: DossierManifest;
  readonly names: readonly string[];
  readonly text: (name: string) => string;
  readonly verified: VerifiedDossier;
}

/** What is in a dossier, and what its verifier says with the key of the tests. */
export async function unpacked(bytes: Uint8Array): Promise<Unpacked> {
  const folder = mkdtempSync(join(tmpdir(), 'kaibiao-dossier-'));
  const file = join(folder, 'dossier.zip');
  writeFileSync(file, bytes);
  const pack = await openPackage(file);
  try {
    const files = new Map<string, string>();
    for (const name of pack.names) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of pack.read(name)) chunks.push(chunk);
      files.set(name, Buffer.concat(chunks).toString('utf8'));
    }
    const text = (name: string): string => {
      const found = files.get(name);
      if (found === undefined) throw new Error(`${name} is not in it, but ${[...files.keys()].join(', ')}`);
      return found;
    };
    const verified = await verifyDossier(pack, [(await testSigner()).publicJwk]);
    return { manifest: JSON.parse(text('manifest.json')) as DossierManifest, names: pack.names, text, verified };
  } finally {
    pack.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
