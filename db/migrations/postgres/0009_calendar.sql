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
ALTER TABLE "procurements" ADD COLUMN "calendar_hash" text;