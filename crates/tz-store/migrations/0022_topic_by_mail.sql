-- 稿件对应题目: what came with the topic's number in a mail is tied by nobody's account.
CREATE TABLE item_topic_tied (
    topic_id BIGINT NOT NULL REFERENCES reporting_topic (id),
    item_id BIGINT NOT NULL REFERENCES item (id),
    at BIGINT NOT NULL,
    account_id BIGINT REFERENCES account (id),
    PRIMARY KEY (topic_id, item_id)
);
INSERT INTO item_topic_tied (topic_id, item_id, at, account_id) SELECT topic_id, item_id, at, account_id FROM item_topic;
DROP TABLE item_topic;
ALTER TABLE item_topic_tied RENAME TO item_topic;
CREATE INDEX item_topic_by_item ON item_topic (item_id);
