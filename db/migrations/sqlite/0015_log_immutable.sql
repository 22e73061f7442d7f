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
