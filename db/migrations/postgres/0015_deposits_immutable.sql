CREATE TRIGGER deposit_references_no_change BEFORE UPDATE OR DELETE ON deposit_references FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('references of deposits are immutable');
--> statement-breakpoint
CREATE TRIGGER deposit_references_no_truncate BEFORE TRUNCATE ON deposit_references FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('references of deposits are immutable');
--> statement-breakpoint
CREATE TRIGGER deposits_no_change BEFORE UPDATE OR DELETE ON deposits FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('records of deposits are immutable');
--> statement-breakpoint
CREATE TRIGGER deposits_no_truncate BEFORE TRUNCATE ON deposits FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('records of deposits are immutable');
--> statement-breakpoint
CREATE TRIGGER unmatched_payments_no_change BEFORE UPDATE OR DELETE ON unmatched_payments FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('records of payments are immutable');
--> statement-breakpoint
CREATE TRIGGER unmatched_payments_no_truncate BEFORE TRUNCATE ON unmatched_payments FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('records of payments are immutable');
--> statement-breakpoint
CREATE TRIGGER deposit_movements_no_change BEFORE UPDATE OR DELETE ON deposit_movements FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('movements of deposits are immutable');
--> statement-breakpoint
CREATE TRIGGER deposit_movements_no_truncate BEFORE TRUNCATE ON deposit_movements FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('movements of deposits are immutable');
