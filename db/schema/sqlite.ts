import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { CallState } from '../../domain/committees/calls.ts';
import type { DrawState, Departure } from '../../domain/committees/state.ts';
import type { DrawPlanFailure } from '../../domain/committees/plan.ts';
import type { DrawParty, DrawTerms, GroupOrder } from '../../domain/draws/terms.ts';
import type { Credential, Suspension, Tie } from '../../domain/experts/expert.ts';
import type { PoolLevel } from '../../domain/experts/pool.ts';
import type { CommitteeAct } from '../../domain/evaluation/acts.ts';
import type { Entry } from '../../domain/evaluation/sheets/marks.ts';
import type { SchemeStatements } from '../../domain/evaluation/scheme/statement.ts';
import type { Scheme } from '../../domain/evaluation/scheme/scheme.ts';
import type { DecisionKind, DecisionPayloads, GrievanceEffect } from '../../domain/decisions.ts';
import type { ClockSetting } from '../../domain/clock.ts';
import type { ClockAlarm, StoredPace } from '../../domain/clock-jump.ts';
import type { TradingLevel } from '../../domain/law/catalogue.ts';
import type { DepositForm, Kind, Procedure, Regime, TenderRegime } from '../../domain/law/facts.ts';
import type { CalendarYear } from '../../domain/law/calendar-table.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import type { NoticeKind } from '../../domain/notices/data.ts';
import type { NotificationKind } from '../../domain/accounts/notifications.ts';
import type { IdentityKind, ResetOf, SignInWay } from '../../domain/accounts/sign-in.ts';
import type { Channel, Language } from '../../domain/notifications/channels.ts';
import type { AnyKind, EventKindName } from '../../domain/notifications/kinds.ts';
import type { Particulars } from '../../domain/notices/particulars.ts';
import type { InviteeSource, MethodGround } from '../../domain/procedures/invitees.ts';
import type { Role } from '../../domain/roles.ts';
import type { BidManifest, Custodian, SealingTerms, UnsealedState } from '../../domain/bids/sealing.ts';
import type { MandateAct } from '../../domain/mandates/acts.ts';
import type { PreparableAct } from '../../domain/prepared-acts/acts.ts';
import type { Relation } from '../../domain/organisations/control.ts';
import type { Identity } from '../../domain/organisations/separation.ts';
import type { LotStage, ProcurementStage } from '../../domain/stages.ts';
import type { Attendee } from '../../domain/openings/attendance.ts';
import type { GrievanceAttachment, GrievanceLetter, ReplyBasis } from '../../domain/grievances/letter.ts';
import type { ForfeitGround } from '../../domain/deposits/grounds.ts';
import type { DayCount, RateKind } from '../../domain/deposits/interest.ts';
import type { RoomPurpose } from '../../domain/venues/booking.ts';

// Instants are civil epoch milliseconds, money is integer fen, ids are UUIDv7 (they sort by creation).

const json = <T>(name: string) => text(name, { mode: 'json' }).$type<T>();
const flag = (name: string) => integer(name, { mode: 'boolean' });

/** The one row of an installation: its clock, its rulebook, and the last instant it has issued. */
export const installation = sqliteTable(
  'installation',
  {
    id: integer('id').primaryKey(),
    clock: json<ClockSetting>('clock').notNull(),
    createdAt: integer('created_at').notNull(),
    /** The clock guard: no transaction gets an earlier instant than this one. */
    lastInstant: integer('last_instant').notNull(),
    /** Of the data folder with the files; null where the database is in it (db/files/folder.ts). */
    folderId: text('folder_id'),
    /** The last jump of the clock; while it is not accepted nothing is decided (ADR 0034). */
    clockAlarm: json<ClockAlarm>('clock_alarm'),
    /** How the clock ran at the last commit, by the monotonic clock of that machine. */
    clockPace: json<StoredPace>('clock_pace'),
  },
  (t) => [check('installation_single', sql`${t.id} = 1`)],
);

/**
 * Holiday arrangements that were imported, in the order of their import; a later one of the same year corrects it. The
 * calendar in force is the built-in one with these. Nothing here is ever updated or deleted: the database refuses it.
 */
export const calendarYears = sqliteTable('calendar_years', {
  version: integer('version').primaryKey(),
  year: integer('year').notNull(),
  days: json<CalendarYear>('days').notNull(),
  /** Where the State Council's notice is published. */
  url: text('url'),
  correction: flag('correction').notNull(),
  importedBy: json<StoredActor>('imported_by').notNull(),
  importedAt: integer('imported_at').notNull(),
  /** Of the calendar that results from this import. */
  calendarHash: text('calendar_hash').notNull(),
});

/** The Temporal servers that the tenders of this database have run on; the last row is the current one. */
export const temporalHomes = sqliteTable('temporal_homes', {
  seq: integer('seq').primaryKey(),
  /** Assigned by the server when a namespace is created, so that another store has another. */
  namespaceId: text('namespace_id').notNull(),
  namespace: text('namespace').notNull(),
  since: integer('since').notNull(),
});

export const organisations = sqliteTable('organisations', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  /** 统一社会信用代码. */
  creditCode: text('credit_code').notNull().unique(),
  createdAt: integer('created_at').notNull(),
  /** What it is (身份), what its people may do here (职责), and whom it belongs to (隶属): null where not recorded. */
  identity: json<Identity | null>('identity'),
  duties: json<Role[] | null>('duties'),
  reportsTo: text('reports_to'),
  /** When its first person was added; from then on its own people confirm who else acts for it. */
  firstPersonAt: integer('first_person_at'),
  /** Its name as a search compares it: without differences of width and case. */
  folded: text('folded').notNull().default(''),
});

/** Corrections of a name or a credit code: what was registered before, and why it was changed. Decided once. */
export const organisationCorrections = sqliteTable(
  'organisation_corrections',
  {
    id: text('id').primaryKey(),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisations.id),
    name: text('name').notNull(),
    creditCode: text('credit_code').notNull(),
    /** What was registered until it took effect. */
    formerName: text('former_name').notNull(),
    formerCode: text('former_code').notNull(),
    reasonZh: text('reason_zh').notNull(),
    requestedBy: json<StoredActor>('requested_by').notNull(),
    requestedAt: integer('requested_at').notNull(),
    /** Pending: until one of the organisation's own people confirms or refuses it. */
    state: text('state').$type<'pending' | 'done' | 'refused'>().notNull(),
    decidedAt: integer('decided_at'),
  },
  (t) => [
    index('organisation_corrections_organisation').on(t.organisationId, t.id),
    index('organisation_corrections_former').on(t.formerCode),
  ],
);

// Accounts and sessions: the four tables of the sign-in library, and what it lacks (lock-out, memberships).

export const accounts = sqliteTable('accounts', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email').notNull().unique(),
  emailVerified: flag('email_verified').notNull().default(false),
  image: text('image'),
  username: text('username').notNull().unique(),
  displayUsername: text('display_username'),
  /** The one-time password must be changed before anything else is allowed. */
  mustChangePassword: flag('must_change_password').notNull().default(false),
  /** Until when (real ms) the one-time password signs in, once; 0: it has; null: the password is the person's own. */
  oneTimeUntil: integer('one_time_until'),
  /** Since when the password was ever the person's own: from then on one administrator alone does not reset it. */
  ownPasswordAt: integer('own_password_at'),
  /** Since when a code is asked for at each sign-in; null: it has no second factor. */
  secondFactorAt: integer('second_factor_at'),
  disabledAt: integer('disabled_at'),
  failures: integer('failures').notNull().default(0),
  lockedUntil: integer('locked_until'),
  createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
  updatedAt: integer('updated_at', { mode: 'timestamp_ms' }).notNull(),
});

