-- By what a procurement was judged never changes.
CREATE TRIGGER catalogue_entries_no_change BEFORE UPDATE OR DELETE ON catalogue_entries FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('the catalogue only grows');
--> statement-breakpoint
CREATE TRIGGER catalogue_entries_no_truncate BEFORE TRUNCATE ON catalogue_entries FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('the catalogue only grows');
--> statement-breakpoint
CREATE TRIGGER procurement_thresholds_no_change BEFORE UPDATE OR DELETE ON procurement_thresholds FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('the figures only grow');
--> statement-breakpoint
CREATE TRIGGER procurement_thresholds_no_truncate BEFORE TRUNCATE ON procurement_thresholds FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('the figures only grow');
--> statement-breakpoint
CREATE TRIGGER off_platform_trades_no_change BEFORE UPDATE OR DELETE ON off_platform_trades FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('records of trades elsewhere are corrected by new ones');
--> statement-breakpoint
CREATE TRIGGER off_platform_trades_no_truncate BEFORE TRUNCATE ON off_platform_trades FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('records of trades elsewhere are corrected by new ones');
