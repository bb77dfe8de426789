-- What an issue was made of when it was published, so that it can be set again as it was, in any format.
ALTER TABLE issue ADD COLUMN values_id BIGINT REFERENCES content (id);
