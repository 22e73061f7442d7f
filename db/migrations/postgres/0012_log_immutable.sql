CREATE TRIGGER tree_heads_no_change BEFORE UPDATE OR DELETE ON tree_heads FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('signed heads of the log are immutable');
--> statement-breakpoint
CREATE TRIGGER tree_heads_no_truncate BEFORE TRUNCATE ON tree_heads FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('signed heads of the log are immutable');
--> statement-breakpoint
CREATE TRIGGER deadlines_no_change BEFORE UPDATE OR DELETE ON deadlines FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('deadlines in the log are immutable');
--> statement-breakpoint
CREATE TRIGGER deadlines_no_truncate BEFORE TRUNCATE ON deadlines FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('deadlines in the log are immutable');
--> statement-breakpoint
CREATE TRIGGER signing_keys_no_change BEFORE UPDATE OR DELETE ON signing_keys FOR EACH ROW EXECUTE FUNCTION kaibiao_refuse('published signing keys are immutable');
--> statement-breakpoint
CREATE TRIGGER signing_keys_no_truncate BEFORE TRUNCATE ON signing_keys FOR EACH STATEMENT EXECUTE FUNCTION kaibiao_refuse('published signing keys are immutable');
