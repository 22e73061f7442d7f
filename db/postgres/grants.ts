import pg from 'pg';
import { JOURNAL, LOCKS, SCHEMA } from './connection.ts';

// What the service's role may do: it reads every table, and writes what its acts write. It may not empty a table, attach
// a trigger to it, or make anything, so that whoever has its connection cannot change what was recorded (ADR 0038).

/** Rows are added, and never changed. */
const GROWS = 'INSERT';

/**
 * What the service writes, by table; a list of columns: those alone are changed. What a table’s triggers would refuse is
 * not granted in the first place.
 */
export const WRITES: Readonly<Record<string, string>> = {
  account_resets: 'INSERT, DELETE',
  accounts: 'INSERT, UPDATE',
  api_presence: 'INSERT, UPDATE',
  audit: GROWS,
  bid_parts: GROWS,
  bidder_shares: GROWS,
  bookings: 'INSERT, UPDATE (cancelled_at)',
  bids: 'INSERT, UPDATE (state, ended_at)',
  calendar_years: GROWS,
  catalogue_entries: GROWS,
  committee_acts: GROWS,
  committee_marks: 'INSERT, UPDATE (entry, entered_at)',
  committee_calls: 'INSERT, UPDATE (state, ended_at, cleared_at, departure, sealed_reason)',
  contacts: 'INSERT, UPDATE (language, channels, mail, sms, changed_at)',
  controls: 'INSERT, UPDATE (ended_at)',
  credentials: 'INSERT, UPDATE',
  custodian_keys: 'INSERT, UPDATE (retired_at)',
  deadlines: GROWS,
  decisions: GROWS,
  deliveries: 'INSERT, UPDATE (detail, state, attempts, not_before, last_error, settled_at), DELETE',
  deposit_movements: GROWS,
  deposit_rates: GROWS,
  deposit_references: GROWS,
  deposits: GROWS,
  documents: GROWS,
  draw_parts: 'INSERT, UPDATE (sealed_part, part, revealed_at)',
  draw_plans: 'INSERT, UPDATE (settled_at, failure)',
  draws: 'INSERT, UPDATE (state, sealed, head_size, orders, drawn_at, formed_at, short_at, ended_at)',
  event_notifications: 'INSERT, UPDATE (read_at)',
  events: GROWS,
  expert_pools: GROWS,
  experts:
    'INSERT, UPDATE (number, name, fields, region, employer, employer_code, telephone, credentials, ties, suspension, account_id, imported_at, removed_at)',
  grievances: 'INSERT, UPDATE (state, reply_due_at, replied_at, outcome, effect, reply_zh, letter, attachments, basis)',
  idempotency: 'INSERT, DELETE',
  identities: 'INSERT, DELETE',
  installation: 'INSERT, UPDATE (clock, clock_alarm, clock_pace, last_instant, folder_id)',
  invitations: 'INSERT, UPDATE (ended_at)',
  invitees: 'INSERT, UPDATE (invited_at), DELETE',
  leases: 'INSERT, UPDATE (holder, until), DELETE',
  log_nodes: GROWS,
  lot_schemes: 'INSERT, DELETE',
  lots: 'INSERT, UPDATE, DELETE',
  mandates: 'INSERT, UPDATE (accepted_at, ended_by, ended_at, end_reason_zh)',
  membership_requests: 'INSERT, DELETE',
  memberships: 'INSERT, DELETE',
  milestones: 'INSERT, UPDATE, DELETE',
  notice_titles: 'INSERT, UPDATE (terms)',
  notices: GROWS,
  notifications: 'INSERT, UPDATE (read_at)',
  obtainers: GROWS,
  off_platform_trades: GROWS,
  opening_attendance: GROWS,
  opening_custodians: 'INSERT, UPDATE (state, reason, at)',
  opening_faults: GROWS,
  opening_objections: 'INSERT, UPDATE (answer_zh, answered_by, answered_at)',
  opening_pauses: 'INSERT, UPDATE (until_at)',
  opening_signatures: GROWS,
  openings: GROWS,
  organisation_corrections: 'INSERT, UPDATE (former_name, former_code, state, decided_at)',
  organisations: 'INSERT, UPDATE (name, folded, credit_code, identity, duties, reports_to, first_person_at)',
  outages: GROWS,
  outbox: 'INSERT, UPDATE, DELETE',
  prepared_acts: 'INSERT, UPDATE (state, settled_by, settled_at, reason_zh, decision_id)',
  procurement_thresholds: GROWS,
  procurement_titles: 'INSERT, UPDATE (terms)',
  procurements: 'INSERT, UPDATE',
  questions: 'INSERT, UPDATE (answer_zh, answered_at)',
  readers: 'INSERT, UPDATE (place)',
  recovery_codes: 'INSERT, UPDATE (used_at), DELETE',
  registrations: 'INSERT, UPDATE (state, decided_by, decided_at, reason_zh, organisation_id, account_id)',
  rooms: 'INSERT, UPDATE (booked, retired_at)',
  row_changes: GROWS,
  second_factors: 'INSERT, UPDATE (confirmed_at, last_step, failures, locked_until), DELETE',
  sessions: 'INSERT, UPDATE, DELETE',
  signing_keys: GROWS,
  suspensions: 'INSERT, UPDATE (until_at)',
  temporal_homes: GROWS,
  tree_heads: GROWS,
  unmatched_payments: GROWS,
  unsealings: GROWS,
  uploads: 'INSERT, UPDATE (state, bid_id, ended_at, removed_at)',
  verifications: 'INSERT, UPDATE, DELETE',
};

