import { Readable } from 'node:stream';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addDocument } from '../../services/documents/add.ts';
import { tidyUp } from '../../db/files/housekeeping.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { temporaryDatabase } from '../setup/database.ts';
import { draftOf, people } from '../setup/tenders/tender.ts';

it('removes files that nothing refers to, after a day, and no other', async () => {
  const db = await temporaryDatabase();
  try {
    const who = await people(db);
    const store = (text: string) => db.blobs.store(Readable.from([Buffer.from(text)]), 1_000);
    const kept = await store('the tender documents');
    const stray = await store('a bid that came late');
    const fresh = await store('a bid whose transaction is still to come');
    const { id } = await db.transaction((tx) =>
      createDraft(tx, who.asPurchaser, draftOf('tendering', who.purchaser.id)),
    );
    await db.transaction((tx) =>
      addDocument(tx, who.asPurchaser, {
        procurementId: id,
        kind: 'tender-documents',
        name: '招标文件',
        mediaType: 'text/plain',
        file: kept,
      }),
    );
    const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
    for (const { sha256 } of [kept, stray]) {
      await utimes(join(db.dataDir, 'blobs', sha256.slice(0, 2), sha256), twoDaysAgo, twoDaysAgo);
    }
    expect(await tidyUp(db, Date.now())).toBe(1);
    expect(await db.blobs.inspect(kept.sha256)).toEqual(kept);
    expect(await db.blobs.inspect(fresh.sha256)).toEqual(fresh);
    expect(await db.blobs.inspect(stray.sha256)).toBeNull();
  } finally {
    await db.close();
  }
});
