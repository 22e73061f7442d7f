import BetterSqlite3 from 'better-sqlite3';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import pg from 'pg';
import { expect, it } from 'vitest';
import { auditAfter, listAudit, UNATTENDED } from '../../db/audit.ts';
import { accountByUsername, accountNames, listAccounts, sessionsOf } from '../../db/accounts/accounts.ts';
import { peopleOf, requestedFor, requestedPeopleOf } from '../../db/accounts/membership-requests.ts';
import { membershipsOf } from '../../db/accounts/memberships.ts';
import { notificationsOf, unreadNotifications } from '../../db/accounts/notifications.ts';
import { discretionOf, participantsOf, peopleIn } from '../../db/notifications/audience.ts';
import { codesSince } from '../../db/notifications/codes.ts';
import { withMail } from '../../db/notifications/contacts.ts';
import {
  claimDeliveries,
  givenUpDeliveries,
  listDeliveries,
  queuedSince,
  waitingDeliveries,
} from '../../db/notifications/deliveries.ts';
import { dutiesDue, repliesDueUntil } from '../../db/notifications/duties.ts';
import { eventNotificationsOf, latestUnread, unreadEventNotifications } from '../../db/notifications/inbox.ts';
import { resetsOf } from '../../db/accounts/resets.ts';
import { biddingFor, receiptsOf, standingBids } from '../../db/bids.ts';
import { latestChangeAt, latestDecision } from '../../db/decisions.ts';
import { readCase, readCases, standingBidsOf } from '../../db/tender/cases.ts';
import { eventsAfter } from '../../db/events.ts';
import { documentsOf, obtainersOf } from '../../db/documents.ts';
import { catalogueOn } from '../../db/catalogue.ts';
import { catalogueView } from '../../services/catalogue/in-force.ts';
import { clockAheadMs, outboxState, overdueMilestones, overdueReplies } from '../../db/gauges.ts';
import { listGrievances } from '../../db/grievances.ts';
import type { Database, Tx } from '../../db/access/database.ts';
import { placeOf } from '../../db/log.ts';
import { latestNotice, listNotices, noticesAfter } from '../../db/notices.ts';
import { listTrades, tradesOfItem } from '../../db/off-platform.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { listOrganisations } from '../../db/organisations.ts';
import { waitingWakes } from '../../db/engine/outbox.ts';
import { dueToClose, listProcurements, procurementById, type ProcurementRow } from '../../db/procurements.ts';
import { publishAsMade } from '../../services/notices/publish.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { loadCase, saveCases } from '../../services/tender/case.ts';
import { questionsOf } from '../../db/questions.ts';
import { siblingsOf } from '../../services/splitting/siblings.ts';
import { actorsIn, cluesOf } from '../../db/parties/clues.ts';
import { controlsAbout } from '../../db/parties/controls.ts';
import { listPreparedActs, waitingAt } from '../../db/tender/prepared-acts.ts';
import { listMandates, mandatesBetween, underWayBetween } from '../../db/parties/mandates.ts';
import * as schema from '../../db/schema/sqlite.ts';
import { databaseFile } from '../../db/sqlite/connection.ts';
import type { Queries } from '../../db/access/statements.ts';
import { suspensionsOf } from '../../db/tender/suspensions.ts';
import { outstanding, timelineOf } from '../../db/tender/timeline.ts';
import { queriesOn } from '../../db/postgres/connection.ts';
import { dialect, temporaryDatabase, type Storage } from '../setup/database.ts';
import { draftOf } from '../setup/tenders/tender.ts';

const id = '0198c0de-0000-7000-8000-000000000001';
const place = { procurementId: id, lotNo: 1 };
const page = { limit: 20 };