/**
 * Takes from everybody what PostgreSQL gives to everybody, and gives the service's role what it needs: as the owner, in a
 * transaction. What somebody else was given stays, and is found by the comparison.
 */
export async function grantTo(client: pg.ClientBase, service: string | null): Promise<void> {
  const statements = (await ownFunctions(client)).map((name) => `REVOKE ALL ON FUNCTION ${name} FROM PUBLIC`);
  if (service !== null) {
    const role = pg.escapeIdentifier(service);
    const tables = Object.keys(WRITES);
    statements.push(
      `REVOKE ALL ON ${[JOURNAL, LOCKS, ...tables].join(', ')} FROM ${role}`,
      `REVOKE ALL ON SCHEMA ${SCHEMA} FROM ${role}`,
      `GRANT USAGE ON SCHEMA ${SCHEMA} TO ${role}`,
      `GRANT SELECT ON ${JOURNAL} TO ${role}`,
      // The right to lock it; there is nothing to delete.
      `GRANT DELETE ON ${LOCKS} TO ${role}`,
      ...tables.map((table) => `GRANT SELECT, ${WRITES[table]} ON ${table} TO ${role}`),
    );
    if (await ownsDatabase(client)) {
      const database = pg.escapeIdentifier(await nameOfDatabase(client));
      statements.push(
        `REVOKE CONNECT, TEMPORARY ON DATABASE ${database} FROM PUBLIC`,
        // Temporary: what a transaction writes is noted in a table of its session.
        `GRANT CONNECT, TEMPORARY ON DATABASE ${database} TO ${role}`,
      );
    }
  }
  if (statements.length > 0) await client.query(statements.join('; '));
}

/** What somebody else made here is not ours to revoke. */
async function ownFunctions(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT p.oid::pg_catalog.regprocedure::text AS name FROM pg_catalog.pg_proc p
     WHERE p.pronamespace = pg_catalog.to_regnamespace($1) AND pg_catalog.pg_has_role(p.proowner, 'USAGE')`,
    [SCHEMA],
  );
  return rows.map(({ name }) => name);
}

/** In a database that is shared its administrator does it. */
async function ownsDatabase(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ owns: boolean }>(
    "SELECT pg_catalog.pg_has_role(datdba, 'USAGE') AS owns FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()",
  );
  return rows[0]?.owns ?? false;
}

async function nameOfDatabase(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ name: string }>('SELECT pg_catalog.current_database() AS name');
  return rows[0]?.name ?? '';
}
