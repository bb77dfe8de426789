-- A postbox follows further folders (另收文件夹) beside its own, a name a line; the folder is part of a letter's place.
ALTER TABLE postbox ADD COLUMN more_folders TEXT NOT NULL DEFAULT '';
UPDATE postbox SET folder = 'INBOX' WHERE lower(folder) = 'inbox';
ALTER TABLE postbox_letter ADD COLUMN folder TEXT NOT NULL DEFAULT '';
UPDATE postbox_letter SET folder = (SELECT postbox.folder FROM postbox WHERE postbox.id = postbox_letter.postbox_id);
DROP INDEX postbox_letter_once;
CREATE UNIQUE INDEX postbox_letter_once ON postbox_letter (postbox_id, folder, uidvalidity, uid) WHERE replaced_at IS NULL;

-- What could not be fetched is tried again at once: the old rows say nothing that is lost with them.
DROP TABLE postbox_stuck;
CREATE TABLE postbox_stuck (
    postbox_id BIGINT NOT NULL REFERENCES postbox (id),
    folder TEXT NOT NULL,
    uidvalidity BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    tried_at BIGINT NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (postbox_id, folder, uidvalidity, uid)
);

-- A letter too large to be fetched is known by its head, even after its original was given: that has another hash.
ALTER TABLE mail ADD COLUMN head_sha256 TEXT;
CREATE INDEX mail_by_head ON mail (office_id, head_sha256) WHERE head_sha256 IS NOT NULL;

-- Codes stand hashed from now on. One that stands in clear is no longer good: its unit asks again.
UPDATE mailbox_request SET code = '', code_until = 0 WHERE code <> '';

-- What was refused at a form for a mark of secrecy (涉密拒收): when, whose, a hash and the kind of mark, never a word of it.
CREATE TABLE form_refusal (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    refused_at BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    unit_id BIGINT REFERENCES unit (id),
    sha256 TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX form_refusal_by_time ON form_refusal (office_id, refused_at);

-- Which of them an account has taken note of.
CREATE TABLE form_refusal_noted (
    account_id BIGINT NOT NULL REFERENCES account (id),
    refusal_id BIGINT NOT NULL REFERENCES form_refusal (id),
    noted_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, refusal_id)
);
