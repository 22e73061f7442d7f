-- What a search looks in: titles cut into terms by db/search.ts, and an index over them that the triggers keep in step.
CREATE TABLE procurement_titles (seq integer PRIMARY KEY NOT NULL, id text NOT NULL UNIQUE, terms text NOT NULL);
--> statement-breakpoint
CREATE VIRTUAL TABLE procurement_search USING fts5(terms, content='procurement_titles', content_rowid='seq', tokenize='ascii');
--> statement-breakpoint
CREATE TRIGGER procurement_titles_insert AFTER INSERT ON procurement_titles BEGIN INSERT INTO procurement_search (rowid, terms) VALUES (NEW.seq, NEW.terms); END;
--> statement-breakpoint
CREATE TRIGGER procurement_titles_delete AFTER DELETE ON procurement_titles BEGIN INSERT INTO procurement_search (procurement_search, rowid, terms) VALUES ('delete', OLD.seq, OLD.terms); END;
--> statement-breakpoint
CREATE TRIGGER procurement_titles_update AFTER UPDATE ON procurement_titles BEGIN INSERT INTO procurement_search (procurement_search, rowid, terms) VALUES ('delete', OLD.seq, OLD.terms); INSERT INTO procurement_search (rowid, terms) VALUES (NEW.seq, NEW.terms); END;
--> statement-breakpoint
CREATE TABLE notice_titles (seq integer PRIMARY KEY NOT NULL, id text NOT NULL UNIQUE, terms text NOT NULL);
--> statement-breakpoint
CREATE VIRTUAL TABLE notice_search USING fts5(terms, content='notice_titles', content_rowid='seq', tokenize='ascii');
--> statement-breakpoint
CREATE TRIGGER notice_titles_insert AFTER INSERT ON notice_titles BEGIN INSERT INTO notice_search (rowid, terms) VALUES (NEW.seq, NEW.terms); END;
--> statement-breakpoint
CREATE TRIGGER notice_titles_delete AFTER DELETE ON notice_titles BEGIN INSERT INTO notice_search (notice_search, rowid, terms) VALUES ('delete', OLD.seq, OLD.terms); END;
--> statement-breakpoint
CREATE TRIGGER notice_titles_update AFTER UPDATE ON notice_titles BEGIN INSERT INTO notice_search (notice_search, rowid, terms) VALUES ('delete', OLD.seq, OLD.terms); INSERT INTO notice_search (rowid, terms) VALUES (NEW.seq, NEW.terms); END;
