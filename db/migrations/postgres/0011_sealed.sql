CREATE TABLE "bidder_shares" (
	"bid_id" text PRIMARY KEY NOT NULL,
	"share" text NOT NULL,
	"released_at" bigint NOT NULL
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
CREATE TABLE "log_nodes" (
	"level" integer NOT NULL,
	"idx" bigint NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "log_nodes_level_idx_pk" PRIMARY KEY("level","idx")
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
CREATE TABLE "signing_keys" (
	"kid" text PRIMARY KEY NOT NULL,
	"jwk" jsonb NOT NULL,
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
ALTER TABLE "procurements" ADD COLUMN "sealing" jsonb;--> statement-breakpoint
ALTER TABLE "procurements" ADD COLUMN "bidder_window_minutes" integer;--> statement-breakpoint
ALTER TABLE "procurements" ADD COLUMN "deposit_decides" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "bidder_shares" ADD CONSTRAINT "bidder_shares_bid_id_bids_id_fk" FOREIGN KEY ("bid_id") REFERENCES "public"."bids"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deadlines" ADD CONSTRAINT "deadlines_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "unsealings" ADD CONSTRAINT "unsealings_bid_id_bids_id_fk" FOREIGN KEY ("bid_id") REFERENCES "public"."bids"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "opening_objections_lot" ON "opening_objections" USING btree ("procurement_id","lot_no");--> statement-breakpoint
CREATE INDEX "opening_pauses_procurement" ON "opening_pauses" USING btree ("procurement_id");--> statement-breakpoint
CREATE INDEX "unsealings_lot" ON "unsealings" USING btree ("procurement_id","lot_no");--> statement-breakpoint
CREATE INDEX "uploads_supplier" ON "uploads" USING btree ("supplier_id","procurement_id");--> statement-breakpoint
CREATE INDEX "uploads_procurement" ON "uploads" USING btree ("procurement_id","state");