-- By what a procurement was judged never changes.
CREATE TRIGGER catalogue_entries_no_update BEFORE UPDATE ON catalogue_entries BEGIN SELECT RAISE(ABORT, 'the catalogue only grows'); END;
--> statement-breakpoint
CREATE TRIGGER catalogue_entries_no_delete BEFORE DELETE ON catalogue_entries BEGIN SELECT RAISE(ABORT, 'the catalogue only grows'); END;
--> statement-breakpoint
CREATE TRIGGER catalogue_entries_no_replace BEFORE INSERT ON catalogue_entries WHEN EXISTS (SELECT 1 FROM catalogue_entries WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'the catalogue only grows'); END;
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