export const credentials = sqliteTable(
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
    accessTokenExpiresAt: integer('access_token_expires_at', { mode: 'timestamp_ms' }),
    refreshTokenExpiresAt: integer('refresh_token_expires_at', { mode: 'timestamp_ms' }),
    scope: text('scope'),
    password: text('password'),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
    updatedAt: integer('updated_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (t) => [index('credentials_user').on(t.userId)],
);

export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    /** Its SHA-256: what is stored signs nobody in. */
    token: text('token').notNull().unique(),
    userId: text('user_id')
      .notNull()
      .references(() => accounts.id),
    expiresAt: integer('expires_at', { mode: 'timestamp_ms' }).notNull(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    signedInBy: text('signed_in_by').$type<SignInWay>().notNull(),
    /** When its person proved two factors (real ms); null: one alone. */
    secondFactorAt: integer('second_factor_at'),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
    /** When its person last gave a password or a code. */
    updatedAt: integer('updated_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (t) => [index('sessions_user').on(t.userId)],
);

/** 第二因素: what makes an account's codes (RFC 6238). */
export const secondFactors = sqliteTable('second_factors', {
  accountId: text('account_id')
    .primaryKey()
    .references(() => accounts.id),
  /** The secret, encrypted under a key that is not in the database (db/files/committee-safe.ts). */
  sealed: text('sealed').notNull(),
  createdAt: integer('created_at').notNull(),
  /** Null until its owner has typed the first code: nothing is asked for yet. */
  confirmedAt: integer('confirmed_at'),
  /** The step of the last code that was taken: none is taken twice. */
  lastStep: integer('last_step'),
  /** Wrong codes since the last right one. */
  failures: integer('failures').notNull().default(0),
  /** Real ms. */
  lockedUntil: integer('locked_until'),
});

/** Codes of a person who is without the device, each good once. */
export const recoveryCodes = sqliteTable(
  'recovery_codes',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    /** Its SHA-256: what is stored lets nobody in. */
    hash: text('hash').notNull().unique(),
    createdAt: integer('created_at').notNull(),
    usedAt: integer('used_at'),
  },
  (t) => [index('recovery_codes_account').on(t.accountId)],
);

/** Who a person is elsewhere: at a provider of identities (OIDC), or by a CA certificate. Linked by the person alone. */
export const identities = sqliteTable(
  'identities',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    kind: text('kind').$type<IdentityKind>().notNull(),
    /** The issuer's address, or who issued the certificate. */
    issuer: text('issuer').notNull(),
    /** The name that the issuer never gives to another, or the certificate's SHA-256. */
    subject: text('subject').notNull(),
    /** What a person knows it by. */
    label: text('label').notNull(),
    /** Of a certificate: until when it is valid (real ms). */
    expiresAt: integer('expires_at'),
    linkedAt: integer('linked_at').notNull(),
  },
  (t) => [
    uniqueIndex('identities_subject').on(t.kind, t.issuer, t.subject),
    index('identities_account').on(t.accountId),
  ],
);

export const verifications = sqliteTable('verifications', {
  id: text('id').primaryKey(),
  identifier: text('identifier').notNull(),
  value: text('value').notNull(),
  expiresAt: integer('expires_at', { mode: 'timestamp_ms' }).notNull(),
  createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
  updatedAt: integer('updated_at', { mode: 'timestamp_ms' }).notNull(),
});

export const memberships = sqliteTable(
  'memberships',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisations.id),
    role: text('role').$type<Role>().notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.organisationId, t.role] }),
    index('memberships_organisation').on(t.organisationId, t.role),
    index('memberships_role').on(t.role),
  ],
);

/** Memberships that wait until one of the organisation's own people confirms them. */
export const membershipRequests = sqliteTable(
  'membership_requests',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisations.id),
    role: text('role').$type<Role>().notNull(),
    /** The account of the administrator; null: the platform. */
    requestedBy: text('requested_by'),
    requestedAt: integer('requested_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.organisationId, t.role] }),
    index('membership_requests_organisation').on(t.organisationId),
  ],
);

/** Resets of a password that one administrator requested; another completes them, not before an instant. */
export const accountResets = sqliteTable(
  'account_resets',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    what: text('what').$type<ResetOf>().notNull(),
    requestedBy: text('requested_by').notNull(),
    requestedAt: integer('requested_at').notNull(),
    notBefore: integer('not_before').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.what] })],
);

/** Suppliers that registered themselves, until they are confirmed or refused. */
export const registrations = sqliteTable(
  'registrations',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    creditCode: text('credit_code').notNull(),
    /** 联系人. */
    contact: text('contact').notNull(),
    telephone: text('telephone').notNull(),
    state: text('state').$type<'pending' | 'confirmed' | 'refused' | 'completed'>().notNull(),
    requestedAt: integer('requested_at').notNull(),
    /** Real ms; from then on it is void. */
    expiresAt: integer('expires_at').notNull(),
    /** The account that decided; null: nobody, or the setting of the installation. */
    decidedBy: text('decided_by'),
    decidedAt: integer('decided_at'),
    reasonZh: text('reason_zh'),
    organisationId: text('organisation_id').references(() => organisations.id),
    accountId: text('account_id').references(() => accounts.id),
  },
  (t) => [index('registrations_state').on(t.state, t.id), index('registrations_code').on(t.creditCode)],
);

/** Links by which a person sets the password of an account, once. */
export const invitations = sqliteTable(
  'invitations',
  {
    id: text('id').primaryKey(),
    /** Its SHA-256: what is stored opens nothing. */
    tokenHash: text('token_hash').notNull().unique(),
    /** Either an account that exists, or a registration whose account is opened by it. */
    accountId: text('account_id').references(() => accounts.id),
    registrationId: text('registration_id').references(() => registrations.id),
    createdAt: integer('created_at').notNull(),
    /** Real ms. */
    expiresAt: integer('expires_at').notNull(),
    /** Accepted, or replaced by a newer one. */
    endedAt: integer('ended_at'),
  },
  (t) => [index('invitations_account').on(t.accountId), index('invitations_registration').on(t.registrationId)],
);

/** What a person is informed of about their account and their organisation. */
export const notifications = sqliteTable(
  'notifications',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    kind: text('kind').$type<NotificationKind>().notNull(),
    detail: json<Record<string, unknown>>('detail').notNull(),
    at: integer('at').notNull(),
    readAt: integer('read_at'),
  },
  (t) => [index('notifications_account').on(t.accountId, t.id)],
);

