import * as z from 'zod';
import { bidderCodesOf, bidWithBidder, type Bid } from '../../db/bids.ts';
import { entriesOfBids, placeOf } from '../../db/log.ts';
import { nextHeadAt } from '../../domain/log/batches.ts';
import { inclusionProof } from '../../services/log/proofs.ts';
import { organisationById } from '../../db/organisations.ts';
import { procurementRow } from '../../db/procurements.ts';
import { signingKeysOf } from '../../db/signing-keys.ts';
import { RECEIPT, type ReceiptStatement } from '../../proofs/receipt.ts';
import { timelineLink, timelineLinkSchema } from '../law/links.ts';
import { at, atOrNull, id, instantOut, sha256 } from '../http/schemas.ts';
import type { Services } from '../http/services.ts';
import { publishKey } from '../../services/signing-keys/publish.ts';

export const jwkSchema = z
  .object({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: z.string(),
    kid: z.string(),
    use: z.literal('sig'),
    alg: z.literal('EdDSA'),
  })
  .meta({ id: 'PublicJwk', description: '平台的公钥 / A public key of the platform' });

/** The part of a receipt that is stored with the change itself; the signed part names its entry, known after the commit. */
export const bareReceiptSchema = z.object({
  bidId: id,
  procurementId: id,
  lotNo: z.int(),
  version: z.int(),
  sha256,
  size: z.int(),
  receivedAt: instantOut.meta({ description: '收到时间，是否逾期以此为准 / The instant that decides' }),
  deadline: instantOut.nullable().meta({
    description: '收到时的投标截止时间；当时暂停计算的为 null / As it was then; null: its clock was suspended',
  }),
  state: z.enum(['standing', 'replaced', 'withdrawn']),
  endedAt: instantOut.nullable(),
  links: timelineLinkSchema,
});

export const receiptSchema = bareReceiptSchema
  .extend({
    signed: z.string().meta({
      description:
        '平台签名的回执（JWS kb-receipt），每次字节相同；离线核验：kaibiao verify / What the platform signed, the same bytes each time',
    }),
  })
  .meta({ id: 'Receipt', description: '投标文件回执' });

export const provenReceiptSchema = receiptSchema
  .extend({
    keys: z.array(jwkSchema),
    proof: z
      .object({
        head: z.string(),
        index: z.int().meta({ description: '叶子的位置 / Place of the leaf' }),
        inclusion: z.array(sha256),
      })
      .nullable()
      .meta({
        description:
          '回执在日志中的证明；签署下一个树头（headBy）之前为 null / Null until the next head of the log is signed (`headBy`)',
      }),
    headBy: instantOut.meta({ description: '最迟此时签署包含它的树头 / When a head that contains it is signed' }),
  })
  .meta({ id: 'ProvenReceipt', description: '回执及其在日志中的证明 / With its proof, as kaibiao verify reads it' });

export type Receipt = z.infer<typeof receiptSchema>;

export const bareReceipt = (bid: Bid): z.infer<typeof bareReceiptSchema> => ({
  bidId: bid.id,
  procurementId: bid.procurementId,
  lotNo: bid.lotNo,
  version: bid.version,
  sha256: bid.sha256,
  size: bid.size,
  receivedAt: at(bid.receivedAt),
  deadline: atOrNull(bid.deadline),
  state: bid.state,
  endedAt: atOrNull(bid.endedAt),
  links: timelineLink(bid.procurementId),
});

/** The receipt (回执) of a committed bid: its entry is known only then. */
export async function receiptOf(services: Services, bid: Bid): Promise<Receipt> {
  const [receipt] = await receiptsOfBids(services, [bid]);
  if (!receipt) throw new Error(`bid ${bid.id} has no receipt`);
  return receipt;
}

export async function receiptsOfBids(services: Services, bids: readonly Bid[]): Promise<Receipt[]> {
  const statements = await statementsOf(services, bids);
  return Promise.all(
    bids.map(async (bid, index) => ({
      ...bareReceipt(bid),
      signed: await services.signer.sign(RECEIPT, statements[index] as ReceiptStatement),
    })),
  );
}

export async function printedReceiptOf(services: Services, bid: Bid): Promise<Buffer> {
  const { db, signer } = services;
  const [statement] = await statementsOf(services, [bid]);
  if (!statement) throw new Error(`bid ${bid.id} has no receipt`);
  return services.printReceipt({
    statement,
    signed: await signer.sign(RECEIPT, statement),
    procurement: (await procurementRow(db.read, bid.procurementId)).title,
    supplier: (await organisationById(db.read, bid.supplierId)).name,
    drill: db.clock.mode === 'drill',
  });
}

/** With everything needed to check it off-line. */
export async function provenReceiptOf(services: Services, bid: Bid): Promise<z.infer<typeof provenReceiptSchema>> {
  const { read } = services.db;
  const receipt = await receiptOf(services, bid);
  const entry = (await entriesOfBids(read, [bid])).get(bid.id);
  const place = entry ? await placeOf(read, entry) : null;
  return {
    ...receipt,
    keys: await signingKeysOf(read),
    proof: place && {
      head: place.head.jws,
      index: place.index,
      inclusion: await inclusionProof(read, place.index, place.head.size),
    },
    headBy: at(nextHeadAt(bid.receivedAt)),
  };
}

/** The signature of the receipt of a committed bid, which a stored answer names. */
export async function signatureOf(
  { db, signer }: Services,
  { bidId, procurementId }: { readonly bidId: string; readonly procurementId: string },
): Promise<string> {
  await publishKey(db, signer);
  const [{ bid, creditCode }, entries] = await db.readTogether((q) =>
    Promise.all([bidWithBidder(q, bidId), entriesOfBids(q, [{ id: bidId, procurementId }])]),
  );
  return signer.sign(RECEIPT, statementOf(bid, entries.get(bidId), creditCode));
}

async function statementsOf({ db, signer }: Services, bids: readonly Bid[]): Promise<ReceiptStatement[]> {
  if (bids.length === 0) return [];
  await publishKey(db, signer);
  const ids = bids.map(({ id: bidId }) => bidId);
  const [entries, codes] = await db.readTogether((q) => Promise.all([entriesOfBids(q, bids), bidderCodesOf(q, ids)]));
  return bids.map((bid) => statementOf(bid, entries.get(bid.id), codes.get(bid.id)));
}

function statementOf(
  bid: Bid,
  entry: { readonly hash: string } | undefined,
  bidder: string | undefined,
): ReceiptStatement {
  if (!entry || bidder === undefined) throw new Error(`bid ${bid.id} has no entry in the trail, or no bidder`);
  return {
    procurementId: bid.procurementId,
    lotNo: bid.lotNo,
    bidId: bid.id,
    version: bid.version,
    bidder,
    sha256: bid.sha256,
    size: bid.size,
    receivedAt: bid.receivedAt,
    deadline: bid.deadline,
    entry: entry.hash,
    headBy: nextHeadAt(bid.receivedAt),
  };
}
