-- 全员办信息 (N2.5): the office's own people who write information, and what they did each week.
CREATE TABLE staff (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    name TEXT NOT NULL,
    section TEXT NOT NULL,
    full_time BOOLEAN NOT NULL,
    from_date TEXT NOT NULL,
    to_date TEXT,
    recorded_at BIGINT NOT NULL,
    recorded_by BIGINT REFERENCES account (id)
);
CREATE INDEX staff_by_office ON staff (office_id, id);

-- What was entered for a person's week; the newest row counts, older ones stay as they were.
CREATE TABLE staff_week (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    staff_id BIGINT NOT NULL REFERENCES staff (id),
    monday TEXT NOT NULL,
    items BIGINT NOT NULL,
    leads BIGINT NOT NULL,
    excused BOOLEAN NOT NULL,
    note TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BIGINT REFERENCES account (id)
);
CREATE INDEX staff_week_by_week ON staff_week (office_id, monday, staff_id, id);
