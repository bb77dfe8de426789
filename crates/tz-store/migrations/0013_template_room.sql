-- 文书模板: the office's own wordings of its papers. Texts stand by hash, built-in ones too as soon as a paper was made with them, so
-- that a statement or an issue can be made again as it was.
CREATE TABLE template_text (
    office_id BIGINT NOT NULL REFERENCES office (id),
    hash TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (office_id, hash)
);

-- Which wording holds for a kind of paper, appended; an empty hash is the built-in one again.
CREATE TABLE template_adoption (
    office_id BIGINT NOT NULL REFERENCES office (id),
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    hash TEXT NOT NULL,
    at BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    PRIMARY KEY (office_id, seq)
);

-- What an administrator is writing, with its faults; one a kind.
CREATE TABLE template_draft (
    office_id BIGINT NOT NULL REFERENCES office (id),
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    PRIMARY KEY (office_id, kind)
);

-- Pictures in place of a publication's name (刊头图片), appended; without a content it is set in letters again.
CREATE TABLE masthead (
    office_id BIGINT NOT NULL REFERENCES office (id),
    seq BIGINT NOT NULL,
    publication_id BIGINT NOT NULL REFERENCES publication (id),
    content_id BIGINT REFERENCES content (id),
    at BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    PRIMARY KEY (office_id, seq)
);
