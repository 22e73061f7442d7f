import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

// The PostgreSQL form of db/schema/sqlite.ts, column by column: a test keeps the two in step, and migrations/postgres
// is generated from here. Queries are built on the tables of sqlite.ts for both (ADR 0011).

/** Epoch milliseconds, fen, bytes: within 2^53. */
const whole = (name: string) => bigint(name, { mode: 'number' });

export const installation = pgTable(
  'installation',
  {
    id: whole('id').primaryKey(),
    clock: jsonb('clock').notNull(),
    createdAt: whole('created_at').notNull(),
    lastInstant: whole('last_instant').notNull(),
    folderId: text('folder_id'),
    clockAlarm: jsonb('clock_alarm'),
    clockPace: jsonb('clock_pace'),
  },
  (t) => [check('installation_single', sql`${t.id} = 1`)],
);

export const calendarYears = pgTable('calendar_years', {
  version: whole('version').primaryKey(),
  year: integer('year').notNull(),
  days: jsonb('days').notNull(),
  url: text('url'),
  correction: boolean('correction').notNull(),
  importedBy: jsonb('imported_by').notNull(),
  importedAt: whole('imported_at').notNull(),
  calendarHash: text('calendar_hash').notNull(),
});

export const temporalHomes = pgTable('temporal_homes', {
  seq: whole('seq').primaryKey(),
  namespaceId: text('namespace_id').notNull(),
  namespace: text('namespace').notNull(),
  since: whole('since').notNull(),
});

export const organisations = pgTable('organisations', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  creditCode: text('credit_code').notNull().unique(),
  createdAt: whole('created_at').notNull(),
  identity: jsonb('identity'),
  duties: jsonb('duties'),
  reportsTo: text('reports_to'),
  firstPersonAt: whole('first_person_at'),
  folded: text('folded').notNull().default(''),
});

export const organisationCorrections = pgTable(
  'organisation_corrections',
  {
    id: text('id').primaryKey(),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisations.id),
    name: text('name').notNull(),
    creditCode: text('credit_code').notNull(),
    formerName: text('former_name').notNull(),
    formerCode: text('former_code').notNull(),
    reasonZh: text('reason_zh').notNull(),
    requestedBy: jsonb('requested_by').notNull(),
    requestedAt: whole('requested_at').notNull(),
    state: text('state').notNull(),
    decidedAt: whole('decided_at'),
  },
  (t) => [
    index('organisation_corrections_organisation').on(t.organisationId, t.id),
    index('organisation_corrections_former').on(t.formerCode),
  ],
);

export const accounts = pgTable('accounts', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email').notNull().unique(),
  emailVerified: boolean('email_verified').notNull().default(false),
  image: text('image'),
  username: text('username').notNull().unique(),
  displayUsername: text('display_username'),
  mustChangePassword: boolean('must_change_password').notNull().default(false),
  oneTimeUntil: whole('one_time_until'),
  ownPasswordAt: whole('own_password_at'),
  secondFactorAt: whole('second_factor_at'),
  disabledAt: whole('disabled_at'),
  failures: integer('failures').notNull().default(0),
  lockedUntil: whole('locked_until'),
  createdAt: whole('created_at').notNull(),
  updatedAt: whole('updated_at').notNull(),
});

export const credentials = pgTable(
  'credentials',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    providerId: text('provider_id').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => accounts.id),
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: whole('access_token_expires_at'),
    refreshTokenExpiresAt: whole('refresh_token_expires_at'),
    scope: text('scope'),
    password: text('password'),
    createdAt: whole('created_at').notNull(),
    updatedAt: whole('updated_at').notNull(),
  },
  (t) => [index('credentials_user').on(t.userId)],
);

export const sessions = pgTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    token: text('token').notNull().unique(),
    userId: text('user_id')
      .notNull()
      .references(() => accounts.id),
    expiresAt: whole('expires_at').notNull(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    signedInBy: text('signed_in_by').notNull(),
    secondFactorAt: whole('second_factor_at'),
    createdAt: whole('created_at').notNull(),
    updatedAt: whole('updated_at').notNull(),
  },
  (t) => [index('sessions_user').on(t.userId)],
);

export const secondFactors = pgTable('second_factors', {
  accountId: text('account_id')
    .primaryKey()
    .references(() => accounts.id),
  sealed: text('sealed').notNull(),
  createdAt: whole('created_at').notNull(),
  confirmedAt: whole('confirmed_at'),
  lastStep: whole('last_step'),
  failures: integer('failures').notNull().default(0),
  lockedUntil: whole('locked_until'),
});

export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    hash: text('hash').notNull().unique(),
    createdAt: whole('created_at').notNull(),
    usedAt: whole('used_at'),
  },
  (t) => [index('recovery_codes_account').on(t.accountId)],
);

export const identities = pgTable(
  'identities',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    kind: text('kind').notNull(),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    label: text('label').notNull(),
    expiresAt: whole('expires_at'),
    linkedAt: whole('linked_at').notNull(),
  },
  (t) => [
    uniqueIndex('identities_subject').on(t.kind, t.issuer, t.subject),
    index('identities_account').on(t.accountId),
  ],
);

