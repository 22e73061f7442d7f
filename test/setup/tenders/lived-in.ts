import { testSigner } from '../signer.ts';
import { getTableName } from 'drizzle-orm';
import { createAccount } from '../../../services/accounts/create.ts';
import { UNATTENDED } from '../../../db/audit.ts';
import type { Bid } from '../../../db/bids.ts';
import { importCatalogue } from '../../../services/catalogue/import.ts';
import { tablesInOrder } from '../../../db/copies/copy.ts';
import type { Database, Tx } from '../../../db/access/database.ts';
import { recordDepositRates } from '../../../services/deposits/rates.ts';
import { addDocument } from '../../../services/documents/add.ts';
import { recordEvent } from '../../../db/events.ts';
import { fileGrievance } from '../../../services/grievances/file.ts';
import { keepAnswer } from '../../../db/idempotency.ts';
import { recordTrade } from '../../../services/off-platform/record.ts';
import { noteServing } from '../../../services/outages/note-serving.ts';
import { askQuestion } from '../../../services/questions/ask.ts';
import { sessions, verifications } from '../../../db/schema/sqlite.ts';
import * as schema from '../../../db/schema/sqlite.ts';
import type { Queries } from '../../../db/access/statements.ts';
import { claimTemporal } from '../../../db/engine/temporal-home.ts';
import { exampleYear } from '../example-year.ts';
import {
  advance,
  at,
  bid,
  decide,
  draftOf,
  fileOf,
  inviteesOf,
  obtainDocuments,
  people,
  publishedTender,
  reportOn,
  type handClock,
  type People,
} from './tender.ts';
import { worksScheme } from './evaluations.ts';
import { mandateOf } from './mandates.ts';
import { declareControl } from '../../../services/organisations/declare-control.ts';
import { createDraft } from '../../../services/procurements/draft.ts';
import { importYear } from '../../../services/calendar/import.ts';
import { DRAW_FORMAT, type DrawTerms } from '../../../domain/draws/terms.ts';
import { signHead } from '../../../services/log/sign-head.ts';

/** Text that does not survive a careless copy. */
const AWKWARD =
  '<img src=x onerror=alert(1)>“引号”、\'单引号\'、\\反斜杠\\、\n换行、𠮷野家、😀、e\u0301、ﬁ、\u202e、%s、$1、{"a":null}';

/**
 * An installation in the middle of its life, with rows in every table: one tender evaluated, one that takes bids while an
 * objection stands.
 */
