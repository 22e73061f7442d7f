CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"username" text NOT NULL,
	"display_username" text,
	"must_change_password" boolean DEFAULT false NOT NULL,
	"disabled_at" bigint,
	"failures" integer DEFAULT 0 NOT NULL,
	"locked_until" bigint,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "accounts_email_unique" UNIQUE("email"),
	CONSTRAINT "accounts_username_unique" UNIQUE("username")
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
	"sealed" boolean NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL
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
	"deadline" bigint NOT NULL,
	"state" text NOT NULL,
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
CREATE TABLE "decisions" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"procurement_id" text NOT NULL,
	"lot_no" integer NOT NULL,
	"grievance_id" text,
	"payload" jsonb NOT NULL,
	"actor" jsonb NOT NULL,
	"received_at" bigint NOT NULL,
	"state" text NOT NULL,
	"settled_at" bigint,
	"refusal" jsonb
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
	"reply_zh" text
);
--> statement-breakpoint
CREATE TABLE "idempotency" (
	"key" text NOT NULL,
	"account_id" text NOT NULL,
	"fingerprint" text NOT NULL,
	"status" integer,
	"response" jsonb,
	"created_at" bigint NOT NULL,
	CONSTRAINT "idempotency_account_id_key_pk" PRIMARY KEY("account_id","key")
);
--> statement-breakpoint
CREATE TABLE "installation" (
	"id" bigint PRIMARY KEY NOT NULL,
	"clock" jsonb NOT NULL,
	"created_at" bigint NOT NULL,
	"last_instant" bigint NOT NULL,
	CONSTRAINT "installation_single" CHECK ("installation"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "lots" (
	"procurement_id" text NOT NULL,
	"no" integer NOT NULL,
	"title" text NOT NULL,
	"budget_fen" bigint NOT NULL,
	"bid_bond_fen" bigint,
	"stage" text NOT NULL,
	"stopped" jsonb,
	"winner_bid_id" text,
	"awarded_at" bigint,
	"deemed" boolean DEFAULT false NOT NULL,
	CONSTRAINT "lots_procurement_id_no_pk" PRIMARY KEY("procurement_id","no")
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
CREATE TABLE "obtainers" (
	"procurement_id" text NOT NULL,
	"organisation_id" text NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "obtainers_procurement_id_organisation_id_pk" PRIMARY KEY("procurement_id","organisation_id")
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
	CONSTRAINT "openings_procurement_id_lot_no_pk" PRIMARY KEY("procurement_id","lot_no")
);
--> statement-breakpoint
CREATE TABLE "organisations" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"credit_code" text NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "organisations_credit_code_unique" UNIQUE("credit_code")
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"created_at" bigint NOT NULL,
	"not_before" bigint NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"delivered_at" bigint
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
	"retender_of" text,
	"retender_lot" integer
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
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"token" text NOT NULL,
	"user_id" text NOT NULL,
	"expires_at" bigint NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "sessions_token_unique" UNIQUE("token")
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
CREATE TABLE "verifications" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "bids" ADD CONSTRAINT "bids_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bids" ADD CONSTRAINT "bids_supplier_id_organisations_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_user_id_accounts_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grievances" ADD CONSTRAINT "grievances_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lots" ADD CONSTRAINT "lots_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "milestones" ADD CONSTRAINT "milestones_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "obtainers" ADD CONSTRAINT "obtainers_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "procurements" ADD CONSTRAINT "procurements_purchaser_id_organisations_id_fk" FOREIGN KEY ("purchaser_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "procurements" ADD CONSTRAINT "procurements_agency_id_organisations_id_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "questions" ADD CONSTRAINT "questions_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_accounts_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suspensions" ADD CONSTRAINT "suspensions_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_procurement" ON "audit" USING btree ("procurement_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "bids_version" ON "bids" USING btree ("procurement_id","lot_no","supplier_id","version");--> statement-breakpoint
CREATE UNIQUE INDEX "bids_standing" ON "bids" USING btree ("procurement_id","lot_no","supplier_id") WHERE "bids"."state" = 'standing';--> statement-breakpoint
CREATE INDEX "bids_file" ON "bids" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "credentials_user" ON "credentials" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "decisions_lot" ON "decisions" USING btree ("procurement_id","lot_no","kind","state");--> statement-breakpoint
CREATE INDEX "documents_procurement" ON "documents" USING btree ("procurement_id");--> statement-breakpoint
CREATE INDEX "documents_file" ON "documents" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "grievances_procurement" ON "grievances" USING btree ("procurement_id","lot_no");--> statement-breakpoint
CREATE INDEX "grievances_reply" ON "grievances" USING btree ("reply_due_at") WHERE "grievances"."state" <> 'replied';--> statement-breakpoint
CREATE INDEX "milestones_due" ON "milestones" USING btree ("due_at") WHERE "milestones"."state" = 'planned';--> statement-breakpoint
CREATE UNIQUE INDEX "notices_version" ON "notices" USING btree ("procurement_id","lot_no","kind","version");--> statement-breakpoint
CREATE INDEX "notices_published" ON "notices" USING btree ("published_at","id");--> statement-breakpoint
CREATE INDEX "outbox_waiting" ON "outbox" USING btree ("not_before","id") WHERE "outbox"."delivered_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "outbox_once" ON "outbox" USING btree ("kind","subject");--> statement-breakpoint
CREATE INDEX "procurements_stage" ON "procurements" USING btree ("stage","id");--> statement-breakpoint
CREATE INDEX "procurements_purchaser" ON "procurements" USING btree ("purchaser_id","id");--> statement-breakpoint
CREATE INDEX "questions_procurement" ON "questions" USING btree ("procurement_id");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "suspensions_lot" ON "suspensions" USING btree ("procurement_id","lot_no","milestone");