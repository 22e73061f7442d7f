CREATE TRIGGER deposit_references_no_update BEFORE UPDATE ON deposit_references BEGIN SELECT RAISE(ABORT, 'references of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposit_references_no_delete BEFORE DELETE ON deposit_references BEGIN SELECT RAISE(ABORT, 'references of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposit_references_no_replace BEFORE INSERT ON deposit_references WHEN EXISTS (SELECT 1 FROM deposit_references WHERE reference = NEW.reference OR (procurement_id = NEW.procurement_id AND lot_no = NEW.lot_no AND supplier_id = NEW.supplier_id)) BEGIN SELECT RAISE(ABORT, 'references of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposits_no_update BEFORE UPDATE ON deposits BEGIN SELECT RAISE(ABORT, 'records of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposits_no_delete BEFORE DELETE ON deposits BEGIN SELECT RAISE(ABORT, 'records of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposits_no_replace BEFORE INSERT ON deposits WHEN EXISTS (SELECT 1 FROM deposits WHERE id = NEW.id OR external_id = NEW.external_id) BEGIN SELECT RAISE(ABORT, 'records of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER unmatched_payments_no_update BEFORE UPDATE ON unmatched_payments BEGIN SELECT RAISE(ABORT, 'records of payments are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER unmatched_payments_no_delete BEFORE DELETE ON unmatched_payments BEGIN SELECT RAISE(ABORT, 'records of payments are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER unmatched_payments_no_replace BEFORE INSERT ON unmatched_payments WHEN EXISTS (SELECT 1 FROM unmatched_payments WHERE id = NEW.id OR external_id = NEW.external_id) BEGIN SELECT RAISE(ABORT, 'records of payments are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposit_movements_no_update BEFORE UPDATE ON deposit_movements BEGIN SELECT RAISE(ABORT, 'movements of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposit_movements_no_delete BEFORE DELETE ON deposit_movements BEGIN SELECT RAISE(ABORT, 'movements of deposits are immutable'); END;
--> statement-breakpoint
CREATE TRIGGER deposit_movements_no_replace BEFORE INSERT ON deposit_movements WHEN EXISTS (SELECT 1 FROM deposit_movements WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'movements of deposits are immutable'); END;
