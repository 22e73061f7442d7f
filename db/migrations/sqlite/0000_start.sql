CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_verified` integer DEFAULT false NOT NULL,
	`image` text,
	`username` text NOT NULL,
	`display_username` text,
	`must_change_password` integer DEFAULT false NOT NULL,
	`disabled_at` integer,
	`failures` integer DEFAULT 0 NOT NULL,
	`locked_until` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_email_unique` ON `accounts` (`email`);--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_username_unique` ON `accounts` (`username`);--> statement-breakpoint
CREATE TABLE `audit` (
	`seq` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`procurement_id` text,
	`subject` text NOT NULL,
	`detail` text NOT NULL,
	`sealed` integer NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_procurement` ON `audit` (`procurement_id`,`seq`);--> statement-breakpoint
CREATE TABLE `bids` (
	`id` text PRIMARY KEY NOT NULL,
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`supplier_id` text NOT NULL,
	`version` integer NOT NULL,
	`sha256` text NOT NULL,
	`size` integer NOT NULL,
	`received_at` integer NOT NULL,
	`deadline` integer NOT NULL,
	`state` text NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`supplier_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `bids_version` ON `bids` (`procurement_id`,`lot_no`,`supplier_id`,`version`);--> statement-breakpoint
CREATE UNIQUE INDEX `bids_standing` ON `bids` (`procurement_id`,`lot_no`,`supplier_id`) WHERE "bids"."state" = 'standing';--> statement-breakpoint
CREATE INDEX `bids_file` ON `bids` (`sha256`);--> statement-breakpoint
CREATE TABLE `credentials` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`provider_id` text NOT NULL,
	`user_id` text NOT NULL,
	`access_token` text,
	`refresh_token` text,
	`id_token` text,
	`access_token_expires_at` integer,
	`refresh_token_expires_at` integer,
	`scope` text,
	`password` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `credentials_user` ON `credentials` (`user_id`);--> statement-breakpoint
CREATE TABLE `decisions` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`grievance_id` text,
	`payload` text NOT NULL,
	`actor` text NOT NULL,
	`received_at` integer NOT NULL,
	`state` text NOT NULL,
	`settled_at` integer,
	`refusal` text,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `decisions_lot` ON `decisions` (`procurement_id`,`lot_no`,`kind`,`state`);--> statement-breakpoint
CREATE TABLE `documents` (
	`id` text PRIMARY KEY NOT NULL,
	`procurement_id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`media_type` text NOT NULL,
	`sha256` text NOT NULL,
	`size` integer NOT NULL,
	`uploaded_by` text NOT NULL,
	`uploaded_at` integer NOT NULL,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `documents_procurement` ON `documents` (`procurement_id`);--> statement-breakpoint
CREATE INDEX `documents_file` ON `documents` (`sha256`);--> statement-breakpoint
CREATE TABLE `grievances` (
	`id` text PRIMARY KEY NOT NULL,
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`kind` text NOT NULL,
	`target` text NOT NULL,
	`filed_by` text NOT NULL,
	`text_zh` text NOT NULL,
	`filed_at` integer NOT NULL,
	`reply_due_at` integer NOT NULL,
	`rule` text NOT NULL,
	`suspends` text NOT NULL,
	`state` text NOT NULL,
	`replied_at` integer,
	`outcome` text,
	`effect` text,
	`reply_zh` text,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `grievances_procurement` ON `grievances` (`procurement_id`,`lot_no`);--> statement-breakpoint
CREATE TABLE `idempotency` (
	`key` text NOT NULL,
	`account_id` text NOT NULL,
	`fingerprint` text NOT NULL,
	`status` integer,
	`response` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `key`)
);
--> statement-breakpoint
CREATE TABLE `installation` (
	`id` integer PRIMARY KEY NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_instant` integer NOT NULL,
	CONSTRAINT "installation_single" CHECK("installation"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE `lots` (
	`procurement_id` text NOT NULL,
	`no` integer NOT NULL,
	`title` text NOT NULL,
	`budget_fen` integer NOT NULL,
	`bid_bond_fen` integer,
	`stage` text NOT NULL,
	`stopped` text,
	`winner_bid_id` text,
	`awarded_at` integer,
	`deemed` integer DEFAULT false NOT NULL,
	PRIMARY KEY(`procurement_id`, `no`),
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `memberships` (
	`account_id` text NOT NULL,
	`organisation_id` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `organisation_id`, `role`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `milestones` (
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`key` text NOT NULL,
	`from_at` integer,
	`due_at` integer,
	`first_due_at` integer,
	`earliest` integer,
	`latest` integer,
	`rules` text NOT NULL,
	`trace` text NOT NULL,
	`provisional` integer NOT NULL,
	`if_nobody_acts` text,
	`state` text NOT NULL,
	`actual_at` integer,
	`by` text,
	`overdue` integer DEFAULT false NOT NULL,
	PRIMARY KEY(`procurement_id`, `lot_no`, `key`),
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `notices` (
	`id` text PRIMARY KEY NOT NULL,
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`kind` text NOT NULL,
	`version` integer NOT NULL,
	`corrects` text,
	`title_zh` text NOT NULL,
	`content` text NOT NULL,
	`legal_at` integer NOT NULL,
	`published_at` integer NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notices_version` ON `notices` (`procurement_id`,`lot_no`,`kind`,`version`);--> statement-breakpoint
CREATE INDEX `notices_published` ON `notices` (`published_at`,`id`);--> statement-breakpoint
CREATE TABLE `obtainers` (
	`procurement_id` text NOT NULL,
	`organisation_id` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`procurement_id`, `organisation_id`),
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `openings` (
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`legal_at` integer NOT NULL,
	`actual_at` integer NOT NULL,
	`entries` text NOT NULL,
	`bidders` integer NOT NULL,
	`opened` integer NOT NULL,
	PRIMARY KEY(`procurement_id`, `lot_no`)
);
--> statement-breakpoint
CREATE TABLE `organisations` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`credit_code` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `organisations_credit_code_unique` ON `organisations` (`credit_code`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`created_at` integer NOT NULL,
	`not_before` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`last_error` text,
	`delivered_at` integer
);
--> statement-breakpoint
CREATE INDEX `outbox_waiting` ON `outbox` (`not_before`,`id`) WHERE "outbox"."delivered_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_once` ON `outbox` (`kind`,`subject`);--> statement-breakpoint
CREATE TABLE `procurements` (
	`id` text PRIMARY KEY NOT NULL,
	`title` text NOT NULL,
	`regime` text NOT NULL,
	`procedure` text NOT NULL,
	`kind` text NOT NULL,
	`mandatory` integer NOT NULL,
	`purchaser_id` text NOT NULL,
	`agency_id` text,
	`budget_fen` integer NOT NULL,
	`content_zh` text NOT NULL,
	`stage` text NOT NULL,
	`version` integer NOT NULL,
	`rulebook_version` text NOT NULL,
	`intention_at` integer,
	`notice_at` integer NOT NULL,
	`documents_from` integer,
	`documents_until` integer,
	`bid_deadline` integer,
	`bid_validity_days` integer,
	`created_at` integer NOT NULL,
	`launched_at` integer,
	`opened_at` integer,
	`ended_at` integer,
	`retender_of` text,
	`retender_lot` integer,
	FOREIGN KEY (`purchaser_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`agency_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `procurements_stage` ON `procurements` (`stage`,`id`);--> statement-breakpoint
CREATE INDEX `procurements_purchaser` ON `procurements` (`purchaser_id`,`id`);--> statement-breakpoint
CREATE TABLE `questions` (
	`id` text PRIMARY KEY NOT NULL,
	`procurement_id` text NOT NULL,
	`asked_by` text NOT NULL,
	`text_zh` text NOT NULL,
	`asked_at` integer NOT NULL,
	`answer_zh` text,
	`answered_at` integer,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `questions_procurement` ON `questions` (`procurement_id`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`token` text NOT NULL,
	`user_id` text NOT NULL,
	`expires_at` integer NOT NULL,
	`ip_address` text,
	`user_agent` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_token_unique` ON `sessions` (`token`);--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE TABLE `suspensions` (
	`id` text PRIMARY KEY NOT NULL,
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`milestone` text NOT NULL,
	`grievance_id` text NOT NULL,
	`from_at` integer NOT NULL,
	`until_at` integer,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `suspensions_lot` ON `suspensions` (`procurement_id`,`lot_no`,`milestone`);--> statement-breakpoint
CREATE TABLE `verifications` (
	`id` text PRIMARY KEY NOT NULL,
	`identifier` text NOT NULL,
	`value` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
