CREATE TABLE "account_resets" (
	"account_id" text NOT NULL,
	"what" text NOT NULL,
	"requested_by" text NOT NULL,
	"requested_at" bigint NOT NULL,
	"not_before" bigint NOT NULL,
	CONSTRAINT "account_resets_account_id_what_pk" PRIMARY KEY("account_id","what")
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"username" text NOT NULL,
	"display_username" text,
	"must_change_password" boolean DEFAULT false NOT NULL,
	"one_time_until" bigint,
	"own_password_at" bigint,
	"second_factor_at" bigint,
	"disabled_at" bigint,
	"failures" integer DEFAULT 0 NOT NULL,
	"locked_until" bigint,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "accounts_email_unique" UNIQUE("email"),
	CONSTRAINT "accounts_username_unique" UNIQUE("username")
);
--> statement-breakpoint
CREATE TABLE "api_presence" (
	"id" bigint PRIMARY KEY NOT NULL,
	"seen_at" bigint NOT NULL,
	"previous_at" bigint NOT NULL,
	CONSTRAINT "api_presence_single" CHECK ("api_presence"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"actor" jsonb NOT NULL,
	"action" text NOT NULL,
	"procurement_id" text,
	"subject" text NOT NULL,
	"detail" jsonb NOT NULL,
	"confidential" boolean NOT NULL,
	"rows" text,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bid_parts" (
	"bid_id" text NOT NULL,
	"no" integer NOT NULL,
	"path" text NOT NULL,
	"media_type" text NOT NULL,
	"size" bigint NOT NULL,
	"sha256" text NOT NULL,
	CONSTRAINT "bid_parts_bid_id_no_pk" PRIMARY KEY("bid_id","no")
);
--> statement-breakpoint
CREATE TABLE "bidder_shares" (
	"bid_id" text PRIMARY KEY NOT NULL,
	"share" text NOT NULL,
	"released_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bids" (
	"id" text PRIMARY KEY NOT NULL,
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"supplier_id" text NOT NULL,
	"version" integer NOT NULL,
	"sha256" text NOT NULL,
	"size" bigint NOT NULL,
	"received_at" bigint NOT NULL,
	"deadline" bigint,
	"state" text NOT NULL,
	"ended_at" bigint
);
--> statement-breakpoint
CREATE TABLE "bookings" (
	"id" text PRIMARY KEY NOT NULL,
	"room_id" text NOT NULL,
	"procurement_id" text NOT NULL,
	"lot_no" bigint NOT NULL,
	"purpose" text NOT NULL,
	"from_minutes" bigint NOT NULL,
	"minutes" bigint NOT NULL,
	"booked_by" text,
	"booked_at" bigint NOT NULL,
	"cancelled_at" bigint
);
--> statement-breakpoint
CREATE TABLE "calendar_years" (
	"version" bigint PRIMARY KEY NOT NULL,
	"year" integer NOT NULL,
	"days" jsonb NOT NULL,
	"url" text,
	"correction" boolean NOT NULL,
	"imported_by" jsonb NOT NULL,
	"imported_at" bigint NOT NULL,
	"calendar_hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "catalogue_entries" (
	"id" text PRIMARY KEY NOT NULL,
	"regime" text NOT NULL,
	"code" text NOT NULL,
	"name_zh" text NOT NULL,
	"kind" text,
	"level" text NOT NULL,
	"must_trade_on_platform" boolean NOT NULL,
	"centralised" boolean NOT NULL,
	"from_day" text NOT NULL,
	"until_day" text,
	"source" text NOT NULL,
	"recorded_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "committee_acts" (
	"id" text PRIMARY KEY NOT NULL,
	"draw_id" text NOT NULL,
	"by" text NOT NULL,
	"act" jsonb NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "committee_calls" (
	"draw_id" text NOT NULL,
	"no" integer NOT NULL,
	"field" text NOT NULL,
	"label" text NOT NULL,
	"tag" text NOT NULL,
	"state" text NOT NULL,
	"asked_at" bigint NOT NULL,
	"answer_until" bigint NOT NULL,
	"ended_at" bigint,
	"cleared_at" bigint,
	"departure" text,
	"chosen" boolean DEFAULT false NOT NULL,
	"sealed_reason" text,
	CONSTRAINT "committee_calls_draw_id_no_pk" PRIMARY KEY("draw_id","no")
);
--> statement-breakpoint
CREATE TABLE "committee_marks" (
	"draw_id" text NOT NULL,
	"member_id" text NOT NULL,
	"bid_id" text NOT NULL,
	"item" text NOT NULL,
	"entry" jsonb NOT NULL,
	"entered_at" bigint NOT NULL,
	CONSTRAINT "committee_marks_draw_id_member_id_bid_id_item_pk" PRIMARY KEY("draw_id","member_id","bid_id","item")
);
--> statement-breakpoint
CREATE TABLE "contacts" (
	"account_id" text PRIMARY KEY NOT NULL,
	"language" text NOT NULL,
	"channels" jsonb NOT NULL,
	"mail" text,
	"sms" text,
	"changed_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "controls" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"relation" text NOT NULL,
	"other_name" text NOT NULL,
	"other_code" text NOT NULL,
	"since" text NOT NULL,
	"declared_at" bigint NOT NULL,
	"ended_at" bigint
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"user_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" bigint,
	"refresh_token_expires_at" bigint,
	"scope" text,
	"password" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "custodian_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"custodian" text NOT NULL,
	"recipient" text NOT NULL,
	"registered_by" jsonb NOT NULL,
	"registered_at" bigint NOT NULL,
	"retired_at" bigint,
	CONSTRAINT "custodian_keys_recipient_unique" UNIQUE("recipient")
);
--> statement-breakpoint
CREATE TABLE "deadlines" (
	"procurement_id" text NOT NULL,
	"version" integer NOT NULL,
	"bid_deadline" bigint,
	"set_at" bigint NOT NULL,
	CONSTRAINT "deadlines_procurement_id_version_pk" PRIMARY KEY("procurement_id","version")
);
--> statement-breakpoint
CREATE TABLE "decisions" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"grievance_id" text,
	"payload" jsonb NOT NULL,
	"actor" jsonb NOT NULL,
	"received_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"channel" text NOT NULL,
	"kind" text NOT NULL,
	"source" text NOT NULL,
	"procurement_id" text,
	"lot_no" integer NOT NULL,
	"detail" jsonb NOT NULL,
	"queued_at" bigint NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"not_before" bigint NOT NULL,
	"last_error" text,
	"settled_at" bigint
);
--> statement-breakpoint
CREATE TABLE "deposit_movements" (
	"id" text PRIMARY KEY NOT NULL,
	"deposit_id" text NOT NULL,
	"kind" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"interest_fen" bigint NOT NULL,
	"at" bigint NOT NULL,
	"bank_reference" text,
	"ground" text,
	"reason_zh" text,
	"actor" jsonb NOT NULL,
	"recorded_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deposit_rates" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"from_day" text NOT NULL,
	"until_day" text,
	"rate_ppm" bigint NOT NULL,
	"day_count" bigint NOT NULL,
	"source" text NOT NULL,
	"actor" jsonb NOT NULL,
	"recorded_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deposit_references" (
	"reference" text PRIMARY KEY NOT NULL,
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"supplier_id" text NOT NULL,
	"issued_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deposits" (
	"id" text PRIMARY KEY NOT NULL,
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"supplier_id" text NOT NULL,
	"form" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"external_id" text NOT NULL,
	"payer" text,
	"payer_account" text,
	"from_base_account" boolean,
	"issuer" text,
	"valid_until" bigint,
	"arrived_at" bigint NOT NULL,
	"source" text NOT NULL,
	"actor" jsonb NOT NULL,
	"recorded_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "documents" (
	"id" text PRIMARY KEY NOT NULL,
	"procurement_id" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"media_type" text NOT NULL,
	"sha256" text NOT NULL,
	"size" bigint NOT NULL,
	"uploaded_by" text NOT NULL,
	"uploaded_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "draw_parts" (
	"draw_id" text NOT NULL,
	"party" text NOT NULL,
	"commitment" text NOT NULL,
	"committed_by" jsonb NOT NULL,
	"committed_at" bigint NOT NULL,
	"sealed_part" text,
	"part" text,
	"revealed_at" bigint,
	CONSTRAINT "draw_parts_draw_id_party_pk" PRIMARY KEY("draw_id","party")
);
--> statement-breakpoint
CREATE TABLE "draw_plans" (
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"version" integer NOT NULL,
	"sealed" text NOT NULL,
	"lead_minutes" integer,
	"stated_by" jsonb NOT NULL,
	"stated_at" bigint NOT NULL,
	"settled_at" bigint,
	"failure" jsonb,
	CONSTRAINT "draw_plans_procurement_id_lot_no_version_pk" PRIMARY KEY("procurement_id","lot_no","version")
);
--> statement-breakpoint
CREATE TABLE "draws" (
	"id" text PRIMARY KEY NOT NULL,
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"round" integer NOT NULL,
	"state" text NOT NULL,
	"terms" jsonb NOT NULL,
	"hash" text NOT NULL,
	"sealed" text NOT NULL,
	"answer_minutes" integer NOT NULL,
	"head_size" bigint,
	"orders" jsonb,
	"opened_by" jsonb NOT NULL,
	"opened_at" bigint NOT NULL,
	"drawn_at" bigint,
	"formed_at" bigint,
	"short_at" bigint,
	"ended_at" bigint
);
--> statement-breakpoint
CREATE TABLE "event_notifications" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"kind" text NOT NULL,
	"source" text NOT NULL,
	"procurement_id" text,
	"lot_no" integer NOT NULL,
	"detail" jsonb NOT NULL,
	"at" bigint NOT NULL,
	"read_at" bigint
);
--> statement-breakpoint
CREATE TABLE "events" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"kind" text NOT NULL,
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"organisation_id" text,
	"subject" text NOT NULL,
	"detail" jsonb NOT NULL,
	"confidential" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "expert_pools" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"level" text NOT NULL,
	"elsewhere" boolean NOT NULL,
	"keeper_id" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "experts" (
	"id" text PRIMARY KEY NOT NULL,
	"pool_id" text NOT NULL,
	"number" text NOT NULL,
	"name" text NOT NULL,
	"fields" jsonb NOT NULL,
	"region" text,
	"employer" text NOT NULL,
	"employer_code" text,
	"telephone" text,
	"credentials" jsonb NOT NULL,
	"ties" jsonb NOT NULL,
	"suspension" jsonb,
	"account_id" text,
	"imported_at" bigint NOT NULL,
	"removed_at" bigint
);
--> statement-breakpoint
CREATE TABLE "grievances" (
	"id" text PRIMARY KEY NOT NULL,
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"kind" text NOT NULL,
	"target" text NOT NULL,
	"filed_by" text NOT NULL,
	"text_zh" text NOT NULL,
	"filed_at" bigint NOT NULL,
	"reply_due_at" bigint NOT NULL,
	"rule" text NOT NULL,
	"suspends" text NOT NULL,
	"state" text NOT NULL,
	"replied_at" bigint,
	"outcome" text,
	"effect" text,
	"reply_zh" text,
	"letter" jsonb,
	"interest_zh" text,
	"attachments" jsonb,
	"basis" jsonb
);
--> statement-breakpoint
CREATE TABLE "idempotency" (
	"key" text NOT NULL,
	"account_id" text NOT NULL,
	"fingerprint" text NOT NULL,
	"status" integer NOT NULL,
	"response" jsonb NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "idempotency_account_id_key_pk" PRIMARY KEY("account_id","key")
);
--> statement-breakpoint
CREATE TABLE "identities" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"kind" text NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"label" text NOT NULL,
	"expires_at" bigint,
	"linked_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "installation" (
	"id" bigint PRIMARY KEY NOT NULL,
	"clock" jsonb NOT NULL,
	"created_at" bigint NOT NULL,
	"last_instant" bigint NOT NULL,
	"folder_id" text,
	"clock_alarm" jsonb,
	"clock_pace" jsonb,
	CONSTRAINT "installation_single" CHECK ("installation"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "invitations" (
	"id" text PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"account_id" text,
	"registration_id" text,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"ended_at" bigint,
	CONSTRAINT "invitations_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "invitees" (
	"procurement_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"position" integer NOT NULL,
	"source" text NOT NULL,
	"reason_zh" text,
	"invited_at" bigint,
	CONSTRAINT "invitees_procurement_id_position_pk" PRIMARY KEY("procurement_id","position")
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"until" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "log_nodes" (
	"level" integer NOT NULL,
	"idx" bigint NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "log_nodes_level_idx_pk" PRIMARY KEY("level","idx")
);
--> statement-breakpoint
CREATE TABLE "lot_schemes" (
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"version" integer NOT NULL,
	"scheme" jsonb NOT NULL,
	"statements" jsonb NOT NULL,
	"hash" text NOT NULL,
	"stated_at" bigint NOT NULL,
	CONSTRAINT "lot_schemes_procurement_id_lot_no_version_pk" PRIMARY KEY("procurement_id","lot_no","version")
);
--> statement-breakpoint
CREATE TABLE "lots" (
	"procurement_id" text NOT NULL,
	"no" integer NOT NULL,
	"title" text NOT NULL,
	"budget_fen" bigint NOT NULL,
	"bid_bond_fen" bigint,
	"performance_bond_permille" integer,
	"performance_bond_days" integer,
	"stage" text NOT NULL,
	"failure" jsonb,
	"winner_bid_id" text,
	"awarded_at" bigint,
	"deemed" boolean DEFAULT false NOT NULL,
	CONSTRAINT "lots_procurement_id_no_pk" PRIMARY KEY("procurement_id","no")
);
--> statement-breakpoint
CREATE TABLE "mandates" (
	"id" text PRIMARY KEY NOT NULL,
	"purchaser_id" text NOT NULL,
	"agency_id" text NOT NULL,
	"subject_zh" text NOT NULL,
	"project_codes" jsonb,
	"acts" jsonb NOT NULL,
	"purchaser_confirms" jsonb NOT NULL,
	"until_at" bigint NOT NULL,
	"offered_by" text NOT NULL,
	"offered_at" bigint NOT NULL,
	"accepted_at" bigint,
	"ended_by" text,
	"ended_at" bigint,
	"end_reason_zh" text
);
--> statement-breakpoint
CREATE TABLE "membership_requests" (
	"account_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"role" text NOT NULL,
	"requested_by" text,
	"requested_at" bigint NOT NULL,
	CONSTRAINT "membership_requests_account_id_organisation_id_role_pk" PRIMARY KEY("account_id","organisation_id","role")
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"account_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"role" text NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "memberships_account_id_organisation_id_role_pk" PRIMARY KEY("account_id","organisation_id","role")
);
--> statement-breakpoint
CREATE TABLE "milestones" (
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"key" text NOT NULL,
	"from_at" bigint,
	"due_at" bigint,
	"first_due_at" bigint,
	"earliest" bigint,
	"latest" bigint,
	"rules" jsonb NOT NULL,
	"trace" jsonb NOT NULL,
	"provisional" boolean NOT NULL,
	"if_nobody_acts" jsonb,
	"state" text NOT NULL,
	"actual_at" bigint,
	"by" text,
	"overdue" boolean DEFAULT false NOT NULL,
	CONSTRAINT "milestones_procurement_id_lot_no_key_pk" PRIMARY KEY("procurement_id","lot_no","key")
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"id" text PRIMARY KEY NOT NULL,
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"kind" text NOT NULL,
	"version" integer NOT NULL,
	"corrects" text,
	"title_zh" text NOT NULL,
	"content" jsonb NOT NULL,
	"legal_at" bigint NOT NULL,
	"published_at" bigint NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notifications" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"kind" text NOT NULL,
	"detail" jsonb NOT NULL,
	"at" bigint NOT NULL,
	"read_at" bigint
);
--> statement-breakpoint
CREATE TABLE "obtainers" (
	"procurement_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "obtainers_procurement_id_organisation_id_pk" PRIMARY KEY("procurement_id","organisation_id")
);
--> statement-breakpoint
CREATE TABLE "off_platform_trades" (
	"id" text PRIMARY KEY NOT NULL,
	"corrects" text,
	"purchaser" text NOT NULL,
	"purchaser_code" text,
	"title" text NOT NULL,
	"regime" text NOT NULL,
	"kind" text,
	"procedure" text,
	"amount_fen" bigint NOT NULL,
	"traded_on" text NOT NULL,
	"catalogue_code" text,
	"place" text NOT NULL,
	"source" text NOT NULL,
	"withdrawn" boolean NOT NULL,
	"recorded_at" bigint NOT NULL,
	CONSTRAINT "off_platform_trades_corrects_unique" UNIQUE("corrects")
);
--> statement-breakpoint
CREATE TABLE "opening_attendance" (
	"procurement_id" text NOT NULL,
	"version" integer NOT NULL,
	"people" jsonb NOT NULL,
	"recorded_by" jsonb NOT NULL,
	"recorded_at" bigint NOT NULL,
	CONSTRAINT "opening_attendance_procurement_id_version_pk" PRIMARY KEY("procurement_id","version")
);
--> statement-breakpoint
CREATE TABLE "opening_custodians" (
	"procurement_id" text NOT NULL,
	"custodian" text NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"at" bigint NOT NULL,
	CONSTRAINT "opening_custodians_procurement_id_custodian_pk" PRIMARY KEY("procurement_id","custodian")
);
--> statement-breakpoint
CREATE TABLE "opening_faults" (
	"id" text PRIMARY KEY NOT NULL,
	"procurement_id" text NOT NULL,
	"bid_id" text,
	"minutes" integer NOT NULL,
	"reason_zh" text NOT NULL,
	"recorded_by" jsonb NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "opening_objections" (
	"id" text PRIMARY KEY NOT NULL,
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"filed_by" text NOT NULL,
	"text_zh" text NOT NULL,
	"filed_at" bigint NOT NULL,
	"answer_zh" text,
	"answered_by" jsonb,
	"answered_at" bigint
);
--> statement-breakpoint
CREATE TABLE "opening_pauses" (
	"id" text PRIMARY KEY NOT NULL,
	"procurement_id" text NOT NULL,
	"reason_zh" text NOT NULL,
	"paused_by" jsonb NOT NULL,
	"from_at" bigint NOT NULL,
	"until_at" bigint
);
--> statement-breakpoint
CREATE TABLE "opening_signatures" (
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"organisation_id" text NOT NULL,
	"actor" jsonb NOT NULL,
	"record_hash" text NOT NULL,
	"signed_at" bigint NOT NULL,
	CONSTRAINT "opening_signatures_procurement_id_lot_no_organisation_id_pk" PRIMARY KEY("procurement_id","lot_no","organisation_id")
);
--> statement-breakpoint
CREATE TABLE "openings" (
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"legal_at" bigint NOT NULL,
	"actual_at" bigint NOT NULL,
	"entries" jsonb NOT NULL,
	"bidders" integer NOT NULL,
	"opened" boolean NOT NULL,
	"heading" jsonb,
	CONSTRAINT "openings_procurement_id_lot_no_pk" PRIMARY KEY("procurement_id","lot_no")
);
--> statement-breakpoint
CREATE TABLE "organisation_corrections" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"name" text NOT NULL,
	"credit_code" text NOT NULL,
	"former_name" text NOT NULL,
	"former_code" text NOT NULL,
	"reason_zh" text NOT NULL,
	"requested_by" jsonb NOT NULL,
	"requested_at" bigint NOT NULL,
	"state" text NOT NULL,
	"decided_at" bigint
);
--> statement-breakpoint
CREATE TABLE "organisations" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"credit_code" text NOT NULL,
	"created_at" bigint NOT NULL,
	"identity" jsonb,
	"duties" jsonb,
	"reports_to" text,
	"first_person_at" bigint,
	"folded" text DEFAULT '' NOT NULL,
	CONSTRAINT "organisations_credit_code_unique" UNIQUE("credit_code")
);
--> statement-breakpoint
CREATE TABLE "outages" (
	"id" text PRIMARY KEY NOT NULL,
	"from_at" bigint NOT NULL,
	"until_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"subject" text PRIMARY KEY NOT NULL,
	"wanted" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"not_before" bigint NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text
);
--> statement-breakpoint
CREATE TABLE "prepared_acts" (
	"id" text PRIMARY KEY NOT NULL,
	"act" text NOT NULL,
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"path" text NOT NULL,
	"params" jsonb NOT NULL,
	"request" jsonb,
	"files" jsonb NOT NULL,
	"seen" jsonb NOT NULL,
	"organisation_id" text NOT NULL,
	"prepared_by" jsonb NOT NULL,
	"prepared_at" bigint NOT NULL,
	"confirming_id" text NOT NULL,
	"lapses_at" bigint NOT NULL,
	"state" text NOT NULL,
	"settled_by" jsonb,
	"settled_at" bigint,
	"reason_zh" text,
	"decision_id" text
);
--> statement-breakpoint
CREATE TABLE "procurement_thresholds" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"level" text,
	"open_fen" bigint,
	"limit_fen" bigint,
	"from_day" text NOT NULL,
	"until_day" text,
	"source" text NOT NULL,
	"recorded_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "procurements" (
	"id" text PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"regime" text NOT NULL,
	"procedure" text NOT NULL,
	"kind" text NOT NULL,
	"mandatory" boolean NOT NULL,
	"purchaser_id" text NOT NULL,
	"agency_id" text,
	"budget_fen" bigint NOT NULL,
	"content_zh" text NOT NULL,
	"particulars" jsonb,
	"stage" text NOT NULL,
	"version" integer NOT NULL,
	"rulebook_version" text NOT NULL,
	"intention_at" bigint,
	"notice_at" bigint NOT NULL,
	"documents_from" bigint,
	"documents_until" bigint,
	"bid_deadline" bigint,
	"bid_validity_days" integer,
	"created_at" bigint NOT NULL,
	"launched_at" bigint,
	"opened_at" bigint,
	"ended_at" bigint,
	"discarded_at" bigint,
	"retender_of" text,
	"retender_lot" integer,
	"retender_others" jsonb,
	"catalogue_code" text,
	"project_code" text,
	"fiscal_funds_fen" bigint,
	"investment_fen" bigint,
	"calendar_hash" text,
	"sealing" jsonb,
	"bidder_window_minutes" integer,
	"objection_minutes" integer,
	"deposit_decides" boolean DEFAULT false NOT NULL,
	"deposit_forms" jsonb,
	"method_ground" jsonb
);
--> statement-breakpoint
CREATE TABLE "questions" (
	"id" text PRIMARY KEY NOT NULL,
	"procurement_id" text NOT NULL,
	"asked_by" text NOT NULL,
	"text_zh" text NOT NULL,
	"asked_at" bigint NOT NULL,
	"answer_zh" text,
	"answered_at" bigint
);
--> statement-breakpoint
CREATE TABLE "readers" (
	"name" text PRIMARY KEY NOT NULL,
	"place" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "recovery_codes" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"hash" text NOT NULL,
	"created_at" bigint NOT NULL,
	"used_at" bigint,
	CONSTRAINT "recovery_codes_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "registrations" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"credit_code" text NOT NULL,
	"contact" text NOT NULL,
	"telephone" text NOT NULL,
	"state" text NOT NULL,
	"requested_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"decided_by" text,
	"decided_at" bigint,
	"reason_zh" text,
	"organisation_id" text,
	"account_id" text
);
--> statement-breakpoint
CREATE TABLE "rooms" (
	"id" text PRIMARY KEY NOT NULL,
	"venue" text NOT NULL,
	"name" text NOT NULL,
	"purposes" jsonb NOT NULL,
	"seats" bigint NOT NULL,
	"booked" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"retired_at" bigint
);
--> statement-breakpoint
CREATE TABLE "row_changes" (
	"seq" bigint NOT NULL,
	"no" bigint NOT NULL,
	"table_name" text NOT NULL,
	"row_key" text NOT NULL,
	"was" text,
	"hash" text,
	CONSTRAINT "row_changes_seq_no_pk" PRIMARY KEY("seq","no")
);
--> statement-breakpoint
CREATE TABLE "second_factors" (
	"account_id" text PRIMARY KEY NOT NULL,
	"sealed" text NOT NULL,
	"created_at" bigint NOT NULL,
	"confirmed_at" bigint,
	"last_step" bigint,
	"failures" integer DEFAULT 0 NOT NULL,
	"locked_until" bigint
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"token" text NOT NULL,
	"user_id" text NOT NULL,
	"expires_at" bigint NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"signed_in_by" text NOT NULL,
	"second_factor_at" bigint,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "sessions_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "signing_keys" (
	"kid" text PRIMARY KEY NOT NULL,
	"jwk" jsonb NOT NULL,
	"since" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "suspensions" (
	"id" text PRIMARY KEY NOT NULL,
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"milestone" text NOT NULL,
	"grievance_id" text NOT NULL,
	"from_at" bigint NOT NULL,
	"until_at" bigint
);
--> statement-breakpoint
CREATE TABLE "temporal_homes" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"namespace_id" text NOT NULL,
	"namespace" text NOT NULL,
	"since" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tree_heads" (
	"size" bigint PRIMARY KEY NOT NULL,
	"root" text NOT NULL,
	"signed_at" bigint NOT NULL,
	"jws" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "unmatched_payments" (
	"id" text PRIMARY KEY NOT NULL,
	"external_id" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"payer" text,
	"payer_account" text,
	"from_base_account" boolean,
	"arrived_at" bigint NOT NULL,
	"source" text NOT NULL,
	"actor" jsonb NOT NULL,
	"recorded_at" bigint NOT NULL,
	CONSTRAINT "unmatched_payments_external_id_unique" UNIQUE("external_id")
);
--> statement-breakpoint
CREATE TABLE "unsealings" (
	"bid_id" text PRIMARY KEY NOT NULL,
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"state" text NOT NULL,
	"manifest" jsonb,
	"reason_zh" text,
	"reason_en" text,
	"custodians" jsonb NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "uploads" (
	"id" text PRIMARY KEY NOT NULL,
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"supplier_id" text NOT NULL,
	"account_id" text NOT NULL,
	"length" bigint NOT NULL,
	"sha256" text,
	"state" text NOT NULL,
	"bid_id" text,
	"created_at" bigint NOT NULL,
	"ended_at" bigint,
	"removed_at" bigint
);
--> statement-breakpoint
CREATE TABLE "verifications" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "account_resets" ADD CONSTRAINT "account_resets_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bid_parts" ADD CONSTRAINT "bid_parts_bid_id_bids_id_fk" FOREIGN KEY ("bid_id") REFERENCES "public"."bids"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bidder_shares" ADD CONSTRAINT "bidder_shares_bid_id_bids_id_fk" FOREIGN KEY ("bid_id") REFERENCES "public"."bids"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bids" ADD CONSTRAINT "bids_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bids" ADD CONSTRAINT "bids_supplier_id_organisations_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_room_id_rooms_id_fk" FOREIGN KEY ("room_id") REFERENCES "public"."rooms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "committee_acts" ADD CONSTRAINT "committee_acts_draw_id_draws_id_fk" FOREIGN KEY ("draw_id") REFERENCES "public"."draws"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "committee_calls" ADD CONSTRAINT "committee_calls_draw_id_draws_id_fk" FOREIGN KEY ("draw_id") REFERENCES "public"."draws"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "committee_marks" ADD CONSTRAINT "committee_marks_draw_id_draws_id_fk" FOREIGN KEY ("draw_id") REFERENCES "public"."draws"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "committee_marks" ADD CONSTRAINT "committee_marks_bid_id_bids_id_fk" FOREIGN KEY ("bid_id") REFERENCES "public"."bids"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "controls" ADD CONSTRAINT "controls_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_user_id_accounts_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deadlines" ADD CONSTRAINT "deadlines_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deposit_movements" ADD CONSTRAINT "deposit_movements_deposit_id_deposits_id_fk" FOREIGN KEY ("deposit_id") REFERENCES "public"."deposits"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deposit_references" ADD CONSTRAINT "deposit_references_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deposit_references" ADD CONSTRAINT "deposit_references_supplier_id_organisations_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deposits" ADD CONSTRAINT "deposits_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deposits" ADD CONSTRAINT "deposits_supplier_id_organisations_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "draw_parts" ADD CONSTRAINT "draw_parts_draw_id_draws_id_fk" FOREIGN KEY ("draw_id") REFERENCES "public"."draws"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "draw_plans" ADD CONSTRAINT "draw_plans_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "draws" ADD CONSTRAINT "draws_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "event_notifications" ADD CONSTRAINT "event_notifications_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "event_notifications" ADD CONSTRAINT "event_notifications_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "expert_pools" ADD CONSTRAINT "expert_pools_keeper_id_organisations_id_fk" FOREIGN KEY ("keeper_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "experts" ADD CONSTRAINT "experts_pool_id_expert_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "public"."expert_pools"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "experts" ADD CONSTRAINT "experts_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grievances" ADD CONSTRAINT "grievances_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identities" ADD CONSTRAINT "identities_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_registration_id_registrations_id_fk" FOREIGN KEY ("registration_id") REFERENCES "public"."registrations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitees" ADD CONSTRAINT "invitees_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitees" ADD CONSTRAINT "invitees_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lot_schemes" ADD CONSTRAINT "lot_schemes_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lots" ADD CONSTRAINT "lots_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_purchaser_id_organisations_id_fk" FOREIGN KEY ("purchaser_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_agency_id_organisations_id_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "membership_requests" ADD CONSTRAINT "membership_requests_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "membership_requests" ADD CONSTRAINT "membership_requests_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "milestones" ADD CONSTRAINT "milestones_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "obtainers" ADD CONSTRAINT "obtainers_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisation_corrections" ADD CONSTRAINT "organisation_corrections_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "prepared_acts" ADD CONSTRAINT "prepared_acts_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "prepared_acts" ADD CONSTRAINT "prepared_acts_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "prepared_acts" ADD CONSTRAINT "prepared_acts_confirming_id_organisations_id_fk" FOREIGN KEY ("confirming_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "procurements" ADD CONSTRAINT "procurements_purchaser_id_organisations_id_fk" FOREIGN KEY ("purchaser_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "procurements" ADD CONSTRAINT "procurements_agency_id_organisations_id_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "questions" ADD CONSTRAINT "questions_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_codes" ADD CONSTRAINT "recovery_codes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registrations" ADD CONSTRAINT "registrations_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registrations" ADD CONSTRAINT "registrations_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "second_factors" ADD CONSTRAINT "second_factors_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_accounts_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suspensions" ADD CONSTRAINT "suspensions_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "unsealings" ADD CONSTRAINT "unsealings_bid_id_bids_id_fk" FOREIGN KEY ("bid_id") REFERENCES "public"."bids"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_procurement" ON "audit" USING btree ("procurement_id","seq");--> statement-breakpoint
CREATE INDEX "bid_parts_file" ON "bid_parts" USING btree ("sha256");--> statement-breakpoint
CREATE UNIQUE INDEX "bids_version" ON "bids" USING btree ("procurement_id","lot_no","supplier_id","version");--> statement-breakpoint
CREATE UNIQUE INDEX "bids_standing" ON "bids" USING btree ("procurement_id","lot_no","supplier_id") WHERE "bids"."state" = 'standing';--> statement-breakpoint
CREATE INDEX "bids_supplier" ON "bids" USING btree ("supplier_id","id");--> statement-breakpoint
CREATE INDEX "bids_file" ON "bids" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "bookings_room" ON "bookings" USING btree ("room_id","booked_at") WHERE "bookings"."cancelled_at" is null;--> statement-breakpoint
CREATE INDEX "bookings_procurement" ON "bookings" USING btree ("procurement_id");--> statement-breakpoint
CREATE INDEX "catalogue_entries_item" ON "catalogue_entries" USING btree ("regime","code","from_day","id");--> statement-breakpoint
CREATE INDEX "committee_acts_draw" ON "committee_acts" USING btree ("draw_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "committee_calls_tag" ON "committee_calls" USING btree ("tag");--> statement-breakpoint
CREATE INDEX "controls_organisation" ON "controls" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "controls_other" ON "controls" USING btree ("other_code");--> statement-breakpoint
CREATE INDEX "credentials_user" ON "credentials" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "decisions_lot" ON "decisions" USING btree ("procurement_id","lot_no","kind");--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_source" ON "deliveries" USING btree ("source","account_id","channel");--> statement-breakpoint
CREATE INDEX "deliveries_waiting" ON "deliveries" USING btree ("channel","not_before") WHERE "deliveries"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "deliveries_state" ON "deliveries" USING btree ("state","id");--> statement-breakpoint
CREATE INDEX "deliveries_account" ON "deliveries" USING btree ("account_id","channel","queued_at");--> statement-breakpoint
CREATE INDEX "deliveries_settled" ON "deliveries" USING btree ("settled_at");--> statement-breakpoint
CREATE INDEX "deposit_movements_deposit" ON "deposit_movements" USING btree ("deposit_id");--> statement-breakpoint
CREATE INDEX "deposit_movements_reference" ON "deposit_movements" USING btree (upper(replace(replace("bank_reference", ' ', ''), '-', '')));--> statement-breakpoint
CREATE INDEX "deposit_rates_kind" ON "deposit_rates" USING btree ("kind","from_day","id");--> statement-breakpoint
CREATE UNIQUE INDEX "deposit_references_bidder" ON "deposit_references" USING btree ("procurement_id","lot_no","supplier_id");--> statement-breakpoint
CREATE INDEX "deposits_lot" ON "deposits" USING btree ("procurement_id","lot_no","supplier_id");--> statement-breakpoint
CREATE INDEX "deposits_number" ON "deposits" USING btree ("external_id");--> statement-breakpoint
CREATE UNIQUE INDEX "deposits_transaction" ON "deposits" USING btree ("external_id") WHERE "deposits"."form" = 'transfer';--> statement-breakpoint
CREATE INDEX "documents_procurement" ON "documents" USING btree ("procurement_id");--> statement-breakpoint
CREATE INDEX "documents_file" ON "documents" USING btree ("sha256");--> statement-breakpoint
CREATE UNIQUE INDEX "draws_round" ON "draws" USING btree ("procurement_id","lot_no","round");--> statement-breakpoint
CREATE UNIQUE INDEX "event_notifications_source" ON "event_notifications" USING btree ("account_id","source");--> statement-breakpoint
CREATE INDEX "event_notifications_account" ON "event_notifications" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "events_procurement" ON "events" USING btree ("procurement_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "experts_number" ON "experts" USING btree ("pool_id","number");--> statement-breakpoint
CREATE INDEX "experts_account" ON "experts" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "grievances_procurement" ON "grievances" USING btree ("procurement_id","lot_no");--> statement-breakpoint
CREATE INDEX "grievances_filer" ON "grievances" USING btree ("filed_by","id");--> statement-breakpoint
CREATE INDEX "grievances_reply" ON "grievances" USING btree ("reply_due_at") WHERE "grievances"."state" <> 'replied';--> statement-breakpoint
CREATE UNIQUE INDEX "identities_subject" ON "identities" USING btree ("kind","issuer","subject");--> statement-breakpoint
CREATE INDEX "identities_account" ON "identities" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "invitations_account" ON "invitations" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "invitations_registration" ON "invitations" USING btree ("registration_id");--> statement-breakpoint
CREATE INDEX "invitees_organisation" ON "invitees" USING btree ("procurement_id","organisation_id");--> statement-breakpoint
CREATE INDEX "mandates_agency" ON "mandates" USING btree ("agency_id","purchaser_id");--> statement-breakpoint
CREATE INDEX "mandates_purchaser" ON "mandates" USING btree ("purchaser_id","id");--> statement-breakpoint
CREATE INDEX "membership_requests_organisation" ON "membership_requests" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "memberships_organisation" ON "memberships" USING btree ("organisation_id","role");--> statement-breakpoint
CREATE INDEX "memberships_role" ON "memberships" USING btree ("role");--> statement-breakpoint
CREATE INDEX "milestones_due" ON "milestones" USING btree ("due_at") WHERE "milestones"."state" = 'planned';--> statement-breakpoint
CREATE UNIQUE INDEX "notices_version" ON "notices" USING btree ("procurement_id","lot_no","kind","version");--> statement-breakpoint
CREATE INDEX "notices_published" ON "notices" USING btree ("published_at","id");--> statement-breakpoint
CREATE INDEX "notices_procurement" ON "notices" USING btree ("procurement_id","published_at","id");--> statement-breakpoint
CREATE INDEX "notices_kind" ON "notices" USING btree ("kind","published_at","id");--> statement-breakpoint
CREATE INDEX "notifications_account" ON "notifications" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "off_platform_trades_day" ON "off_platform_trades" USING btree ("traded_on","id");--> statement-breakpoint
CREATE INDEX "off_platform_trades_item" ON "off_platform_trades" USING btree ("purchaser_code","catalogue_code","traded_on") WHERE "off_platform_trades"."catalogue_code" is not null;--> statement-breakpoint
CREATE INDEX "opening_faults_procurement" ON "opening_faults" USING btree ("procurement_id");--> statement-breakpoint
CREATE INDEX "opening_objections_lot" ON "opening_objections" USING btree ("procurement_id","lot_no");--> statement-breakpoint
CREATE INDEX "opening_pauses_procurement" ON "opening_pauses" USING btree ("procurement_id");--> statement-breakpoint
CREATE INDEX "organisation_corrections_organisation" ON "organisation_corrections" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "organisation_corrections_former" ON "organisation_corrections" USING btree ("former_code");--> statement-breakpoint
CREATE INDEX "outages_until" ON "outages" USING btree ("until_at");--> statement-breakpoint
CREATE INDEX "outbox_oldest" ON "outbox" USING btree ("created_at","subject");--> statement-breakpoint
CREATE INDEX "prepared_acts_organisation" ON "prepared_acts" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "prepared_acts_confirming" ON "prepared_acts" USING btree ("confirming_id","id");--> statement-breakpoint
CREATE INDEX "prepared_acts_procurement" ON "prepared_acts" USING btree ("procurement_id","id");--> statement-breakpoint
CREATE INDEX "procurement_thresholds_kind" ON "procurement_thresholds" USING btree ("kind","from_day","id");--> statement-breakpoint
CREATE INDEX "procurements_stage" ON "procurements" USING btree ("stage","id");--> statement-breakpoint
CREATE INDEX "procurements_regime" ON "procurements" USING btree ("regime","id");--> statement-breakpoint
CREATE INDEX "procurements_kind" ON "procurements" USING btree ("kind","id");--> statement-breakpoint
CREATE INDEX "procurements_purchaser" ON "procurements" USING btree ("purchaser_id","id");--> statement-breakpoint
CREATE INDEX "procurements_agency" ON "procurements" USING btree ("agency_id","id");--> statement-breakpoint
CREATE INDEX "procurements_board" ON "procurements" USING btree ("notice_at","id","stage","regime","kind","procedure","budget_fen");--> statement-breakpoint
CREATE INDEX "procurements_stage_board" ON "procurements" USING btree ("stage","notice_at","id");--> statement-breakpoint
CREATE INDEX "procurements_purchaser_board" ON "procurements" USING btree ("purchaser_id","notice_at","id");--> statement-breakpoint
CREATE INDEX "procurements_due" ON "procurements" USING btree ("bid_deadline") WHERE "procurements"."stage" = 'bidding';--> statement-breakpoint
CREATE INDEX "procurements_project" ON "procurements" USING btree ("purchaser_id","project_code","kind") WHERE "procurements"."project_code" is not null;--> statement-breakpoint
CREATE INDEX "procurements_item" ON "procurements" USING btree ("purchaser_id","catalogue_code","notice_at") WHERE "procurements"."catalogue_code" is not null;--> statement-breakpoint
CREATE INDEX "questions_procurement" ON "questions" USING btree ("procurement_id");--> statement-breakpoint
CREATE INDEX "recovery_codes_account" ON "recovery_codes" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "registrations_state" ON "registrations" USING btree ("state","id");--> statement-breakpoint
CREATE INDEX "registrations_code" ON "registrations" USING btree ("credit_code");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "suspensions_lot" ON "suspensions" USING btree ("procurement_id","lot_no","milestone");--> statement-breakpoint
CREATE INDEX "unsealings_lot" ON "unsealings" USING btree ("procurement_id","lot_no");--> statement-breakpoint
CREATE INDEX "uploads_supplier" ON "uploads" USING btree ("supplier_id","procurement_id");--> statement-breakpoint
CREATE INDEX "uploads_procurement" ON "uploads" USING btree ("procurement_id","state");--> statement-breakpoint
-- By hand from here: what drizzle-kit does not draw up from the schema.
-- What is published or receipted never changes and never goes, whoever asks.
CREATE FUNCTION kaibiao_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$;
--> statement-breakpoint
CREATE TRIGGER notices_no_change BEFORE UPDATE OR DELETE ON notices FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('published notices are immutable');
--> statement-breakpoint
CREATE TRIGGER notices_no_truncate BEFORE TRUNCATE ON notices FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('published notices are immutable');
--> statement-breakpoint
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('the audit trail is immutable');
--> statement-breakpoint
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('the audit trail is immutable');
--> statement-breakpoint
CREATE TRIGGER row_changes_no_change BEFORE UPDATE OR DELETE ON row_changes FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('the changes of rows that the trail names are immutable');
--> statement-breakpoint
CREATE TRIGGER row_changes_no_truncate BEFORE TRUNCATE ON row_changes FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('the changes of rows that the trail names are immutable');
--> statement-breakpoint
CREATE TRIGGER openings_no_change BEFORE UPDATE OR DELETE ON openings FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('opening records are immutable');
--> statement-breakpoint
CREATE TRIGGER openings_no_truncate BEFORE TRUNCATE ON openings FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('opening records are immutable');
--> statement-breakpoint
CREATE TRIGGER bids_no_delete BEFORE DELETE ON bids FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('bids are never deleted');
--> statement-breakpoint
CREATE TRIGGER bids_no_truncate BEFORE TRUNCATE ON bids FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('bids are never deleted');
--> statement-breakpoint
CREATE TRIGGER bids_received_once BEFORE UPDATE OF id, version, received_at, sha256, size, deadline, supplier_id, lot_no, procurement_id ON bids FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('the receipt of a bid is immutable');
--> statement-breakpoint
CREATE TRIGGER bids_ended_once BEFORE UPDATE OF state, ended_at ON bids FOR EACH ROW WHEN (OLD.state <> 'standing') EXECUTE FUNCTION kaibiao_refuse('a bid that was replaced or withdrawn stays so');
--> statement-breakpoint
-- What a search looks in: titles cut into terms by db/search.ts. Without fastupdate no search waits for what was put off.
CREATE TABLE procurement_titles (id text PRIMARY KEY, terms text NOT NULL);
--> statement-breakpoint
CREATE INDEX procurement_titles_terms ON procurement_titles USING gin (array_to_tsvector(string_to_array(ltrim(terms), ' '))) WITH (fastupdate = off);
--> statement-breakpoint
CREATE TABLE notice_titles (id text PRIMARY KEY, terms text NOT NULL);
--> statement-breakpoint
CREATE INDEX notice_titles_terms ON notice_titles USING gin (array_to_tsvector(string_to_array(ltrim(terms), ' '))) WITH (fastupdate = off);
--> statement-breakpoint
-- By what a procurement was judged never changes.
CREATE TRIGGER catalogue_entries_no_change BEFORE UPDATE OR DELETE ON catalogue_entries FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('the catalogue only grows');
--> statement-breakpoint
CREATE TRIGGER catalogue_entries_no_truncate BEFORE TRUNCATE ON catalogue_entries FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('the catalogue only grows');
--> statement-breakpoint
CREATE TRIGGER deposit_rates_no_change BEFORE UPDATE OR DELETE ON deposit_rates FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('the rates only grow');
--> statement-breakpoint
CREATE TRIGGER deposit_rates_no_truncate BEFORE TRUNCATE ON deposit_rates FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('the rates only grow');
--> statement-breakpoint
CREATE TRIGGER procurement_thresholds_no_change BEFORE UPDATE OR DELETE ON procurement_thresholds FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('the figures only grow');
--> statement-breakpoint
CREATE TRIGGER procurement_thresholds_no_truncate BEFORE TRUNCATE ON procurement_thresholds FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('the figures only grow');
--> statement-breakpoint
CREATE TRIGGER off_platform_trades_no_change BEFORE UPDATE OR DELETE ON off_platform_trades FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('records of trades elsewhere are corrected by new ones');
--> statement-breakpoint
CREATE TRIGGER off_platform_trades_no_truncate BEFORE TRUNCATE ON off_platform_trades FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('records of trades elsewhere are corrected by new ones');
--> statement-breakpoint
CREATE TRIGGER calendar_years_no_change BEFORE UPDATE OR DELETE ON calendar_years FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('imported calendars are immutable');
--> statement-breakpoint
CREATE TRIGGER calendar_years_no_truncate BEFORE TRUNCATE ON calendar_years FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('imported calendars are immutable');
--> statement-breakpoint
CREATE TRIGGER tree_heads_no_change BEFORE UPDATE OR DELETE ON tree_heads FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('signed heads of the log are immutable');
--> statement-breakpoint
CREATE TRIGGER tree_heads_no_truncate BEFORE TRUNCATE ON tree_heads FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('signed heads of the log are immutable');
--> statement-breakpoint
CREATE TRIGGER deadlines_no_change BEFORE UPDATE OR DELETE ON deadlines FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('deadlines in the log are immutable');
--> statement-breakpoint
CREATE TRIGGER deadlines_no_truncate BEFORE TRUNCATE ON deadlines FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('deadlines in the log are immutable');
--> statement-breakpoint
CREATE TRIGGER signing_keys_no_change BEFORE UPDATE OR DELETE ON signing_keys FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('published signing keys are immutable');
--> statement-breakpoint
CREATE TRIGGER signing_keys_no_truncate BEFORE TRUNCATE ON signing_keys FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('published signing keys are immutable');
--> statement-breakpoint
CREATE TRIGGER deposit_references_no_change BEFORE UPDATE OR DELETE ON deposit_references FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('references of deposits are immutable');
--> statement-breakpoint
CREATE TRIGGER deposit_references_no_truncate BEFORE TRUNCATE ON deposit_references FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('references of deposits are immutable');
--> statement-breakpoint
CREATE TRIGGER deposits_no_change BEFORE UPDATE OR DELETE ON deposits FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('records of deposits are immutable');
--> statement-breakpoint
CREATE TRIGGER deposits_no_truncate BEFORE TRUNCATE ON deposits FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('records of deposits are immutable');
--> statement-breakpoint
CREATE TRIGGER organisation_corrections_decided_once BEFORE UPDATE ON organisation_corrections FOR EACH ROW WHEN (OLD.state <> 'pending') EXECUTE FUNCTION kaibiao_refuse('corrections of organisations are decided once');
--> statement-breakpoint
CREATE TRIGGER organisation_corrections_no_delete BEFORE DELETE ON organisation_corrections FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('corrections of organisations are kept');
--> statement-breakpoint
CREATE TRIGGER organisation_corrections_no_truncate BEFORE TRUNCATE ON organisation_corrections FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('corrections of organisations are kept');
--> statement-breakpoint
CREATE TRIGGER unmatched_payments_no_change BEFORE UPDATE OR DELETE ON unmatched_payments FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('records of payments are immutable');
--> statement-breakpoint
CREATE TRIGGER unmatched_payments_no_truncate BEFORE TRUNCATE ON unmatched_payments FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('records of payments are immutable');
--> statement-breakpoint
CREATE TRIGGER deposit_movements_no_change BEFORE UPDATE OR DELETE ON deposit_movements FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('movements of deposits are immutable');
--> statement-breakpoint
CREATE TRIGGER deposit_movements_no_truncate BEFORE TRUNCATE ON deposit_movements FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('movements of deposits are immutable');
--> statement-breakpoint
CREATE TRIGGER unsealings_no_change BEFORE UPDATE OR DELETE ON unsealings FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('what came out of a sealed bid is immutable');
--> statement-breakpoint
CREATE TRIGGER unsealings_no_truncate BEFORE TRUNCATE ON unsealings FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('what came out of a sealed bid is immutable');
--> statement-breakpoint
CREATE TRIGGER bid_parts_no_change BEFORE UPDATE OR DELETE ON bid_parts FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('the parts of an opened bid are immutable');
--> statement-breakpoint
CREATE TRIGGER bid_parts_no_truncate BEFORE TRUNCATE ON bid_parts FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('the parts of an opened bid are immutable');
--> statement-breakpoint
CREATE TRIGGER bidder_shares_no_change BEFORE UPDATE OR DELETE ON bidder_shares FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('the release of a share is immutable');
--> statement-breakpoint
CREATE TRIGGER bidder_shares_no_truncate BEFORE TRUNCATE ON bidder_shares FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('the release of a share is immutable');
--> statement-breakpoint
CREATE TRIGGER opening_faults_no_change BEFORE UPDATE OR DELETE ON opening_faults FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('recorded faults of an opening are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_faults_no_truncate BEFORE TRUNCATE ON opening_faults FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('recorded faults of an opening are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_signatures_no_change BEFORE UPDATE OR DELETE ON opening_signatures FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('signatures of an opening record are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_signatures_no_truncate BEFORE TRUNCATE ON opening_signatures FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('signatures of an opening record are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_attendance_no_change BEFORE UPDATE OR DELETE ON opening_attendance FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('who was present at an opening is immutable');
--> statement-breakpoint
CREATE TRIGGER opening_attendance_no_truncate BEFORE TRUNCATE ON opening_attendance FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('who was present at an opening is immutable');
--> statement-breakpoint
CREATE TRIGGER opening_pauses_no_delete BEFORE DELETE ON opening_pauses FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('pauses of an opening are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_pauses_no_truncate BEFORE TRUNCATE ON opening_pauses FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('pauses of an opening are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_pauses_made_once BEFORE UPDATE OF id, procurement_id, reason_zh, paused_by, from_at ON opening_pauses FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('pauses of an opening are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_pauses_ended_once BEFORE UPDATE OF until_at ON opening_pauses FOR EACH ROW WHEN (OLD.until_at IS NOT NULL) EXECUTE FUNCTION kaibiao_refuse('a pause that has ended stays so');
--> statement-breakpoint
CREATE TRIGGER opening_objections_no_delete BEFORE DELETE ON opening_objections FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('objections to an opening are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_objections_no_truncate BEFORE TRUNCATE ON opening_objections FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('objections to an opening are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_objections_made_once BEFORE UPDATE OF id, procurement_id, lot_no, filed_by, text_zh, filed_at ON opening_objections FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('objections to an opening are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_objections_ended_once BEFORE UPDATE OF answer_zh, answered_by, answered_at ON opening_objections FOR EACH ROW WHEN (OLD.answered_at IS NOT NULL) EXECUTE FUNCTION kaibiao_refuse('an objection that was answered stays so');
--> statement-breakpoint
CREATE TRIGGER opening_custodians_no_delete BEFORE DELETE ON opening_custodians FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('what a custodian did in an opening is kept');
--> statement-breakpoint
CREATE TRIGGER opening_custodians_no_truncate BEFORE TRUNCATE ON opening_custodians FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('what a custodian did in an opening is kept');
--> statement-breakpoint
CREATE TRIGGER opening_custodians_made_once BEFORE UPDATE OF procurement_id, custodian ON opening_custodians FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('what a custodian did in an opening is kept');
--> statement-breakpoint
CREATE TRIGGER opening_custodians_given_once BEFORE UPDATE ON opening_custodians FOR EACH ROW WHEN (OLD.state = 'released') EXECUTE FUNCTION kaibiao_refuse('a share that was given stays given');
--> statement-breakpoint
CREATE TRIGGER outages_no_change BEFORE UPDATE OR DELETE ON outages FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('recorded outages are immutable');
--> statement-breakpoint
CREATE TRIGGER outages_no_truncate BEFORE TRUNCATE ON outages FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('recorded outages are immutable');
--> statement-breakpoint
CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('recorded events are immutable');
--> statement-breakpoint
CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('recorded events are immutable');
--> statement-breakpoint
CREATE TRIGGER decisions_no_change BEFORE UPDATE OR DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('decisions are immutable');
--> statement-breakpoint
CREATE TRIGGER decisions_no_truncate BEFORE TRUNCATE ON decisions FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('decisions are immutable');
--> statement-breakpoint
-- Who was invited, and how each was chosen, never changes once the invitation is sent.
CREATE TRIGGER invitees_sent_once BEFORE UPDATE OR DELETE ON invitees FOR EACH ROW WHEN (OLD.invited_at IS NOT NULL) EXECUTE FUNCTION kaibiao_refuse('sent invitations are immutable');
--> statement-breakpoint
CREATE TRIGGER invitees_no_truncate BEFORE TRUNCATE ON invitees FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('sent invitations are immutable');
--> statement-breakpoint
-- What was prepared for a second person is confirmed as it was prepared, and once.
CREATE TRIGGER prepared_acts_no_delete BEFORE DELETE ON prepared_acts FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('what was prepared is immutable');
--> statement-breakpoint
CREATE TRIGGER prepared_acts_no_truncate BEFORE TRUNCATE ON prepared_acts FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('what was prepared is immutable');
--> statement-breakpoint
CREATE TRIGGER prepared_acts_made_once BEFORE UPDATE OF id, act, procurement_id, lot_no, path, params, request, files, seen, organisation_id, prepared_by, prepared_at, confirming_id, lapses_at ON prepared_acts FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('what was prepared is immutable');
--> statement-breakpoint
CREATE TRIGGER prepared_acts_settled_once BEFORE UPDATE ON prepared_acts FOR EACH ROW WHEN (OLD.state <> 'waiting') EXECUTE FUNCTION kaibiao_refuse('a prepared act that was confirmed or withdrawn stays so');
--> statement-breakpoint
-- What a draw is made of is settled before anybody binds himself to it, and what it gave never changes.
CREATE TRIGGER draws_no_delete BEFORE DELETE ON draws FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('draws are immutable');
--> statement-breakpoint
CREATE TRIGGER draws_no_truncate BEFORE TRUNCATE ON draws FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('draws are immutable');
--> statement-breakpoint
CREATE TRIGGER draws_made_once BEFORE UPDATE OF id, procurement_id, lot_no, round, terms, hash, answer_minutes, opened_by, opened_at ON draws FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('draws are immutable');
--> statement-breakpoint
CREATE TRIGGER draws_mixed_once BEFORE UPDATE OF head_size ON draws FOR EACH ROW WHEN (OLD.head_size IS NOT NULL AND NEW.head_size IS DISTINCT FROM OLD.head_size) EXECUTE FUNCTION kaibiao_refuse('what a draw is mixed with never changes');
--> statement-breakpoint
CREATE TRIGGER draws_drawn_once BEFORE UPDATE OF orders, drawn_at ON draws FOR EACH ROW WHEN (OLD.drawn_at IS NOT NULL) EXECUTE FUNCTION kaibiao_refuse('what was drawn never changes');
--> statement-breakpoint
CREATE TRIGGER draw_parts_no_delete BEFORE DELETE ON draw_parts FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('commitments are immutable');
--> statement-breakpoint
CREATE TRIGGER draw_parts_no_truncate BEFORE TRUNCATE ON draw_parts FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('commitments are immutable');
--> statement-breakpoint
CREATE TRIGGER draw_parts_made_once BEFORE UPDATE OF draw_id, party, commitment, committed_by, committed_at ON draw_parts FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('commitments are immutable');
--> statement-breakpoint
CREATE TRIGGER draw_parts_given_once BEFORE UPDATE OF sealed_part, revealed_at ON draw_parts FOR EACH ROW WHEN (OLD.revealed_at IS NOT NULL) EXECUTE FUNCTION kaibiao_refuse('a part of a seed that was given stays given');
--> statement-breakpoint
CREATE TRIGGER committee_calls_no_delete BEFORE DELETE ON committee_calls FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('calls to a committee are kept');
--> statement-breakpoint
CREATE TRIGGER committee_calls_no_truncate BEFORE TRUNCATE ON committee_calls FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('calls to a committee are kept');
--> statement-breakpoint
CREATE TRIGGER committee_calls_made_once BEFORE UPDATE OF draw_id, no, field, label, tag, asked_at, answer_until, chosen ON committee_calls FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('calls to a committee are kept');
--> statement-breakpoint
CREATE TRIGGER committee_calls_ended_once BEFORE UPDATE ON committee_calls FOR EACH ROW WHEN (OLD.state NOT IN ('invited', 'confirmed')) EXECUTE FUNCTION kaibiao_refuse('a call that has ended stays so');
--> statement-breakpoint
-- What members of a committee did, and what bidders answered them, never changes.
CREATE TRIGGER committee_acts_no_update BEFORE UPDATE ON committee_acts FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('acts of a committee are immutable');
--> statement-breakpoint
CREATE TRIGGER committee_acts_no_delete BEFORE DELETE ON committee_acts FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('acts of a committee are immutable');
--> statement-breakpoint
CREATE TRIGGER committee_acts_no_truncate BEFORE TRUNCATE ON committee_acts FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('acts of a committee are immutable');
--> statement-breakpoint
CREATE TRIGGER committee_marks_no_delete BEFORE DELETE ON committee_marks FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('marks are kept');
--> statement-breakpoint
CREATE TRIGGER committee_marks_no_truncate BEFORE TRUNCATE ON committee_marks FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('marks are kept');
--> statement-breakpoint
CREATE TRIGGER draw_plans_no_delete BEFORE DELETE ON draw_plans FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('plans of draws are kept');
--> statement-breakpoint
CREATE TRIGGER draw_plans_no_truncate BEFORE TRUNCATE ON draw_plans FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('plans of draws are kept');
--> statement-breakpoint
CREATE TRIGGER draw_plans_made_once BEFORE UPDATE OF procurement_id, lot_no, version, sealed, lead_minutes, stated_by, stated_at ON draw_plans FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('plans of draws are kept');
--> statement-breakpoint
CREATE TRIGGER draw_plans_settled_once BEFORE UPDATE OF settled_at, failure ON draw_plans FOR EACH ROW WHEN (OLD.settled_at IS NOT NULL) EXECUTE FUNCTION kaibiao_refuse('a plan of a draw is carried out once');