export const verifications = pgTable('verifications', {
  id: text('id').primaryKey(),
  identifier: text('identifier').notNull(),
  value: text('value').notNull(),
  expiresAt: whole('expires_at').notNull(),
  createdAt: whole('created_at').notNull(),
  updatedAt: whole('updated_at').notNull(),
});

export const memberships = pgTable(
  'memberships',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisations.id),
    role: text('role').notNull(),
    createdAt: whole('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.organisationId, t.role] }),
    index('memberships_organisation').on(t.organisationId, t.role),
    index('memberships_role').on(t.role),
  ],
);

export const membershipRequests = pgTable(
  'membership_requests',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisations.id),
    role: text('role').notNull(),
    requestedBy: text('requested_by'),
    requestedAt: whole('requested_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.organisationId, t.role] }),
    index('membership_requests_organisation').on(t.organisationId),
  ],
);

export const accountResets = pgTable(
  'account_resets',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    what: text('what').notNull(),
    requestedBy: text('requested_by').notNull(),
    requestedAt: whole('requested_at').notNull(),
    notBefore: whole('not_before').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.what] })],
);

export const registrations = pgTable(
  'registrations',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    creditCode: text('credit_code').notNull(),
    contact: text('contact').notNull(),
    telephone: text('telephone').notNull(),
    state: text('state').notNull(),
    requestedAt: whole('requested_at').notNull(),
    expiresAt: whole('expires_at').notNull(),
    decidedBy: text('decided_by'),
    decidedAt: whole('decided_at'),
    reasonZh: text('reason_zh'),
    organisationId: text('organisation_id').references(() => organisations.id),
    accountId: text('account_id').references(() => accounts.id),
  },
  (t) => [index('registrations_state').on(t.state, t.id), index('registrations_code').on(t.creditCode)],
);

export const invitations = pgTable(
  'invitations',
  {
    id: text('id').primaryKey(),
    tokenHash: text('token_hash').notNull().unique(),
    accountId: text('account_id').references(() => accounts.id),
    registrationId: text('registration_id').references(() => registrations.id),
    createdAt: whole('created_at').notNull(),
    expiresAt: whole('expires_at').notNull(),
    endedAt: whole('ended_at'),
  },
  (t) => [index('invitations_account').on(t.accountId), index('invitations_registration').on(t.registrationId)],
);

export const notifications = pgTable(
  'notifications',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    kind: text('kind').notNull(),
    detail: jsonb('detail').notNull(),
    at: whole('at').notNull(),
    readAt: whole('read_at'),
  },
  (t) => [index('notifications_account').on(t.accountId, t.id)],
);

export const procurements = pgTable(
  'procurements',
  {
    id: text('id').primaryKey(),
    title: text('title').notNull(),
    regime: text('regime').notNull(),
    procedure: text('procedure').notNull(),
    kind: text('kind').notNull(),
    mandatory: boolean('mandatory').notNull(),
    purchaserId: text('purchaser_id')
      .notNull()
      .references(() => organisations.id),
    agencyId: text('agency_id').references(() => organisations.id),
    budgetFen: whole('budget_fen').notNull(),
    contentZh: text('content_zh').notNull(),
    /** 公告事项; null in tenders from before they were required: no list is required of their notices. */
    particulars: jsonb('particulars'),
    stage: text('stage').notNull(),
    version: integer('version').notNull(),
    rulebookVersion: text('rulebook_version').notNull(),
    intentionAt: whole('intention_at'),
    noticeAt: whole('notice_at').notNull(),
    documentsFrom: whole('documents_from'),
    documentsUntil: whole('documents_until'),
    bidDeadline: whole('bid_deadline'),
    bidValidityDays: integer('bid_validity_days'),
    createdAt: whole('created_at').notNull(),
    launchedAt: whole('launched_at'),
    openedAt: whole('opened_at'),
    endedAt: whole('ended_at'),
    discardedAt: whole('discarded_at'),
    retenderOf: text('retender_of'),
    retenderLot: integer('retender_lot'),
    retenderOthers: jsonb('retender_others'),
    catalogueCode: text('catalogue_code'),
    projectCode: text('project_code'),
    fiscalFundsFen: whole('fiscal_funds_fen'),
    investmentFen: whole('investment_fen'),
    calendarHash: text('calendar_hash'),
    sealing: jsonb('sealing'),
    bidderWindowMinutes: integer('bidder_window_minutes'),
    objectionMinutes: integer('objection_minutes'),
    depositDecides: boolean('deposit_decides').notNull().default(false),
    depositForms: jsonb('deposit_forms'),
    methodGround: jsonb('method_ground'),
  },
  (t) => [
    index('procurements_stage').on(t.stage, t.id),
    index('procurements_regime').on(t.regime, t.id),
    index('procurements_kind').on(t.kind, t.id),
    index('procurements_purchaser').on(t.purchaserId, t.id),
    index('procurements_agency').on(t.agencyId, t.id),
    // For the public board: newest first, filtered without the rows themselves.
    index('procurements_board').on(t.noticeAt, t.id, t.stage, t.regime, t.kind, t.procedure, t.budgetFen),
    index('procurements_stage_board').on(t.stage, t.noticeAt, t.id),
    index('procurements_purchaser_board').on(t.purchaserId, t.noticeAt, t.id),
    // For the closing: finds what is due, however many are not.
    index('procurements_due')
      .on(t.bidDeadline)
      .where(sql`${t.stage} = 'bidding'`),
    // For what may be one project, or one item of a year, in parts.
    index('procurements_project')
      .on(t.purchaserId, t.projectCode, t.kind)
      .where(sql`${t.projectCode} is not null`),
    index('procurements_item')
      .on(t.purchaserId, t.catalogueCode, t.noticeAt)
      .where(sql`${t.catalogueCode} is not null`),
  ],
);

