-- 培训: what is planned and held, and which units took part (N2.3). That a unit has done its yearly duty is a fact of the ledger.
CREATE TABLE training (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    name TEXT NOT NULL CHECK (name <> ''),
    date TEXT NOT NULL,
    place TEXT NOT NULL,
    content TEXT NOT NULL,
    event TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BIGINT REFERENCES account (id)
);
CREATE TABLE training_unit (
    training_id BIGINT NOT NULL REFERENCES training (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    people TEXT NOT NULL,
    fact_key TEXT,
    at BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    PRIMARY KEY (training_id, unit_id)
);

-- 跟岗轮训: who works at the information section in which month, under whom, and what was said of it.
CREATE TABLE rotation (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    month TEXT NOT NULL,
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    person TEXT NOT NULL,
    host TEXT NOT NULL,
    state TEXT NOT NULL,
    appraisal TEXT NOT NULL,
    event TEXT NOT NULL,
    fact_key TEXT,
    created_at BIGINT NOT NULL,
    created_by BIGINT REFERENCES account (id)
);
CREATE UNIQUE INDEX rotation_once ON rotation (office_id, month, unit_id) WHERE state <> 'cancelled';
