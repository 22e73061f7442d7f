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
	"recorded_at" bigint NOT NULL,
	CONSTRAINT "deposits_external_id_unique" UNIQUE("external_id")
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
ALTER TABLE "procurements" ADD COLUMN "deposit_forms" jsonb;--> statement-breakpoint
ALTER TABLE "deposit_movements" ADD CONSTRAINT "deposit_movements_deposit_id_deposits_id_fk" FOREIGN KEY ("deposit_id") REFERENCES "public"."deposits"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deposit_references" ADD CONSTRAINT "deposit_references_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deposit_references" ADD CONSTRAINT "deposit_references_supplier_id_organisations_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deposits" ADD CONSTRAINT "deposits_procurement_id_procurements_id_fk" FOREIGN KEY ("procurement_id") REFERENCES "public"."procurements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deposits" ADD CONSTRAINT "deposits_supplier_id_organisations_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deposit_movements_deposit" ON "deposit_movements" USING btree ("deposit_id");--> statement-breakpoint
CREATE UNIQUE INDEX "deposit_references_bidder" ON "deposit_references" USING btree ("procurement_id","lot_no","supplier_id");--> statement-breakpoint
CREATE INDEX "deposits_lot" ON "deposits" USING btree ("procurement_id","lot_no","supplier_id");