export const procurements = sqliteTable(
  'procurements',
  {
    id: text('id').primaryKey(),
    title: text('title').notNull(),
    regime: text('regime').$type<TenderRegime>().notNull(),
    procedure: text('procedure').$type<Procedure>().notNull(),
    kind: text('kind').$type<'works' | 'goods' | 'services'>().notNull(),
    mandatory: flag('mandatory').notNull(),
    purchaserId: text('purchaser_id')
      .notNull()
      .references(() => organisations.id),
    agencyId: text('agency_id').references(() => organisations.id),
    budgetFen: integer('budget_fen').notNull(),
    contentZh: text('content_zh').notNull(),
    /** 公告事项; null in tenders from before they were required: no list is required of their notices. */
    particulars: json<Particulars>('particulars'),
    stage: text('stage').$type<ProcurementStage>().notNull(),
    /** Counts every change; the ETag of a draft. */
    version: integer('version').notNull(),
    rulebookVersion: text('rulebook_version').notNull(),
    intentionAt: integer('intention_at'),
    noticeAt: integer('notice_at').notNull(),
    documentsFrom: integer('documents_from'),
    documentsUntil: integer('documents_until'),
    bidDeadline: integer('bid_deadline'),
    bidValidityDays: integer('bid_validity_days'),
    createdAt: integer('created_at').notNull(),
    launchedAt: integer('launched_at'),
    openedAt: integer('opened_at'),
    endedAt: integer('ended_at'),
    /** 删除: a draft that its author has deleted; nothing shows it any more. */
    discardedAt: integer('discarded_at'),
    retenderOf: text('retender_of'),
    /** The earlier lot that its first lot is, and those that its other lots are. */
    retenderLot: integer('retender_lot'),
    retenderOthers: json<number[]>('retender_others'),
    /** 品目 of the catalogue. */
    catalogueCode: text('catalogue_code'),
    /** 项目代码: what belongs to one project. */
    projectCode: text('project_code'),
    /** 预算资金 in the project, and its whole investment (16号令 2). */
    fiscalFundsFen: integer('fiscal_funds_fen'),
    investmentFen: integer('investment_fen'),
    /** The calendar that the whole stored timeline was last counted by; null before the launch. */
    calendarHash: text('calendar_hash'),
    /** How its bids are sealed, as published; null before the notice, and where bids are opaque files. */
    sealing: json<SealingTerms>('sealing'),
    /** 双锁: minutes within which each bidder must release its own share; null: bidders keep none. */
    bidderWindowMinutes: integer('bidder_window_minutes'),
    /** 开标异议: minutes after the opening record for which objections are accepted; null: for the rest of that day. */
    objectionMinutes: integer('objection_minutes'),
    /** 投标保证金: whether a bid is invalid whose deposit has not arrived by the deadline (as the documents say). */
    depositDecides: flag('deposit_decides').notNull().default(false),
    /** Accepted forms of a deposit; null: every lawful one. */
    depositForms: json<DepositForm[]>('deposit_forms'),
    /** The case of the law by which the procedure was chosen; null: it needs none. */
    methodGround: json<MethodGround>('method_ground'),
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

/** 委托: what an agency may do for a purchaser, and until when. One party offers it, the other accepts it, either ends it. */
export const mandates = sqliteTable(
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
    /** 项目代码 that it is for; null: every procurement of the purchaser. */
    projectCodes: json<string[] | null>('project_codes'),
    acts: json<MandateAct[]>('acts').notNull(),
    /** Of what it may do, what the purchaser confirms each time (domain/prepared-acts). */
    purchaserConfirms: json<PreparableAct[]>('purchaser_confirms').notNull(),
    untilAt: integer('until_at').notNull(),
    offeredBy: text('offered_by').$type<'purchaser' | 'agency'>().notNull(),
    offeredAt: integer('offered_at').notNull(),
    acceptedAt: integer('accepted_at'),
    endedBy: text('ended_by').$type<'purchaser' | 'agency'>(),
    endedAt: integer('ended_at'),
    endReasonZh: text('end_reason_zh'),
  },
  (t) => [index('mandates_agency').on(t.agencyId, t.purchaserId), index('mandates_purchaser').on(t.purchaserId, t.id)],
);

/** 控股、管理关系 and the same head, as an organisation declares them of another, registered here or not. */
export const controls = sqliteTable(
  'controls',
  {
    id: text('id').primaryKey(),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisations.id),
    relation: text('relation').$type<Relation>().notNull(),
    otherName: text('other_name').notNull(),
    otherCode: text('other_code').notNull(),
    /** `YYYY-MM-DD`. */
    since: text('since').notNull(),
    declaredAt: integer('declared_at').notNull(),
    endedAt: integer('ended_at'),
  },
  (t) => [index('controls_organisation').on(t.organisationId), index('controls_other').on(t.otherCode)],
);

/** Who is invited to a procurement that begins with invitations; confidential from each other until the opening (招标投标法 22). */
export const invitees = sqliteTable(
  'invitees',
  {
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisations.id),
    /** Its place in the list of the draft, from 0. */
    position: integer('position').notNull(),
    source: text('source').$type<InviteeSource>().notNull(),
    /** 推荐意见. */
    reasonZh: text('reason_zh'),
    /** When the invitation was sent; it never changes after that. */
    invitedAt: integer('invited_at'),
  },
  (t) => [
    primaryKey({ columns: [t.procurementId, t.position] }),
    index('invitees_organisation').on(t.procurementId, t.organisationId),
  ],
);

export const lots = sqliteTable(
  'lots',
  {
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    no: integer('no').notNull(),
    title: text('title').notNull(),
    budgetFen: integer('budget_fen').notNull(),
    bidBondFen: integer('bid_bond_fen'),
    /** 履约保证金 that the documents ask for, in thousandths of the price; null: none. */
    performanceBondPermille: integer('performance_bond_permille'),
    /** Within how many calendar days of the notice of the award it is handed in; null: by the last day for the contract. */
    performanceBondDays: integer('performance_bond_days'),
    stage: text('stage').$type<LotStage>().notNull(),
    /** Why the lot failed: rule, article and what may be done next. */
    failure: json<LotFailure>('failure'),
    winnerBidId: text('winner_bid_id'),
    awardedAt: integer('awarded_at'),
    /** Whether the winner is deemed chosen because the purchaser did not act. */
    deemed: flag('deemed').notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.no] })],
);

export interface LotFailure {
  rule: string;
  law: string | null;
  article: string | null;
  reasonZh: string;
  reasonEn: string;
  at: number;
  nextSteps: {
    action: 'retender' | 'change-of-method' | 'no-tender';
    zh: string;
    en: string;
    law: string;
    article: string;
  }[];
}

/** The timeline: one row a statutory instant; lot 0 is the procurement as a whole. */
export const milestones = sqliteTable(
  'milestones',
  {
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    key: text('key').$type<MilestoneKey>().notNull(),
    /** The event the period runs from; null where the instant was given, not counted. */
    fromAt: integer('from_at'),
    /** The last instant that is in time; null where the law sets no limit. Unchanged while suspended. */
    dueAt: integer('due_at'),
    /** The same as first planned. */
    firstDueAt: integer('first_due_at'),
    /** The earliest and latest it may turn out to be, where it depends on days not announced yet. */
    earliest: integer('earliest'),
    latest: integer('latest'),
    rules: json<MilestoneRule[]>('rules').notNull(),
    trace: json<unknown[]>('trace').notNull(),
    provisional: flag('provisional').notNull(),
    ifNobodyActs: json<{ zh: string; en: string } | null>('if_nobody_acts'),
    state: text('state').$type<MilestoneState>().notNull(),
    /** The instant at which it was in fact done. */
    actualAt: integer('actual_at'),
    /** Who did it: `unattended`, or a role. */
    by: text('by'),
    /** Whether it was done, or is still undone, after its legal instant. */
    overdue: flag('overdue').notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.procurementId, t.lotNo, t.key] }),
    // For monitoring: what is due and undone, without reading every timeline.
    index('milestones_due')
      .on(t.dueAt)
      .where(sql`${t.state} = 'planned'`),
  ],
);

/** A `window` closes by time alone: no act ends it. */
export type MilestoneState = 'planned' | 'window' | 'done' | 'deemed' | 'cancelled';
export interface MilestoneRule {
  id: string;
  law: string;
  article: string;
  status: string;
}

export const documents = sqliteTable(
  'documents',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    kind: text('kind').$type<DocumentKind>().notNull(),
    name: text('name').notNull(),
    mediaType: text('media_type').notNull(),
    sha256: text('sha256').notNull(),
    size: integer('size').notNull(),
    uploadedBy: text('uploaded_by').notNull(),
    uploadedAt: integer('uploaded_at').notNull(),
  },
  (t) => [index('documents_procurement').on(t.procurementId), index('documents_file').on(t.sha256)],
);

export type DocumentKind =
  | 'tender-documents'
  | 'amendment'
  | 'report'
  | 'contract'
  | 'acceptance'
  | 'performance'
  | 'evidence'
  | 'guarantee'
  | 'grievance';

