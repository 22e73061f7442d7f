DROP INDEX "outbox_waiting";--> statement-breakpoint
CREATE INDEX "bids_supplier" ON "bids" USING btree ("supplier_id","id");--> statement-breakpoint
CREATE INDEX "grievances_filer" ON "grievances" USING btree ("filed_by","id");--> statement-breakpoint
CREATE INDEX "notices_procurement" ON "notices" USING btree ("procurement_id","published_at","id");--> statement-breakpoint
CREATE INDEX "notices_kind" ON "notices" USING btree ("kind","published_at","id");--> statement-breakpoint
CREATE INDEX "procurements_regime" ON "procurements" USING btree ("regime","id");--> statement-breakpoint
CREATE INDEX "procurements_kind" ON "procurements" USING btree ("kind","id");--> statement-breakpoint
CREATE INDEX "procurements_agency" ON "procurements" USING btree ("agency_id","id");--> statement-breakpoint
CREATE INDEX "outbox_waiting" ON "outbox" USING btree ("id") WHERE "outbox"."delivered_at" is null;