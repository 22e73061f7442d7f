CREATE TRIGGER unsealings_no_change BEFORE UPDATE OR DELETE ON unsealings FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('what came out of a sealed bid is immutable');
--> statement-breakpoint
CREATE TRIGGER unsealings_no_truncate BEFORE TRUNCATE ON unsealings FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('what came out of a sealed bid is immutable');
--> statement-breakpoint
CREATE TRIGGER bid_parts_no_change BEFORE UPDATE OR DELETE ON bid_parts FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('the parts of an opened bid are immutable');
--> statement-breakpoint
CREATE TRIGGER bid_parts_no_truncate BEFORE TRUNCATE ON bid_parts FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('the parts of an opened bid are immutable');
--> statement-breakpoint
CREATE TRIGGER bidder_shares_no_change BEFORE UPDATE OR DELETE ON bidder_shares FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('the release of a share is immutable');
--> statement-breakpoint
CREATE TRIGGER bidder_shares_no_truncate BEFORE TRUNCATE ON bidder_shares FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('the release of a share is immutable');
--> statement-breakpoint
CREATE TRIGGER opening_faults_no_change BEFORE UPDATE OR DELETE ON opening_faults FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('recorded faults of an opening are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_faults_no_truncate BEFORE TRUNCATE ON opening_faults FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('recorded faults of an opening are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_signatures_no_change BEFORE UPDATE OR DELETE ON opening_signatures FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('signatures of an opening record are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_signatures_no_truncate BEFORE TRUNCATE ON opening_signatures FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('signatures of an opening record are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_pauses_no_delete BEFORE DELETE ON opening_pauses FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('pauses of an opening are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_pauses_no_truncate BEFORE TRUNCATE ON opening_pauses FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('pauses of an opening are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_pauses_made_once BEFORE UPDATE OF id, procurement_id, reason_zh, paused_by, from_at ON opening_pauses FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('pauses of an opening are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_pauses_ended_once BEFORE UPDATE OF until_at ON opening_pauses FOR EACH ROW WHEN (OLD.until_at IS NOT NULL) EXECUTE FUNCTION kaibiao_refuse('a pause that has ended stays so');
--> statement-breakpoint
CREATE TRIGGER opening_objections_no_delete BEFORE DELETE ON opening_objections FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('objections to an opening are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_objections_no_truncate BEFORE TRUNCATE ON opening_objections FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('objections to an opening are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_objections_made_once BEFORE UPDATE OF id, procurement_id, lot_no, filed_by, text_zh, filed_at ON opening_objections FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('objections to an opening are immutable');
--> statement-breakpoint
CREATE TRIGGER opening_objections_ended_once BEFORE UPDATE OF answer_zh, answered_by, answered_at ON opening_objections FOR EACH ROW WHEN (OLD.answered_at IS NOT NULL) EXECUTE FUNCTION kaibiao_refuse('an objection that was answered stays so');
--> statement-breakpoint
CREATE TRIGGER opening_custodians_no_delete BEFORE DELETE ON opening_custodians FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('what a custodian did in an opening is kept');
--> statement-breakpoint
CREATE TRIGGER opening_custodians_no_truncate BEFORE TRUNCATE ON opening_custodians FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('what a custodian did in an opening is kept');
--> statement-breakpoint
CREATE TRIGGER opening_custodians_made_once BEFORE UPDATE OF procurement_id, custodian ON opening_custodians FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('what a custodian did in an opening is kept');
--> statement-breakpoint
CREATE TRIGGER opening_custodians_given_once BEFORE UPDATE ON opening_custodians FOR EACH ROW WHEN (OLD.state = 'released') EXECUTE FUNCTION kaibiao_refuse('a share that was given stays given');
