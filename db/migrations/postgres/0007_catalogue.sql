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
ALTER TABLE "procurements" ADD COLUMN "catalogue_code" text;--> statement-breakpoint
ALTER TABLE "procurements" ADD COLUMN "project_code" text;--> statement-breakpoint
ALTER TABLE "procurements" ADD COLUMN "fiscal_funds_fen" bigint;--> statement-breakpoint
ALTER TABLE "procurements" ADD COLUMN "investment_fen" bigint;--> statement-breakpoint
CREATE INDEX "catalogue_entries_item" ON "catalogue_entries" USING btree ("regime","code","from_day","id");--> statement-breakpoint
CREATE INDEX "off_platform_trades_day" ON "off_platform_trades" USING btree ("traded_on","id");--> statement-breakpoint
CREATE INDEX "off_platform_trades_item" ON "off_platform_trades" USING btree ("purchaser_code","catalogue_code","traded_on") WHERE "off_platform_trades"."catalogue_code" is not null;--> statement-breakpoint
CREATE INDEX "procurement_thresholds_kind" ON "procurement_thresholds" USING btree ("kind","from_day","id");--> statement-breakpoint
CREATE INDEX "procurements_project" ON "procurements" USING btree ("purchaser_id","project_code","kind") WHERE "procurements"."project_code" is not null;--> statement-breakpoint
CREATE INDEX "procurements_item" ON "procurements" USING btree ("purchaser_id","catalogue_code","notice_at") WHERE "procurements"."catalogue_code" is not null;