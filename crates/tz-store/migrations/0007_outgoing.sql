-- Letters the office sends by mail (发信): a queue and a ledger in one. `about` says what a letter is about, so that none is
-- written twice.
CREATE TABLE outgoing (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    mail_id BIGINT REFERENCES mail (id),
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    message_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    state TEXT NOT NULL,
    trouble TEXT NOT NULL,
    claimed_at BIGINT,
    sent_at BIGINT
);
CREATE UNIQUE INDEX outgoing_once ON outgoing (office_id, about);
CREATE INDEX outgoing_by_state ON outgoing (office_id, state, due_at);
CREATE INDEX outgoing_by_address ON outgoing (office_id, address_key, created_at);
CREATE UNIQUE INDEX outgoing_by_message_id ON outgoing (office_id, message_id);

-- How the office sends (发信设置), one row an office.
CREATE TABLE mail_out (
    office_id BIGINT NOT NULL PRIMARY KEY REFERENCES office (id),
    enabled BOOLEAN NOT NULL,
    host TEXT NOT NULL,
    port BIGINT NOT NULL,
    security TEXT NOT NULL,
    authorities TEXT NOT NULL,
    login TEXT NOT NULL,
    password_sealed TEXT NOT NULL,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    per_minute BIGINT NOT NULL,
    trouble TEXT NOT NULL,
    troubled_at BIGINT
);
