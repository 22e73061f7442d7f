import { createHash } from 'node:crypto';
import type { Actor } from '../../../db/audit.ts';
import { callsOf, drawById, type CommitteeCall, type Draw } from '../../../db/committees/draws.ts';
import type { Database, Tx } from '../../../db/access/database.ts';
import type { PoolLevel } from '../../../domain/experts/pool.ts';
import { DRAW_PARTIES, type DrawParty } from '../../../domain/draws/terms.ts';
import type { GivenExpert } from '../../../domain/experts/exchange.ts';
import { commitmentOf } from '../../../proofs/draw.ts';
import { createAccount } from '../../../services/accounts/create.ts';
import { answerCall } from '../../../services/committees/calls.ts';
import { commitToDraw, revealPart } from '../../../services/committees/commit.ts';
import { UNNAMED_EXPERT } from '../../../services/committees/events.ts';
import { openDraw, type DrawRequest } from '../../../services/committees/open.ts';
import { closeCommitments } from '../../../services/committees/settle.ts';
import { importExperts } from '../../../services/experts/import.ts';
import { createPool } from '../../../services/experts/pools.ts';
import type { Procurement } from '../../../db/procurements.ts';
import { testSigner } from '../signer.ts';
import type { People } from './tender.ts';

export const expertGiven = (n: number, change: Partial<GivenExpert> = {}): GivenExpert => ({
  number: `E${n}`,
  name: `评审专家${n}`,
  fields: ['A08'],
  region: '420100',
  employer: { name: `某设计院${n}`, creditCode: null },
  telephone: null,
  credentials: [{ title: '高级工程师', number: `${n}`, validUntil: null }],
  ties: [],
  suspension: null,
  ...change,
});

/** A pool with so many experts of one field. */
export async function poolOf(
  db: Database,
  keeperId: string,
  experts: readonly GivenExpert[] = Array.from({ length: 10 }, (_, n) => expertGiven(n + 1)),
  level: PoolLevel = 'provincial',
): Promise<string> {
  const { id } = await db.transaction((tx) =>
    createPool(tx, CENTRE, { name: '省综合评标专家库', level, elsewhere: false, keeperId }),
  );
  await db.transaction((tx) => importExperts(tx, CENTRE, { poolId: id, experts, whole: true }));
  return id;
}

export const CENTRE: Actor = {
  accountId: 'centre',
  organisationId: null,
  role: 'centre',
  address: null,
  requestId: null,
};
export const SUPERVISOR: Actor = { ...CENTRE, accountId: 'supervisor', role: 'supervisor' };

/** Somebody of the purchaser who will sit in the committee. */
export async function representative(db: Database, who: People, username = 'representative'): Promise<string> {
  const account = await db.transaction((tx: Tx) =>
    createAccount(tx, CENTRE, {
      ...{ username, name: '采购人代表甲' },
      memberships: [{ organisationId: who.purchaser.id, role: 'purchaser' }],
      ...{ passwordHash: 'salt:hash', oneTimeUntil: 1 },
    }),
  );
  return account.id;
}

export const requestOf = (
  poolId: string,
  representativeIds: readonly string[],
  evaluationAt: number,
  change: Partial<DrawRequest> = {},
): DrawRequest => ({
  ...{ poolIds: [poolId], groups: [{ field: 'A08', seats: 4 }], regions: null, representativeIds, complex: false },
  ...{ evaluationAt, earlyReasonZh: null, commitMinutes: 30, revealMinutes: 30, answerMinutes: 60 },
  ...{ onePerUnit: true, direct: null },
  ...change,
});

const partOf = (draw: Draw, party: DrawParty): string =>
  createHash('sha256').update(`${draw.id} ${party}`).digest('hex');

const actorOf = (who: People, party: DrawParty, centre = CENTRE): Actor =>
  party === 'purchaser' ? who.asPurchaser : party === 'centre' ? centre : SUPERVISOR;

export const commit = (db: Database, who: People, draw: Draw, party: DrawParty, centre = CENTRE): Promise<Draw> =>
  db.transaction((tx) =>
    commitToDraw(tx, actorOf(who, party, centre), {
      ...{ drawId: draw.id, party },
      commitment: commitmentOf(draw.id, party, partOf(draw, party)),
    }),
  );

export const reveal = (
  db: Database,
  who: People,
  draw: Draw,
  party: DrawParty,
  part = partOf(draw, party),
): Promise<Draw> => db.transaction((tx) => revealPart(tx, actorOf(who, party), { drawId: draw.id, party, part }));

export const closed = async (db: Database, draw: Draw): Promise<Draw> => {
  await closeCommitments(db, await testSigner(), draw.id);
  return drawById(db.read, draw.id);
};

export const opened = (
  db: Database,
  who: People,
  procurement: Pick<Procurement, 'id'>,
  request: DrawRequest,
): Promise<Draw> =>
  db.transaction((tx) => openDraw(tx, who.asPurchaser, { procurementId: procurement.id, lotNo: 1 }, request));

/**
 * Drawn, with the parts of all parties.
 * @param centre who of the centre holds the draw
 */
export async function drawn(
  db: Database,
  who: People,
  procurement: Pick<Procurement, 'id'>,
  request: DrawRequest,
  centre = CENTRE,
): Promise<Draw> {
  const draw = await opened(db, who, procurement, request);
  for (const party of DRAW_PARTIES) await commit(db, who, draw, party, centre);
  await closed(db, draw);
  for (const party of ['centre', 'purchaser', 'supervisor'] as const) await reveal(db, who, draw, party);
  return drawById(db.read, draw.id);
}

export const answer = (
  db: Database,
  call: Pick<CommitteeCall, 'drawId' | 'no'>,
  said: 'confirm' | 'decline',
): Promise<CommitteeCall> =>
  db.transaction((tx) => answerCall(tx, UNNAMED_EXPERT, call, { answer: said, reasonZh: null }));

/** Everybody who is called confirms. */
export async function confirmAll(db: Database, draw: Draw): Promise<void> {
  for (const call of await callsOf(db.read, draw.id)) if (call.state === 'invited') await answer(db, call, 'confirm');
}
