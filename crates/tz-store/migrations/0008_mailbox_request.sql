-- Messages in quarantine (待处理) by kind, with what a later look needs: why it waits, how often reading it stumbled, and the
-- domains whose signature was found valid when it came.
ALTER TABLE mail ADD COLUMN held_as TEXT NOT NULL DEFAULT '';
ALTER TABLE mail ADD COLUMN held_why TEXT NOT NULL DEFAULT '';
ALTER TABLE mail ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mail ADD COLUMN signed_by TEXT NOT NULL DEFAULT '';
UPDATE mail SET held_why = reason, held_as = CASE
    WHEN reason LIKE '%只收了信头%' THEN 'large'
    WHEN reason LIKE '%直接读入的文件%' THEN 'file'
    WHEN reason LIKE '%没有核验结果%' THEN 'unproven'
    WHEN reason LIKE '%冒名%' OR reason LIKE '%多个发件人%' OR reason LIKE '%没有发件人%' THEN 'forged'
    WHEN reason LIKE '%没有登记%' THEN 'stranger'
    WHEN reason LIKE '%读取时程序出了意外%' THEN 'stumbled'
    ELSE 'unsure' END
WHERE fate = 'quarantine';
UPDATE mail SET held_as = 'unsure', held_why = '曾被弃置，现恢复为待处理，请重新识别。' WHERE fate = 'discarded';
CREATE INDEX mail_by_hold ON mail (office_id, fate, held_as, id);

-- What units ask for about their registered mailboxes (登记邮箱变更申请, N3.1).
CREATE TABLE mailbox_request (
    id BIGINT NOT NULL PRIMARY KEY,
    office_id BIGINT NOT NULL REFERENCES office (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    wish TEXT NOT NULL,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    asked_by BIGINT NOT NULL REFERENCES account (id),
    decided_at BIGINT,
    decided_by BIGINT REFERENCES account (id),
    answer TEXT NOT NULL,
    code TEXT NOT NULL,
    code_until BIGINT,
    code_tries BIGINT NOT NULL,
    ended_at BIGINT
);
-- One open request an address of a unit: asking again is not asking twice. Two units may ask for the same one; whoever
-- decides sees both, and the open registration stays one.
CREATE UNIQUE INDEX mailbox_request_once ON mailbox_request (office_id, unit_id, address_key) WHERE ended_at IS NULL;
CREATE INDEX mailbox_request_by_state ON mailbox_request (office_id, state, id);

-- Which refused messages with a mark of secrecy (涉密拒收) an account has taken note of.
CREATE TABLE secret_noted (
    account_id BIGINT NOT NULL REFERENCES account (id),
    mail_id BIGINT NOT NULL REFERENCES mail (id),
    noted_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, mail_id)
);
