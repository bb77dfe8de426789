-- 协作单位: offices that items are exchanged with (市委办, 人大办 …, N1).
CREATE TABLE partner (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    name TEXT NOT NULL CHECK (name <> ''),
    contact TEXT NOT NULL,
    phone TEXT NOT NULL,
    mail TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);

-- 信息员权利: which standing rights the officers of a unit have, as it was recorded; appended, the newest row of a unit and a right holds.
CREATE TABLE officer_right (
    office_id BIGINT NOT NULL REFERENCES office (id),
    seq BIGINT NOT NULL,
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    kind TEXT NOT NULL,
    given BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    PRIMARY KEY (office_id, seq)
);
CREATE INDEX officer_right_by_unit ON officer_right (unit_id, kind, seq);