export const mandates = pgTable(
  'mandates',
  {
    id: text('id').primaryKey(),
    purchaserId: text('purchaser_id')
      .notNull()
      .references(() => organisations.id),
    agencyId: text('agency_id')
      .notNull()
      .references(() => organisations.id),
    subjectZh: text('subject_zh').notNull(),
    projectCodes: jsonb('project_codes'),
    acts: jsonb('acts').notNull(),
    purchaserConfirms: jsonb('purchaser_confirms').notNull(),
    untilAt: whole('until_at').notNull(),
    offeredBy: text('offered_by').notNull(),
    offeredAt: whole('offered_at').notNull(),
    acceptedAt: whole('accepted_at'),
    endedBy: text('ended_by'),
    endedAt: whole('ended_at'),
    endReasonZh: text('end_reason_zh'),
  },
  (t) => [index('mandates_agency').on(t.agencyId, t.purchaserId), index('mandates_purchaser').on(t.purchaserId, t.id)],
);

export const controls = pgTable(
  'controls',
  {
    id: text('id').primaryKey(),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisations.id),
    relation: text('relation').notNull(),
    otherName: text('other_name').notNull(),
    otherCode: text('other_code').notNull(),
    since: text('since').notNull(),
    declaredAt: whole('declared_at').notNull(),
    endedAt: whole('ended_at'),
  },
  (t) => [index('controls_organisation').on(t.organisationId), index('controls_other').on(t.otherCode)],
);

export const invitees = pgTable(
  'invitees',
  {
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisations.id),
    position: integer('position').notNull(),
    source: text('source').notNull(),
    reasonZh: text('reason_zh'),
    invitedAt: whole('invited_at'),
  },
  (t) => [
    primaryKey({ columns: [t.procurementId, t.position] }),
    index('invitees_organisation').on(t.procurementId, t.organisationId),
  ],
);

export const lots = pgTable(
  'lots',
  {
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    no: integer('no').notNull(),
    title: text('title').notNull(),
    budgetFen: whole('budget_fen').notNull(),
    bidBondFen: whole('bid_bond_fen'),
    performanceBondPermille: integer('performance_bond_permille'),
    performanceBondDays: integer('performance_bond_days'),
    stage: text('stage').notNull(),
    failure: jsonb('failure'),
    winnerBidId: text('winner_bid_id'),
    awardedAt: whole('awarded_at'),
    deemed: boolean('deemed').notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.no] })],
);

export const milestones = pgTable(
  'milestones',
  {
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    key: text('key').notNull(),
    fromAt: whole('from_at'),
    dueAt: whole('due_at'),
    firstDueAt: whole('first_due_at'),
    earliest: whole('earliest'),
    latest: whole('latest'),
    rules: jsonb('rules').notNull(),
    trace: jsonb('trace').notNull(),
    provisional: boolean('provisional').notNull(),
    ifNobodyActs: jsonb('if_nobody_acts'),
    state: text('state').notNull(),
    actualAt: whole('actual_at'),
    by: text('by'),
    overdue: boolean('overdue').notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.procurementId, t.lotNo, t.key] }),
    index('milestones_due')
      .on(t.dueAt)
      .where(sql`${t.state} = 'planned'`),
  ],
);

export const documents = pgTable(
  'documents',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    kind: text('kind').notNull(),
    name: text('name').notNull(),
    mediaType: text('media_type').notNull(),
    sha256: text('sha256').notNull(),
    size: whole('size').notNull(),
    uploadedBy: text('uploaded_by').notNull(),
    uploadedAt: whole('uploaded_at').notNull(),
  },
  (t) => [index('documents_procurement').on(t.procurementId), index('documents_file').on(t.sha256)],
);

export const obtainers = pgTable(
  'obtainers',
  {
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    organisationId: text('organisation_id').notNull(),
    at: whole('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.organisationId] })],
);

export const questions = pgTable(
  'questions',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    askedBy: text('asked_by').notNull(),
    textZh: text('text_zh').notNull(),
    askedAt: whole('asked_at').notNull(),
    answerZh: text('answer_zh'),
    answeredAt: whole('answered_at'),
  },
  (t) => [index('questions_procurement').on(t.procurementId)],
);

export const bids = pgTable(
  'bids',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    supplierId: text('supplier_id')
      .notNull()
      .references(() => organisations.id),
    version: integer('version').notNull(),
    sha256: text('sha256').notNull(),
    size: whole('size').notNull(),
    receivedAt: whole('received_at').notNull(),
    deadline: whole('deadline'),
    state: text('state').notNull(),
    endedAt: whole('ended_at'),
  },
  (t) => [
    uniqueIndex('bids_version').on(t.procurementId, t.lotNo, t.supplierId, t.version),
    uniqueIndex('bids_standing')
      .on(t.procurementId, t.lotNo, t.supplierId)
      .where(sql`${t.state} = 'standing'`),
    index('bids_supplier').on(t.supplierId, t.id),
    index('bids_file').on(t.sha256),
  ],
);

