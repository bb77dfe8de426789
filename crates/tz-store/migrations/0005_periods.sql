-- What a scheme asks about a fact or a unit beyond the tables' own columns, as canonical JSON: names to texts. No such thing: NULL.
ALTER TABLE fact ADD COLUMN extra TEXT;
ALTER TABLE unit_version ADD COLUMN extra TEXT;
