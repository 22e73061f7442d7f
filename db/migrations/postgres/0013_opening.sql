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
ALTER TABLE "procurements" ADD COLUMN "objection_minutes" integer;--> statement-breakpoint
ALTER TABLE "bid_parts" ADD CONSTRAINT "bid_parts_bid_id_bids_id_fk" FOREIGN KEY ("bid_id") REFERENCES "public"."bids"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "bid_parts_file" ON "bid_parts" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "opening_faults_procurement" ON "opening_faults" USING btree ("procurement_id");