export const depositReferences = pgTable(
  'deposit_references',
  {
    reference: text('reference').primaryKey(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    supplierId: text('supplier_id')
      .notNull()
      .references(() => organisations.id),
    issuedAt: whole('issued_at').notNull(),
  },
  (t) => [uniqueIndex('deposit_references_bidder').on(t.procurementId, t.lotNo, t.supplierId)],
);

export const deposits = pgTable(
  'deposits',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    supplierId: text('supplier_id')
      .notNull()
      .references(() => organisations.id),
    form: text('form').notNull(),
    amountFen: whole('amount_fen').notNull(),
    externalId: text('external_id').notNull(),
    payer: text('payer'),
    payerAccount: text('payer_account'),
    fromBaseAccount: boolean('from_base_account'),
    issuer: text('issuer'),
    validUntil: whole('valid_until'),
    arrivedAt: whole('arrived_at').notNull(),
    source: text('source').notNull(),
    actor: jsonb('actor').notNull(),
    recordedAt: whole('recorded_at').notNull(),
  },
  (t) => [
    index('deposits_lot').on(t.procurementId, t.lotNo, t.supplierId),
    index('deposits_number').on(t.externalId),
    // A bank gives each number once; a guarantee is what its bidder says, until its issuer or the centre has checked it.
    uniqueIndex('deposits_transaction')
      .on(t.externalId)
      .where(sql`${t.form} = 'transfer'`),
  ],
);

export const unmatchedPayments = pgTable('unmatched_payments', {
  id: text('id').primaryKey(),
  externalId: text('external_id').notNull().unique(),
  amountFen: whole('amount_fen').notNull(),
  payer: text('payer'),
  payerAccount: text('payer_account'),
  fromBaseAccount: boolean('from_base_account'),
  arrivedAt: whole('arrived_at').notNull(),
  source: text('source').notNull(),
  actor: jsonb('actor').notNull(),
  recordedAt: whole('recorded_at').notNull(),
});

export const depositMovements = pgTable(
  'deposit_movements',
  {
    id: text('id').primaryKey(),
    depositId: text('deposit_id')
      .notNull()
      .references(() => deposits.id),
    kind: text('kind').notNull(),
    amountFen: whole('amount_fen').notNull(),
    interestFen: whole('interest_fen').notNull(),
    at: whole('at').notNull(),
    bankReference: text('bank_reference'),
    ground: text('ground'),
    reasonZh: text('reason_zh'),
    actor: jsonb('actor').notNull(),
    recordedAt: whole('recorded_at').notNull(),
  },
  (t) => [
    index('deposit_movements_deposit').on(t.depositId),
    index('deposit_movements_reference').on(sql`upper(replace(replace(${t.bankReference}, ' ', ''), '-', ''))`),
  ],
);

export const depositRates = pgTable(
  'deposit_rates',
  {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    from: text('from_day').notNull(),
    until: text('until_day'),
    ratePpm: whole('rate_ppm').notNull(),
    dayCount: whole('day_count').notNull(),
    source: text('source').notNull(),
    actor: jsonb('actor').notNull(),
    recordedAt: whole('recorded_at').notNull(),
  },
  (t) => [index('deposit_rates_kind').on(t.kind, t.from, t.id)],
);

export const openings = pgTable(
  'openings',
  {
    procurementId: text('procurement_id').notNull(),
    lotNo: integer('lot_no').notNull(),
    legalAt: whole('legal_at').notNull(),
    actualAt: whole('actual_at').notNull(),
    entries: jsonb('entries').notNull(),
    bidders: integer('bidders').notNull(),
    opened: boolean('opened').notNull(),
    heading: jsonb('heading'),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.lotNo] })],
);

export const unsealings = pgTable(
  'unsealings',
  {
    bidId: text('bid_id')
      .primaryKey()
      .references(() => bids.id),
    procurementId: text('procurement_id').notNull(),
    lotNo: integer('lot_no').notNull(),
    state: text('state').notNull(),
    manifest: jsonb('manifest'),
    reasonZh: text('reason_zh'),
    reasonEn: text('reason_en'),
    custodians: jsonb('custodians').notNull(),
    at: whole('at').notNull(),
  },
  (t) => [index('unsealings_lot').on(t.procurementId, t.lotNo)],
);

