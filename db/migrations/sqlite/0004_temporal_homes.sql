CREATE TABLE `temporal_homes` (
	`seq` integer PRIMARY KEY NOT NULL,
	`namespace_id` text NOT NULL,
	`namespace` text NOT NULL,
	`since` integer NOT NULL
);
