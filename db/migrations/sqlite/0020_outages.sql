CREATE TABLE `api_presence` (
	`id` integer PRIMARY KEY NOT NULL,
	`seen_at` integer NOT NULL,
	`previous_at` integer NOT NULL,
	CONSTRAINT "api_presence_single" CHECK("api_presence"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE `outages` (
	`id` text PRIMARY KEY NOT NULL,
	`from_at` integer NOT NULL,
	`until_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `outages_until` ON `outages` (`until_at`);--> statement-breakpoint
CREATE TRIGGER outages_no_update BEFORE UPDATE ON outages BEGIN SELECT RAISE(ABORT, 'recorded outages are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER outages_no_delete BEFORE DELETE ON outages BEGIN SELECT RAISE(ABORT, 'recorded outages are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER outages_no_replace BEFORE INSERT ON outages WHEN EXISTS (SELECT 1 FROM outages WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'recorded outages are immutable'); END;