export const bidParts = pgTable(
  'bid_parts',
  {
    bidId: text('bid_id')
      .notNull()
      .references(() => bids.id),
    no: integer('no').notNull(),
    path: text('path').notNull(),
    mediaType: text('media_type').notNull(),
    size: whole('size').notNull(),
    sha256: text('sha256').notNull(),
  },
  (t) => [primaryKey({ columns: [t.bidId, t.no] }), index('bid_parts_file').on(t.sha256)],
);

export const openingFaults = pgTable(
  'opening_faults',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id').notNull(),
    bidId: text('bid_id'),
    minutes: integer('minutes').notNull(),
    reasonZh: text('reason_zh').notNull(),
    recordedBy: jsonb('recorded_by').notNull(),
    at: whole('at').notNull(),
  },
  (t) => [index('opening_faults_procurement').on(t.procurementId)],
);

export const openingCustodians = pgTable(
  'opening_custodians',
  {
    procurementId: text('procurement_id').notNull(),
    custodian: text('custodian').notNull(),
    state: text('state').notNull(),
    reason: text('reason'),
    at: whole('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.custodian] })],
);

export const openingPauses = pgTable(
  'opening_pauses',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id').notNull(),
    reasonZh: text('reason_zh').notNull(),
    pausedBy: jsonb('paused_by').notNull(),
    from: whole('from_at').notNull(),
    until: whole('until_at'),
  },
  (t) => [index('opening_pauses_procurement').on(t.procurementId)],
);

export const apiPresence = pgTable(
  'api_presence',
  {
    id: whole('id').primaryKey(),
    seenAt: whole('seen_at').notNull(),
    previousAt: whole('previous_at').notNull(),
  },
  (t) => [check('api_presence_single', sql`${t.id} = 1`)],
);

export const outages = pgTable(
  'outages',
  {
    id: text('id').primaryKey(),
    from: whole('from_at').notNull(),
    until: whole('until_at').notNull(),
  },
  (t) => [index('outages_until').on(t.until)],
);

export const openingObjections = pgTable(
  'opening_objections',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id').notNull(),
    lotNo: integer('lot_no').notNull(),
    filedBy: text('filed_by').notNull(),
    textZh: text('text_zh').notNull(),
    filedAt: whole('filed_at').notNull(),
    answerZh: text('answer_zh'),
    answeredBy: jsonb('answered_by'),
    answeredAt: whole('answered_at'),
  },
  (t) => [index('opening_objections_lot').on(t.procurementId, t.lotNo)],
);

