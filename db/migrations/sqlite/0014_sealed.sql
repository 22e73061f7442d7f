CREATE TABLE `bidder_shares` (
	`bid_id` text PRIMARY KEY NOT NULL,
	`share` text NOT NULL,
	`released_at` integer NOT NULL,
	FOREIGN KEY (`bid_id`) REFERENCES `bids`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `custodian_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`custodian` text NOT NULL,
	`recipient` text NOT NULL,
	`registered_by` text NOT NULL,
	`registered_at` integer NOT NULL,
	`retired_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `custodian_keys_recipient_unique` ON `custodian_keys` (`recipient`);--> statement-breakpoint
CREATE TABLE `deadlines` (
	`procurement_id` text NOT NULL,
	`version` integer NOT NULL,
	`bid_deadline` integer,
	`set_at` integer NOT NULL,
	PRIMARY KEY(`procurement_id`, `version`),
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `log_nodes` (
	`level` integer NOT NULL,
	`idx` integer NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`level`, `idx`)
);
--> statement-breakpoint
CREATE TABLE `opening_custodians` (
	`procurement_id` text NOT NULL,
	`custodian` text NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`at` integer NOT NULL,
	PRIMARY KEY(`procurement_id`, `custodian`)
);
--> statement-breakpoint
CREATE TABLE `opening_objections` (
	`id` text PRIMARY KEY NOT NULL,
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`filed_by` text NOT NULL,
	`text_zh` text NOT NULL,
	`filed_at` integer NOT NULL,
	`answer_zh` text,
	`answered_by` text,
	`answered_at` integer
);
--> statement-breakpoint
CREATE INDEX `opening_objections_lot` ON `opening_objections` (`procurement_id`,`lot_no`);--> statement-breakpoint
CREATE TABLE `opening_pauses` (
	`id` text PRIMARY KEY NOT NULL,
	`procurement_id` text NOT NULL,
	`reason_zh` text NOT NULL,
	`paused_by` text NOT NULL,
	`from_at` integer NOT NULL,
	`until_at` integer
);
--> statement-breakpoint
CREATE INDEX `opening_pauses_procurement` ON `opening_pauses` (`procurement_id`);--> statement-breakpoint
CREATE TABLE `opening_signatures` (
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`organisation_id` text NOT NULL,
	`actor` text NOT NULL,
	`record_hash` text NOT NULL,
	`signed_at` integer NOT NULL,
	PRIMARY KEY(`procurement_id`, `lot_no`, `organisation_id`)
);
--> statement-breakpoint
CREATE TABLE `signing_keys` (
	`kid` text PRIMARY KEY NOT NULL,
	`jwk` text NOT NULL,
	`since` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tree_heads` (
	`size` integer PRIMARY KEY NOT NULL,
	`root` text NOT NULL,
	`signed_at` integer NOT NULL,
	`jws` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `unsealings` (
	`bid_id` text PRIMARY KEY NOT NULL,
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`state` text NOT NULL,
	`manifest` text,
	`reason_zh` text,
	`reason_en` text,
	`custodians` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`bid_id`) REFERENCES `bids`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `unsealings_lot` ON `unsealings` (`procurement_id`,`lot_no`);--> statement-breakpoint
CREATE TABLE `uploads` (
	`id` text PRIMARY KEY NOT NULL,
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`supplier_id` text NOT NULL,
	`account_id` text NOT NULL,
	`length` integer NOT NULL,
	`sha256` text,
	`state` text NOT NULL,
	`bid_id` text,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	`removed_at` integer,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `uploads_supplier` ON `uploads` (`supplier_id`,`procurement_id`);--> statement-breakpoint
CREATE INDEX `uploads_procurement` ON `uploads` (`procurement_id`,`state`);--> statement-breakpoint
ALTER TABLE `procurements` ADD `sealing` text;--> statement-breakpoint
ALTER TABLE `procurements` ADD `bidder_window_minutes` integer;--> statement-breakpoint
ALTER TABLE `procurements` ADD `deposit_decides` integer DEFAULT false NOT NULL;