/** Who obtained the documents, and when first; confidential until the opening (招标投标法 22). */
export const obtainers = sqliteTable(
  'obtainers',
  {
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    organisationId: text('organisation_id').notNull(),
    at: integer('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.organisationId] })],
);

export const questions = sqliteTable(
  'questions',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    askedBy: text('asked_by').notNull(),
    textZh: text('text_zh').notNull(),
    askedAt: integer('asked_at').notNull(),
    answerZh: text('answer_zh'),
    answeredAt: integer('answered_at'),
  },
  (t) => [index('questions_procurement').on(t.procurementId)],
);

/** Sealed bids. Every version is kept; a later one replaces it until the deadline. */
export const bids = sqliteTable(
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
    size: integer('size').notNull(),
    /** The instant that decides whether the bid is on time, read under the write lock. */
    receivedAt: integer('received_at').notNull(),
    /** The deadline as it stood when the bid was received; null: its clock was suspended, so that it could not pass. */
    deadline: integer('deadline'),
    state: text('state').$type<'standing' | 'replaced' | 'withdrawn'>().notNull(),
    endedAt: integer('ended_at'),
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

/**
 * 附言: what a bidder quotes when it pays its deposit (投标保证金) for a lot. Drawn at random, so that only this table shows
 * whose it is. Neither this table nor the next three are ever updated or deleted: the database refuses it.
 */
export const depositReferences = sqliteTable(
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
    issuedAt: integer('issued_at').notNull(),
  },
  (t) => [uniqueIndex('deposit_references_bidder').on(t.procurementId, t.lotNo, t.supplierId)],
);

/** Deposits received, in time or not; confidential until the opening (招标投标法 22). */
export const deposits = sqliteTable(
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
    form: text('form').$type<DepositForm>().notNull(),
    amountFen: integer('amount_fen').notNull(),
    /** The bank's number of the transaction, or the issuer's of the guarantee. */
    externalId: text('external_id').notNull(),
    payer: text('payer'),
    payerAccount: text('payer_account'),
    /** Whether it came from the bidder's base account (基本账户); null where unknown. */
    fromBaseAccount: flag('from_base_account'),
    /** Of a guarantee or an insurance. */
    issuer: text('issuer'),
    validUntil: integer('valid_until'),
    /** The instant at which the bank received it, or the guarantee was submitted: it decides. */
    arrivedAt: integer('arrived_at').notNull(),
    source: text('source').$type<DepositSource>().notNull(),
    actor: json<StoredActor>('actor').notNull(),
    recordedAt: integer('recorded_at').notNull(),
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
export type DepositSource = 'callback' | 'file' | 'supplier' | 'centre';

/** Payments without an issued reference: claimed by their bidders, who know what they paid. */
export const unmatchedPayments = sqliteTable('unmatched_payments', {
  id: text('id').primaryKey(),
  externalId: text('external_id').notNull().unique(),
  amountFen: integer('amount_fen').notNull(),
  payer: text('payer'),
  payerAccount: text('payer_account'),
  fromBaseAccount: flag('from_base_account'),
  arrivedAt: integer('arrived_at').notNull(),
  source: text('source').$type<DepositSource>().notNull(),
  actor: json<StoredActor>('actor').notNull(),
  recordedAt: integer('recorded_at').notNull(),
});

/** What became of a deposit; its state follows from these rows together. */
export const depositMovements = sqliteTable(
  'deposit_movements',
  {
    id: text('id').primaryKey(),
    depositId: text('deposit_id')
      .notNull()
      .references(() => deposits.id),
    kind: text('kind').$type<DepositMovementKind>().notNull(),
    amountFen: integer('amount_fen').notNull(),
    interestFen: integer('interest_fen').notNull(),
    /** The bank's instant and number of a refund. */
    at: integer('at').notNull(),
    bankReference: text('bank_reference'),
    ground: text('ground').$type<ForfeitGround>(),
    reasonZh: text('reason_zh'),
    actor: json<StoredActor>('actor').notNull(),
    recordedAt: integer('recorded_at').notNull(),
  },
  (t) => [
    index('deposit_movements_deposit').on(t.depositId),
    index('deposit_movements_reference').on(sql`upper(replace(replace(${t.bankReference}, ' ', ''), '-', ''))`),
  ],
);
/**
 * `replaced`: a guarantee, by a later entry of its bidder; `confirmed`, `rejected`: a guarantee, by its issuer or the centre;
 * `overdue`: its refund was, after a withdrawal.
 */
export type DepositMovementKind = 'replaced' | 'confirmed' | 'rejected' | 'refunded' | 'forfeited' | 'overdue';

/**
 * Published rates of interest (存款利率、贷款基准利率), by which interest on deposits is calculated. Rows are only added: one applies
 * from its first day until its last or until the next begins, and one of the same first day corrects it.
 */
export const depositRates = sqliteTable(
  'deposit_rates',
  {
    id: text('id').primaryKey(),
    kind: text('kind').$type<RateKind>().notNull(),
    from: text('from_day').notNull(),
    until: text('until_day'),
    /** Per year, in millionths. */
    ratePpm: integer('rate_ppm').notNull(),
    dayCount: integer('day_count').$type<DayCount>().notNull(),
    source: text('source').notNull(),
    actor: json<StoredActor>('actor').notNull(),
    recordedAt: integer('recorded_at').notNull(),
  },
  (t) => [index('deposit_rates_kind').on(t.kind, t.from, t.id)],
);

/** The record of an opening (开标记录), one a lot. */
export const openings = sqliteTable(
  'openings',
  {
    procurementId: text('procurement_id').notNull(),
    lotNo: integer('lot_no').notNull(),
    legalAt: integer('legal_at').notNull(),
    actualAt: integer('actual_at').notNull(),
    /** Bids opened; empty where the law forbids opening because there are too few. */
    entries: json<OpeningEntry[]>('entries').notNull(),
    bidders: integer('bidders').notNull(),
    opened: flag('opened').notNull(),
    /** What was opened, as the tender and the lot were called then. */
    heading: json<OpeningHeading>('heading'),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.lotNo] })],
);
export interface OpeningHeading {
  projectNumber: string | null;
  place: string | null;
  lotTitle: string;
  budgetFen: number;
  /** 最高投标限价. */
  ceilingFen: number | null;
}
export interface OpeningEntry {
  bidId: string;
  supplierId: string;
  supplier: string;
  sha256: string;
  size: number;
  receivedAt: number;
  /** Of sealed bids only. */
  unsealed?: {
    state: UnsealedState;
    priceFen: number | null;
    periodDays: number | null;
    quality: string | null;
    reasonZh: string | null;
    reasonEn: string | null;
    /** Other bids of the lot with the very same file or parts: for the committee to judge (招标投标法实施条例 40). */
    sameAs: string[];
  };
  /** 投标保证金, where the lot requires one. */
  deposit?: { held: boolean; amountFen: number; form: string | null };
}

/** The outcome of each sealed bid in its opening. */
export const unsealings = sqliteTable(
  'unsealings',
  {
    bidId: text('bid_id')
      .primaryKey()
      .references(() => bids.id),
    procurementId: text('procurement_id').notNull(),
    lotNo: integer('lot_no').notNull(),
    state: text('state').$type<UnsealedState>().notNull(),
    /** Null unless it was opened. */
    manifest: json<BidManifest>('manifest'),
    reasonZh: text('reason_zh'),
    reasonEn: text('reason_en'),
    /** Those whose shares opened it. */
    custodians: json<Custodian[]>('custodians').notNull(),
    at: integer('at').notNull(),
  },
  (t) => [index('unsealings_lot').on(t.procurementId, t.lotNo)],
);

