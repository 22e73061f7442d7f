import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { latestHead, logSize } from '../../db/log.ts';
import type { Procurement } from '../../db/procurements.ts';
import { findMilestone } from '../../db/tender/timeline.ts';
import type { Queries } from '../../db/access/database.ts';
import { organisationById } from '../../db/organisations.ts';
import { formatInstant, instantOrNull } from '../../domain/civil-time.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { ARCHIVE, archiveOf, type DossierArchive } from '../../proofs/dossier/archive.ts';
import type { ProcurementStage } from '../../domain/stages.ts';
import {
  DOSSIER,
  DOSSIER_FORMAT,
  INDEX,
  MANIFEST,
  SIGNATURE,
  type DossierManifest,
  type DossierStatement,
  type Words,
} from '../../proofs/dossier/manifest.ts';
import { publishKey } from '../../services/signing-keys/publish.ts';
import type { Reader } from '../http/acts/read.ts';
import type { Route } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { contentsOf } from './contents.ts';
import { fileName } from './names.ts';
import { packed, type Contents } from './package.ts';
import { bytesOfText, Reading, type Item } from './reading.ts';

/** Who asks for a dossier; a command of the machine has no person and no organisation. */
export interface AskedBy extends Reader {
  readonly person: string | null;
  readonly organisation: string | null;
  /** Records that it was asked for, once it is known that it may be. */
  readonly record: () => Promise<unknown>;
}

const STATES: Readonly<Record<ProcurementStage, Words>> = {
  draft: { zh: '草稿', en: 'a draft' },
  launched: { zh: '已发起，尚未公告', en: 'launched, not announced yet' },
  bidding: { zh: '进行中：投标（响应）截止前', en: 'still running: bids are taken' },
  opening: { zh: '进行中：开标（开启）', en: 'still running: bids are being opened' },
  evaluation: { zh: '进行中：开标（开启）后，尚未全部完成', en: 'still running: opened, not all of it done' },
  concluded: { zh: '已完成', en: 'complete: it is concluded' },
  terminated: { zh: '已终止', en: 'complete: it was terminated' },
};

/**
 * The dossier (档案) of a procurement, as one who asks for it may see it: everything about it in one zip file.
 * @param routes those that decide what is shown
 * @throws DomainError where the procurement itself is not shown
 */
export async function makeDossier(
  routes: readonly Route[],
  services: Services,
  procurement: Procurement,
  by: AskedBy,
): Promise<{ readonly name: string; readonly stream: Readable }> {
  const { db, signer, dossierPages } = services;
  const reading = new Reading(routes, services, by);
  await reading.body('/procurements/{id}', { id: procurement.id });
  await by.record();
  await publishKey(db, signer);
  const now = db.now();
  const head = await latestHead(db.read);
  const dossier = {
    ...{ reading, read: db.read, role: by.acting.role, procurement, head, entries: await logSize(db.read) },
    noticePage: dossierPages.notice,
  };
  const { id, title, stage } = procurement;
  const manifestOf = ({ files, leftOut }: Contents): DossierManifest => ({
    format: DOSSIER_FORMAT,
    drill: db.clock.mode === 'drill',
    tender: { id, title, stage },
    complete: stage === 'concluded' || stage === 'terminated',
    state: STATES[stage],
    asked: {
      at: formatInstant(now),
      ...{ role: by.actor.role, person: by.person, organisation: by.organisation },
    },
    head: head ? { size: head.size, root: head.root, at: head.signedAt } : null,
    ...{ files, leftOut },
  });
  const about = {
    ...{ tender: { id, title, stage }, complete: manifestOf({ files: [], leftOut: [] }).complete },
    ...(await keptBy(db.read, procurement)),
  };
  const closing = async function* (contents: Contents): AsyncGenerator<Item> {
    const archive = `${JSON.stringify(archiveOf(about, contents.files), null, 2)}\n`;
    const whatZh = '归档元数据与分类目录（DA/T 103，未核实）、保存期限';
    yield {
      name: ARCHIVE,
      what: { zh: whatZh, en: 'Metadata for an archive (DA/T 103, unconfirmed), its classes, how long it is kept' },
      bytes: bytesOfText([archive]),
    };
    yield {
      name: INDEX,
      what: { zh: '目录', en: 'The table of contents' },
      bytes: bytesOfText([dossierPages.index(manifestOf(contents))]),
    };
    const manifest = Buffer.from(`${JSON.stringify(manifestOf(contents), null, 2)}\n`);
    const statement: DossierStatement = {
      ...{ procurementId: id, at: now },
      manifest: createHash('sha256').update(manifest).digest('hex'),
    };
    const unlisted = { zh: '清单', en: 'The manifest' };
    yield { name: MANIFEST, what: unlisted, bytes: bytesOf(manifest) };
    yield { name: SIGNATURE, what: unlisted, bytes: bytesOfText([`${await signer.sign(DOSSIER, statement)}\n`]) };
  };
  return { name: `${fileName(`${title}档案`)}.zip`, stream: packed(contentsOf(dossier), closing) };
}

/** Whose archive it is, and until when each lot is kept: from the end of the procurement (政府采购法 42). */
async function keptBy(
  q: Queries,
  procurement: Procurement,
): Promise<Pick<DossierArchive, 'creator' | 'agency' | 'retention'>> {
  const { purchaserId, agencyId, lots } = procurement;
  const { archive } = procedureOf(procurement).rules;
  const rule = archive === undefined ? null : getRule(archive);
  const retention = await Promise.all(
    lots.map(async ({ no }) => {
      const kept = await findMilestone(q, { procurementId: procurement.id, lotNo: no }, 'archive-until');
      return {
        ...{ lotNo: no, until: instantOrNull(kept?.dueAt ?? null) },
        ...{ rule: rule?.id ?? null, law: rule?.law ?? null, article: rule?.article ?? null },
        confirmed: rule?.status === 'VERIFIED',
      };
    }),
  );
  return {
    creator: (await organisationById(q, purchaserId)).name,
    agency: agencyId === null ? null : (await organisationById(q, agencyId)).name,
    retention,
  };
}

async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