export async function livedIn(
  db: Database,
  clock: ReturnType<typeof handClock>,
): Promise<{ who: People; evaluated: string; suspended: string }> {
  await db.transaction((tx) => claimTemporal(tx, { namespace: 'kaibiao', namespaceId: 'a namespace of a test' }));
  await db.transaction((tx) => importYear(tx, UNATTENDED, { year: exampleYear(), url: null, correct: false }));
  const who = await people(db, 3);
  await db.transaction(async (tx) => {
    const account = await createAccount(tx, UNATTENDED, {
      username: 'Hospital',
      name: AWKWARD,
      memberships: [{ organisationId: who.purchaser.id, role: 'purchaser' }],
      passwordHash: 'salt:hash',
      oneTimeUntil: 1,
    });
    const stamps = { createdAt: new Date(0), updatedAt: new Date(8_640_000_000_000_000) };
    await tx.q.insert(sessions).values({
      id: 'session',
      token: 'token',
      userId: account.id,
      expiresAt: new Date(1),
      signedInBy: 'oidc',
      ...stamps,
    });
    await tx.q
      .insert(verifications)
      .values({ id: 'verification', identifier: '', value: AWKWARD, expiresAt: new Date(-1), ...stamps });
    const key = { accountId: account.id, organisationId: who.purchaser.id };
    await tx.q.insert(schema.membershipRequests).values({ ...key, role: 'agency', requestedBy: null, requestedAt: 1 });
    await tx.q
      .insert(schema.accountResets)
      .values({ accountId: account.id, what: 'password', requestedBy: AWKWARD, requestedAt: 1, notBefore: 2 });
    await tx.q
      .insert(schema.secondFactors)
      .values({ accountId: account.id, sealed: AWKWARD, createdAt: 1, confirmedAt: 2, lastStep: 3, failures: 4 });
    await tx.q
      .insert(schema.recoveryCodes)
      .values({ id: 'recovery-code', accountId: account.id, hash: AWKWARD, createdAt: 1, usedAt: 2 });
    await tx.q.insert(schema.identities).values({
      ...{ id: 'identity', accountId: account.id, kind: 'certificate', issuer: AWKWARD, subject: AWKWARD },
      ...{ label: AWKWARD, expiresAt: 1, linkedAt: 2 },
    });
    await tx.q
      .insert(schema.notifications)
      .values({ id: 'notification', accountId: account.id, kind: 'password.changed', detail: { AWKWARD }, at: 1 });
    await tx.q
      .insert(schema.contacts)
      .values({ accountId: account.id, language: 'en', channels: ['mail'], mail: AWKWARD, changedAt: 1 });
    const awkward = { accountId: account.id, source: AWKWARD, lotNo: 0, detail: { subject: AWKWARD } };
    await tx.q
      .insert(schema.eventNotifications)
      .values({ ...awkward, id: 'event-notification', kind: 'deadline.moved', at: 1 });
    await tx.q.insert(schema.deliveries).values({
      ...{ ...awkward, id: 'delivery', channel: 'sms', kind: 'code', detail: { code: AWKWARD, validUntil: 1 } },
      ...{ queuedAt: 1, state: 'waiting', notBefore: 1, lastError: AWKWARD },
    });
    await tx.q.insert(schema.readers).values({ name: 'events', place: 9_007_199_254_740_991 });
    await keepAnswer(tx, {
      key: 'key',
      accountId: account.id,
      fingerprint: 'fingerprint',
      status: 201,
      response: { z: [1, 0.1, -7, 9_007_199_254_740_991, 1e-7, true, null], a: { AWKWARD, '': AWKWARD }, 10: 'ten' },
    });
  });
  await db.transaction(async (tx) => {
    // Figures made up for the test.
    const validity = { from: '2026-01-01', until: null, source: AWKWARD };
    await importCatalogue(tx, UNATTENDED, {
      entries: [
        {
          ...validity,
          regime: 'land',
          code: 'T01',
          nameZh: AWKWARD,
          kind: null,
          level: 'district',
          mustTradeOnPlatform: true,
          centralised: false,
        },
      ],
      thresholds: [{ ...validity, kind: 'goods', level: null, openFen: 9_007_199_254_740_991, limitFen: null }],
    });
    await recordDepositRates(tx, UNATTENDED, [{ ...validity, kind: 'deposit', ratePpm: 1_000, dayCount: 360 }]);
    await recordTrade(tx, UNATTENDED, {
      corrects: null,
      purchaser: AWKWARD,
      purchaserCode: null,
      title: AWKWARD,
      regime: 'land',
      kind: null,
      procedure: null,
      amountFen: 1,
      tradedOn: '2026-01-02',
      catalogueCode: 'T01',
      place: AWKWARD,
      source: AWKWARD,
      withdrawn: false,
    });
  });
  const [, other] = who.suppliers;
  await mandateOf(db, { purchaserId: who.purchaser.id, agencyId: String(other?.id) }, { subjectZh: AWKWARD });
  await db.transaction((tx) =>
    declareControl(tx, who.asSupplier(0), String(who.suppliers[0]?.id), {
      ...{ relation: 'held-by', otherName: AWKWARD, otherCode: '91360000000008888H', since: '2020-01-01' },
    }),
  );
  const { id: evaluated } = await publishedTender(db, clock, who, 'tendering', { contentZh: AWKWARD });
  const { id: suspended } = await publishedTender(db, clock, who, 'tendering');
  await obtainDocuments(db, who, 0, evaluated);
  await obtainDocuments(db, who, 1, suspended);
  const file = await fileOf(db, 'the tender documents');
  await db.transaction((tx) =>
    addDocument(tx, who.asPurchaser, {
      procurementId: evaluated,
      kind: 'tender-documents',
      name: AWKWARD,
      mediaType: 'text/plain',
      file,
    }),
  );
  await db.transaction((tx) =>
    askQuestion(tx, who.asSupplier(0), {
      procurementId: evaluated,
      organisationId: String(who.suppliers[0]?.id),
      textZh: AWKWARD,
    }),
  );
  const bids: Bid[] = [];
  for (const index of [0, 1, 2, 2]) bids.push(await bid(db, who, index, evaluated));
  // Of a bid that was replaced: those that stand are evaluated.
  await db.transaction((tx) => sealedRows(tx, who, String(bids[2]?.id), evaluated));
  clock.set('2026-04-09T10:00+08:00');
  await db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(1), {
      procurementId: suspended,
      lotNo: 0,
      target: 'documents',
      organisationId: String(who.suppliers[1]?.id),
      textZh: AWKWARD,
    }),
  );
  await db.transaction(noteServing, 'single-rows');
  clock.set('2026-04-20T09:00+08:00');
  // Nobody served meanwhile.
  await db.transaction(noteServing, 'single-rows');
  await advance(db, evaluated);
  clock.set('2026-04-21T09:00+08:00');
  await decide(db, who.asPurchaser, {
    procurementId: evaluated,
    lotNo: 1,
    kind: 'report',
    payload: reportOn([bids[0], bids[1], bids[3]] as Bid[], at('2026-04-20T17:00+08:00')),
  });
  await db.transaction((tx) =>
    createDraft(
      tx,
      who.asPurchaser,
      draftOf('tendering', who.purchaser.id, {
        title: AWKWARD,
        procedure: 'invited-tender',
        methodGround: { case: 2, approvalNumber: AWKWARD },
        invitees: inviteesOf(who, 'known').map((invitee) => ({ ...invitee, reasonZh: AWKWARD })),
      }),
    ),
  );
  await signHead(db, await testSigner());
  return { who, evaluated, suspended };
}

