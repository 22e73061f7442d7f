import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { makeDossier } from '../../api/dossiers/make.ts';
import { createMetrics } from '../../api/http/metrics.ts';
import { createServices } from '../../api/create-services.ts';
import { ROUTES } from '../../api/routes.ts';
import type { Database } from '../../db/access/database.ts';
import { OPERATOR } from '../../db/audit.ts';
import { procurementById } from '../../db/procurements.ts';
import { permission } from '../../domain/roles.ts';
import { recordDossier } from '../../services/dossiers/hand-out.ts';
import { receiptPrinter } from '../../web/bids/receipt-pdf.ts';
import { evaluationPrinter } from '../../web/evaluation/report.ts';
import { dossierPages } from '../../web/dossiers/pages.ts';
import { badFile, CommandFailure } from '../settings/failure.ts';
import { readApiSettings } from '../settings/api.ts';
import { dataDir } from '../settings/folders.ts';
import { openInstallation, refuseNoInstallation } from '../settings/installation.ts';
import { logOf } from '../settings/log.ts';
import { readSigner } from '../settings/secrets.ts';

/**
 * Who has the machine sees what an auditor sees: nothing of bidders before the opening, and no more than the law lets one
 * read who only reads.
 */
const AS = 'auditor';

async function writeDossier(db: Database, procurementId: string, out: string): Promise<void> {
  const procurement = await procurementById(db.read, procurementId);
  if ('denied' in permission(AS, 'dossier.make', { stage: procurement.stage })) {
    throw new CommandFailure('stage', {
      zh: '项目尚未公告，没有档案',
      en: 'the tender is not announced yet: there is no dossier of it',
    });
  }
  const settings = readApiSettings();
  const services = createServices({
    ...{ db, settings, metrics: createMetrics(), log: logOf('dossier') },
    signer: await readSigner(process.env, dataDir()),
    printReceipt: receiptPrinter(settings.publicUrl),
    printEvaluation: evaluationPrinter(settings.publicUrl),
    dossierPages: dossierPages(settings.publicUrl),
  });
  await written(out, async () => {
    const { stream } = await makeDossier(ROUTES, services, procurement, {
      ...{ who: null, actor: OPERATOR, person: null, organisation: null },
      acting: { role: AS, organisationId: null },
      record: () => db.transaction(async (tx) => recordDossier(tx, OPERATOR, procurementId)),
    });
    return stream;
  });
}

/** Writes a file that nobody else may read; one that broke off is never taken for the whole. */
async function written(out: string, make: () => Promise<Readable>): Promise<void> {
  if (existsSync(out)) throw badFile(`${out} 已存在`, `${out} exists already`);
  const partial = `${out}.partial`;
  const file = await open(partial, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw badFile(`无法写入 ${partial}（${error.code ?? ''}）`, `cannot write ${partial} (${error.code ?? ''})`, error);
  });
  try {
    await pipeline(await make(), file.createWriteStream());
    await rename(partial, out);
  } catch (error) {
    await file.close();
    await rm(partial, { force: true });
    throw error;
  }
}

/** `kaibiao dossier`: everything about one tender, in one file. */
export function dossierCommand(): Command {
  return new Command('dossier')
    .description(
      '导出一个项目的档案（zip），以审计人员可见为限，记入审计；用 verify dossier 核验 / write the dossier of a tender: what an auditor may see, recorded in the audit trail; checked by verify dossier',
    )
    .argument('<tender>', '项目编号（平台） / id of the tender')
    .requiredOption('--out <file>', '写入的文件 / the file to write')
    .action(async (tender: string, { out }: { out: string }) => {
      await refuseNoInstallation();
      const db = await openInstallation();
      try {
        await writeDossier(db, tender, out);
        console.log(out);
      } finally {
        await db.close();
      }
    });
}
