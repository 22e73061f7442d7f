ALTER TABLE "organisations" ADD COLUMN "identity" jsonb;--> statement-breakpoint
ALTER TABLE "organisations" ADD COLUMN "duties" jsonb;--> statement-breakpoint
ALTER TABLE "organisations" ADD COLUMN "reports_to" text;