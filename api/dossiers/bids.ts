import type { LeftOut } from '../../proofs/dossier/manifest.ts';
import { fileItem, type Dossier, type Row } from './dossier.ts';
import { fileName } from './names.ts';
import { bytesOfText, jsonItem, leftOutBy, type Item } from './reading.ts';

const NEVER_OPENED: LeftOut = {
  what: { zh: '被替换、撤回的投标（响应）文件', en: 'Bids that were replaced or withdrawn' },
  because: { zh: '从未开启，不向任何人公开', en: 'they were never opened, and are shown to nobody' },
  ...{ until: null, name: null },
};

const OF_BID = '/procurements/{id}/lots/{no}/bids/{bidId}';

/** Of each bid that was opened: the sealed file, its receipt, and what was in it. */
export async function* bidItems(dossier: Dossier, records: readonly Row[]): AsyncGenerator<Item> {
  for (const { lotNo, entries } of records) {
    for (const { bidId, supplier } of entries as readonly Row[])
      yield* bidItem(dossier, { no: String(lotNo), bidId: String(bidId), supplier: String(supplier) });
  }
  if (records.length > 0) yield { leftOut: NEVER_OPENED };
}

async function* bidItem(
  { reading, procurement }: Dossier,
  { no, bidId, supplier }: { readonly no: string; readonly bidId: string; readonly supplier: string },
): AsyncGenerator<Item> {
  const params = { id: procurement.id, no, bidId };
  const folder = `bids/${no}/${bidId}`;
  yield await fileItem(reading, `${OF_BID}/file`, params, {
    name: `${folder}/sealed.bid`,
    what: { zh: `投标（响应）文件（递交的原件）：${supplier}`, en: `Bid as it was submitted: ${supplier}` },
  });
  const receipt = { zh: `回执：${supplier}`, en: `Receipt: ${supplier}` };
  try {
    yield jsonItem(`${folder}/receipt.json`, receipt, await reading.body(`${OF_BID}/receipt`, params));
  } catch (error) {
    yield leftOutBy(error, receipt, `${folder}/receipt.json`);
  }
  const parts = { zh: `开启的内容：${supplier}`, en: `What was opened: ${supplier}` };
  try {
    const body = await reading.body(`${OF_BID}/parts`, params);
    yield jsonItem(`${folder}/parts.json`, parts, body);
    for (const [index, part] of (body['items'] as readonly Row[]).entries()) {
      const path = String(part['path']);
      const name = `${folder}/parts/${index + 1}-${fileName(path.split('/').at(-1) ?? '')}`;
      const what = { zh: `${supplier}：${path}`, en: `${supplier}: ${path}` };
      // An empty part is listed, and has no file.
      if (part['size'] === 0) yield { name, what, bytes: bytesOfText([]) };
      else
        yield await fileItem(
          reading,
          `${OF_BID}/parts/{sha256}`,
          { ...params, sha256: part['sha256'] },
          { name, what },
        );
    }
  } catch (error) {
    yield leftOutBy(error, parts, `${folder}/parts.json`);
  }
}
