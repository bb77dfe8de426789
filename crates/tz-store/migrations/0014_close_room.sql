-- 送达: for whom a paper of a close is, a unit or a leader's account, and when it was first opened there.
CREATE TABLE delivery (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    statement_id BIGINT NOT NULL REFERENCES statement (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    unit_id BIGINT REFERENCES unit (id),
    account_id BIGINT REFERENCES account (id),
    sent_at BIGINT NOT NULL,
    opened_at BIGINT,
    opened_by BIGINT REFERENCES account (id),
    CHECK ((unit_id IS NULL) <> (account_id IS NULL))
);
CREATE INDEX delivery_by_statement ON delivery (statement_id, id);
CREATE INDEX delivery_by_unit ON delivery (office_id, unit_id, id);
CREATE INDEX delivery_by_account ON delivery (office_id, account_id, id);

-- 更正: a bulletin made anew from the same statement, beside the one it supersedes.
CREATE TABLE bulletin_correction (
    statement_id BIGINT NOT NULL REFERENCES statement (id),
    number BIGINT NOT NULL,
    office_id BIGINT NOT NULL REFERENCES office (id),
    reason TEXT NOT NULL,
    addressees TEXT NOT NULL,
    report_to TEXT NOT NULL,
    issue_to TEXT NOT NULL,
    template TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by BIGINT REFERENCES account (id),
    name TEXT NOT NULL,
    content_id BIGINT NOT NULL REFERENCES content (id),
    PRIMARY KEY (statement_id, number)
);
CREATE INDEX bulletin_correction_by_content ON bulletin_correction (content_id);

-- 签名: of a statement's text, by the key the installation held at the close.
CREATE TABLE statement_signature (
    statement_id BIGINT NOT NULL PRIMARY KEY REFERENCES statement (id),
    office_id BIGINT NOT NULL REFERENCES office (id),
    public_key TEXT NOT NULL,
    signature TEXT NOT NULL
);
