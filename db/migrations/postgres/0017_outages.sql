CREATE TABLE "api_presence" (
	"id" bigint PRIMARY KEY NOT NULL,
	"seen_at" bigint NOT NULL,
	"previous_at" bigint NOT NULL,
	CONSTRAINT "api_presence_single" CHECK ("api_presence"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "outages" (
	"id" text PRIMARY KEY NOT NULL,
	"from_at" bigint NOT NULL,
	"until_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "outages_until" ON "outages" USING btree ("until_at");--> statement-breakpoint
CREATE TRIGGER outages_no_change BEFORE UPDATE OR DELETE ON outages FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('recorded outages are immutable');
--> statement-breakpoint
CREATE TRIGGER outages_no_truncate BEFORE TRUNCATE ON outages FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('recorded outages are immutable');
