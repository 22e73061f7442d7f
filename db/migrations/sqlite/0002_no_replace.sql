-- INSERT OR REPLACE deletes without asking the triggers on DELETE: what is there already is not put in again.
CREATE TRIGGER notices_no_replace BEFORE INSERT ON notices WHEN EXISTS (SELECT 1 FROM notices WHERE id = NEW.id OR (procurement_id = NEW.procurement_id AND lot_no = NEW.lot_no AND kind = NEW.kind AND version = NEW.version)) BEGIN SELECT RAISE(ABORT, 'published notices are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'the audit trail is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER openings_no_replace BEFORE INSERT ON openings WHEN EXISTS (SELECT 1 FROM openings WHERE procurement_id = NEW.procurement_id AND lot_no = NEW.lot_no) BEGIN SELECT RAISE(ABORT, 'opening records are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bids_no_replace BEFORE INSERT ON bids WHEN EXISTS (SELECT 1 FROM bids WHERE id = NEW.id OR (procurement_id = NEW.procurement_id AND lot_no = NEW.lot_no AND supplier_id = NEW.supplier_id AND (version = NEW.version OR (state = 'standing' AND NEW.state = 'standing')))) BEGIN SELECT RAISE(ABORT, 'bids are never deleted'); END;
--> statement-breakpoint
CREATE TRIGGER bids_named_once BEFORE UPDATE OF id, version ON bids BEGIN SELECT RAISE(ABORT, 'the receipt of a bid is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bids_ended_once BEFORE UPDATE OF state, ended_at ON bids WHEN OLD.state <> 'standing' BEGIN SELECT RAISE(ABORT, 'a bid that was replaced or withdrawn stays so'); END;