/** Every read that others may wait for, with each filter separately. */
const READS: Readonly<Record<string, (q: Queries) => Promise<unknown>>> = {
  procurement: (q) => procurementById(q, id).catch(() => null),
  'procurements, newest': (q) => listProcurements(q, page),
  'procurements, the next page': (q) => listProcurements(q, { ...page, after: id }),
  'procurements by stage': (q) => listProcurements(q, { ...page, stages: ['bidding'] }),
  'procurements by regime': (q) => listProcurements(q, { ...page, regime: 'government' }),
  'procurements by kind': (q) => listProcurements(q, { ...page, kind: 'goods' }),
  // Of one organisation, however many the others have: those are sorted.
  'own procurements': (q) => listProcurements(q, { ...page, runBy: id }),
  'procurements of several stages': (q) =>
    listProcurements(q, { ...page, stages: ['launched', 'bidding', 'concluded'] }),
  'search of procurements by a word': (q) => listProcurements(q, { ...page, text: '道路改造' }),
  'search of procurements by one character': (q) => listProcurements(q, { ...page, text: '路' }),
  'search of procurements, the next page': (q) => listProcurements(q, { ...page, text: '道路', after: id }),
  'search of procurements of some stages': (q) =>
    listProcurements(q, { ...page, text: '道路', stages: ['launched', 'bidding'] }),
  'search of procurements by stage': (q) => listProcurements(q, { ...page, text: '道路', stages: ['bidding'] }),
  'search of procurements by kind': (q) => listProcurements(q, { ...page, text: '路', kind: 'goods' }),
  'search of own procurements': (q) => listProcurements(q, { ...page, text: '道路', runBy: id }),
  'search of notices by a word': (q) => listNotices(q, { ...page, text: '道路改造' }),
  'search of notices by one character': (q) => listNotices(q, { ...page, text: '路' }),
  'search of notices, the next page': (q) => listNotices(q, { ...page, text: '道路', before: { publishedAt: 1, id } }),
  'search of notices by kind': (q) => listNotices(q, { ...page, text: '道路', kind: 'contract' }),
  'search of notices of a procurement': (q) => listNotices(q, { ...page, text: '路', procurementId: id }),
  'closings due': (q) => dueToClose(q, 1),
  'notices, newest': (q) => listNotices(q, page),
  'notices, the next page': (q) => listNotices(q, { ...page, before: { publishedAt: 1, id } }),
  'notices of a procurement': (q) => listNotices(q, { ...page, procurementId: id }),
  'notices by kind': (q) => listNotices(q, { ...page, kind: 'contract' }),
  'the latest notice': (q) => latestNotice(q, id, 0, 'tender'),
  'notices for verify': (q) => noticesAfter(q, id, 20),
  timeline: (q) => timelineOf(q, id),
  'what is outstanding': (q) => outstanding(q, place),
  suspensions: (q) => suspensionsOf(q, place, 'bid-deadline'),
  documents: (q) => documentsOf(q, id),
  obtainers: (q) => obtainersOf(q, id),
  questions: (q) => questionsOf(q, id),
  'whether a bid is taken': (q) => biddingFor(q, { ...place, supplierId: id }).catch(() => null),
  'receipts of a supplier': (q) => receiptsOf(q, id),
  'receipts of a supplier in a procurement': (q) => receiptsOf(q, id, id),
  'standing bids': (q) => standingBids(q, id, 1),
  openings: (q) => openingsOf(q, id),
  'grievances of a procurement': (q) => listGrievances(q, { procurementId: id }),
  'grievances of a supplier': (q) => listGrievances(q, { filedBy: id }),
  'the decision that stands': (q) => latestDecision(q, place, 'report'),
  'a tender as an act reads it': (q) => readCase(q, id),
  'tenders as an act reads them together': (q) => readCases(q, [id, id]),
  'standing bids of tenders': (q) => standingBidsOf(q, [id, id]),
  'where the leaf of an entry is, and the head over it': (q) =>
    placeOf(q, { seq: 1, hash: 'a'.repeat(64), detail: {} }).catch(() => null),
  'events, after a place': (q) => eventsAfter(q, 1, 20),
  'the trail': (q) => listAudit(q, page),
  'the trail by who acted, newest first': (q) =>
    listAudit(q, { ...page, order: 'newest', by: [id], role: 'purchaser' }),
  'the trail of a time, by action and subject': (q) =>
    listAudit(q, { ...page, from: 0, until: 1, action: 'bid', subject: 'bid/1' }),
  'the trail of a procurement': (q) => listAudit(q, { ...page, procurementId: id }),
  'the trail for verify': (q) => auditAfter(q, 1, 20),
  'the outbox': (q) => waitingWakes(q, 1, 50),
  'an account by name': (q) => accountByUsername(q, 'li.si'),
  accounts: (q) => listAccounts(q, { ...page, after: id }),
  'mandates of an agency': (q) => mandatesBetween(q, id, id),
  'what an organisation prepared or confirms': (q) =>
    listPreparedActs(q, { ...page, organisationId: id, state: 'waiting', now: 0, after: id }),
  'what waits at an address': (q) => waitingAt(q, { procurementId: id, path: '/api' }, 0),
  'the last decision that others go by': (q) => latestChangeAt(q, { procurementId: id, lotNo: 1 }),
  'names of accounts': (q) => accountNames(q, [id]),
  'own mandates': (q) => listMandates(q, { ...page, of: { id, side: 'agency' } }),
  'what is under way under a mandate': (q) => underWayBetween(q, id, id),
  'declared controls about organisations': (q) => controlsAbout(q, [{ id, creditCode: '91360000000000001X' }]),
  clues: (q) => cluesOf(q, id),
  'who acted in a tender': (q) => actorsIn(q, [id, id]),
  memberships: (q) => membershipsOf(q, [id]),
  'requested memberships': (q) => requestedFor(q, [id]),
  'people of an organisation': (q) => peopleOf(q, id),
  'people whom an organisation may confirm': (q) => requestedPeopleOf(q, id),
  'resets of passwords and second factors': (q) => resetsOf(q, [id]),
  notifications: (q) => notificationsOf(q, id, page),
  'notifications, the next page': (q) => notificationsOf(q, id, { ...page, before: id }),
  'unread notifications': (q) => unreadNotifications(q, id),
  'notifications of tenders': (q) => eventNotificationsOf(q, id, page),
  'notifications of tenders, the next page': (q) => eventNotificationsOf(q, id, { ...page, before: id }),
  'unread notifications of tenders': (q) => unreadEventNotifications(q, id),
  'unread notifications for a digest': (q) => latestUnread(q, id, 20),
  'people in a role': (q) => peopleIn(q, [{ role: 'supervisor' }, { role: 'purchaser', organisationIds: [id] }]),
  'whom a message gives away': (q) => discretionOf(q, [id]),
  'who takes part': (q) => participantsOf(q, id),
  'who is reached by mail': (q) => withMail(q, id, 20),
  'messages queued for people': (q) => queuedSince(q, [id], 1),
  'codes sent to a person': (q) => codesSince(q, id, 1),
  'messages that are due': (q) => claimDeliveries({ q } as Tx, 'mail', 20, { realNowMs: 1, until: 2 }),
  'messages given up': (q) => listDeliveries(q, { state: 'given-up', limit: 20, before: id }),
  'duties to be reminded of': (q) => dutiesDue(q, 1, 2),
  'replies to be reminded of': (q) => repliesDueUntil(q, 1, 2),
  'gauge: messages that wait': (q) => waitingDeliveries(q),
  'gauge: messages given up': (q) => givenUpDeliveries(q),
  sessions: (q) => sessionsOf(q, id, 1),
  organisations: (q) => listOrganisations(q, { ...page, after: id }),
  'parts of one project': (q) =>
    siblingsOf(q, { ...draftOf('tendering', id), projectCode: 'P-1' }, { role: 'purchaser', organisationId: id }),
  'parts of one project, for an agency': (q) =>
    siblingsOf(q, { ...draftOf('tendering', id), projectCode: 'P-1' }, { role: 'agency', organisationId: id }),
  'one item of a year': (q) =>
    siblingsOf(q, { ...draftOf('government', id), catalogueCode: 'T01' }, { role: 'purchaser', organisationId: id }),
  'trades elsewhere of one item': (q) => tradesOfItem(q, ['code', 'former'], 'T01', 2026),
  'trades elsewhere, newest': (q) => listTrades(q, { history: false, limit: 20 }),
  'trades elsewhere, the next page': (q) =>
    listTrades(q, { history: false, limit: 20, after: { tradedOn: '2026-01-01', id } }),
  'the catalogue of a procurement': (q) =>
    catalogueView(q, { regime: 'government', kind: 'goods', catalogueCode: 'T01', noticeAt: 1 }),
  'the catalogue, the next page': (q) =>
    catalogueOn(q, '2026-01-01', { ...page, regime: 'government', after: { regime: 'government', code: 'T01' } }),
  'gauge: outbox': (q) => outboxState(q, { mode: 'real' }, 0),
  'gauge: milestones': (q) => overdueMilestones(q, 1),
  'gauge: replies': (q) => overdueReplies(q, 1),
  'gauge: clock': (q) => clockAheadMs(q, { mode: 'real' }, 1),
};