/** The parts of the bids that were opened, files by their hash (an empty part has none). */
export const bidParts = sqliteTable(
  'bid_parts',
  {
    bidId: text('bid_id')
      .notNull()
      .references(() => bids.id),
    /** Its place in the manifest, from 0. */
    no: integer('no').notNull(),
    path: text('path').notNull(),
    mediaType: text('media_type').notNull(),
    size: integer('size').notNull(),
    sha256: text('sha256').notNull(),
  },
  (t) => [primaryKey({ columns: [t.bidId, t.no] }), index('bid_parts_file').on(t.sha256)],
);

/** Faults in an opening on another side than the bidder's (电子招标投标办法 31), as recorded by a supervisor or the centre. */
export const openingFaults = sqliteTable(
  'opening_faults',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id').notNull(),
    /** The bid that is returned unless its share still arrives; null: it affected every bidder. */
    bidId: text('bid_id'),
    /** How much it extends the window of the bidders. */
    minutes: integer('minutes').notNull(),
    reasonZh: text('reason_zh').notNull(),
    recordedBy: json<StoredActor>('recorded_by').notNull(),
    at: integer('at').notNull(),
  },
  (t) => [index('opening_faults_procurement').on(t.procurementId)],
);

/** What each custodian did in an opening: the latest state counts. */
export const openingCustodians = sqliteTable(
  'opening_custodians',
  {
    procurementId: text('procurement_id').notNull(),
    custodian: text('custodian').$type<Custodian>().notNull(),
    state: text('state').$type<'asked' | 'released' | 'refused' | 'missing'>().notNull(),
    reason: text('reason'),
    at: integer('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.custodian] })],
);

/** Intervals in which a supervisor had an opening paused. */
export const openingPauses = sqliteTable(
  'opening_pauses',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id').notNull(),
    reasonZh: text('reason_zh').notNull(),
    pausedBy: json<StoredActor>('paused_by').notNull(),
    from: integer('from_at').notNull(),
    until: integer('until_at'),
  },
  (t) => [index('opening_pauses_procurement').on(t.procurementId)],
);

/** When an API last recorded that it serves, and the time before: one row. */
export const apiPresence = sqliteTable(
  'api_presence',
  {
    id: integer('id').primaryKey(),
    seenAt: integer('seen_at').notNull(),
    previousAt: integer('previous_at').notNull(),
  },
  (t) => [check('api_presence_single', sql`${t.id} = 1`)],
);

/** Intervals in which no API served, as detected by the platform itself (db/outages.ts). */
export const outages = sqliteTable(
  'outages',
  {
    id: text('id').primaryKey(),
    from: integer('from_at').notNull(),
    until: integer('until_at').notNull(),
  },
  (t) => [index('outages_until').on(t.until)],
);

/** Objections made at the opening itself (招标投标法实施条例 44), with their answers. */
export const openingObjections = sqliteTable(
  'opening_objections',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id').notNull(),
    lotNo: integer('lot_no').notNull(),
    filedBy: text('filed_by').notNull(),
    textZh: text('text_zh').notNull(),
    filedAt: integer('filed_at').notNull(),
    answerZh: text('answer_zh'),
    answeredBy: json<StoredActor>('answered_by'),
    answeredAt: integer('answered_at'),
  },
  (t) => [index('opening_objections_lot').on(t.procurementId, t.lotNo)],
);

