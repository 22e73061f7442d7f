CREATE TABLE `bid_parts` (
	`bid_id` text NOT NULL,
	`no` integer NOT NULL,
	`path` text NOT NULL,
	`media_type` text NOT NULL,
	`size` integer NOT NULL,
	`sha256` text NOT NULL,
	PRIMARY KEY(`bid_id`, `no`),
	FOREIGN KEY (`bid_id`) REFERENCES `bids`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `bid_parts_file` ON `bid_parts` (`sha256`);--> statement-breakpoint
CREATE TABLE `opening_faults` (
	`id` text PRIMARY KEY NOT NULL,
	`procurement_id` text NOT NULL,
	`bid_id` text,
	`minutes` integer NOT NULL,
	`reason_zh` text NOT NULL,
	`recorded_by` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `opening_faults_procurement` ON `opening_faults` (`procurement_id`);--> statement-breakpoint
ALTER TABLE `procurements` ADD `objection_minutes` integer;