/** From the end of an index as far as a page goes, or through an index of what waits alone. */
const WALKS = [
  'procurements, newest',
  'procurements of several stages',
  'notices, newest',
  'the outbox',
  'gauge: outbox',
  'gauge: messages that wait',
  'trades elsewhere, newest',
];
/** The newest that a search looks at first, and its index. */
const FOUND = /^SCAN (near|\w+_search VIRTUAL TABLE INDEX \d+:M.*)$/;
/** One row, whatever the size of everything else. */
const SMALL = /\binstallation\b/;

it.each(Object.entries(READS))('reads no table from end to end: %s', async (what, read) => {
  const db = await temporaryDatabase();
  if (what.startsWith('search')) await fill(db);
  const plans = await (dialect === 'sqlite' ? sqlitePlans : postgresPlans)(db.storage, read, what.startsWith('search'));
  await db.close();
  expect(plans.length).toBeGreaterThan(0);
  const scan = dialect === 'postgres' ? /Seq Scan/ : WALKS.includes(what) ? /^SCAN \w+$/ : /^SCAN /;
  expect(plans.filter((line) => scan.test(line) && !SMALL.test(line) && !FOUND.test(line))).toEqual([]);
  if (what.startsWith('search')) {
    const index = dialect === 'postgres' ? /Bitmap Index Scan on \w+_titles_terms/ : /^SCAN \w+_search VIRTUAL TABLE/;
    expect(plans.filter((line) => index.test(line))).toHaveLength(1);
    // SQLite's index gives a page in its order; what PostgreSQL's gives is sorted, when the newest were not enough.
    const ordered = dialect === 'sqlite' && !plans.includes('SCAN near');
    if (ordered) expect(plans.filter((line) => line.includes('TEMP B-TREE'))).toEqual([]);
  }
  // A page must come in its order, or all of it is read and sorted for each.
  if (what.startsWith('procurements') || what.startsWith('notices')) {
    expect(plans.filter((line) => /TEMP B-TREE|\bSort\b/.test(line))).toEqual([]);
  }
});