/** A row of each table of sealed bids, as strange as they come: what is copied is not asked what it means. */
async function sealedRows(tx: Tx, who: People, bidId: string, procurementId: string): Promise<void> {
  const { q } = tx;
  const by = who.asSupplier(0);
  const lot = { procurementId, lotNo: 1 };
  const supplierId = String(who.suppliers[0]?.id);
  await q.insert(schema.unsealings).values({
    ...lot,
    bidId,
    state: 'broken',
    manifest: null,
    reasonZh: AWKWARD,
    reasonEn: AWKWARD,
    custodians: ['centre'],
    at: 1,
  });
  await q
    .insert(schema.openingCustodians)
    .values({ procurementId, custodian: 'centre', state: 'refused', reason: AWKWARD, at: 1 });
  await q
    .insert(schema.openingPauses)
    .values({ id: 'pause', procurementId, reasonZh: AWKWARD, pausedBy: by, from: 1, until: 2 });
  await q
    .insert(schema.openingObjections)
    .values({ ...lot, id: 'objection', filedBy: supplierId, textZh: AWKWARD, filedAt: 1 });
  await q
    .insert(schema.openingSignatures)
    .values({ ...lot, organisationId: supplierId, actor: by, recordHash: '0', signedAt: 1 });
  const attendee = { capacity: 'bidder', name: AWKWARD, organisationId: supplierId, organisation: AWKWARD } as const;
  await q
    .insert(schema.openingAttendance)
    .values({ procurementId, version: 1, people: [attendee], recordedBy: by, recordedAt: 1 });
  await q.insert(schema.bidParts).values({
    bidId,
    no: 0,
    path: AWKWARD,
    mediaType: AWKWARD,
    size: 0,
    sha256: '0',
  });
  await q
    .insert(schema.openingFaults)
    .values({ id: 'fault', procurementId, bidId: null, minutes: 5, reasonZh: AWKWARD, recordedBy: by, at: 1 });
  await q.insert(schema.preparedActs).values({
    ...{ id: 'prepared', act: 'award', ...lot, path: AWKWARD, params: { no: '1' }, request: { AWKWARD } },
    files: [{ id: 'file', name: AWKWARD, sha256: '0' }],
    ...{ seen: { version: null, decisionId: null }, preparedBy: by, preparedAt: 1, lapsesAt: 2, state: 'waiting' },
    ...{ organisationId: supplierId, confirmingId: supplierId },
  });
  const names = { name: AWKWARD, creditCode: AWKWARD };
  await q.insert(schema.organisationCorrections).values({
    ...{ id: 'correction', organisationId: supplierId, ...names, formerName: AWKWARD, formerCode: AWKWARD },
    ...{ reasonZh: AWKWARD, requestedBy: by, requestedAt: 1, state: 'pending' },
  });
  await q.insert(schema.registrations).values({
    ...{ id: 'registration', ...names, contact: AWKWARD, telephone: AWKWARD, state: 'pending' },
    ...{ requestedAt: 1, expiresAt: 2 },
  });
  await q
    .insert(schema.invitations)
    .values({ id: 'invitation', tokenHash: AWKWARD, registrationId: 'registration', createdAt: 1, expiresAt: 2 });
  await evaluationRows(tx, bidId, lot);
  await q.insert(schema.bidderShares).values({ bidId, share: AWKWARD, releasedAt: 1 });
  await q.insert(schema.uploads).values({
    ...lot,
    id: 'upload',
    supplierId,
    accountId: 'account',
    length: 1,
    state: 'open',
    createdAt: 1,
  });
  await q.insert(schema.custodianKeys).values({
    id: 'key',
    custodian: 'centre',
    recipient: 'age1',
    registeredBy: by,
    registeredAt: 1,
  });
  await q.insert(schema.deadlines).values({ procurementId, version: 100, bidDeadline: null, setAt: 1 });
  await q.insert(schema.signingKeys).values({ kid: 'kid', jwk: { x: AWKWARD }, since: 1 });
  await q.insert(schema.depositReferences).values({ ...lot, reference: AWKWARD, supplierId, issuedAt: 1 });
  const paid = { externalId: AWKWARD, amountFen: 1, payer: AWKWARD, arrivedAt: 1, actor: by, recordedAt: 1 };
  await q
    .insert(schema.deposits)
    .values({ ...lot, ...paid, id: 'deposit', supplierId, form: 'guarantee', source: 'supplier', validUntil: 1 });
  await q
    .insert(schema.unmatchedPayments)
    .values({ ...paid, id: 'payment', source: 'callback', fromBaseAccount: false });
  recordEvent(tx, {
    ...lot,
    kind: AWKWARD,
    organisationId: supplierId,
    subject: AWKWARD,
    detail: { AWKWARD },
    confidential: true,
  });
  await q
    .insert(schema.expertPools)
    .values({ id: 'pool', name: AWKWARD, level: 'own', elsewhere: true, keeperId: supplierId, createdAt: 1 });
  const tie = { kind: 'kin', creditCode: AWKWARD, name: AWKWARD, until: null } as const;
  await q.insert(schema.experts).values({
    ...{ id: 'expert', poolId: 'pool', number: AWKWARD, name: AWKWARD, fields: [AWKWARD], employer: AWKWARD },
    ...{ credentials: [{ title: AWKWARD, number: null, validUntil: null }], ties: [tie], importedAt: 1 },
  });
  const terms: DrawTerms = {
    ...{ format: DRAW_FORMAT, drawId: 'draw', ...lot, openedAt: 1, commitUntil: 2, firstRevealUntil: 3 },
    ...{ revealUntil: 4, evaluationAt: 5, pools: [], groups: [], direct: null, onePerUnit: true },
    ...{ candidates: [], excluded: [] },
  };
  await q.insert(schema.draws).values({
    ...{ id: 'draw', ...lot, round: 1, state: 'void', terms, hash: '0', sealed: AWKWARD, answerMinutes: 1 },
    ...{ openedBy: by, openedAt: 1 },
  });
  await q
    .insert(schema.drawParts)
    .values({ drawId: 'draw', party: 'centre', commitment: '0', committedBy: by, committedAt: 1 });
  await q.insert(schema.committeeCalls).values({
    ...{ drawId: 'draw', no: 1, field: AWKWARD, label: '0', tag: AWKWARD, state: 'lapsed', askedAt: 1, answerUntil: 2 },
  });
  await q
    .insert(schema.rooms)
    .values({ id: 'room', venue: AWKWARD, name: AWKWARD, purposes: ['opening'], seats: 1, booked: 1, createdAt: 1 });
  await q.insert(schema.bookings).values({
    ...{ id: 'booking', roomId: 'room', ...lot, purpose: 'opening', fromMinutes: -30, minutes: 90 },
    ...{ bookedBy: supplierId, bookedAt: 1 },
  });
  await q.insert(schema.leases).values({ name: AWKWARD, holder: AWKWARD, until: 1 });
  await q.insert(schema.depositMovements).values({
    id: 'movement',
    depositId: 'deposit',
    kind: 'refunded',
    amountFen: 1,
    interestFen: 0,
    at: 1,
    actor: by,
    recordedAt: 1,
  });
}

