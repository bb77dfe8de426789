-- 任职日期: the day a person took up the duty (N4). A row is one person's time in one duty; `left_on` is the day it ended, from which on
-- they are in it no more. Empty where nobody noted it: since ever.
ALTER TABLE person ADD COLUMN from_date TEXT;
