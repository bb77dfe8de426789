-- The house from the first day. One text for both databases: TEXT, BIGINT, BOOLEAN and BYTEA mean the same to either here.
-- Moments are microseconds of UTC; days are texts (2018-06-04). Every record carries its office (机关).

CREATE TABLE office (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL CHECK (name <> ''),
    created_at BIGINT NOT NULL
);

-- Numbers without gaps: taken inside the transaction that uses them.
CREATE TABLE counter (
    office_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (office_id, name)
);

CREATE TABLE setting (
    office_id BIGINT NOT NULL REFERENCES office (id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (office_id, name)
);

CREATE TABLE scheme (
    office_id BIGINT NOT NULL REFERENCES office (id),
    hash TEXT NOT NULL,
    scheme_id TEXT NOT NULL,
    text TEXT NOT NULL,
    from_date TEXT NOT NULL,
    adopted_at BIGINT NOT NULL,
    PRIMARY KEY (office_id, from_date)
);

CREATE TABLE unit (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    position BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- What a unit is called and where it stands, by versions on the same ledger as facts (seq), so that a closed month can be recomputed.
CREATE TABLE unit_version (
    office_id BIGINT NOT NULL REFERENCES office (id),
    seq BIGINT NOT NULL,
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    name TEXT NOT NULL CHECK (name <> ''),
    class TEXT NOT NULL,
    ranking_group TEXT NOT NULL,
    direct_point TEXT,
    parent_id BIGINT REFERENCES unit (id),
    from_date TEXT,
    to_date TEXT,
    recorded_at BIGINT NOT NULL,
    recorded_by BIGINT,
    reason TEXT NOT NULL,
    PRIMARY KEY (office_id, seq)
);
CREATE INDEX unit_version_by_unit ON unit_version (unit_id, seq);

CREATE TABLE person (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    unit_id BIGINT REFERENCES unit (id),
    name TEXT NOT NULL CHECK (name <> ''),
    duty TEXT NOT NULL,
    phone TEXT NOT NULL,
    mail TEXT NOT NULL,
    left_on TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX person_by_unit ON person (office_id, unit_id);

CREATE TABLE mailbox (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    registered_at BIGINT NOT NULL,
    closed_at BIGINT
);
-- One open registration an address (N3.1).
CREATE UNIQUE INDEX mailbox_open_once ON mailbox (office_id, address_key) WHERE closed_at IS NULL;

CREATE TABLE account (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    login TEXT NOT NULL,
    login_key TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    unit_id BIGINT REFERENCES unit (id),
    password_hash TEXT NOT NULL,
    must_change BOOLEAN NOT NULL,
    disabled BOOLEAN NOT NULL,
    failures BIGINT NOT NULL,
    locked_until BIGINT,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT
);
CREATE UNIQUE INDEX account_login_once ON account (office_id, login_key);

CREATE TABLE session (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (id),
    csrf TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_by_account ON session (account_id);

-- One-time links: the first administrator's, and a new account's first password.
CREATE TABLE invitation (
    token_hash TEXT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    account_id BIGINT REFERENCES account (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- What a person has typed and not yet sent.
CREATE TABLE draft (
    account_id BIGINT NOT NULL REFERENCES account (id),
    form TEXT NOT NULL,
    content TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, form)
);

-- Raw mails, attachments and papers, each once, by the SHA-256 of its bytes.
CREATE TABLE content (
    id BIGINT NOT NULL PRIMARY KEY,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    bytes BYTEA NOT NULL
);
CREATE UNIQUE INDEX content_once ON content (sha256);

-- The ledger of messages: each has exactly one fate (去向).
CREATE TABLE mail (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    source TEXT NOT NULL,
    message_id TEXT,
    sha256 TEXT NOT NULL,
    content_id BIGINT REFERENCES content (id),
    received_at BIGINT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    fate TEXT NOT NULL,
    reason TEXT NOT NULL,
    unit_id BIGINT REFERENCES unit (id),
    same_as BIGINT REFERENCES mail (id),
    settled_at BIGINT,
    settled_by BIGINT
);
CREATE INDEX mail_by_hash ON mail (office_id, sha256);
CREATE INDEX mail_by_message_id ON mail (office_id, message_id);
CREATE INDEX mail_by_fate ON mail (office_id, fate, id);

CREATE TABLE solicitation (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    code TEXT NOT NULL,
    topic TEXT NOT NULL,
    requirement TEXT NOT NULL,
    deadline TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BIGINT
);
CREATE UNIQUE INDEX solicitation_code_once ON solicitation (office_id, code);

CREATE TABLE item (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    number TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    revision BIGINT NOT NULL,
    title TEXT NOT NULL,
    category TEXT NOT NULL,
    words BIGINT NOT NULL,
    worry BOOLEAN NOT NULL,
    counted BOOLEAN NOT NULL,
    repeats BIGINT REFERENCES item (id),
    fingerprint BIGINT NOT NULL,
    authors TEXT NOT NULL,
    contact TEXT NOT NULL,
    claimed_by BIGINT REFERENCES account (id),
    solicitation_id BIGINT REFERENCES solicitation (id),
    mail_id BIGINT REFERENCES mail (id),
    sent_by BIGINT REFERENCES account (id),
    sent_key TEXT,
    doubts TEXT NOT NULL
);
CREATE UNIQUE INDEX item_number_once ON item (office_id, number);
-- The same form sent twice is one item.
CREATE UNIQUE INDEX item_sent_once ON item (office_id, sent_by, sent_key);
CREATE INDEX item_inbox ON item (office_id, state, id);
CREATE INDEX item_by_fingerprint ON item (office_id, fingerprint);

CREATE TABLE item_unit (
    item_id BIGINT NOT NULL REFERENCES item (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    position BIGINT NOT NULL,
    PRIMARY KEY (item_id, unit_id)
);
CREATE INDEX item_unit_by_unit ON item_unit (unit_id, item_id);

CREATE TABLE item_version (
    item_id BIGINT NOT NULL REFERENCES item (id),
    revision BIGINT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    category TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    saved_by BIGINT REFERENCES account (id),
    note TEXT NOT NULL,
    PRIMARY KEY (item_id, revision)
);

CREATE TABLE item_attachment (
    item_id BIGINT NOT NULL REFERENCES item (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content_id BIGINT NOT NULL REFERENCES content (id),
    note TEXT NOT NULL,
    PRIMARY KEY (item_id, position)
);

-- What happened to an item (经过); the unit sees the rows that are for it.
CREATE TABLE item_event (
    item_id BIGINT NOT NULL REFERENCES item (id),
    position BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account_id BIGINT REFERENCES account (id),
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    for_unit BOOLEAN NOT NULL,
    PRIMARY KEY (item_id, position)
);

CREATE TABLE publication (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    name TEXT NOT NULL,
    adoption_kind TEXT NOT NULL,
    editing_office TEXT NOT NULL,
    report_to TEXT NOT NULL,
    send_to TEXT NOT NULL,
    distribute_to TEXT NOT NULL,
    copies BIGINT NOT NULL,
    position BIGINT NOT NULL
);
CREATE UNIQUE INDEX publication_name_once ON publication (office_id, name);

CREATE TABLE issue (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    publication_id BIGINT NOT NULL REFERENCES publication (id),
    state TEXT NOT NULL,
    year BIGINT,
    number BIGINT,
    running_number BIGINT,
    date TEXT,
    created_at BIGINT NOT NULL,
    created_by BIGINT REFERENCES account (id),
    published_at BIGINT,
    published_by BIGINT REFERENCES account (id),
    withdrawn_reason TEXT NOT NULL,
    content_id BIGINT REFERENCES content (id)
);
-- Numbers of a title and year are given once.
CREATE UNIQUE INDEX issue_number_once ON issue (publication_id, year, number);

CREATE TABLE issue_item (
    issue_id BIGINT NOT NULL REFERENCES issue (id),
    position BIGINT NOT NULL,
    item_id BIGINT NOT NULL REFERENCES item (id),
    revision BIGINT NOT NULL,
    column_name TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    byline TEXT NOT NULL,
    form TEXT NOT NULL,
    fact_key TEXT,
    PRIMARY KEY (issue_id, position)
);
CREATE UNIQUE INDEX issue_item_once ON issue_item (issue_id, item_id);
CREATE INDEX issue_item_by_item ON issue_item (item_id);

-- Facts that score: append-only. A correction is a new row with the same table and key; a withdrawal one with revoked set.
CREATE TABLE fact (
    office_id BIGINT NOT NULL REFERENCES office (id),
    seq BIGINT NOT NULL,
    fact_table TEXT NOT NULL,
    key TEXT NOT NULL,
    revoked BOOLEAN NOT NULL,
    units TEXT NOT NULL,
    date TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT,
    item_id BIGINT REFERENCES item (id),
    issue_id BIGINT REFERENCES issue (id),
    solicitation_id BIGINT REFERENCES solicitation (id),
    form TEXT,
    leader TEXT,
    channel TEXT,
    repeats TEXT,
    counted BOOLEAN NOT NULL,
    answered TEXT,
    outcome TEXT,
    quantity BIGINT NOT NULL,
    note TEXT,
    recorded_at BIGINT NOT NULL,
    recorded_by BIGINT REFERENCES account (id),
    reason TEXT NOT NULL,
    PRIMARY KEY (office_id, seq)
);
CREATE INDEX fact_by_key ON fact (office_id, fact_table, key, seq);
CREATE INDEX fact_by_item ON fact (item_id);

-- Which row of a fact holds now. Derived from fact; verify rebuilds it and compares.
CREATE TABLE fact_now (
    office_id BIGINT NOT NULL REFERENCES office (id),
    fact_table TEXT NOT NULL,
    key TEXT NOT NULL,
    seq BIGINT NOT NULL,
    date TEXT NOT NULL,
    PRIMARY KEY (office_id, fact_table, key)
);
CREATE INDEX fact_now_by_date ON fact_now (office_id, date);

-- Closed months: written once, never changed.
CREATE TABLE statement (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    number BIGINT NOT NULL,
    month TEXT NOT NULL,
    scheme_hash TEXT NOT NULL,
    fact_seq BIGINT NOT NULL,
    content TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    previous_sha256 TEXT NOT NULL,
    closed_at BIGINT NOT NULL,
    closed_by BIGINT REFERENCES account (id)
);
CREATE UNIQUE INDEX statement_month_once ON statement (office_id, month);
CREATE UNIQUE INDEX statement_number_once ON statement (office_id, number);

CREATE TABLE statement_paper (
    statement_id BIGINT NOT NULL REFERENCES statement (id),
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content_id BIGINT NOT NULL REFERENCES content (id),
    PRIMARY KEY (statement_id, name)
);

-- Who did what, chained: each row's hash covers the row before (等保 8.1.4.3).
CREATE TABLE audit (
    office_id BIGINT NOT NULL REFERENCES office (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account_id BIGINT,
    who TEXT NOT NULL,
    act TEXT NOT NULL,
    object TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (office_id, seq)
);
