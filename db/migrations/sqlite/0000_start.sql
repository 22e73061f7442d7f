CREATE TABLE `account_resets` (
	`account_id` text NOT NULL,
	`what` text NOT NULL,
	`requested_by` text NOT NULL,
	`requested_at` integer NOT NULL,
	`not_before` integer NOT NULL,
	PRIMARY KEY(`account_id`, `what`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_verified` integer DEFAULT false NOT NULL,
	`image` text,
	`username` text NOT NULL,
	`display_username` text,
	`must_change_password` integer DEFAULT false NOT NULL,
	`one_time_until` integer,
	`own_password_at` integer,
	`second_factor_at` integer,
	`disabled_at` integer,
	`failures` integer DEFAULT 0 NOT NULL,
	`locked_until` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_email_unique` ON `accounts` (`email`);--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_username_unique` ON `accounts` (`username`);--> statement-breakpoint
CREATE TABLE `api_presence` (
	`id` integer PRIMARY KEY NOT NULL,
	`seen_at` integer NOT NULL,
	`previous_at` integer NOT NULL,
	CONSTRAINT "api_presence_single" CHECK("api_presence"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE `audit` (
	`seq` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`procurement_id` text,
	`subject` text NOT NULL,
	`detail` text NOT NULL,
	`confidential` integer NOT NULL,
	`rows` text,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_procurement` ON `audit` (`procurement_id`,`seq`);--> statement-breakpoint
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
CREATE TABLE `bidder_shares` (
	`bid_id` text PRIMARY KEY NOT NULL,
	`share` text NOT NULL,
	`released_at` integer NOT NULL,
	FOREIGN KEY (`bid_id`) REFERENCES `bids`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `bids` (
	`id` text PRIMARY KEY NOT NULL,
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`supplier_id` text NOT NULL,
	`version` integer NOT NULL,
	`sha256` text NOT NULL,
	`size` integer NOT NULL,
	`received_at` integer NOT NULL,
	`deadline` integer,
	`state` text NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`supplier_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `bids_version` ON `bids` (`procurement_id`,`lot_no`,`supplier_id`,`version`);--> statement-breakpoint
CREATE UNIQUE INDEX `bids_standing` ON `bids` (`procurement_id`,`lot_no`,`supplier_id`) WHERE "bids"."state" = 'standing';--> statement-breakpoint
CREATE INDEX `bids_supplier` ON `bids` (`supplier_id`,`id`);--> statement-breakpoint
CREATE INDEX `bids_file` ON `bids` (`sha256`);--> statement-breakpoint
CREATE TABLE `bookings` (
	`id` text PRIMARY KEY NOT NULL,
	`room_id` text NOT NULL,
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`purpose` text NOT NULL,
	`from_minutes` integer NOT NULL,
	`minutes` integer NOT NULL,
	`booked_by` text,
	`booked_at` integer NOT NULL,
	`cancelled_at` integer,
	FOREIGN KEY (`room_id`) REFERENCES `rooms`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `bookings_room` ON `bookings` (`room_id`,`booked_at`) WHERE "bookings"."cancelled_at" is null;--> statement-breakpoint
CREATE INDEX `bookings_procurement` ON `bookings` (`procurement_id`);--> statement-breakpoint
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
CREATE TABLE `catalogue_entries` (
	`id` text PRIMARY KEY NOT NULL,
	`regime` text NOT NULL,
	`code` text NOT NULL,
	`name_zh` text NOT NULL,
	`kind` text,
	`level` text NOT NULL,
	`must_trade_on_platform` integer NOT NULL,
	`centralised` integer NOT NULL,
	`from_day` text NOT NULL,
	`until_day` text,
	`source` text NOT NULL,
	`recorded_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `catalogue_entries_item` ON `catalogue_entries` (`regime`,`code`,`from_day`,`id`);--> statement-breakpoint
CREATE TABLE `committee_acts` (
	`id` text PRIMARY KEY NOT NULL,
	`draw_id` text NOT NULL,
	`by` text NOT NULL,
	`act` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`draw_id`) REFERENCES `draws`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `committee_acts_draw` ON `committee_acts` (`draw_id`,`id`);--> statement-breakpoint
CREATE TABLE `committee_calls` (
	`draw_id` text NOT NULL,
	`no` integer NOT NULL,
	`field` text NOT NULL,
	`label` text NOT NULL,
	`tag` text NOT NULL,
	`state` text NOT NULL,
	`asked_at` integer NOT NULL,
	`answer_until` integer NOT NULL,
	`ended_at` integer,
	`cleared_at` integer,
	`departure` text,
	`chosen` integer DEFAULT false NOT NULL,
	`sealed_reason` text,
	PRIMARY KEY(`draw_id`, `no`),
	FOREIGN KEY (`draw_id`) REFERENCES `draws`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `committee_calls_tag` ON `committee_calls` (`tag`);--> statement-breakpoint
CREATE TABLE `committee_marks` (
	`draw_id` text NOT NULL,
	`member_id` text NOT NULL,
	`bid_id` text NOT NULL,
	`item` text NOT NULL,
	`entry` text NOT NULL,
	`entered_at` integer NOT NULL,
	PRIMARY KEY(`draw_id`, `member_id`, `bid_id`, `item`),
	FOREIGN KEY (`draw_id`) REFERENCES `draws`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`bid_id`) REFERENCES `bids`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `contacts` (
	`account_id` text PRIMARY KEY NOT NULL,
	`language` text NOT NULL,
	`channels` text NOT NULL,
	`mail` text,
	`sms` text,
	`changed_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `controls` (
	`id` text PRIMARY KEY NOT NULL,
	`organisation_id` text NOT NULL,
	`relation` text NOT NULL,
	`other_name` text NOT NULL,
	`other_code` text NOT NULL,
	`since` text NOT NULL,
	`declared_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `controls_organisation` ON `controls` (`organisation_id`);--> statement-breakpoint
CREATE INDEX `controls_other` ON `controls` (`other_code`);--> statement-breakpoint
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
CREATE TABLE `decisions` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`grievance_id` text,
	`payload` text NOT NULL,
	`actor` text NOT NULL,
	`received_at` integer NOT NULL,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `decisions_lot` ON `decisions` (`procurement_id`,`lot_no`,`kind`);--> statement-breakpoint
CREATE TABLE `deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`channel` text NOT NULL,
	`kind` text NOT NULL,
	`source` text NOT NULL,
	`procurement_id` text,
	`lot_no` integer NOT NULL,
	`detail` text NOT NULL,
	`queued_at` integer NOT NULL,
	`state` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`not_before` integer NOT NULL,
	`last_error` text,
	`settled_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_source` ON `deliveries` (`source`,`account_id`,`channel`);--> statement-breakpoint
CREATE INDEX `deliveries_waiting` ON `deliveries` (`channel`,`not_before`) WHERE "deliveries"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX `deliveries_state` ON `deliveries` (`state`,`id`);--> statement-breakpoint
CREATE INDEX `deliveries_account` ON `deliveries` (`account_id`,`channel`,`queued_at`);--> statement-breakpoint
CREATE INDEX `deliveries_settled` ON `deliveries` (`settled_at`);--> statement-breakpoint
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
CREATE INDEX `deposit_movements_reference` ON `deposit_movements` (upper(replace(replace("bank_reference", ' ', ''), '-', '')));--> statement-breakpoint
CREATE TABLE `deposit_rates` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`from_day` text NOT NULL,
	`until_day` text,
	`rate_ppm` integer NOT NULL,
	`day_count` integer NOT NULL,
	`source` text NOT NULL,
	`actor` text NOT NULL,
	`recorded_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `deposit_rates_kind` ON `deposit_rates` (`kind`,`from_day`,`id`);--> statement-breakpoint
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
CREATE INDEX `deposits_lot` ON `deposits` (`procurement_id`,`lot_no`,`supplier_id`);--> statement-breakpoint
CREATE INDEX `deposits_number` ON `deposits` (`external_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `deposits_transaction` ON `deposits` (`external_id`) WHERE "deposits"."form" = 'transfer';--> statement-breakpoint
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
CREATE TABLE `draw_parts` (
	`draw_id` text NOT NULL,
	`party` text NOT NULL,
	`commitment` text NOT NULL,
	`committed_by` text NOT NULL,
	`committed_at` integer NOT NULL,
	`sealed_part` text,
	`part` text,
	`revealed_at` integer,
	PRIMARY KEY(`draw_id`, `party`),
	FOREIGN KEY (`draw_id`) REFERENCES `draws`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `draw_plans` (
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`version` integer NOT NULL,
	`sealed` text NOT NULL,
	`lead_minutes` integer,
	`stated_by` text NOT NULL,
	`stated_at` integer NOT NULL,
	`settled_at` integer,
	`failure` text,
	PRIMARY KEY(`procurement_id`, `lot_no`, `version`),
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `draws` (
	`id` text PRIMARY KEY NOT NULL,
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`round` integer NOT NULL,
	`state` text NOT NULL,
	`terms` text NOT NULL,
	`hash` text NOT NULL,
	`sealed` text NOT NULL,
	`answer_minutes` integer NOT NULL,
	`head_size` integer,
	`orders` text,
	`opened_by` text NOT NULL,
	`opened_at` integer NOT NULL,
	`drawn_at` integer,
	`formed_at` integer,
	`short_at` integer,
	`ended_at` integer,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `draws_round` ON `draws` (`procurement_id`,`lot_no`,`round`);--> statement-breakpoint
CREATE TABLE `event_notifications` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`kind` text NOT NULL,
	`source` text NOT NULL,
	`procurement_id` text,
	`lot_no` integer NOT NULL,
	`detail` text NOT NULL,
	`at` integer NOT NULL,
	`read_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `event_notifications_source` ON `event_notifications` (`account_id`,`source`);--> statement-breakpoint
CREATE INDEX `event_notifications_account` ON `event_notifications` (`account_id`,`id`);--> statement-breakpoint
CREATE TABLE `events` (
	`seq` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`kind` text NOT NULL,
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`organisation_id` text,
	`subject` text NOT NULL,
	`detail` text NOT NULL,
	`confidential` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `events_procurement` ON `events` (`procurement_id`,`seq`);--> statement-breakpoint
CREATE TABLE `expert_pools` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`level` text NOT NULL,
	`elsewhere` integer NOT NULL,
	`keeper_id` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`keeper_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `experts` (
	`id` text PRIMARY KEY NOT NULL,
	`pool_id` text NOT NULL,
	`number` text NOT NULL,
	`name` text NOT NULL,
	`fields` text NOT NULL,
	`region` text,
	`employer` text NOT NULL,
	`employer_code` text,
	`telephone` text,
	`credentials` text NOT NULL,
	`ties` text NOT NULL,
	`suspension` text,
	`account_id` text,
	`imported_at` integer NOT NULL,
	`removed_at` integer,
	FOREIGN KEY (`pool_id`) REFERENCES `expert_pools`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `experts_number` ON `experts` (`pool_id`,`number`);--> statement-breakpoint
CREATE INDEX `experts_account` ON `experts` (`account_id`);--> statement-breakpoint
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
	`letter` text,
	`interest_zh` text,
	`attachments` text,
	`basis` text,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `grievances_procurement` ON `grievances` (`procurement_id`,`lot_no`);--> statement-breakpoint
CREATE INDEX `grievances_filer` ON `grievances` (`filed_by`,`id`);--> statement-breakpoint
CREATE INDEX `grievances_reply` ON `grievances` (`reply_due_at`) WHERE "grievances"."state" <> 'replied';--> statement-breakpoint
CREATE TABLE `idempotency` (
	`key` text NOT NULL,
	`account_id` text NOT NULL,
	`fingerprint` text NOT NULL,
	`status` integer NOT NULL,
	`response` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `key`)
);
--> statement-breakpoint
CREATE TABLE `identities` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`kind` text NOT NULL,
	`issuer` text NOT NULL,
	`subject` text NOT NULL,
	`label` text NOT NULL,
	`expires_at` integer,
	`linked_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `identities_subject` ON `identities` (`kind`,`issuer`,`subject`);--> statement-breakpoint
CREATE INDEX `identities_account` ON `identities` (`account_id`);--> statement-breakpoint
CREATE TABLE `installation` (
	`id` integer PRIMARY KEY NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_instant` integer NOT NULL,
	`folder_id` text,
	`clock_alarm` text,
	`clock_pace` text,
	CONSTRAINT "installation_single" CHECK("installation"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE `invitations` (
	`id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`account_id` text,
	`registration_id` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`registration_id`) REFERENCES `registrations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invitations_token_hash_unique` ON `invitations` (`token_hash`);--> statement-breakpoint
CREATE INDEX `invitations_account` ON `invitations` (`account_id`);--> statement-breakpoint
CREATE INDEX `invitations_registration` ON `invitations` (`registration_id`);--> statement-breakpoint
CREATE TABLE `invitees` (
	`procurement_id` text NOT NULL,
	`organisation_id` text NOT NULL,
	`position` integer NOT NULL,
	`source` text NOT NULL,
	`reason_zh` text,
	`invited_at` integer,
	PRIMARY KEY(`procurement_id`, `position`),
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `invitees_organisation` ON `invitees` (`procurement_id`,`organisation_id`);--> statement-breakpoint
CREATE TABLE `leases` (
	`name` text PRIMARY KEY NOT NULL,
	`holder` text NOT NULL,
	`until` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `log_nodes` (
	`level` integer NOT NULL,
	`idx` integer NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`level`, `idx`)
);
--> statement-breakpoint
CREATE TABLE `lot_schemes` (
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`version` integer NOT NULL,
	`scheme` text NOT NULL,
	`statements` text NOT NULL,
	`hash` text NOT NULL,
	`stated_at` integer NOT NULL,
	PRIMARY KEY(`procurement_id`, `lot_no`, `version`),
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `lots` (
	`procurement_id` text NOT NULL,
	`no` integer NOT NULL,
	`title` text NOT NULL,
	`budget_fen` integer NOT NULL,
	`bid_bond_fen` integer,
	`performance_bond_permille` integer,
	`performance_bond_days` integer,
	`stage` text NOT NULL,
	`failure` text,
	`winner_bid_id` text,
	`awarded_at` integer,
	`deemed` integer DEFAULT false NOT NULL,
	PRIMARY KEY(`procurement_id`, `no`),
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `mandates` (
	`id` text PRIMARY KEY NOT NULL,
	`purchaser_id` text NOT NULL,
	`agency_id` text NOT NULL,
	`subject_zh` text NOT NULL,
	`project_codes` text,
	`acts` text NOT NULL,
	`purchaser_confirms` text NOT NULL,
	`until_at` integer NOT NULL,
	`offered_by` text NOT NULL,
	`offered_at` integer NOT NULL,
	`accepted_at` integer,
	`ended_by` text,
	`ended_at` integer,
	`end_reason_zh` text,
	FOREIGN KEY (`purchaser_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`agency_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `mandates_agency` ON `mandates` (`agency_id`,`purchaser_id`);--> statement-breakpoint
CREATE INDEX `mandates_purchaser` ON `mandates` (`purchaser_id`,`id`);--> statement-breakpoint
CREATE TABLE `membership_requests` (
	`account_id` text NOT NULL,
	`organisation_id` text NOT NULL,
	`role` text NOT NULL,
	`requested_by` text,
	`requested_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `organisation_id`, `role`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `membership_requests_organisation` ON `membership_requests` (`organisation_id`);--> statement-breakpoint
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
CREATE INDEX `memberships_organisation` ON `memberships` (`organisation_id`,`role`);--> statement-breakpoint
CREATE INDEX `memberships_role` ON `memberships` (`role`);--> statement-breakpoint
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
CREATE INDEX `milestones_due` ON `milestones` (`due_at`) WHERE "milestones"."state" = 'planned';--> statement-breakpoint
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
CREATE INDEX `notices_procurement` ON `notices` (`procurement_id`,`published_at`,`id`);--> statement-breakpoint
CREATE INDEX `notices_kind` ON `notices` (`kind`,`published_at`,`id`);--> statement-breakpoint
CREATE TABLE `notifications` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`kind` text NOT NULL,
	`detail` text NOT NULL,
	`at` integer NOT NULL,
	`read_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `notifications_account` ON `notifications` (`account_id`,`id`);--> statement-breakpoint
CREATE TABLE `obtainers` (
	`procurement_id` text NOT NULL,
	`organisation_id` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`procurement_id`, `organisation_id`),
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `off_platform_trades` (
	`id` text PRIMARY KEY NOT NULL,
	`corrects` text,
	`purchaser` text NOT NULL,
	`purchaser_code` text,
	`title` text NOT NULL,
	`regime` text NOT NULL,
	`kind` text,
	`procedure` text,
	`amount_fen` integer NOT NULL,
	`traded_on` text NOT NULL,
	`catalogue_code` text,
	`place` text NOT NULL,
	`source` text NOT NULL,
	`withdrawn` integer NOT NULL,
	`recorded_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `off_platform_trades_corrects_unique` ON `off_platform_trades` (`corrects`);--> statement-breakpoint
CREATE INDEX `off_platform_trades_day` ON `off_platform_trades` (`traded_on`,`id`);--> statement-breakpoint
CREATE INDEX `off_platform_trades_item` ON `off_platform_trades` (`purchaser_code`,`catalogue_code`,`traded_on`) WHERE "off_platform_trades"."catalogue_code" is not null;--> statement-breakpoint
CREATE TABLE `opening_attendance` (
	`procurement_id` text NOT NULL,
	`version` integer NOT NULL,
	`people` text NOT NULL,
	`recorded_by` text NOT NULL,
	`recorded_at` integer NOT NULL,
	PRIMARY KEY(`procurement_id`, `version`)
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
CREATE TABLE `openings` (
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`legal_at` integer NOT NULL,
	`actual_at` integer NOT NULL,
	`entries` text NOT NULL,
	`bidders` integer NOT NULL,
	`opened` integer NOT NULL,
	`heading` text,
	PRIMARY KEY(`procurement_id`, `lot_no`)
);
--> statement-breakpoint
CREATE TABLE `organisation_corrections` (
	`id` text PRIMARY KEY NOT NULL,
	`organisation_id` text NOT NULL,
	`name` text NOT NULL,
	`credit_code` text NOT NULL,
	`former_name` text NOT NULL,
	`former_code` text NOT NULL,
	`reason_zh` text NOT NULL,
	`requested_by` text NOT NULL,
	`requested_at` integer NOT NULL,
	`state` text NOT NULL,
	`decided_at` integer,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `organisation_corrections_organisation` ON `organisation_corrections` (`organisation_id`,`id`);--> statement-breakpoint
CREATE INDEX `organisation_corrections_former` ON `organisation_corrections` (`former_code`);--> statement-breakpoint
CREATE TABLE `organisations` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`credit_code` text NOT NULL,
	`created_at` integer NOT NULL,
	`identity` text,
	`duties` text,
	`reports_to` text,
	`first_person_at` integer,
	`folded` text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `organisations_credit_code_unique` ON `organisations` (`credit_code`);--> statement-breakpoint
CREATE TABLE `outages` (
	`id` text PRIMARY KEY NOT NULL,
	`from_at` integer NOT NULL,
	`until_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `outages_until` ON `outages` (`until_at`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`subject` text PRIMARY KEY NOT NULL,
	`wanted` integer NOT NULL,
	`created_at` integer NOT NULL,
	`not_before` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`last_error` text
);
--> statement-breakpoint
CREATE INDEX `outbox_oldest` ON `outbox` (`created_at`,`subject`);--> statement-breakpoint
CREATE TABLE `prepared_acts` (
	`id` text PRIMARY KEY NOT NULL,
	`act` text NOT NULL,
	`procurement_id` text NOT NULL,
	`lot_no` integer NOT NULL,
	`path` text NOT NULL,
	`params` text NOT NULL,
	`request` text,
	`files` text NOT NULL,
	`seen` text NOT NULL,
	`organisation_id` text NOT NULL,
	`prepared_by` text NOT NULL,
	`prepared_at` integer NOT NULL,
	`confirming_id` text NOT NULL,
	`lapses_at` integer NOT NULL,
	`state` text NOT NULL,
	`settled_by` text,
	`settled_at` integer,
	`reason_zh` text,
	`decision_id` text,
	FOREIGN KEY (`procurement_id`) REFERENCES `procurements`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`confirming_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `prepared_acts_organisation` ON `prepared_acts` (`organisation_id`,`id`);--> statement-breakpoint
CREATE INDEX `prepared_acts_confirming` ON `prepared_acts` (`confirming_id`,`id`);--> statement-breakpoint
CREATE INDEX `prepared_acts_procurement` ON `prepared_acts` (`procurement_id`,`id`);--> statement-breakpoint
CREATE TABLE `procurement_thresholds` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`level` text,
	`open_fen` integer,
	`limit_fen` integer,
	`from_day` text NOT NULL,
	`until_day` text,
	`source` text NOT NULL,
	`recorded_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `procurement_thresholds_kind` ON `procurement_thresholds` (`kind`,`from_day`,`id`);--> statement-breakpoint
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
	`particulars` text,
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
	`discarded_at` integer,
	`retender_of` text,
	`retender_lot` integer,
	`retender_others` text,
	`catalogue_code` text,
	`project_code` text,
	`fiscal_funds_fen` integer,
	`investment_fen` integer,
	`calendar_hash` text,
	`sealing` text,
	`bidder_window_minutes` integer,
	`objection_minutes` integer,
	`deposit_decides` integer DEFAULT false NOT NULL,
	`deposit_forms` text,
	`method_ground` text,
	FOREIGN KEY (`purchaser_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`agency_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `procurements_stage` ON `procurements` (`stage`,`id`);--> statement-breakpoint
CREATE INDEX `procurements_regime` ON `procurements` (`regime`,`id`);--> statement-breakpoint
CREATE INDEX `procurements_kind` ON `procurements` (`kind`,`id`);--> statement-breakpoint
CREATE INDEX `procurements_purchaser` ON `procurements` (`purchaser_id`,`id`);--> statement-breakpoint
CREATE INDEX `procurements_agency` ON `procurements` (`agency_id`,`id`);--> statement-breakpoint
CREATE INDEX `procurements_board` ON `procurements` (`notice_at`,`id`,`stage`,`regime`,`kind`,`procedure`,`budget_fen`);--> statement-breakpoint
CREATE INDEX `procurements_stage_board` ON `procurements` (`stage`,`notice_at`,`id`);--> statement-breakpoint
CREATE INDEX `procurements_purchaser_board` ON `procurements` (`purchaser_id`,`notice_at`,`id`);--> statement-breakpoint
CREATE INDEX `procurements_due` ON `procurements` (`bid_deadline`) WHERE "procurements"."stage" = 'bidding';--> statement-breakpoint
CREATE INDEX `procurements_project` ON `procurements` (`purchaser_id`,`project_code`,`kind`) WHERE "procurements"."project_code" is not null;--> statement-breakpoint
CREATE INDEX `procurements_item` ON `procurements` (`purchaser_id`,`catalogue_code`,`notice_at`) WHERE "procurements"."catalogue_code" is not null;--> statement-breakpoint
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
CREATE TABLE `readers` (
	`name` text PRIMARY KEY NOT NULL,
	`place` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `recovery_codes` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`used_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `recovery_codes_hash_unique` ON `recovery_codes` (`hash`);--> statement-breakpoint
CREATE INDEX `recovery_codes_account` ON `recovery_codes` (`account_id`);--> statement-breakpoint
CREATE TABLE `registrations` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`credit_code` text NOT NULL,
	`contact` text NOT NULL,
	`telephone` text NOT NULL,
	`state` text NOT NULL,
	`requested_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`decided_by` text,
	`decided_at` integer,
	`reason_zh` text,
	`organisation_id` text,
	`account_id` text,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `registrations_state` ON `registrations` (`state`,`id`);--> statement-breakpoint
CREATE INDEX `registrations_code` ON `registrations` (`credit_code`);--> statement-breakpoint
CREATE TABLE `rooms` (
	`id` text PRIMARY KEY NOT NULL,
	`venue` text NOT NULL,
	`name` text NOT NULL,
	`purposes` text NOT NULL,
	`seats` integer NOT NULL,
	`booked` integer NOT NULL,
	`created_at` integer NOT NULL,
	`retired_at` integer
);
--> statement-breakpoint
CREATE TABLE `row_changes` (
	`seq` integer NOT NULL,
	`no` integer NOT NULL,
	`table_name` text NOT NULL,
	`row_key` text NOT NULL,
	`was` text,
	`hash` text,
	PRIMARY KEY(`seq`, `no`)
);
--> statement-breakpoint
CREATE TABLE `second_factors` (
	`account_id` text PRIMARY KEY NOT NULL,
	`sealed` text NOT NULL,
	`created_at` integer NOT NULL,
	`confirmed_at` integer,
	`last_step` integer,
	`failures` integer DEFAULT 0 NOT NULL,
	`locked_until` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`token` text NOT NULL,
	`user_id` text NOT NULL,
	`expires_at` integer NOT NULL,
	`ip_address` text,
	`user_agent` text,
	`signed_in_by` text NOT NULL,
	`second_factor_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_token_unique` ON `sessions` (`token`);--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE TABLE `signing_keys` (
	`kid` text PRIMARY KEY NOT NULL,
	`jwk` text NOT NULL,
	`since` integer NOT NULL
);
--> statement-breakpoint
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
CREATE TABLE `temporal_homes` (
	`seq` integer PRIMARY KEY NOT NULL,
	`namespace_id` text NOT NULL,
	`namespace` text NOT NULL,
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
CREATE TABLE `verifications` (
	`id` text PRIMARY KEY NOT NULL,
	`identifier` text NOT NULL,
	`value` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);--> statement-breakpoint
-- By hand from here: what drizzle-kit does not draw up from the schema.
CREATE TRIGGER notices_no_update BEFORE UPDATE ON notices BEGIN SELECT RAISE(ABORT, 'published notices are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER notices_no_delete BEFORE DELETE ON notices BEGIN SELECT RAISE(ABORT, 'published notices are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER openings_no_update BEFORE UPDATE ON openings BEGIN SELECT RAISE(ABORT, 'opening records are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER openings_no_delete BEFORE DELETE ON openings BEGIN SELECT RAISE(ABORT, 'opening records are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bids_no_delete BEFORE DELETE ON bids BEGIN SELECT RAISE(ABORT, 'bids are never deleted'); END;
--> statement-breakpoint
CREATE TRIGGER bids_received_once BEFORE UPDATE OF received_at, sha256, size, deadline, supplier_id, lot_no, procurement_id ON bids BEGIN SELECT RAISE(ABORT, 'the receipt of a bid is immutable'); END;
--> statement-breakpoint
-- INSERT OR REPLACE deletes without asking the triggers on DELETE: what is there already is not put in again.
CREATE TRIGGER notices_no_replace BEFORE INSERT ON notices WHEN EXISTS (SELECT 1 FROM notices WHERE id = NEW.id OR (procurement_id = NEW.procurement_id AND lot_no = NEW.lot_no AND kind = NEW.kind AND version = NEW.version)) BEGIN SELECT RAISE(ABORT, 'published notices are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'the audit trail is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER row_changes_no_update BEFORE UPDATE ON row_changes BEGIN SELECT RAISE(ABORT, 'the changes of rows that the trail names are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER row_changes_no_delete BEFORE DELETE ON row_changes BEGIN SELECT RAISE(ABORT, 'the changes of rows that the trail names are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER row_changes_no_replace BEFORE INSERT ON row_changes WHEN EXISTS (SELECT 1 FROM row_changes WHERE seq = NEW.seq AND no = NEW.no) BEGIN SELECT RAISE(ABORT, 'the changes of rows that the trail names are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER openings_no_replace BEFORE INSERT ON openings WHEN EXISTS (SELECT 1 FROM openings WHERE procurement_id = NEW.procurement_id AND lot_no = NEW.lot_no) BEGIN SELECT RAISE(ABORT, 'opening records are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bids_no_replace BEFORE INSERT ON bids WHEN EXISTS (SELECT 1 FROM bids WHERE id = NEW.id OR (procurement_id = NEW.procurement_id AND lot_no = NEW.lot_no AND supplier_id = NEW.supplier_id AND (version = NEW.version OR (state = 'standing' AND NEW.state = 'standing')))) BEGIN SELECT RAISE(ABORT, 'bids are never deleted'); END;
--> statement-breakpoint
CREATE TRIGGER bids_named_once BEFORE UPDATE OF id, version ON bids BEGIN SELECT RAISE(ABORT, 'the receipt of a bid is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bids_ended_once BEFORE UPDATE OF state, ended_at ON bids WHEN OLD.state <> 'standing' BEGIN SELECT RAISE(ABORT, 'a bid that was replaced or withdrawn stays so'); END;
--> statement-breakpoint
-- What a search looks in: titles cut into terms by db/search.ts, and an index over them that the triggers keep in step.
CREATE TABLE procurement_titles (seq integer PRIMARY KEY NOT NULL, id text NOT NULL UNIQUE, terms text NOT NULL);
--> statement-breakpoint
CREATE VIRTUAL TABLE procurement_search USING fts5(terms, content='procurement_titles', content_rowid='seq', tokenize='ascii');
--> statement-breakpoint
CREATE TRIGGER procurement_titles_insert AFTER INSERT ON procurement_titles BEGIN INSERT INTO procurement_search (rowid, terms) VALUES (NEW.seq, NEW.terms); END;
--> statement-breakpoint
CREATE TRIGGER procurement_titles_delete AFTER DELETE ON procurement_titles BEGIN INSERT INTO procurement_search (procurement_search, rowid, terms) VALUES ('delete', OLD.seq, OLD.terms); END;
--> statement-breakpoint
CREATE TRIGGER procurement_titles_update AFTER UPDATE ON procurement_titles BEGIN INSERT INTO procurement_search (procurement_search, rowid, terms) VALUES ('delete', OLD.seq, OLD.terms); INSERT INTO procurement_search (rowid, terms) VALUES (NEW.seq, NEW.terms); END;
--> statement-breakpoint
CREATE TABLE notice_titles (seq integer PRIMARY KEY NOT NULL, id text NOT NULL UNIQUE, terms text NOT NULL);
--> statement-breakpoint
CREATE VIRTUAL TABLE notice_search USING fts5(terms, content='notice_titles', content_rowid='seq', tokenize='ascii');
--> statement-breakpoint
CREATE TRIGGER notice_titles_insert AFTER INSERT ON notice_titles BEGIN INSERT INTO notice_search (rowid, terms) VALUES (NEW.seq, NEW.terms); END;
--> statement-breakpoint
CREATE TRIGGER notice_titles_delete AFTER DELETE ON notice_titles BEGIN INSERT INTO notice_search (notice_search, rowid, terms) VALUES ('delete', OLD.seq, OLD.terms); END;
--> statement-breakpoint
CREATE TRIGGER notice_titles_update AFTER UPDATE ON notice_titles BEGIN INSERT INTO notice_search (notice_search, rowid, terms) VALUES ('delete', OLD.seq, OLD.terms); INSERT INTO notice_search (rowid, terms) VALUES (NEW.seq, NEW.terms); END;
--> statement-breakpoint
-- By what a procurement was judged never changes.
CREATE TRIGGER catalogue_entries_no_update BEFORE UPDATE ON catalogue_entries BEGIN SELECT RAISE(ABORT, 'the catalogue only grows'); END;
--> statement-breakpoint
CREATE TRIGGER catalogue_entries_no_delete BEFORE DELETE ON catalogue_entries BEGIN SELECT RAISE(ABORT, 'the catalogue only grows'); END;
--> statement-breakpoint
CREATE TRIGGER catalogue_entries_no_replace BEFORE INSERT ON catalogue_entries WHEN EXISTS (SELECT 1 FROM catalogue_entries WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'the catalogue only grows'); END;
--> statement-breakpoint
CREATE TRIGGER deposit_rates_no_update BEFORE UPDATE ON deposit_rates BEGIN SELECT RAISE(ABORT, 'the rates only grow'); END;
--> statement-breakpoint
CREATE TRIGGER deposit_rates_no_delete BEFORE DELETE ON deposit_rates BEGIN SELECT RAISE(ABORT, 'the rates only grow'); END;
--> statement-breakpoint
CREATE TRIGGER deposit_rates_no_replace BEFORE INSERT ON deposit_rates WHEN EXISTS (SELECT 1 FROM deposit_rates WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'the rates only grow'); END;
--> statement-breakpoint
CREATE TRIGGER procurement_thresholds_no_update BEFORE UPDATE ON procurement_thresholds BEGIN SELECT RAISE(ABORT, 'the figures only grow'); END;
--> statement-breakpoint
CREATE TRIGGER procurement_thresholds_no_delete BEFORE DELETE ON procurement_thresholds BEGIN SELECT RAISE(ABORT, 'the figures only grow'); END;
--> statement-breakpoint
CREATE TRIGGER procurement_thresholds_no_replace BEFORE INSERT ON procurement_thresholds WHEN EXISTS (SELECT 1 FROM procurement_thresholds WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'the figures only grow'); END;
--> statement-breakpoint
CREATE TRIGGER off_platform_trades_no_update BEFORE UPDATE ON off_platform_trades BEGIN SELECT RAISE(ABORT, 'records of trades elsewhere are corrected by new ones'); END;
--> statement-breakpoint
CREATE TRIGGER off_platform_trades_no_delete BEFORE DELETE ON off_platform_trades BEGIN SELECT RAISE(ABORT, 'records of trades elsewhere are corrected by new ones'); END;
--> statement-breakpoint
CREATE TRIGGER off_platform_trades_no_replace BEFORE INSERT ON off_platform_trades WHEN EXISTS (SELECT 1 FROM off_platform_trades WHERE id = NEW.id OR (NEW.corrects IS NOT NULL AND corrects = NEW.corrects)) BEGIN SELECT RAISE(ABORT, 'records of trades elsewhere are corrected by new ones'); END;
--> statement-breakpoint
CREATE TRIGGER calendar_years_no_update BEFORE UPDATE ON calendar_years BEGIN SELECT RAISE(ABORT, 'imported calendars are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER calendar_years_no_delete BEFORE DELETE ON calendar_years BEGIN SELECT RAISE(ABORT, 'imported calendars are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER calendar_years_no_replace BEFORE INSERT ON calendar_years WHEN EXISTS (SELECT 1 FROM calendar_years WHERE version = NEW.version) BEGIN SELECT RAISE(ABORT, 'imported calendars are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER tree_heads_no_update BEFORE UPDATE ON tree_heads BEGIN SELECT RAISE(ABORT, 'signed heads of the log are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER tree_heads_no_delete BEFORE DELETE ON tree_heads BEGIN SELECT RAISE(ABORT, 'signed heads of the log are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER tree_heads_no_replace BEFORE INSERT ON tree_heads WHEN EXISTS (SELECT 1 FROM tree_heads WHERE size = NEW.size) BEGIN SELECT RAISE(ABORT, 'signed heads of the log are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deadlines_no_update BEFORE UPDATE ON deadlines BEGIN SELECT RAISE(ABORT, 'deadlines in the log are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deadlines_no_delete BEFORE DELETE ON deadlines BEGIN SELECT RAISE(ABORT, 'deadlines in the log are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deadlines_no_replace BEFORE INSERT ON deadlines WHEN EXISTS (SELECT 1 FROM deadlines WHERE procurement_id = NEW.procurement_id AND version = NEW.version) BEGIN SELECT RAISE(ABORT, 'deadlines in the log are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER signing_keys_no_update BEFORE UPDATE ON signing_keys BEGIN SELECT RAISE(ABORT, 'published signing keys are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER signing_keys_no_delete BEFORE DELETE ON signing_keys BEGIN SELECT RAISE(ABORT, 'published signing keys are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER signing_keys_no_replace BEFORE INSERT ON signing_keys WHEN EXISTS (SELECT 1 FROM signing_keys WHERE kid = NEW.kid) BEGIN SELECT RAISE(ABORT, 'published signing keys are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposit_references_no_update BEFORE UPDATE ON deposit_references BEGIN SELECT RAISE(ABORT, 'references of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposit_references_no_delete BEFORE DELETE ON deposit_references BEGIN SELECT RAISE(ABORT, 'references of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposit_references_no_replace BEFORE INSERT ON deposit_references WHEN EXISTS (SELECT 1 FROM deposit_references WHERE reference = NEW.reference OR (procurement_id = NEW.procurement_id AND lot_no = NEW.lot_no AND supplier_id = NEW.supplier_id)) BEGIN SELECT RAISE(ABORT, 'references of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposits_no_update BEFORE UPDATE ON deposits BEGIN SELECT RAISE(ABORT, 'records of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposits_no_delete BEFORE DELETE ON deposits BEGIN SELECT RAISE(ABORT, 'records of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposits_no_replace BEFORE INSERT ON deposits WHEN EXISTS (SELECT 1 FROM deposits WHERE id = NEW.id OR (external_id = NEW.external_id AND form = 'transfer' AND NEW.form = 'transfer')) BEGIN SELECT RAISE(ABORT, 'records of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER organisation_corrections_decided_once BEFORE UPDATE ON organisation_corrections WHEN OLD.state <> 'pending' BEGIN SELECT RAISE(ABORT, 'corrections of organisations are decided once'); END;
--> statement-breakpoint
CREATE TRIGGER organisation_corrections_no_delete BEFORE DELETE ON organisation_corrections BEGIN SELECT RAISE(ABORT, 'corrections of organisations are kept'); END;
--> statement-breakpoint
CREATE TRIGGER organisation_corrections_no_replace BEFORE INSERT ON organisation_corrections WHEN EXISTS (SELECT 1 FROM organisation_corrections WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'corrections of organisations are kept'); END;
--> statement-breakpoint
CREATE TRIGGER unmatched_payments_no_update BEFORE UPDATE ON unmatched_payments BEGIN SELECT RAISE(ABORT, 'records of payments are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER unmatched_payments_no_delete BEFORE DELETE ON unmatched_payments BEGIN SELECT RAISE(ABORT, 'records of payments are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER unmatched_payments_no_replace BEFORE INSERT ON unmatched_payments WHEN EXISTS (SELECT 1 FROM unmatched_payments WHERE id = NEW.id OR external_id = NEW.external_id) BEGIN SELECT RAISE(ABORT, 'records of payments are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposit_movements_no_update BEFORE UPDATE ON deposit_movements BEGIN SELECT RAISE(ABORT, 'movements of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposit_movements_no_delete BEFORE DELETE ON deposit_movements BEGIN SELECT RAISE(ABORT, 'movements of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposit_movements_no_replace BEFORE INSERT ON deposit_movements WHEN EXISTS (SELECT 1 FROM deposit_movements WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'movements of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER unsealings_no_update BEFORE UPDATE ON unsealings BEGIN SELECT RAISE(ABORT, 'what came out of a sealed bid is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER unsealings_no_delete BEFORE DELETE ON unsealings BEGIN SELECT RAISE(ABORT, 'what came out of a sealed bid is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER unsealings_no_replace BEFORE INSERT ON unsealings WHEN EXISTS (SELECT 1 FROM unsealings WHERE bid_id = NEW.bid_id) BEGIN SELECT RAISE(ABORT, 'what came out of a sealed bid is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bid_parts_no_update BEFORE UPDATE ON bid_parts BEGIN SELECT RAISE(ABORT, 'the parts of an opened bid are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bid_parts_no_delete BEFORE DELETE ON bid_parts BEGIN SELECT RAISE(ABORT, 'the parts of an opened bid are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bid_parts_no_replace BEFORE INSERT ON bid_parts WHEN EXISTS (SELECT 1 FROM bid_parts WHERE bid_id = NEW.bid_id AND no = NEW.no) BEGIN SELECT RAISE(ABORT, 'the parts of an opened bid are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bidder_shares_no_update BEFORE UPDATE ON bidder_shares BEGIN SELECT RAISE(ABORT, 'the release of a share is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bidder_shares_no_delete BEFORE DELETE ON bidder_shares BEGIN SELECT RAISE(ABORT, 'the release of a share is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bidder_shares_no_replace BEFORE INSERT ON bidder_shares WHEN EXISTS (SELECT 1 FROM bidder_shares WHERE bid_id = NEW.bid_id) BEGIN SELECT RAISE(ABORT, 'the release of a share is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_faults_no_update BEFORE UPDATE ON opening_faults BEGIN SELECT RAISE(ABORT, 'recorded faults of an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_faults_no_delete BEFORE DELETE ON opening_faults BEGIN SELECT RAISE(ABORT, 'recorded faults of an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_faults_no_replace BEFORE INSERT ON opening_faults WHEN EXISTS (SELECT 1 FROM opening_faults WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'recorded faults of an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_signatures_no_update BEFORE UPDATE ON opening_signatures BEGIN SELECT RAISE(ABORT, 'signatures of an opening record are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_signatures_no_delete BEFORE DELETE ON opening_signatures BEGIN SELECT RAISE(ABORT, 'signatures of an opening record are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_signatures_no_replace BEFORE INSERT ON opening_signatures WHEN EXISTS (SELECT 1 FROM opening_signatures WHERE procurement_id = NEW.procurement_id AND lot_no = NEW.lot_no AND organisation_id = NEW.organisation_id) BEGIN SELECT RAISE(ABORT, 'signatures of an opening record are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_attendance_no_update BEFORE UPDATE ON opening_attendance BEGIN SELECT RAISE(ABORT, 'who was present at an opening is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_attendance_no_delete BEFORE DELETE ON opening_attendance BEGIN SELECT RAISE(ABORT, 'who was present at an opening is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_attendance_no_replace BEFORE INSERT ON opening_attendance WHEN EXISTS (SELECT 1 FROM opening_attendance WHERE procurement_id = NEW.procurement_id AND version = NEW.version) BEGIN SELECT RAISE(ABORT, 'who was present at an opening is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_pauses_no_delete BEFORE DELETE ON opening_pauses BEGIN SELECT RAISE(ABORT, 'pauses of an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_pauses_no_replace BEFORE INSERT ON opening_pauses WHEN EXISTS (SELECT 1 FROM opening_pauses WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'pauses of an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_pauses_made_once BEFORE UPDATE OF id, procurement_id, reason_zh, paused_by, from_at ON opening_pauses BEGIN SELECT RAISE(ABORT, 'pauses of an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_pauses_ended_once BEFORE UPDATE OF until_at ON opening_pauses WHEN OLD.until_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a pause that has ended stays so'); END;
--> statement-breakpoint
CREATE TRIGGER opening_objections_no_delete BEFORE DELETE ON opening_objections BEGIN SELECT RAISE(ABORT, 'objections to an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_objections_no_replace BEFORE INSERT ON opening_objections WHEN EXISTS (SELECT 1 FROM opening_objections WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'objections to an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_objections_made_once BEFORE UPDATE OF id, procurement_id, lot_no, filed_by, text_zh, filed_at ON opening_objections BEGIN SELECT RAISE(ABORT, 'objections to an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_objections_ended_once BEFORE UPDATE OF answer_zh, answered_by, answered_at ON opening_objections WHEN OLD.answered_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'an objection that was answered stays so'); END;
--> statement-breakpoint
CREATE TRIGGER opening_custodians_no_delete BEFORE DELETE ON opening_custodians BEGIN SELECT RAISE(ABORT, 'what a custodian did in an opening is kept'); END;
--> statement-breakpoint
CREATE TRIGGER opening_custodians_made_once BEFORE UPDATE OF procurement_id, custodian ON opening_custodians BEGIN SELECT RAISE(ABORT, 'what a custodian did in an opening is kept'); END;
--> statement-breakpoint
CREATE TRIGGER opening_custodians_given_once BEFORE UPDATE ON opening_custodians WHEN OLD.state = 'released' BEGIN SELECT RAISE(ABORT, 'a share that was given stays given'); END;
--> statement-breakpoint
CREATE TRIGGER opening_custodians_no_replace BEFORE INSERT ON opening_custodians WHEN EXISTS (SELECT 1 FROM opening_custodians WHERE procurement_id = NEW.procurement_id AND custodian = NEW.custodian AND state = 'released') BEGIN SELECT RAISE(ABORT, 'a share that was given stays given'); END;
--> statement-breakpoint
CREATE TRIGGER outages_no_update BEFORE UPDATE ON outages BEGIN SELECT RAISE(ABORT, 'recorded outages are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER outages_no_delete BEFORE DELETE ON outages BEGIN SELECT RAISE(ABORT, 'recorded outages are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER outages_no_replace BEFORE INSERT ON outages WHEN EXISTS (SELECT 1 FROM outages WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'recorded outages are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'recorded events are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'recorded events are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER events_no_replace BEFORE INSERT ON events WHEN EXISTS (SELECT 1 FROM events WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'recorded events are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER decisions_no_replace BEFORE INSERT ON decisions WHEN EXISTS (SELECT 1 FROM decisions WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'decisions are immutable'); END;
--> statement-breakpoint
-- Who was invited, and how each was chosen, never changes once the invitation is sent.
CREATE TRIGGER invitees_no_delete BEFORE DELETE ON invitees WHEN OLD.invited_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'sent invitations are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER invitees_sent_once BEFORE UPDATE ON invitees WHEN OLD.invited_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'sent invitations are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER invitees_no_replace BEFORE INSERT ON invitees WHEN EXISTS (SELECT 1 FROM invitees WHERE procurement_id = NEW.procurement_id AND position = NEW.position AND invited_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'sent invitations are immutable'); END;
--> statement-breakpoint
-- What was prepared for a second person is confirmed as it was prepared, and once.
CREATE TRIGGER prepared_acts_no_delete BEFORE DELETE ON prepared_acts BEGIN SELECT RAISE(ABORT, 'what was prepared is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER prepared_acts_no_replace BEFORE INSERT ON prepared_acts WHEN EXISTS (SELECT 1 FROM prepared_acts WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'what was prepared is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER prepared_acts_made_once BEFORE UPDATE OF id, act, procurement_id, lot_no, path, params, request, files, seen, organisation_id, prepared_by, prepared_at, confirming_id, lapses_at ON prepared_acts BEGIN SELECT RAISE(ABORT, 'what was prepared is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER prepared_acts_settled_once BEFORE UPDATE ON prepared_acts WHEN OLD.state <> 'waiting' BEGIN SELECT RAISE(ABORT, 'a prepared act that was confirmed or withdrawn stays so'); END;
--> statement-breakpoint
-- What a draw is made of is settled before anybody binds himself to it, and what it gave never changes.
CREATE TRIGGER draws_no_delete BEFORE DELETE ON draws BEGIN SELECT RAISE(ABORT, 'draws are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER draws_no_replace BEFORE INSERT ON draws WHEN EXISTS (SELECT 1 FROM draws WHERE id = NEW.id OR (procurement_id = NEW.procurement_id AND lot_no = NEW.lot_no AND round = NEW.round)) BEGIN SELECT RAISE(ABORT, 'draws are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER draws_made_once BEFORE UPDATE OF id, procurement_id, lot_no, round, terms, hash, answer_minutes, opened_by, opened_at ON draws BEGIN SELECT RAISE(ABORT, 'draws are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER draws_mixed_once BEFORE UPDATE OF head_size ON draws WHEN OLD.head_size IS NOT NULL AND NEW.head_size IS NOT OLD.head_size BEGIN SELECT RAISE(ABORT, 'what a draw is mixed with never changes'); END;
--> statement-breakpoint
CREATE TRIGGER draws_drawn_once BEFORE UPDATE OF orders, drawn_at ON draws WHEN OLD.drawn_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'what was drawn never changes'); END;
--> statement-breakpoint
CREATE TRIGGER draw_parts_no_delete BEFORE DELETE ON draw_parts BEGIN SELECT RAISE(ABORT, 'commitments are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER draw_parts_no_replace BEFORE INSERT ON draw_parts WHEN EXISTS (SELECT 1 FROM draw_parts WHERE draw_id = NEW.draw_id AND party = NEW.party) BEGIN SELECT RAISE(ABORT, 'commitments are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER draw_parts_made_once BEFORE UPDATE OF draw_id, party, commitment, committed_by, committed_at ON draw_parts BEGIN SELECT RAISE(ABORT, 'commitments are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER draw_parts_given_once BEFORE UPDATE OF sealed_part, revealed_at ON draw_parts WHEN OLD.revealed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a part of a seed that was given stays given'); END;
--> statement-breakpoint
CREATE TRIGGER committee_calls_no_delete BEFORE DELETE ON committee_calls BEGIN SELECT RAISE(ABORT, 'calls to a committee are kept'); END;
--> statement-breakpoint
CREATE TRIGGER committee_calls_no_replace BEFORE INSERT ON committee_calls WHEN EXISTS (SELECT 1 FROM committee_calls WHERE draw_id = NEW.draw_id AND no = NEW.no) BEGIN SELECT RAISE(ABORT, 'calls to a committee are kept'); END;
--> statement-breakpoint
CREATE TRIGGER committee_calls_made_once BEFORE UPDATE OF draw_id, no, field, label, tag, asked_at, answer_until, chosen ON committee_calls BEGIN SELECT RAISE(ABORT, 'calls to a committee are kept'); END;
--> statement-breakpoint
CREATE TRIGGER committee_calls_ended_once BEFORE UPDATE ON committee_calls WHEN OLD.state NOT IN ('invited', 'confirmed') BEGIN SELECT RAISE(ABORT, 'a call that has ended stays so'); END;
--> statement-breakpoint
-- What members of a committee did, and what bidders answered them, never changes.
CREATE TRIGGER committee_acts_no_update BEFORE UPDATE ON committee_acts BEGIN SELECT RAISE(ABORT, 'acts of a committee are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER committee_acts_no_delete BEFORE DELETE ON committee_acts BEGIN SELECT RAISE(ABORT, 'acts of a committee are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER committee_acts_no_replace BEFORE INSERT ON committee_acts WHEN EXISTS (SELECT 1 FROM committee_acts WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'acts of a committee are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER committee_marks_no_delete BEFORE DELETE ON committee_marks BEGIN SELECT RAISE(ABORT, 'marks are kept'); END;
--> statement-breakpoint
CREATE TRIGGER draw_plans_no_delete BEFORE DELETE ON draw_plans BEGIN SELECT RAISE(ABORT, 'plans of draws are kept'); END;
--> statement-breakpoint
CREATE TRIGGER draw_plans_no_replace BEFORE INSERT ON draw_plans WHEN EXISTS (SELECT 1 FROM draw_plans WHERE procurement_id = NEW.procurement_id AND lot_no = NEW.lot_no AND version = NEW.version) BEGIN SELECT RAISE(ABORT, 'plans of draws are kept'); END;
--> statement-breakpoint
CREATE TRIGGER draw_plans_made_once BEFORE UPDATE OF procurement_id, lot_no, version, sealed, lead_minutes, stated_by, stated_at ON draw_plans BEGIN SELECT RAISE(ABORT, 'plans of draws are kept'); END;
--> statement-breakpoint
CREATE TRIGGER draw_plans_settled_once BEFORE UPDATE OF settled_at, failure ON draw_plans WHEN OLD.settled_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a plan of a draw is carried out once'); END;
