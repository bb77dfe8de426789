-- Schemes an office manages itself. Texts stand once, by their hash; taking one into force and taking that back are rows of
-- their own, never changed; drafts are the only rows that are.

CREATE TABLE scheme_text (
    office_id BIGINT NOT NULL REFERENCES office (id),
    hash TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (office_id, hash)
);
INSERT INTO scheme_text (office_id, hash, text) SELECT office_id, hash, max(text) FROM scheme GROUP BY office_id, hash;

-- A row with `withdraws` takes back the adoption it names.
CREATE TABLE scheme_adoption (
    office_id BIGINT NOT NULL REFERENCES office (id),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    scheme_id TEXT NOT NULL,
    from_date TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BIGINT REFERENCES account (id),
    withdraws BIGINT,
    reason TEXT NOT NULL,
    PRIMARY KEY (office_id, seq)
);
CREATE UNIQUE INDEX scheme_withdrawn_once ON scheme_adoption (office_id, withdraws);
INSERT INTO scheme_adoption (office_id, seq, hash, scheme_id, from_date, recorded_at, recorded_by, withdraws, reason)
    SELECT office_id, row_number() OVER (PARTITION BY office_id ORDER BY from_date), hash, scheme_id, from_date, adopted_at, NULL, NULL, ''
    FROM scheme;
INSERT INTO counter (office_id, name, value)
    SELECT office_id, 'scheme', count(*) FROM scheme GROUP BY office_id;
DROP TABLE scheme;

CREATE TABLE scheme_draft (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    hash TEXT NOT NULL,
    name TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    saved_by BIGINT REFERENCES account (id)
);
CREATE INDEX scheme_draft_by_office ON scheme_draft (office_id, id);
