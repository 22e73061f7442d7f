CREATE TRIGGER notices_no_update BEFORE UPDATE ON notices BEGIN SELECT RAISE(ABORT, 'published notices are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER notices_no_delete BEFORE DELETE ON notices BEGIN SELECT RAISE(ABORT, 'published notices are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER openings_no_update BEFORE UPDATE ON openings BEGIN SELECT RAISE(ABORT, 'opening records are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER openings_no_delete BEFORE DELETE ON openings BEGIN SELECT RAISE(ABORT, 'opening records are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bids_no_delete BEFORE DELETE ON bids BEGIN SELECT RAISE(ABORT, 'bids are never deleted'); END;
--> statement-breakpoint
CREATE TRIGGER bids_received_once BEFORE UPDATE OF received_at, sha256, size, deadline, supplier_id, lot_no, procurement_id ON bids BEGIN SELECT RAISE(ABORT, 'the receipt of a bid is immutable'); END;
