CREATE TABLE "temporal_homes" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"namespace_id" text NOT NULL,
	"namespace" text NOT NULL,
	"since" bigint NOT NULL
);
