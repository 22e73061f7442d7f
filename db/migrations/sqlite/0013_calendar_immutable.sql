CREATE TRIGGER calendar_years_no_update BEFORE UPDATE ON calendar_years BEGIN SELECT RAISE(ABORT, 'imported calendars are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER calendar_years_no_delete BEFORE DELETE ON calendar_years BEGIN SELECT RAISE(ABORT, 'imported calendars are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER calendar_years_no_replace BEFORE INSERT ON calendar_years WHEN EXISTS (SELECT 1 FROM calendar_years WHERE version = NEW.version) BEGIN SELECT RAISE(ABORT, 'imported calendars are immutable'); END;
