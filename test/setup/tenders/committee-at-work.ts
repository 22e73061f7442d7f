import { Readable } from 'node:stream';
import { eq } from 'drizzle-orm';
import { organisationById } from '../../../db/organisations.ts';
import { bidParts, experts as expertRows, unsealings } from '../../../db/schema/sqlite.ts';
import type { Scheme } from '../../../domain/evaluation/scheme/scheme.ts';
import type { Member, TestApi } from '../api.ts';
import { CENTRE } from './committees.ts';
import { evaluating, seated, type Evaluated } from './evaluations.ts';
import type { handClock, People } from './tender.ts';

type HandClock = ReturnType<typeof handClock>;

export interface CommitteeAtWork {
  readonly of: Evaluated;
  readonly purchaser: Member;
  /** Who held the draw. */
  readonly staff: Member;
  readonly suppliers: readonly Member[];
  /** The experts who sit, by their numbers. */
  readonly experts: ReadonlyMap<string, Member>;
}

/** What a bid consists of once it is opened. */
const FILES = [
  ['资格文件.pdf', 'application/pdf', '%PDF-1.4 资格'],
  ['页面.html', 'text/html', '<script>alert(1)</script>'],
  ['暗标/方案.txt', 'text/plain', '方案'],
] as const;

/** A lot whose bids are opened and can be read, with a committee whose experts sign in over HTTP. */
export async function committeeAtWork(api: TestApi, clock: HandClock, scheme: Scheme): Promise<CommitteeAtWork> {
  const [purchaser, staff] = [await api.member('purchaser'), await api.member('centre')];
  const suppliers = await Promise.all([1, 2, 3].map(() => api.member('supplier')));
  const unnamed = { address: null, requestId: null };
  const who: People = {
    purchaser: await organisationById(api.db.read, purchaser.organisationId),
    suppliers: await Promise.all(suppliers.map((each) => organisationById(api.db.read, each.organisationId))),
    asPurchaser: {
      ...{ accountId: purchaser.accountId, organisationId: purchaser.organisationId, role: 'purchaser' },
      ...unnamed,
    },
    asSupplier: (index) => ({
      accountId: String(suppliers[index]?.accountId),
      organisationId: String(suppliers[index]?.organisationId),
      ...{ role: 'supplier', ...unnamed },
    }),
  };
  const centre = { ...CENTRE, accountId: staff.accountId, organisationId: staff.organisationId };
  const of = await evaluating(api.db, clock, who, { scheme, centre, representativeId: purchaser.accountId });
  const experts = new Map<string, Member>();
  for (const seat of await seated(api.db, of)) {
    if (seat.kind !== 'expert') continue;
    const member = await api.member('expert');
    experts.set(seat.memberId, member);
    await api.db.transaction((tx) =>
      tx.q
        .update(expertRows)
        .set({ accountId: member.accountId })
        .where(eq(expertRows.accountId, String(seat.accountId))),
    );
  }
  for (const { id: bidId } of of.bids) await openBid(api, of.place.procurementId, bidId);
  return { of, purchaser, staff, suppliers, experts };
}

async function openBid(api: TestApi, procurementId: string, bidId: string): Promise<void> {
  const parts = await Promise.all(
    FILES.map(async ([path, mediaType, text], no) => {
      const { sha256, size } = await api.db.blobs.store(Readable.from([Buffer.from(text)]), 1_000);
      return { bidId, no, path, mediaType, size, sha256 };
    }),
  );
  const outcome = { state: 'opened', manifest: null, reasonZh: null, reasonEn: null } as const;
  await api.db.transaction(async (tx) => {
    await tx.q.insert(unsealings).values({ ...outcome, custodians: [], bidId, procurementId, lotNo: 1, at: tx.now });
    await tx.q.insert(bidParts).values(parts);
  });
}
