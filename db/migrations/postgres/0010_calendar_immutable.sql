CREATE TRIGGER calendar_years_no_change BEFORE UPDATE OR DELETE ON calendar_years FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('imported calendars are immutable');
--> statement-breakpoint
CREATE TRIGGER calendar_years_no_truncate BEFORE TRUNCATE ON calendar_years FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('imported calendars are immutable');
