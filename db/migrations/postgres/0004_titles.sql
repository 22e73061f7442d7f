-- What a search looks in: titles cut into terms by db/search.ts. Without fastupdate no search waits for what was put off.
CREATE TABLE procurement_titles (id text PRIMARY KEY, terms text NOT NULL);
--> statement-breakpoint
CREATE INDEX procurement_titles_terms ON procurement_titles USING gin (array_to_tsvector(string_to_array(ltrim(terms), ' '))) WITH (fastupdate = off);
--> statement-breakpoint
CREATE TABLE notice_titles (id text PRIMARY KEY, terms text NOT NULL);
--> statement-breakpoint
CREATE INDEX notice_titles_terms ON notice_titles USING gin (array_to_tsvector(string_to_array(ltrim(terms), ' '))) WITH (fastupdate = off);