/** Of an evaluation: its scheme, what a member marked, and what it did. */
async function evaluationRows(tx: Tx, bidId: string, lot: { procurementId: string; lotNo: number }): Promise<void> {
  const { q } = tx;
  const statements = { uniform: false, reserved: false, exempt: true, answers: { [AWKWARD]: true } };
  await q
    .insert(schema.lotSchemes)
    .values({ ...lot, version: 1, scheme: worksScheme(), statements, hash: '0', statedAt: 1 });
  const drawId = 'evaluated-draw';
  await q.insert(schema.draws).values({
    ...{ id: drawId, ...lot, round: 9, state: 'void', hash: '0', sealed: AWKWARD, answerMinutes: 1 },
    terms: { drawId, AWKWARD } as never,
    ...{ openedBy: UNATTENDED, openedAt: 1 },
  });
  await q.insert(schema.drawPlans).values({
    ...{ ...lot, version: 1, sealed: AWKWARD, leadMinutes: 1, statedBy: UNATTENDED, statedAt: 1, settledAt: 2 },
    failure: { code: 'unlawful', messageZh: AWKWARD, messageEn: AWKWARD },
  });
  const entry = { item: 'responds', passes: false, ground: 6, reasonZh: AWKWARD };
  await q
    .insert(schema.committeeMarks)
    .values({ drawId, memberId: 'expert-1', bidId, item: 'responds', entry, enteredAt: 1 });
  await q
    .insert(schema.committeeActs)
    .values({ id: 'act', drawId, by: 'expert-1', act: { kind: 'answer', key: AWKWARD, reasonZh: AWKWARD }, at: 1 });
}

/** Every row of every table, in an order of its own. */
export async function everyRow(q: Queries): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const table of tablesInOrder()) {
    const rows = await q.select().from(table);
    all[getTableName(table)] = rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return all;
}
