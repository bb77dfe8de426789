-- Issues in preparation are counted beside every page and listed in their order.
CREATE INDEX issue_by_state ON issue (office_id, state, published_at, id);