/** Those present who signed the record of an opening. */
export const openingSignatures = sqliteTable(
  'opening_signatures',
  {
    procurementId: text('procurement_id').notNull(),
    lotNo: integer('lot_no').notNull(),
    organisationId: text('organisation_id').notNull(),
    actor: json<StoredActor>('actor').notNull(),
    /** Hash of the record that was signed. */
    recordHash: text('record_hash').notNull(),
    signedAt: integer('signed_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.lotNo, t.organisationId] })],
);

/** Who was present at an opening, as recorded by the centre; a correction is a new version, and the last one holds. */
export const openingAttendance = sqliteTable(
  'opening_attendance',
  {
    procurementId: text('procurement_id').notNull(),
    version: integer('version').notNull(),
    people: json<Attendee[]>('people').notNull(),
    recordedBy: json<StoredActor>('recorded_by').notNull(),
    recordedAt: integer('recorded_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.version] })],
);

/** 双锁: the bidders' own shares as released, after the deadline only. */
export const bidderShares = sqliteTable('bidder_shares', {
  bidId: text('bid_id')
    .primaryKey()
    .references(() => bids.id),
  share: text('share').notNull(),
  releasedAt: integer('released_at').notNull(),
});

/** Uploads of bids, from their first byte on. One that is incomplete at the deadline counts as withdrawn. */
export const uploads = sqliteTable(
  'uploads',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    supplierId: text('supplier_id').notNull(),
    accountId: text('account_id').notNull(),
    /** Declared bytes. */
    length: integer('length').notNull(),
    /** As declared by the bidder; null where it declared none. */
    sha256: text('sha256'),
    state: text('state').$type<'open' | 'taken' | 'refused' | 'withdrawn'>().notNull(),
    bidId: text('bid_id'),
    createdAt: integer('created_at').notNull(),
    endedAt: integer('ended_at'),
    /** When its remaining bytes were removed. */
    removedAt: integer('removed_at'),
  },
  (t) => [
    index('uploads_supplier').on(t.supplierId, t.procurementId),
    index('uploads_procurement').on(t.procurementId, t.state),
  ],
);

/** The keys of the custodians; a procurement is sealed to those in force at its notice. */
export const custodianKeys = sqliteTable('custodian_keys', {
  id: text('id').primaryKey(),
  custodian: text('custodian').$type<Custodian>().notNull(),
  /** An age recipient. */
  recipient: text('recipient').notNull().unique(),
  registeredBy: json<StoredActor>('registered_by').notNull(),
  registeredAt: integer('registered_at').notNull(),
  retiredAt: integer('retired_at'),
});

/** Each deadline that a procurement has had; null while its clock is suspended. Custodians follow the last. */
export const deadlines = sqliteTable(
  'deadlines',
  {
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    version: integer('version').notNull(),
    bidDeadline: integer('bid_deadline'),
    setAt: integer('set_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.version] })],
);

/** The public keys that the platform has signed with. */
export const signingKeys = sqliteTable('signing_keys', {
  kid: text('kid').primaryKey(),
  /** Public JWK. */
  jwk: json<Record<string, string>>('jwk').notNull(),
  since: integer('since').notNull(),
});

/** Heads (RFC 6962) of the tree over the audit trail, signed. */
export const treeHeads = sqliteTable('tree_heads', {
  /** Leaves: audit entries 1 … size. */
  size: integer('size').primaryKey(),
  /** Lower-case hex. */
  root: text('root').notNull(),
  signedAt: integer('signed_at').notNull(),
  jws: text('jws').notNull(),
});

/** Whole subtrees of that tree: derived from the trail, stored for speed. */
export const logNodes = sqliteTable(
  'log_nodes',
  {
    /** 0: leaves. */
    level: integer('level').notNull(),
    index: integer('idx').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [primaryKey({ columns: [t.level, t.index] })],
);

/** What people decided and was accepted, with the instant it counts by (domain/decisions.ts). Never updated or deleted. */
export const decisions = sqliteTable(
  'decisions',
  {
    id: text('id').primaryKey(),
    kind: text('kind').$type<DecisionKind>().notNull(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    grievanceId: text('grievance_id'),
    payload: json<DecisionPayloads[DecisionKind]>('payload').notNull(),
    actor: json<StoredActor>('actor').notNull(),
    receivedAt: integer('received_at').notNull(),
  },
  (t) => [index('decisions_lot').on(t.procurementId, t.lotNo, t.kind)],
);
export interface StoredActor {
  accountId: string | null;
  organisationId: string | null;
  role: string;
  address: string | null;
  requestId: string | null;
  /** 经办人, where the act was prepared by one person and confirmed by this one. */
  preparedBy?: { accountId: string | null; organisationId: string | null; role: string };
}

/** 经办待复核: acts as prepared by one person, for another to confirm. What was prepared never changes. */
export const preparedActs = sqliteTable(
  'prepared_acts',
  {
    id: text('id').primaryKey(),
    act: text('act').$type<PreparableAct>().notNull(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    /** 0: the procurement as a whole. */
    lotNo: integer('lot_no').notNull(),
    /** The address that it was sent to, which names what it is done to, and the parts of it. */
    path: text('path').notNull(),
    params: json<Record<string, string>>('params').notNull(),
    /** The body as it was sent; null where the act has none. */
    request: json<unknown>('request'),
    /** The documents that it names, and those of a draft. */
    files: json<{ id: string; name: string; sha256: string }[]>('files').notNull(),
    /** The draft, or the last decision, that it was prepared against. */
    seen: json<{ version: number | null; decisionId: string | null }>('seen').notNull(),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisations.id),
    preparedBy: json<StoredActor>('prepared_by').notNull(),
    preparedAt: integer('prepared_at').notNull(),
    /** Whose people confirm it. */
    confirmingId: text('confirming_id')
      .notNull()
      .references(() => organisations.id),
    lapsesAt: integer('lapses_at').notNull(),
    state: text('state').$type<'waiting' | 'confirmed' | 'withdrawn'>().notNull(),
    settledBy: json<StoredActor>('settled_by'),
    settledAt: integer('settled_at'),
    reasonZh: text('reason_zh'),
    decisionId: text('decision_id'),
  },
  (t) => [
    index('prepared_acts_organisation').on(t.organisationId, t.id),
    index('prepared_acts_confirming').on(t.confirmingId, t.id),
    index('prepared_acts_procurement').on(t.procurementId, t.id),
  ],
);

/** Objections (异议) and queries (质疑). */
export const grievances = sqliteTable(
  'grievances',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    /** 0: the procurement as a whole. */
    lotNo: integer('lot_no').notNull(),
    kind: text('kind').$type<'objection' | 'query'>().notNull(),
    target: text('target').$type<'documents' | 'result'>().notNull(),
    filedBy: text('filed_by').notNull(),
    textZh: text('text_zh').notNull(),
    filedAt: integer('filed_at').notNull(),
    replyDueAt: integer('reply_due_at').notNull(),
    rule: text('rule').notNull(),
    suspends: text('suspends').$type<'activity' | 'contract'>().notNull(),
    state: text('state').$type<'filed' | 'overdue' | 'replied'>().notNull(),
    repliedAt: integer('replied_at'),
    outcome: text('outcome').$type<'rejected' | 'upheld'>(),
    effect: text('effect').$type<GrievanceEffect>(),
    replyZh: text('reply_zh'),
    /** 质疑函: what its filer has stated, as completed. */
    letter: json<GrievanceLetter>('letter'),
    /** The interest of one that takes no part (其他利害关系人). */
    interestZh: text('interest_zh'),
    /** Documents that came with it. */
    attachments: json<GrievanceAttachment[]>('attachments'),
    /** What the reply rests on, and who replied. */
    basis: json<ReplyBasis>('basis'),
  },
  (t) => [
    index('grievances_procurement').on(t.procurementId, t.lotNo),
    index('grievances_filer').on(t.filedBy, t.id),
    index('grievances_reply')
      .on(t.replyDueAt)
      .where(sql`${t.state} <> 'replied'`),
  ],
);

/** Intervals in which a clock does not run. */
export const suspensions = sqliteTable(
  'suspensions',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    /** The milestone whose clock is suspended. */
    milestone: text('milestone').$type<MilestoneKey>().notNull(),
    grievanceId: text('grievance_id').notNull(),
    from: integer('from_at').notNull(),
    until: integer('until_at'),
  },
  (t) => [index('suspensions_lot').on(t.procurementId, t.lotNo, t.milestone)],
);

/** Published texts. Nothing here is ever updated or deleted: the database refuses it. */
export const notices = sqliteTable(
  'notices',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id').notNull(),
    lotNo: integer('lot_no').notNull(),
    kind: text('kind').$type<NoticeKind>().notNull(),
    /** Counts the notices of one kind for one lot, from 1. */
    version: integer('version').notNull(),
    /** The notice that this one corrects. */
    corrects: text('corrects'),
    titleZh: text('title_zh').notNull(),
    content: json<Record<string, unknown>>('content').notNull(),
    legalAt: integer('legal_at').notNull(),
    publishedAt: integer('published_at').notNull(),
    /** SHA-256 over the canonical JSON (RFC 8785) of all other columns. */
    hash: text('hash').notNull(),
  },
  (t) => [
    uniqueIndex('notices_version').on(t.procurementId, t.lotNo, t.kind, t.version),
    index('notices_published').on(t.publishedAt, t.id),
    index('notices_procurement').on(t.procurementId, t.publishedAt, t.id),
    index('notices_kind').on(t.kind, t.publishedAt, t.id),
  ],
);

/** Who did what, when, from where; each entry names the hash of the previous one. */
export const audit = sqliteTable(
  'audit',
  {
    seq: integer('seq').primaryKey(),
    at: integer('at').notNull(),
    actor: json<StoredActor>('actor').notNull(),
    action: text('action').notNull(),
    procurementId: text('procurement_id'),
    subject: text('subject').notNull(),
    detail: json<Record<string, unknown>>('detail').notNull(),
    /** Hidden from everybody until the procurement's bids are opened. */
    confidential: flag('confidential').notNull(),
    /** Hash over the changes of rows (row_changes) of its transaction; null where another entry of it has them. */
    rows: text('rows'),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [index('audit_procurement').on(t.procurementId, t.seq)],
);

/** The rows that the transaction of an audit entry wrote (db/integrity). Never updated or deleted. */
export const rowChanges = sqliteTable(
  'row_changes',
  {
    /** The entry. */
    seq: integer('seq').notNull(),
    no: integer('no').notNull(),
    tableName: text('table_name').notNull(),
    /** The parts of its primary key, with `/` between. */
    rowKey: text('row_key').notNull(),
    /** SHA-256 of the row before and after (base64url); null: there was none, or it was removed. */
    was: text('was'),
    hash: text('hash'),
  },
  (t) => [primaryKey({ columns: [t.seq, t.no] })],
);

/** What happened to which tender, lot and party; notifications, feeds and pages are made from it. The database refuses every change. */
export const events = sqliteTable(
  'events',
  {
    seq: integer('seq').primaryKey(),
    at: integer('at').notNull(),
    /** `noun.verb`, as `deadline.moved`. */
    kind: text('kind').notNull(),
    procurementId: text('procurement_id').notNull(),
    /** 0: the procurement as a whole. */
    lotNo: integer('lot_no').notNull(),
    /** The party that it concerns; null where it concerns everybody. */
    organisationId: text('organisation_id'),
    subject: text('subject').notNull(),
    detail: json<Record<string, unknown>>('detail').notNull(),
    /** Hidden from everybody until the procurement's bids are opened. */
    confidential: flag('confidential').notNull(),
  },
  (t) => [index('events_procurement').on(t.procurementId, t.seq)],
);

/** What a person is notified of about tenders: derived from the events and the timeline, each once a person. */
export const eventNotifications = sqliteTable(
  'event_notifications',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    kind: text('kind').$type<EventKindName>().notNull(),
    /** What it follows from, as `event/17` or `duty/…/overdue`: no person is notified of one thing twice. */
    source: text('source').notNull(),
    /** Null for what is of no tender. */
    procurementId: text('procurement_id').references(() => procurements.id),
    /** 0: the procurement as a whole. */
    lotNo: integer('lot_no').notNull(),
    detail: json<EventDetail>('detail').notNull(),
    at: integer('at').notNull(),
    readAt: integer('read_at'),
  },
  (t) => [
    uniqueIndex('event_notifications_source').on(t.accountId, t.source),
    index('event_notifications_account').on(t.accountId, t.id),
  ],
);

/** What a notification is about, besides its place. */
export interface EventDetail {
  /** Where it is read, as `notice/0197…`, for those who may. */
  subject?: string;
  /** The milestone of a duty. */
  duty?: MilestoneKey;
  dueAt?: number;
}

/** How a person is reached outside the platform; an address is here only once its owner has shown that it is theirs. */
export const contacts = sqliteTable('contacts', {
  accountId: text('account_id')
    .primaryKey()
    .references(() => accounts.id),
  language: text('language').$type<Language>().notNull(),
  channels: json<Channel[]>('channels').notNull(),
  mail: text('mail'),
  /** A telephone number (E.164). */
  sms: text('sms'),
  changedAt: integer('changed_at').notNull(),
});

/** Messages on their way out of the platform, one a channel. Its id is the one that their receivers know them by. */
export const deliveries = sqliteTable(
  'deliveries',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    channel: text('channel').$type<Channel>().notNull(),
    kind: text('kind').$type<AnyKind | 'digest' | 'code'>().notNull(),
    /** What it carries, as `notification/0197…` or `digest/20786`: nothing is queued twice. */
    source: text('source').notNull(),
    procurementId: text('procurement_id').references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    /** Emptied once it is settled. */
    detail: json<DeliveryDetail>('detail').notNull(),
    queuedAt: integer('queued_at').notNull(),
    state: text('state').$type<'waiting' | 'sent' | 'given-up' | 'dropped'>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** Real ms: not tried before; while it is being sent, when another process may take it. */
    notBefore: integer('not_before').notNull(),
    /** A code, as `smtp-550` or `timeout`; never what a server said, which may name an address. */
    lastError: text('last_error'),
    /** Real ms. */
    settledAt: integer('settled_at'),
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

/** Of a duty as `event_notifications` has it; the code that shows an address to be its owner's, and that address. */
export interface DeliveryDetail extends EventDetail {
  code?: string;
  address?: string;
  /** Real ms: after that it is of no use. */
  validUntil?: number;
}

/** How far something that follows the database has come: the number of an event, a civil instant, a civil day. */
export const readers = sqliteTable('readers', {
  name: text('name').$type<'events' | 'duties' | 'digest'>().primaryKey(),
  place: integer('place').notNull(),
});

/** Workflows to be woken: one row a subject (domain/subjects.ts), removed when the wake is delivered. */
export const outbox = sqliteTable(
  'outbox',
  {
    subject: text('subject').primaryKey(),
    /**
     * Increased by one with each wake; begins at a random number, so that a recreated row is not taken for the earlier
     * one.
     */
    wanted: integer('wanted').notNull(),
    createdAt: integer('created_at').notNull(),
    /** Real instant (epoch ms) before which no delivery is retried. */
    notBefore: integer('not_before').notNull(),
    attempts: integer('attempts').notNull().default(0),
    lastError: text('last_error'),
  },
  (t) => [index('outbox_oldest').on(t.createdAt, t.subject)],
);

/** Work that one process at a time does for all of them. */
export const leases = sqliteTable('leases', {
  name: text('name').primaryKey(),
  holder: text('holder').notNull(),
  /** Real instant (epoch ms) at which another process may take it. */
  until: integer('until').notNull(),
});

/** Answers to requests with an Idempotency-Key, so that the same request sent twice acts once. */
export const idempotency = sqliteTable(
  'idempotency',
  {
    key: text('key').notNull(),
    accountId: text('account_id').notNull(),
    fingerprint: text('fingerprint').notNull(),
    status: integer('status').notNull(),
    response: json<unknown>('response').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.key] })],
);

/** The catalogue (公共资源交易目录, 集中采购目录). Rows are only added: a later one of the same item replaces it from its day on. */
export const catalogueEntries = sqliteTable(
  'catalogue_entries',
  {
    id: text('id').primaryKey(),
    regime: text('regime').$type<Regime>().notNull(),
    code: text('code').notNull(),
    nameZh: text('name_zh').notNull(),
    kind: text('kind').$type<Kind>(),
    level: text('level').$type<TradingLevel>().notNull(),
    mustTradeOnPlatform: flag('must_trade_on_platform').notNull(),
    centralised: flag('centralised').notNull(),
    /** First and last day in force, `YYYY-MM-DD`. */
    from: text('from_day').notNull(),
    until: text('until_day'),
    source: text('source').notNull(),
    recordedAt: integer('recorded_at').notNull(),
  },
  (t) => [index('catalogue_entries_item').on(t.regime, t.code, t.from, t.id)],
);

/** The figures of government procurement that the province sets; rows are only added. */
export const procurementThresholds = sqliteTable(
  'procurement_thresholds',
  {
    id: text('id').primaryKey(),
    kind: text('kind').$type<Kind>().notNull(),
    level: text('level').$type<TradingLevel>(),
    openFen: integer('open_fen'),
    limitFen: integer('limit_fen'),
    from: text('from_day').notNull(),
    until: text('until_day'),
    source: text('source').notNull(),
    recordedAt: integer('recorded_at').notNull(),
  },
  (t) => [index('procurement_thresholds_kind').on(t.kind, t.from, t.id)],
);

/** Trades (场外交易) held elsewhere that the office knows of; a correction is a new row that names the old one. */
export const offPlatformTrades = sqliteTable(
  'off_platform_trades',
  {
    id: text('id').primaryKey(),
    corrects: text('corrects').unique(),
    purchaser: text('purchaser').notNull(),
    /** 统一社会信用代码, where it is known. */
    purchaserCode: text('purchaser_code'),
    title: text('title').notNull(),
    regime: text('regime').$type<Regime>().notNull(),
    kind: text('kind').$type<Kind>(),
    procedure: text('procedure').$type<Procedure>(),
    amountFen: integer('amount_fen').notNull(),
    tradedOn: text('traded_on').notNull(),
    catalogueCode: text('catalogue_code'),
    /** Where it traded, and how the office knows. */
    place: text('place').notNull(),
    source: text('source').notNull(),
    /** Recorded by mistake: only a correction says so. */
    withdrawn: flag('withdrawn').notNull(),
    recordedAt: integer('recorded_at').notNull(),
  },
  (t) => [
    index('off_platform_trades_day').on(t.tradedOn, t.id),
    index('off_platform_trades_item')
      .on(t.purchaserCode, t.catalogueCode, t.tradedOn)
      .where(sql`${t.catalogueCode} is not null`),
  ],
);

/** 开标室, 评标室 of the centre, or of another one where a committee has a guest venue (副场). */
export const rooms = sqliteTable('rooms', {
  id: text('id').primaryKey(),
  /** Of which venue it is part. */
  venue: text('venue').notNull(),
  name: text('name').notNull(),
  purposes: json<RoomPurpose[]>('purposes').notNull(),
  seats: integer('seats').notNull(),
  /** Counts the bookings: who books holds the row, so that two at once do not both find the room free. */
  booked: integer('booked').notNull(),
  createdAt: integer('created_at').notNull(),
  retiredAt: integer('retired_at'),
});

/** A room for an opening or an evaluation, counted from the opening: its time moves as that moves. */
export const bookings = sqliteTable(
  'bookings',
  {
    id: text('id').primaryKey(),
    roomId: text('room_id')
      .notNull()
      .references(() => rooms.id),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    /** 0: the procurement as a whole. */
    lotNo: integer('lot_no').notNull(),
    purpose: text('purpose').$type<RoomPurpose>().notNull(),
    fromMinutes: integer('from_minutes').notNull(),
    minutes: integer('minutes').notNull(),
    bookedBy: text('booked_by'),
    bookedAt: integer('booked_at').notNull(),
    cancelledAt: integer('cancelled_at'),
  },
  (t) => [
    index('bookings_room')
      .on(t.roomId, t.bookedAt)
      .where(sql`${t.cancelledAt} is null`),
    index('bookings_procurement').on(t.procurementId),
  ],
);

/** 评标专家库: kept here, or a copy of what another keeps (`elsewhere`), which a file brings. */
export const expertPools = sqliteTable('expert_pools', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  level: text('level').$type<PoolLevel>().notNull(),
  elsewhere: flag('elsewhere').notNull(),
  /** Who keeps it. */
  keeperId: text('keeper_id')
    .notNull()
    .references(() => organisations.id),
  createdAt: integer('created_at').notNull(),
});

export const experts = sqliteTable(
  'experts',
  {
    id: text('id').primaryKey(),
    poolId: text('pool_id')
      .notNull()
      .references(() => expertPools.id),
    /** The pool's own number of the person. */
    number: text('number').notNull(),
    name: text('name').notNull(),
    fields: json<string[]>('fields').notNull(),
    region: text('region'),
    employer: text('employer').notNull(),
    /** 统一社会信用代码, where it is known. */
    employerCode: text('employer_code'),
    telephone: text('telephone'),
    credentials: json<Credential[]>('credentials').notNull(),
    ties: json<Tie[]>('ties').notNull(),
    suspension: json<Suspension>('suspension'),
    /** Who signs in as this person; null: nobody yet. */
    accountId: text('account_id').references(() => accounts.id),
    importedAt: integer('imported_at').notNull(),
    /** No longer in the pool. */
    removedAt: integer('removed_at'),
  },
  (t) => [uniqueIndex('experts_number').on(t.poolId, t.number), index('experts_account').on(t.accountId)],
);

/** Draws (抽取) of committees. Nothing here names anybody: `sealed` is encrypted (db/files/committee-safe.ts). */
export const draws = sqliteTable(
  'draws',
  {
    id: text('id').primaryKey(),
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    /** Counts the draws of a lot, from 1. */
    round: integer('round').notNull(),
    state: text('state').$type<DrawState>().notNull(),
    terms: json<DrawTerms>('terms').notNull(),
    /** SHA-256 of the terms, lower-case hex. */
    hash: text('hash').notNull(),
    /** Who stands behind the labels, and the purchaser's representatives: encrypted. */
    sealed: text('sealed').notNull(),
    /** How long somebody who is called may take to answer. */
    answerMinutes: integer('answer_minutes').notNull(),
    /** The head of the log that the seed is mixed with. */
    headSize: integer('head_size'),
    orders: json<GroupOrder[]>('orders'),
    openedBy: json<StoredActor>('opened_by').notNull(),
    openedAt: integer('opened_at').notNull(),
    drawnAt: integer('drawn_at'),
    /** When every seat was confirmed, first. */
    formedAt: integer('formed_at'),
    /** When its supervisor was informed that there is no committee in time. */
    shortAt: integer('short_at'),
    endedAt: integer('ended_at'),
  },
  (t) => [uniqueIndex('draws_round').on(t.procurementId, t.lotNo, t.round)],
);

/** What each party gave to a draw: its commitment, and its part of the seed, encrypted until the draw. */
export const drawParts = sqliteTable(
  'draw_parts',
  {
    drawId: text('draw_id')
      .notNull()
      .references(() => draws.id),
    party: text('party').$type<DrawParty>().notNull(),
    commitment: text('commitment').notNull(),
    committedBy: json<StoredActor>('committed_by').notNull(),
    committedAt: integer('committed_at').notNull(),
    sealedPart: text('sealed_part'),
    /** Lower-case hex, once it is public. */
    part: text('part'),
    revealedAt: integer('revealed_at'),
  },
  (t) => [primaryKey({ columns: [t.drawId, t.party] })],
);

/** Those who were drawn and called to a committee, in the order of the calls, without their names. */
export const committeeCalls = sqliteTable(
  'committee_calls',
  {
    drawId: text('draw_id')
      .notNull()
      .references(() => draws.id),
    no: integer('no').notNull(),
    field: text('field').notNull(),
    label: text('label').notNull(),
    /** A keyed hash of the person in this draw alone, by which the person finds the call. */
    tag: text('tag').notNull(),
    state: text('state').$type<CallState>().notNull(),
    askedAt: integer('asked_at').notNull(),
    answerUntil: integer('answer_until').notNull(),
    endedAt: integer('ended_at'),
    /** When a member stated, and the platform found, no conflict with those who bid. */
    clearedAt: integer('cleared_at'),
    departure: text('departure').$type<Departure>(),
    /** Who was chosen by the purchaser, and not drawn (自行选定). */
    chosen: flag('chosen').notNull().default(false),
    /** What was stated with it: encrypted, as it may name somebody. */
    sealedReason: text('sealed_reason'),
  },
  (t) => [primaryKey({ columns: [t.drawId, t.no] }), uniqueIndex('committee_calls_tag').on(t.tag)],
);

/** 抽取计划: how the committee of a lot is to be drawn, and when; the platform opens the draw by itself. The last one counts. */
export const drawPlans = sqliteTable(
  'draw_plans',
  {
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    /** From 1. */
    version: integer('version').notNull(),
    /** What is requested: encrypted, as it names the purchaser's representatives. */
    sealed: text('sealed').notNull(),
    /** The draw begins so long before the evaluation; null: at the first office hour that the law allows. */
    leadMinutes: integer('lead_minutes'),
    statedBy: json<StoredActor>('stated_by').notNull(),
    statedAt: integer('stated_at').notNull(),
    /** When the platform opened the draw, or could not. */
    settledAt: integer('settled_at'),
    /** Why it could not. */
    failure: json<DrawPlanFailure>('failure'),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.lotNo, t.version] })],
);