/** More than a search looks at before it asks its index, with nothing that is looked for. */
async function fill(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.q.insert(schema.organisations).values({ id, name: '某局', creditCode: 'c', createdAt: 1 });
    let last = '';
    for (let n = 0; n < 120; n += 1) {
      last = (await createDraft(tx, UNATTENDED, draftOf('government', id, { title: '学校' }))).id;
    }
    const [draft] = await tx.q.select().from(schema.procurements).where(eq(schema.procurements.id, last));
    await tx.q.insert(schema.procurements).values({ ...(draft as ProcurementRow), id });
    const c = await loadCase(tx, id);
    for (let n = 0; n < 120; n += 1) {
      publishAsMade(c, UNATTENDED, { lotNo: n, kind: 'contract', titleZh: '学校', content: {}, legalAt: 1 });
    }
    await saveCases(tx, [c]);
    await tx.q.update(schema.procurements).set({ stage: 'bidding' });
  });
}

async function sqlitePlans({ dataDir }: Storage, read: (q: Queries) => Promise<unknown>): Promise<string[]> {
  const connection = new BetterSqlite3(databaseFile(dataDir), { readonly: true });
  const asked: { text: string; params: unknown[] }[] = [];
  await read(drizzle(connection, { schema, logger: { logQuery: (text, params) => asked.push({ text, params }) } }));
  const plans = asked.flatMap(({ text, params }) =>
    (connection.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...params) as { detail: string }[]).map(
      ({ detail }) => detail,
    ),
  );
  connection.close();
  return plans;
}

async function postgresPlans(
  { url }: Storage,
  read: (q: Queries) => Promise<unknown>,
  searches: boolean,
): Promise<string[]> {
  const client = new pg.Client({ connectionString: String(url) });
  await client.connect();
  // Tables this small are read whole, unless that is forbidden: what is read whole even so has no index.
  await client.query('SET enable_seqscan = off');
  // So with sorting: what is sorted even so has no index in its order. A search is free to sort what it found.
  if (!searches) await client.query('SET enable_sort = off');
  const plans: string[] = [];
  await read(
    queriesOn(async (query) => {
      const { rows } = await client.query<[string]>({
        text: `EXPLAIN ${query.text}`,
        values: query.values ?? [],
        rowMode: 'array',
      });
      plans.push(...rows.map(([line]) => line));
      return client.query(query);
    }),
  );
  await client.end();
  return plans;
}
