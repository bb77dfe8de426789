-- 上报: what the office sends upward, and what became of it.
CREATE TABLE forward (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    year BIGINT,
    number BIGINT,
    target TEXT NOT NULL,
    form TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    counted_as TEXT NOT NULL,
    state TEXT NOT NULL,
    revision BIGINT NOT NULL,
    date TEXT,
    issue_id BIGINT REFERENCES issue (id),
    created_at BIGINT NOT NULL,
    created_by BIGINT REFERENCES account (id),
    sent_at BIGINT,
    sent_by BIGINT REFERENCES account (id),
    reason TEXT NOT NULL
);
CREATE UNIQUE INDEX forward_number_once ON forward (office_id, year, number);
CREATE INDEX forward_by_state ON forward (office_id, state, id);

-- The items whose text is in it; each unit of each is credited, once (R11).
CREATE TABLE forward_item (
    forward_id BIGINT NOT NULL REFERENCES forward (id),
    item_id BIGINT NOT NULL REFERENCES item (id),
    position BIGINT NOT NULL,
    fact_key TEXT,
    PRIMARY KEY (forward_id, item_id)
);
CREATE INDEX forward_item_by_item ON forward_item (item_id);

-- Lists of what a higher office adopted (上级采用目录), as they came.
CREATE TABLE adopted_list (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    name TEXT NOT NULL,
    lines BIGINT NOT NULL,
    known BIGINT NOT NULL,
    taken_at BIGINT NOT NULL,
    taken_by BIGINT REFERENCES account (id)
);

-- Their lines. `line_key` says what a line reports, so that a list taken again enters nothing twice.
CREATE TABLE adopted_line (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    list_id BIGINT NOT NULL REFERENCES adopted_list (id),
    position BIGINT NOT NULL,
    date TEXT NOT NULL,
    kind TEXT NOT NULL,
    form TEXT NOT NULL,
    title TEXT NOT NULL,
    said TEXT NOT NULL,
    line_key TEXT NOT NULL,
    state TEXT NOT NULL,
    fact_key TEXT,
    forward_id BIGINT REFERENCES forward (id),
    reason TEXT NOT NULL,
    settled_at BIGINT,
    settled_by BIGINT REFERENCES account (id)
);
CREATE UNIQUE INDEX adopted_line_once ON adopted_line (office_id, line_key);
CREATE INDEX adopted_line_by_state ON adopted_line (office_id, state, id);

-- 领导名单: who comments, with the level the scheme knows.
CREATE TABLE leader (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    name TEXT NOT NULL CHECK (name <> ''),
    duty TEXT NOT NULL,
    level TEXT NOT NULL,
    account_id BIGINT REFERENCES account (id),
    left_on TEXT,
    created_at BIGINT NOT NULL
);

-- A comment (批示): on several items it is several facts. What it says stands in the facts alone.
CREATE TABLE comment (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    source TEXT NOT NULL,
    issue_id BIGINT REFERENCES issue (id),
    recorded_at BIGINT NOT NULL,
    recorded_by BIGINT REFERENCES account (id)
);
CREATE TABLE comment_fact (
    office_id BIGINT NOT NULL REFERENCES office (id),
    fact_key TEXT NOT NULL,
    comment_id BIGINT NOT NULL REFERENCES comment (id),
    PRIMARY KEY (office_id, fact_key)
);
CREATE INDEX comment_fact_by_comment ON comment_fact (comment_id);

-- Files kept with a comment, a unit's reply or a claim: `owner` says with which.
CREATE TABLE kept_file (
    office_id BIGINT NOT NULL REFERENCES office (id),
    owner TEXT NOT NULL,
    owner_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    content_id BIGINT NOT NULL REFERENCES content (id),
    PRIMARY KEY (office_id, owner, owner_id, position)
);
CREATE INDEX kept_file_by_content ON kept_file (content_id);

-- 督办: what a unit is to do about a comment.
CREATE TABLE follow_up (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    fact_key TEXT NOT NULL,
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    requirement TEXT NOT NULL,
    deadline TEXT NOT NULL,
    remind BIGINT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BIGINT REFERENCES account (id),
    closed_at BIGINT,
    closed_by BIGINT REFERENCES account (id),
    closing TEXT NOT NULL
);
CREATE INDEX follow_up_by_state ON follow_up (office_id, state, deadline);
CREATE INDEX follow_up_by_unit ON follow_up (unit_id, state);
CREATE INDEX follow_up_by_fact ON follow_up (office_id, fact_key);

-- What was said about it, in order: the unit's replies, and why an editor sent one back.
CREATE TABLE follow_word (
    id BIGINT NOT NULL PRIMARY KEY,
    follow_id BIGINT NOT NULL REFERENCES follow_up (id),
    kind TEXT NOT NULL,
    words TEXT NOT NULL,
    at BIGINT NOT NULL,
    account_id BIGINT REFERENCES account (id)
);
CREATE INDEX follow_word_by_follow ON follow_word (follow_id, id);

-- 通报获批示 as a unit registers it (F1.n2), until an editor has decided.
CREATE TABLE bulletin_claim (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    statement_id BIGINT NOT NULL REFERENCES statement (id),
    kind TEXT NOT NULL,
    person TEXT NOT NULL,
    person_key TEXT NOT NULL,
    date TEXT NOT NULL,
    words TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    asked_by BIGINT REFERENCES account (id),
    decided_at BIGINT,
    decided_by BIGINT REFERENCES account (id),
    answer TEXT NOT NULL,
    fact_key TEXT
);
-- One bulletin and one person count once.
CREATE UNIQUE INDEX bulletin_claim_once ON bulletin_claim (office_id, unit_id, statement_id, person_key)
    WHERE state IN ('asked', 'confirmed');
CREATE INDEX bulletin_claim_by_state ON bulletin_claim (office_id, state, id);

-- Scans of commented pages: the same bytes are one.
CREATE TABLE scan (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    content_id BIGINT NOT NULL REFERENCES content (id),
    source TEXT NOT NULL,
    taken_at BIGINT NOT NULL,
    taken_by BIGINT REFERENCES account (id)
);
CREATE UNIQUE INDEX scan_once ON scan (office_id, sha256);
CREATE TABLE scan_page (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    scan_id BIGINT NOT NULL REFERENCES scan (id),
    page BIGINT NOT NULL,
    preview_id BIGINT REFERENCES content (id),
    state TEXT NOT NULL,
    why TEXT NOT NULL,
    codes TEXT NOT NULL,
    issue_id BIGINT REFERENCES issue (id),
    item_id BIGINT REFERENCES item (id),
    comment_id BIGINT REFERENCES comment (id),
    reason TEXT NOT NULL,
    settled_at BIGINT,
    settled_by BIGINT REFERENCES account (id)
);
CREATE INDEX scan_page_by_state ON scan_page (office_id, state, id);
CREATE INDEX scan_page_by_scan ON scan_page (scan_id, page);
CREATE INDEX scan_page_by_item ON scan_page (item_id);
