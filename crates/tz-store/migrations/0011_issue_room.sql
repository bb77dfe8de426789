-- What the room of publications needs beyond an issue and its items: columns (栏目) of each publication, how many pages it may
-- have, to which units it is distributed, pieces made of several items, signatures, and who has read which issue.

-- 0: as many pages as it takes.
ALTER TABLE publication ADD COLUMN page_limit BIGINT NOT NULL DEFAULT 0;
-- none, all, listed (publication_unit). Leaders read every publication.
ALTER TABLE publication ADD COLUMN unit_readers TEXT NOT NULL DEFAULT 'none';

CREATE TABLE publication_column (
    publication_id BIGINT NOT NULL REFERENCES publication (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL CHECK (name <> ''),
    PRIMARY KEY (publication_id, position)
);
CREATE UNIQUE INDEX publication_column_once ON publication_column (publication_id, name);

CREATE TABLE publication_unit (
    publication_id BIGINT NOT NULL REFERENCES publication (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    PRIMARY KEY (publication_id, unit_id)
);

-- The item into whose piece this one was merged (综合稿). It is not printed by itself then, and keeps its own words for when it
-- is taken out again.
ALTER TABLE issue_item ADD COLUMN merged_into BIGINT REFERENCES item (id);

-- What was said of an issue's content: reviewed (审核), signed (签发), unsigned, or that a change ended what was said. Appended.
CREATE TABLE issue_mark (
    issue_id BIGINT NOT NULL REFERENCES issue (id),
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    seal TEXT NOT NULL,
    at BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    note TEXT NOT NULL,
    PRIMARY KEY (issue_id, position)
);

-- When a reader first opened an issue.
CREATE TABLE issue_read (
    issue_id BIGINT NOT NULL REFERENCES issue (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    read_at BIGINT NOT NULL,
    PRIMARY KEY (issue_id, account_id)
);
CREATE INDEX issue_read_by_account ON issue_read (account_id);
