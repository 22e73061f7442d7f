-- What is published or receipted never changes and never goes, whoever asks.
CREATE FUNCTION kaibiao_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$;
--> statement-breakpoint
CREATE TRIGGER notices_no_change BEFORE UPDATE OR DELETE ON notices FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('published notices are immutable');
--> statement-breakpoint
CREATE TRIGGER notices_no_truncate BEFORE TRUNCATE ON notices FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('published notices are immutable');
--> statement-breakpoint
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('the audit trail is immutable');
--> statement-breakpoint
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('the audit trail is immutable');
--> statement-breakpoint
CREATE TRIGGER openings_no_change BEFORE UPDATE OR DELETE ON openings FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('opening records are immutable');
--> statement-breakpoint
CREATE TRIGGER openings_no_truncate BEFORE TRUNCATE ON openings FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('opening records are immutable');
--> statement-breakpoint
CREATE TRIGGER bids_no_delete BEFORE DELETE ON bids FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('bids are never deleted');
--> statement-breakpoint
CREATE TRIGGER bids_no_truncate BEFORE TRUNCATE ON bids FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('bids are never deleted');
--> statement-breakpoint
CREATE TRIGGER bids_received_once BEFORE UPDATE OF id, version, received_at, sha256, size, deadline, supplier_id, lot_no, procurement_id ON bids FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('the receipt of a bid is immutable');
--> statement-breakpoint
CREATE TRIGGER bids_ended_once BEFORE UPDATE OF state, ended_at ON bids FOR EACH ROW WHEN (OLD.state <> 'standing') EXECUTE FUNCTION kaibiao_refuse('a bid that was replaced or withdrawn stays so');
