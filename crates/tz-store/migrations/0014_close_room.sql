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

-- 申诉: what a unit says against a line of its account.
CREATE TABLE objection (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    month TEXT NOT NULL,
    line_key TEXT NOT NULL,
    item TEXT NOT NULL,
    points TEXT NOT NULL,
    why TEXT NOT NULL,
    facts TEXT NOT NULL,
    reason TEXT NOT NULL,
    raised_at BIGINT NOT NULL,
    raised_by BIGINT REFERENCES account (id),
    fact_seq BIGINT NOT NULL,
    answer_by TEXT NOT NULL,
    state TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered_at BIGINT,
    answered_by BIGINT REFERENCES account (id),
    fact_table TEXT,
    fact_key TEXT,
    seen_at BIGINT
);
CREATE INDEX objection_by_state ON objection (office_id, state, id);
CREATE INDEX objection_by_unit ON objection (office_id, unit_id, month);
-- One line has one open objection; what is missing may be several things.
CREATE UNIQUE INDEX objection_once ON objection (office_id, unit_id, month, line_key)
    WHERE state = 'asked' AND line_key <> '';

-- 约谈: who was called by which close, when it is held and what came of it.
CREATE TABLE interview (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    statement_id BIGINT NOT NULL REFERENCES statement (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    month TEXT NOT NULL,
    date TEXT NOT NULL,
    time TEXT NOT NULL,
    place TEXT NOT NULL,
    chair TEXT NOT NULL,
    state TEXT NOT NULL,
    held_on TEXT,
    attendants TEXT NOT NULL,
    minutes TEXT NOT NULL,
    promises TEXT NOT NULL,
    promise_by TEXT,
    reason TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by BIGINT REFERENCES account (id)
);
CREATE UNIQUE INDEX interview_once ON interview (statement_id, unit_id);
CREATE INDEX interview_by_unit ON interview (office_id, unit_id, month);

-- 帮扶: an advanced unit helps a passive one.
CREATE TABLE paired_help (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    helper_id BIGINT NOT NULL REFERENCES unit (id),
    helped_id BIGINT NOT NULL REFERENCES unit (id),
    from_month TEXT NOT NULL,
    to_month TEXT,
    measures TEXT NOT NULL,
    ending TEXT NOT NULL,
    agreed_at BIGINT NOT NULL,
    agreed_by BIGINT REFERENCES account (id)
);
CREATE UNIQUE INDEX paired_help_once ON paired_help (office_id, helped_id) WHERE to_month IS NULL;
CREATE INDEX paired_help_by_helper ON paired_help (office_id, helper_id);

-- 联席会议
CREATE TABLE joint_meeting (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    date TEXT NOT NULL,
    place TEXT NOT NULL,
    topic TEXT NOT NULL,
    attendants TEXT NOT NULL,
    minutes TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BIGINT REFERENCES account (id)
);
CREATE INDEX joint_meeting_by_date ON joint_meeting (office_id, date);

-- 预警: that a unit is on the way to its second period among the last; said once.
CREATE TABLE run_warning (
    office_id BIGINT NOT NULL REFERENCES office (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    month TEXT NOT NULL,
    words TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    seen_at BIGINT,
    PRIMARY KEY (office_id, unit_id, month)
);
