DROP INDEX `outbox_waiting`;--> statement-breakpoint
CREATE INDEX `outbox_waiting` ON `outbox` (`id`) WHERE "outbox"."delivered_at" is null;--> statement-breakpoint
CREATE INDEX `bids_supplier` ON `bids` (`supplier_id`,`id`);--> statement-breakpoint
CREATE INDEX `grievances_filer` ON `grievances` (`filed_by`,`id`);--> statement-breakpoint
CREATE INDEX `notices_procurement` ON `notices` (`procurement_id`,`published_at`,`id`);--> statement-breakpoint
CREATE INDEX `notices_kind` ON `notices` (`kind`,`published_at`,`id`);--> statement-breakpoint
CREATE INDEX `procurements_regime` ON `procurements` (`regime`,`id`);--> statement-breakpoint
CREATE INDEX `procurements_kind` ON `procurements` (`kind`,`id`);--> statement-breakpoint
CREATE INDEX `procurements_agency` ON `procurements` (`agency_id`,`id`);