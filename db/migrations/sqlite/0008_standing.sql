ALTER TABLE `organisations` ADD `identity` text;--> statement-breakpoint
ALTER TABLE `organisations` ADD `duties` text;--> statement-breakpoint
ALTER TABLE `organisations` ADD `reports_to` text;