export const openingSignatures = pgTable(
  'opening_signatures',
  {
    procurementId: text('procurement_id').notNull(),
    lotNo: integer('lot_no').notNull(),
    organisationId: text('organisation_id').notNull(),
    actor: jsonb('actor').notNull(),
    recordHash: text('record_hash').notNull(),
    signedAt: whole('signed_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.lotNo, t.organisationId] })],
);

export const openingAttendance = pgTable(
  'opening_attendance',
  {
    procurementId: text('procurement_id').notNull(),
    version: integer('version').notNull(),
    people: jsonb('people').notNull(),
    recordedBy: jsonb('recorded_by').notNull(),
    recordedAt: whole('recorded_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.version] })],
);

export const bidderShares = pgTable('bidder_shares', {
  bidId: text('bid_id')
    .primaryKey()
    .references(() => bids.id),
  share: text('share').notNull(),
  releasedAt: whole('released_at').notNull(),
});

export const uploads = pgTable(
  'uploads',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    supplierId: text('supplier_id').notNull(),
    accountId: text('account_id').notNull(),
    length: whole('length').notNull(),
    sha256: text('sha256'),
    state: text('state').notNull(),
    bidId: text('bid_id'),
    createdAt: whole('created_at').notNull(),
    endedAt: whole('ended_at'),
    removedAt: whole('removed_at'),
  },
  (t) => [
    index('uploads_supplier').on(t.supplierId, t.procurementId),
    index('uploads_procurement').on(t.procurementId, t.state),
  ],
);

export const custodianKeys = pgTable('custodian_keys', {
  id: text('id').primaryKey(),
  custodian: text('custodian').notNull(),
  recipient: text('recipient').notNull().unique(),
  registeredBy: jsonb('registered_by').notNull(),
  registeredAt: whole('registered_at').notNull(),
  retiredAt: whole('retired_at'),
});

export const deadlines = pgTable(
  'deadlines',
  {
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    version: integer('version').notNull(),
    bidDeadline: whole('bid_deadline'),
    setAt: whole('set_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.version] })],
);

export const signingKeys = pgTable('signing_keys', {
  kid: text('kid').primaryKey(),
  jwk: jsonb('jwk').notNull(),
  since: whole('since').notNull(),
});

export const treeHeads = pgTable('tree_heads', {
  size: whole('size').primaryKey(),
  root: text('root').notNull(),
  signedAt: whole('signed_at').notNull(),
  jws: text('jws').notNull(),
});

export const logNodes = pgTable(
  'log_nodes',
  {
    level: integer('level').notNull(),
    index: whole('idx').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [primaryKey({ columns: [t.level, t.index] })],
);

export const decisions = pgTable(
  'decisions',
  {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    grievanceId: text('grievance_id'),
    payload: jsonb('payload').notNull(),
    actor: jsonb('actor').notNull(),
    receivedAt: whole('received_at').notNull(),
  },
  (t) => [index('decisions_lot').on(t.procurementId, t.lotNo, t.kind)],
);

export const preparedActs = pgTable(
  'prepared_acts',
  {
    id: text('id').primaryKey(),
    act: text('act').notNull(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    path: text('path').notNull(),
    params: jsonb('params').notNull(),
    request: jsonb('request'),
    files: jsonb('files').notNull(),
    seen: jsonb('seen').notNull(),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisations.id),
    preparedBy: jsonb('prepared_by').notNull(),
    preparedAt: whole('prepared_at').notNull(),
    confirmingId: text('confirming_id')
      .notNull()
      .references(() => organisations.id),
    lapsesAt: whole('lapses_at').notNull(),
    state: text('state').notNull(),
    settledBy: jsonb('settled_by'),
    settledAt: whole('settled_at'),
    reasonZh: text('reason_zh'),
    decisionId: text('decision_id'),
  },
  (t) => [
    index('prepared_acts_organisation').on(t.organisationId, t.id),
    index('prepared_acts_confirming').on(t.confirmingId, t.id),
    index('prepared_acts_procurement').on(t.procurementId, t.id),
  ],
);

export const grievances = pgTable(
  'grievances',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    kind: text('kind').notNull(),
    target: text('target').notNull(),
    filedBy: text('filed_by').notNull(),
    textZh: text('text_zh').notNull(),
    filedAt: whole('filed_at').notNull(),
    replyDueAt: whole('reply_due_at').notNull(),
    rule: text('rule').notNull(),
    suspends: text('suspends').notNull(),
    state: text('state').notNull(),
    repliedAt: whole('replied_at'),
    outcome: text('outcome'),
    effect: text('effect'),
    replyZh: text('reply_zh'),
    letter: jsonb('letter'),
    interestZh: text('interest_zh'),
    attachments: jsonb('attachments'),
    basis: jsonb('basis'),
  },
  (t) => [
    index('grievances_procurement').on(t.procurementId, t.lotNo),
    index('grievances_filer').on(t.filedBy, t.id),
    index('grievances_reply')
      .on(t.replyDueAt)
      .where(sql`${t.state} <> 'replied'`),
  ],
);

export const suspensions = pgTable(
  'suspensions',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    milestone: text('milestone').notNull(),
    grievanceId: text('grievance_id').notNull(),
    from: whole('from_at').notNull(),
    until: whole('until_at'),
  },
  (t) => [index('suspensions_lot').on(t.procurementId, t.lotNo, t.milestone)],
);

export const notices = pgTable(
  'notices',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id').notNull(),
    lotNo: integer('lot_no').notNull(),
    kind: text('kind').notNull(),
    version: integer('version').notNull(),
    corrects: text('corrects'),
    titleZh: text('title_zh').notNull(),
    content: jsonb('content').notNull(),
    legalAt: whole('legal_at').notNull(),
    publishedAt: whole('published_at').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [
    uniqueIndex('notices_version').on(t.procurementId, t.lotNo, t.kind, t.version),
    index('notices_published').on(t.publishedAt, t.id),
    index('notices_procurement').on(t.procurementId, t.publishedAt, t.id),
    index('notices_kind').on(t.kind, t.publishedAt, t.id),
  ],
);

export const audit = pgTable(
  'audit',
  {
    seq: whole('seq').primaryKey(),
    at: whole('at').notNull(),
    actor: jsonb('actor').notNull(),
    action: text('action').notNull(),
    procurementId: text('procurement_id'),
    subject: text('subject').notNull(),
    detail: jsonb('detail').notNull(),
    confidential: boolean('confidential').notNull(),
    rows: text('rows'),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [index('audit_procurement').on(t.procurementId, t.seq)],
);

export const rowChanges = pgTable(
  'row_changes',
  {
    seq: whole('seq').notNull(),
    no: whole('no').notNull(),
    tableName: text('table_name').notNull(),
    rowKey: text('row_key').notNull(),
    was: text('was'),
    hash: text('hash'),
  },
  (t) => [primaryKey({ columns: [t.seq, t.no] })],
);

export const events = pgTable(
  'events',
  {
    seq: whole('seq').primaryKey(),
    at: whole('at').notNull(),
    kind: text('kind').notNull(),
    procurementId: text('procurement_id').notNull(),
    lotNo: integer('lot_no').notNull(),
    organisationId: text('organisation_id'),
    subject: text('subject').notNull(),
    detail: jsonb('detail').notNull(),
    confidential: boolean('confidential').notNull(),
  },
  (t) => [index('events_procurement').on(t.procurementId, t.seq)],
);

export const eventNotifications = pgTable(
  'event_notifications',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    kind: text('kind').notNull(),
    source: text('source').notNull(),
    procurementId: text('procurement_id').references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    detail: jsonb('detail').notNull(),
    at: whole('at').notNull(),
    readAt: whole('read_at'),
  },
  (t) => [
    uniqueIndex('event_notifications_source').on(t.accountId, t.source),
    index('event_notifications_account').on(t.accountId, t.id),
  ],
);

export const contacts = pgTable('contacts', {
  accountId: text('account_id')
    .primaryKey()
    .references(() => accounts.id),
  language: text('language').notNull(),
  channels: jsonb('channels').notNull(),
  mail: text('mail'),
  sms: text('sms'),
  changedAt: whole('changed_at').notNull(),
});

export const deliveries = pgTable(
  'deliveries',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    channel: text('channel').notNull(),
    kind: text('kind').notNull(),
    source: text('source').notNull(),
    procurementId: text('procurement_id').references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    detail: jsonb('detail').notNull(),
    queuedAt: whole('queued_at').notNull(),
    state: text('state').notNull(),
    attempts: integer('attempts').notNull().default(0),
    notBefore: whole('not_before').notNull(),
    lastError: text('last_error'),
    settledAt: whole('settled_at'),
  },
  (t) => [
    uniqueIndex('deliveries_source').on(t.source, t.accountId, t.channel),
    index('deliveries_waiting')
      .on(t.channel, t.notBefore)
      .where(sql`${t.state} = 'waiting'`),
    index('deliveries_state').on(t.state, t.id),
    index('deliveries_account').on(t.accountId, t.channel, t.queuedAt),
    index('deliveries_settled').on(t.settledAt),
  ],
);

export const readers = pgTable('readers', {
  name: text('name').primaryKey(),
  place: whole('place').notNull(),
});

export const outbox = pgTable(
  'outbox',
  {
    subject: text('subject').primaryKey(),
    wanted: whole('wanted').notNull(),
    createdAt: whole('created_at').notNull(),
    notBefore: whole('not_before').notNull(),
    attempts: integer('attempts').notNull().default(0),
    lastError: text('last_error'),
  },
  (t) => [index('outbox_oldest').on(t.createdAt, t.subject)],
);

export const leases = pgTable('leases', {
  name: text('name').primaryKey(),
  holder: text('holder').notNull(),
  until: whole('until').notNull(),
});

export const idempotency = pgTable(
  'idempotency',
  {
    key: text('key').notNull(),
    accountId: text('account_id').notNull(),
    fingerprint: text('fingerprint').notNull(),
    status: integer('status').notNull(),
    response: jsonb('response').notNull(),
    createdAt: whole('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.key] })],
);

export const catalogueEntries = pgTable(
  'catalogue_entries',
  {
    id: text('id').primaryKey(),
    regime: text('regime').notNull(),
    code: text('code').notNull(),
    nameZh: text('name_zh').notNull(),
    kind: text('kind'),
    level: text('level').notNull(),
    mustTradeOnPlatform: boolean('must_trade_on_platform').notNull(),
    centralised: boolean('centralised').notNull(),
    from: text('from_day').notNull(),
    until: text('until_day'),
    source: text('source').notNull(),
    recordedAt: whole('recorded_at').notNull(),
  },
  (t) => [index('catalogue_entries_item').on(t.regime, t.code, t.from, t.id)],
);

export const procurementThresholds = pgTable(
  'procurement_thresholds',
  {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    level: text('level'),
    openFen: whole('open_fen'),
    limitFen: whole('limit_fen'),
    from: text('from_day').notNull(),
    until: text('until_day'),
    source: text('source').notNull(),
    recordedAt: whole('recorded_at').notNull(),
  },
  (t) => [index('procurement_thresholds_kind').on(t.kind, t.from, t.id)],
);

export const offPlatformTrades = pgTable(
  'off_platform_trades',
  {
    id: text('id').primaryKey(),
    corrects: text('corrects').unique(),
    purchaser: text('purchaser').notNull(),
    purchaserCode: text('purchaser_code'),
    title: text('title').notNull(),
    regime: text('regime').notNull(),
    kind: text('kind'),
    procedure: text('procedure'),
    amountFen: whole('amount_fen').notNull(),
    tradedOn: text('traded_on').notNull(),
    catalogueCode: text('catalogue_code'),
    place: text('place').notNull(),
    source: text('source').notNull(),
    withdrawn: boolean('withdrawn').notNull(),
    recordedAt: whole('recorded_at').notNull(),
  },
  (t) => [
    index('off_platform_trades_day').on(t.tradedOn, t.id),
    index('off_platform_trades_item')
      .on(t.purchaserCode, t.catalogueCode, t.tradedOn)
      .where(sql`${t.catalogueCode} is not null`),
  ],
);

export const rooms = pgTable('rooms', {
  id: text('id').primaryKey(),
  venue: text('venue').notNull(),
  name: text('name').notNull(),
  purposes: jsonb('purposes').notNull(),
  seats: whole('seats').notNull(),
  booked: whole('booked').notNull(),
  createdAt: whole('created_at').notNull(),
  retiredAt: whole('retired_at'),
});

export const bookings = pgTable(
  'bookings',
  {
    id: text('id').primaryKey(),
    roomId: text('room_id')
      .notNull()
      .references(() => rooms.id),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: whole('lot_no').notNull(),
    purpose: text('purpose').notNull(),
    fromMinutes: whole('from_minutes').notNull(),
    minutes: whole('minutes').notNull(),
    bookedBy: text('booked_by'),
    bookedAt: whole('booked_at').notNull(),
    cancelledAt: whole('cancelled_at'),
  },
  (t) => [
    index('bookings_room')
      .on(t.roomId, t.bookedAt)
      .where(sql`${t.cancelledAt} is null`),
    index('bookings_procurement').on(t.procurementId),
  ],
);

export const expertPools = pgTable('expert_pools', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  level: text('level').notNull(),
  elsewhere: boolean('elsewhere').notNull(),
  keeperId: text('keeper_id')
    .notNull()
    .references(() => organisations.id),
  createdAt: whole('created_at').notNull(),
});

export const experts = pgTable(
  'experts',
  {
    id: text('id').primaryKey(),
    poolId: text('pool_id')
      .notNull()
      .references(() => expertPools.id),
    number: text('number').notNull(),
    name: text('name').notNull(),
    fields: jsonb('fields').notNull(),
    region: text('region'),
    employer: text('employer').notNull(),
    employerCode: text('employer_code'),
    telephone: text('telephone'),
    credentials: jsonb('credentials').notNull(),
    ties: jsonb('ties').notNull(),
    suspension: jsonb('suspension'),
    accountId: text('account_id').references(() => accounts.id),
    importedAt: whole('imported_at').notNull(),
    removedAt: whole('removed_at'),
  },
  (t) => [uniqueIndex('experts_number').on(t.poolId, t.number), index('experts_account').on(t.accountId)],
);

export const draws = pgTable(
  'draws',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    round: integer('round').notNull(),
    state: text('state').notNull(),
    terms: jsonb('terms').notNull(),
    hash: text('hash').notNull(),
    sealed: text('sealed').notNull(),
    answerMinutes: integer('answer_minutes').notNull(),
    headSize: whole('head_size'),
    orders: jsonb('orders'),
    openedBy: jsonb('opened_by').notNull(),
    openedAt: whole('opened_at').notNull(),
    drawnAt: whole('drawn_at'),
    formedAt: whole('formed_at'),
    shortAt: whole('short_at'),
    endedAt: whole('ended_at'),
  },
  (t) => [uniqueIndex('draws_round').on(t.procurementId, t.lotNo, t.round)],
);

export const drawParts = pgTable(
  'draw_parts',
  {
    drawId: text('draw_id')
      .notNull()
      .references(() => draws.id),
    party: text('party').notNull(),
    commitment: text('commitment').notNull(),
    committedBy: jsonb('committed_by').notNull(),
    committedAt: whole('committed_at').notNull(),
    sealedPart: text('sealed_part'),
    part: text('part'),
    revealedAt: whole('revealed_at'),
  },
  (t) => [primaryKey({ columns: [t.drawId, t.party] })],
);

export const committeeCalls = pgTable(
  'committee_calls',
  {
    drawId: text('draw_id')
      .notNull()
      .references(() => draws.id),
    no: integer('no').notNull(),
    field: text('field').notNull(),
    label: text('label').notNull(),
    tag: text('tag').notNull(),
    state: text('state').notNull(),
    askedAt: whole('asked_at').notNull(),
    answerUntil: whole('answer_until').notNull(),
    endedAt: whole('ended_at'),
    clearedAt: whole('cleared_at'),
    departure: text('departure'),
    chosen: boolean('chosen').notNull().default(false),
    sealedReason: text('sealed_reason'),
  },
  (t) => [primaryKey({ columns: [t.drawId, t.no] }), uniqueIndex('committee_calls_tag').on(t.tag)],
);

export const drawPlans = pgTable(
  'draw_plans',
  {
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    version: integer('version').notNull(),
    sealed: text('sealed').notNull(),
    leadMinutes: integer('lead_minutes'),
    statedBy: jsonb('stated_by').notNull(),
    statedAt: whole('stated_at').notNull(),
    settledAt: whole('settled_at'),
    failure: jsonb('failure'),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.lotNo, t.version] })],
);

export const lotSchemes = pgTable(
  'lot_schemes',
  {
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    version: integer('version').notNull(),
    scheme: jsonb('scheme').notNull(),
    statements: jsonb('statements').notNull(),
    hash: text('hash').notNull(),
    statedAt: whole('stated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.lotNo, t.version] })],
);

export const committeeMarks = pgTable(
  'committee_marks',
  {
    drawId: text('draw_id')
      .notNull()
      .references(() => draws.id),
    memberId: text('member_id').notNull(),
    bidId: text('bid_id')
      .notNull()
      .references(() => bids.id),
    item: text('item').notNull(),
    entry: jsonb('entry').notNull(),
    enteredAt: whole('entered_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.drawId, t.memberId, t.bidId, t.item] })],
);

export const committeeActs = pgTable(
  'committee_acts',
  {
    id: text('id').primaryKey(),
    drawId: text('draw_id')
      .notNull()
      .references(() => draws.id),
    by: text('by').notNull(),
    act: jsonb('act').notNull(),
    at: whole('at').notNull(),
  },
  (t) => [index('committee_acts_draw').on(t.drawId, t.id)],
);
