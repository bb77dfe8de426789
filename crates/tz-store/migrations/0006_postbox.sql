-- Postboxes (收信邮箱) that the office reads by itself, and the ledger of what was fetched from them.

CREATE TABLE postbox (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    name TEXT NOT NULL CHECK (name <> ''),
    host TEXT NOT NULL,
    port BIGINT NOT NULL,
    security TEXT NOT NULL,
    authorities TEXT NOT NULL,
    system_trust BOOLEAN NOT NULL,
    login TEXT NOT NULL,
    password TEXT NOT NULL,
    folder TEXT NOT NULL,
    start_from TEXT NOT NULL,
    authserv_id TEXT NOT NULL,
    mark_seen BOOLEAN NOT NULL,
    enabled BOOLEAN NOT NULL,
    revision BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX postbox_name_once ON postbox (office_id, name);

-- How a postbox is doing, and which server follows it now: one row each, overwritten.
CREATE TABLE postbox_state (
    postbox_id BIGINT NOT NULL PRIMARY KEY REFERENCES postbox (id),
    holder TEXT NOT NULL,
    held_until BIGINT NOT NULL,
    uidvalidity BIGINT,
    opened_at BIGINT,
    well_at BIGINT,
    waiting BIGINT NOT NULL,
    failed_at BIGINT,
    failures BIGINT NOT NULL,
    failed_step TEXT NOT NULL,
    failure TEXT NOT NULL,
    check_asked_at BIGINT,
    check_begun_at BIGINT,
    checked_at BIGINT
);

-- One row a letter the server listed and we fetched; a row is replaced where its number came to mean another message.
CREATE TABLE postbox_letter (
    id BIGINT NOT NULL PRIMARY KEY,
    postbox_id BIGINT NOT NULL REFERENCES postbox (id),
    uidvalidity BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    mail_id BIGINT NOT NULL REFERENCES mail (id),
    size BIGINT,
    arrived_at BIGINT,
    entered_at BIGINT NOT NULL,
    replaced_at BIGINT
);
CREATE UNIQUE INDEX postbox_letter_once ON postbox_letter (postbox_id, uidvalidity, uid) WHERE replaced_at IS NULL;
CREATE INDEX postbox_letter_by_mail ON postbox_letter (mail_id);

-- Letters that could not be fetched, or were in hand when the program ended: until they are.
CREATE TABLE postbox_stuck (
    postbox_id BIGINT NOT NULL REFERENCES postbox (id),
    uidvalidity BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    tried_at BIGINT NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (postbox_id, uidvalidity, uid)
);

-- What each comparison with the server found, as JSON.
CREATE TABLE postbox_check (
    id BIGINT NOT NULL PRIMARY KEY,
    postbox_id BIGINT NOT NULL REFERENCES postbox (id),
    at BIGINT NOT NULL,
    listed BIGINT NOT NULL,
    missing BIGINT NOT NULL,
    content TEXT NOT NULL
);
CREATE INDEX postbox_check_by_postbox ON postbox_check (postbox_id, id);
