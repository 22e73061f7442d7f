CREATE TABLE `deposit_movements` (
	`id` text PRIMARY KEY NOT NULL,
	`deposit_id` text NOT NULL,
	`kind` text NOT NULL,
	`amount_fen` integer NOT NULL,
	`interest_fen` integer NOT NULL,
	`at` integer NOT NULL,
	`bank_reference` text,
	`ground` text,
	`reason_zh` text,
	`actor` text NOT NULL,
	`recorded_at` integer NOT NULL,
	FOREIGN KEY (`deposit_id`) REFERENCES `deposits`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `deposit_movements_deposit` ON `deposit_movements` (`deposit_id`);--> statement-breakpoint
CREATE TABLE `deposit_references` (
	`reference` text PRIMARY KEY NOT NULL,
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`supplier_id` text NOT NULL,
	`issued_at` integer NOT NULL,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`supplier_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deposit_references_bidder` ON `deposit_references` (`procurement_id`,`lot_no`,`supplier_id`);--> statement-breakpoint
CREATE TABLE `deposits` (
	`id` text PRIMARY KEY NOT NULL,
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`supplier_id` text NOT NULL,
	`form` text NOT NULL,
	`amount_fen` integer NOT NULL,
	`external_id` text NOT NULL,
	`payer` text,
	`payer_account` text,
	`from_base_account` integer,
	`issuer` text,
	`valid_until` integer,
	`arrived_at` integer NOT NULL,
	`source` text NOT NULL,
	`actor` text NOT NULL,
	`recorded_at` integer NOT NULL,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`supplier_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deposits_external_id_unique` ON `deposits` (`external_id`);--> statement-breakpoint
CREATE INDEX `deposits_lot` ON `deposits` (`procurement_id`,`lot_no`,`supplier_id`);--> statement-breakpoint
CREATE TABLE `unmatched_payments` (
	`id` text PRIMARY KEY NOT NULL,
	`external_id` text NOT NULL,
	`amount_fen` integer NOT NULL,
	`payer` text,
	`payer_account` text,
	`from_base_account` integer,
	`arrived_at` integer NOT NULL,
	`source` text NOT NULL,
	`actor` text NOT NULL,
	`recorded_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `unmatched_payments_external_id_unique` ON `unmatched_payments` (`external_id`);--> statement-breakpoint
ALTER TABLE `procurements` ADD `deposit_forms` text;