/** 评标办法 of the lots. In a draft there is one, which its next version replaces; once it is launched each amendment adds another. */
export const lotSchemes = sqliteTable(
  'lot_schemes',
  {
    procurementId: text('procurement_id')
      .notNull()
      .references(() => procurements.id),
    lotNo: integer('lot_no').notNull(),
    /** From 1; the last one counts. */
    version: integer('version').notNull(),
    scheme: json<Scheme>('scheme').notNull(),
    statements: json<SchemeStatements>('statements').notNull(),
    /** SHA-256 of the scheme, lower-case hex. */
    hash: text('hash').notNull(),
    statedAt: integer('stated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.procurementId, t.lotNo, t.version] })],
);

/** 评分表: what each member of a committee entered for each item of each bid. Members are numbers here, without names. */
export const committeeMarks = sqliteTable(
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
    entry: json<Entry>('entry').notNull(),
    enteredAt: integer('entered_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.drawId, t.memberId, t.bidId, t.item] })],
);

/** What members of a committee did besides marking: votes, reasons, signatures, and what bidders answered. It never changes. */
export const committeeActs = sqliteTable(
  'committee_acts',
  {
    id: text('id').primaryKey(),
    drawId: text('draw_id')
      .notNull()
      .references(() => draws.id),
    /** Who did it: a member, the centre, or the bid whose bidder did. */
    by: text('by').notNull(),
    act: json<CommitteeAct>('act').notNull(),
    at: integer('at').notNull(),
  },
  (t) => [index('committee_acts_draw').on(t.drawId, t.id)],
);
