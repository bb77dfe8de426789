-- 定时任务: what runs by the calendar. Of several servers one holds a job at a time, until `held_until`; what lies between `slot`
-- and now is still to be done.
CREATE TABLE job (
    office_id BIGINT NOT NULL REFERENCES office (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    holder TEXT NOT NULL,
    held_until BIGINT NOT NULL,
    slot BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT,
    failures BIGINT NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (office_id, kind, subject)
);

-- 消息: what the system tells a person. The same thing is told to the same person once.
CREATE TABLE notice (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    href TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    read_at BIGINT,
    mail TEXT NOT NULL,
    address TEXT NOT NULL,
    outgoing_id BIGINT REFERENCES outgoing (id)
);
CREATE UNIQUE INDEX notice_once ON notice (office_id, kind, subject, account_id);
CREATE INDEX notice_by_account ON notice (account_id, id);
CREATE INDEX notice_unread ON notice (account_id) WHERE read_at IS NULL;
CREATE INDEX notice_to_gather ON notice (office_id, account_id) WHERE mail = 'gathered';
CREATE INDEX notice_by_letter ON notice (outgoing_id);

-- What a person chose: by kind of notice whether it is mailed at once, gathered into one mail a day, or not at all.
CREATE TABLE notice_choice (
    account_id BIGINT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,
    mail TEXT NOT NULL,
    PRIMARY KEY (account_id, kind)
);

-- To which address, and between which minutes of the day nothing is mailed.
CREATE TABLE notice_person (
    account_id BIGINT NOT NULL PRIMARY KEY REFERENCES account (id),
    address TEXT NOT NULL,
    quiet_from BIGINT NOT NULL,
    quiet_to BIGINT NOT NULL
);

-- 群机器人: where notices are posted as JSON. The address holds a key and is sealed.
CREATE TABLE webhook (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    name TEXT NOT NULL CHECK (name <> ''),
    host TEXT NOT NULL,
    url_sealed TEXT NOT NULL,
    kinds TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

-- One post a thing and a robot, however many people are told of it.
CREATE TABLE webhook_post (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    webhook_id BIGINT NOT NULL REFERENCES webhook (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    href TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    state TEXT NOT NULL,
    trouble TEXT NOT NULL,
    claimed_at BIGINT,
    sent_at BIGINT
);
CREATE UNIQUE INDEX webhook_post_once ON webhook_post (office_id, webhook_id, kind, subject);
CREATE INDEX webhook_post_by_state ON webhook_post (office_id, state, due_at);
