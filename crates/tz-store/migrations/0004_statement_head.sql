-- Statements are listed without their content. On SQLite what stands behind the content in a row is reached by reading
-- through it, the whole content of each closed month; this index holds every column of the list.
CREATE INDEX statement_head ON statement
    (office_id, month, id, number, scheme_hash, fact_seq, sha256, closed_at, closed_by);
