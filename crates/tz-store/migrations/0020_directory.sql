-- 机构变动: from which day a version of a unit holds (empty: it always did), who takes over from a unit that ended (承接单位) and
-- whether with its year (承接得分), and the field (领域) of a direct reporting point (N2.4).
ALTER TABLE unit_version ADD COLUMN since TEXT;
ALTER TABLE unit_version ADD COLUMN heir_id BIGINT REFERENCES unit (id);
ALTER TABLE unit_version ADD COLUMN heir_takes_year BOOLEAN;
ALTER TABLE unit_version ADD COLUMN point_field TEXT;
