CREATE TRIGGER unsealings_no_update BEFORE UPDATE ON unsealings BEGIN SELECT RAISE(ABORT, 'what came out of a sealed bid is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER unsealings_no_delete BEFORE DELETE ON unsealings BEGIN SELECT RAISE(ABORT, 'what came out of a sealed bid is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER unsealings_no_replace BEFORE INSERT ON unsealings WHEN EXISTS (SELECT 1 FROM unsealings WHERE bid_id = NEW.bid_id) BEGIN SELECT RAISE(ABORT, 'what came out of a sealed bid is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bid_parts_no_update BEFORE UPDATE ON bid_parts BEGIN SELECT RAISE(ABORT, 'the parts of an opened bid are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bid_parts_no_delete BEFORE DELETE ON bid_parts BEGIN SELECT RAISE(ABORT, 'the parts of an opened bid are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bid_parts_no_replace BEFORE INSERT ON bid_parts WHEN EXISTS (SELECT 1 FROM bid_parts WHERE bid_id = NEW.bid_id AND no = NEW.no) BEGIN SELECT RAISE(ABORT, 'the parts of an opened bid are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bidder_shares_no_update BEFORE UPDATE ON bidder_shares BEGIN SELECT RAISE(ABORT, 'the release of a share is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bidder_shares_no_delete BEFORE DELETE ON bidder_shares BEGIN SELECT RAISE(ABORT, 'the release of a share is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER bidder_shares_no_replace BEFORE INSERT ON bidder_shares WHEN EXISTS (SELECT 1 FROM bidder_shares WHERE bid_id = NEW.bid_id) BEGIN SELECT RAISE(ABORT, 'the release of a share is immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_faults_no_update BEFORE UPDATE ON opening_faults BEGIN SELECT RAISE(ABORT, 'recorded faults of an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_faults_no_delete BEFORE DELETE ON opening_faults BEGIN SELECT RAISE(ABORT, 'recorded faults of an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_faults_no_replace BEFORE INSERT ON opening_faults WHEN EXISTS (SELECT 1 FROM opening_faults WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'recorded faults of an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_signatures_no_update BEFORE UPDATE ON opening_signatures BEGIN SELECT RAISE(ABORT, 'signatures of an opening record are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_signatures_no_delete BEFORE DELETE ON opening_signatures BEGIN SELECT RAISE(ABORT, 'signatures of an opening record are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_signatures_no_replace BEFORE INSERT ON opening_signatures WHEN EXISTS (SELECT 1 FROM opening_signatures WHERE procurement_id = NEW.procurement_id AND lot_no = NEW.lot_no AND organisation_id = NEW.organisation_id) BEGIN SELECT RAISE(ABORT, 'signatures of an opening record are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_pauses_no_delete BEFORE DELETE ON opening_pauses BEGIN SELECT RAISE(ABORT, 'pauses of an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_pauses_no_replace BEFORE INSERT ON opening_pauses WHEN EXISTS (SELECT 1 FROM opening_pauses WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'pauses of an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_pauses_made_once BEFORE UPDATE OF id, procurement_id, reason_zh, paused_by, from_at ON opening_pauses BEGIN SELECT RAISE(ABORT, 'pauses of an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_pauses_ended_once BEFORE UPDATE OF until_at ON opening_pauses WHEN OLD.until_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a pause that has ended stays so'); END;
--> statement-breakpoint
CREATE TRIGGER opening_objections_no_delete BEFORE DELETE ON opening_objections BEGIN SELECT RAISE(ABORT, 'objections to an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_objections_no_replace BEFORE INSERT ON opening_objections WHEN EXISTS (SELECT 1 FROM opening_objections WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'objections to an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_objections_made_once BEFORE UPDATE OF id, procurement_id, lot_no, filed_by, text_zh, filed_at ON opening_objections BEGIN SELECT RAISE(ABORT, 'objections to an opening are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER opening_objections_ended_once BEFORE UPDATE OF answer_zh, answered_by, answered_at ON opening_objections WHEN OLD.answered_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'an objection that was answered stays so'); END;
--> statement-breakpoint
CREATE TRIGGER opening_custodians_no_delete BEFORE DELETE ON opening_custodians BEGIN SELECT RAISE(ABORT, 'what a custodian did in an opening is kept'); END;
--> statement-breakpoint
CREATE TRIGGER opening_custodians_made_once BEFORE UPDATE OF procurement_id, custodian ON opening_custodians BEGIN SELECT RAISE(ABORT, 'what a custodian did in an opening is kept'); END;
--> statement-breakpoint
CREATE TRIGGER opening_custodians_given_once BEFORE UPDATE ON opening_custodians WHEN OLD.state = 'released' BEGIN SELECT RAISE(ABORT, 'a share that was given stays given'); END;
--> statement-breakpoint
CREATE TRIGGER opening_custodians_no_replace BEFORE INSERT ON opening_custodians WHEN EXISTS (SELECT 1 FROM opening_custodians WHERE procurement_id = NEW.procurement_id AND custodian = NEW.custodian AND state = 'released') BEGIN SELECT RAISE(ABORT, 'a share that was given stays given'); END;
