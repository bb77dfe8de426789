-- 转来约稿: which higher office asked, and until when it must have the answer.
CREATE TABLE solicitation_origin (
    solicitation_id BIGINT NOT NULL PRIMARY KEY REFERENCES solicitation (id),
    target TEXT NOT NULL,
    deadline TEXT
);

-- 接受约稿: a unit says that it will answer. It scores nothing.
CREATE TABLE duty_acceptance (
    solicitation_id BIGINT NOT NULL REFERENCES solicitation (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    at BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    PRIMARY KEY (solicitation_id, unit_id)
);

-- 报送要点: what units are to report about for a time.
CREATE TABLE reporting_points (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL CHECK (name <> ''),
    introduction TEXT NOT NULL,
    from_date TEXT NOT NULL,
    to_date TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BIGINT REFERENCES account (id),
    closed_at BIGINT
);
CREATE UNIQUE INDEX reporting_points_code_once ON reporting_points (office_id, code);

CREATE TABLE reporting_topic (
    id BIGINT NOT NULL PRIMARY KEY,
    points_id BIGINT NOT NULL REFERENCES reporting_points (id),
    position BIGINT NOT NULL,
    title TEXT NOT NULL,
    requirement TEXT NOT NULL
);
CREATE INDEX reporting_topic_by_points ON reporting_topic (points_id, position);

-- Whom it is for.
CREATE TABLE reporting_unit (
    points_id BIGINT NOT NULL REFERENCES reporting_points (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    PRIMARY KEY (points_id, unit_id)
);

-- Which items are about a topic.
CREATE TABLE item_topic (
    topic_id BIGINT NOT NULL REFERENCES reporting_topic (id),
    item_id BIGINT NOT NULL REFERENCES item (id),
    at BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    PRIMARY KEY (topic_id, item_id)
);
CREATE INDEX item_topic_by_item ON item_topic (item_id);
