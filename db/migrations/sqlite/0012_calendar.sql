CREATE TABLE `calendar_years` (
	`version` integer PRIMARY KEY NOT NULL,
	`year` integer NOT NULL,
	`days` text NOT NULL,
	`url` text,
	`correction` integer NOT NULL,
	`imported_by` text NOT NULL,
	`imported_at` integer NOT NULL,
	`calendar_hash` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `procurements` ADD `calendar_hash` text;