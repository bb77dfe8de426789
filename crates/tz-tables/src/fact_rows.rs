//! One row of each table but 单位.

use std::collections::HashMap;

use tz_model::{Adoption, Channel, Comment, Duty, DutyOutcome, Event, Key, Name, Report, Table};

use crate::cells::shown;
use crate::columns::standard;
use crate::reader::{Bad, Line, Reader};

/// 编号, in every table but 单位.
pub(crate) const KEY: usize = 0;
/// 单位, in every table but 单位.
pub(crate) const UNITS: usize = 1;
const DATE: usize = 2;
/// 信息类别, 采用方式, 批示层级, 事项.
const WORD: usize = 3;
const ITEM: usize = 4;
/// 重复于, in 报送.
const REPEATS: usize = 6;

/// The 编号 seen so far in a table, with their rows.
#[derive(Default)]
pub(crate) struct Keys {
    /// Those that are numbers and greater than all before them, as most are: their order shows that none repeats.
    rising: Vec<(u32, u32)>,
    /// All others.
    others: HashMap<Key, u32>,
    /// Rows without one, in order: their number stands for it.
    unwritten: Vec<u32>,
}

impl Keys {
    /// Notes a 编号. The row that has it already, if one does.
    fn insert(&mut self, text: &str, number: Option<u32>, key: &Key, row: u32) -> Option<u32> {
        if let Some(first) = self.row_of(text, number) {
            return Some(first);
        }
        match number {
            Some(number) if self.rising.last().is_none_or(|(last, _)| *last < number) => {
                self.rising.push((number, row))
            }
            _ => {
                self.others.insert(key.clone(), row);
            }
        }
        None
    }

    /// True if some row has this 编号, written or not.
    fn knows(&self, text: &str) -> bool {
        let number = plain_number(text);
        self.row_of(text, number).is_some()
            || number.is_some_and(|number| self.unwritten.binary_search(&number).is_ok())
    }

    /// The row that has this 编号. `number` is the plain number it is, if it is one.
    fn row_of(&self, text: &str, number: Option<u32>) -> Option<u32> {
        if let Some(number) = number
            && self.rising.last().is_some_and(|(last, _)| number <= *last)
            && let Ok(at) = self.rising.binary_search_by_key(&number, |(number, _)| *number)
        {
            return Some(self.rising[at].1);
        }
        if self.others.is_empty() { None } else { self.others.get(text).copied() }
    }
}

/// The number a text is, if it is written as we write numbers: `12`, not `012`.
fn plain_number(text: &str) -> Option<u32> {
    if text.is_empty() || text.len() > 9 || (text.starts_with('0') && text != "0") {
        return None;
    }
    text.bytes().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}

/// A row's 重复于, to be looked at once all rows are known: the item it repeats may stand further down.
pub(crate) struct Repeat {
    row: u32,
    column: usize,
    key: Name,
}

impl Reader<'_> {
    /// Notes every 重复于 that is no 编号 of its table: the item it names may stand in last year's, but a slip of the pen
    /// would cost a unit an item without a word.
    pub(crate) fn settle_repeats(&mut self, keys: &Keys) {
        for Repeat { row, column, key } in std::mem::take(&mut self.repeats) {
            if !keys.knows(&key) {
                let place = self.place(row, column);
                let sentence =
                    format!("本表里没有编号“{}”。这一篇仍作为重复，不计入任务；如果编号填错了，请改正。", shown(&key));
                self.note(place, sentence);
            }
        }
    }

    /// One row of a table of facts; it is kept if nothing is wrong with it.
    pub(crate) fn fact(&mut self, line: &Line<'_, '_>, keys: &mut Keys, spoilt: bool) {
        let key = self.key(line, keys);
        match line.table {
            Table::Units => {}
            Table::Reports => {
                let row = self.report(line, key);
                if let Ok(Some(key)) = row.as_ref().map(|row| &row.repeats)
                    && !spoilt
                {
                    let column = line.column(REPEATS).unwrap_or_default();
                    self.repeats.push(Repeat { row: line.number(), column, key: key.clone() });
                }
                keep(&mut self.facts.reports, row, spoilt);
            }
            Table::Adoptions => {
                let row = self.adoption(line, key);
                keep(&mut self.facts.adoptions, row, spoilt);
            }
            Table::Comments => {
                let row = self.comment(line, key);
                keep(&mut self.facts.comments, row, spoilt);
            }
            Table::Duties => {
                let row = self.duty(line, key);
                keep(&mut self.facts.duties, row, spoilt);
            }
            Table::Events => {
                let row = self.event(line, key);
                keep(&mut self.facts.events, row, spoilt);
            }
        }
    }

    /// 编号, or the row's number; no two rows of a table share one, or a line could not say which fact it rests on.
    fn key(&mut self, line: &Line<'_, '_>, keys: &mut Keys) -> Result<Key, Bad> {
        let text = line.text(KEY);
        if text.is_empty() {
            keys.unwritten.push(line.number());
            let key = decimal(line.number());
            return match keys.row_of(&key, Some(line.number())) {
                Some(other) => Err(self.fault(
                    line,
                    KEY,
                    format!("本行没有编号，以行号“{key}”代替，但第{other}行的编号也是“{key}”。请给本行填一个编号。"),
                )),
                None => Ok(key),
            };
        }
        let key = Key::from(text);
        let number = plain_number(text);
        if let Some(first) = keys.insert(text, number, &key, line.number()) {
            return Err(self.fault(line, KEY, format!("编号“{}”与第{first}行重复。请改成别的编号。", shown(text))));
        }
        if !keys.unwritten.is_empty()
            && let Some(number) = number
            && keys.unwritten.binary_search(&number).is_ok()
        {
            let sentence = format!(
                "编号“{text}”与第{number}行重复：那一行没有编号，以行号代替。请改成别的编号，或者给那一行填上编号。"
            );
            return Err(self.fault(line, KEY, sentence));
        }
        Ok(key)
    }

    fn report(&mut self, line: &Line<'_, '_>, key: Result<Key, Bad>) -> Result<Report, Bad> {
        const TITLE: usize = 4;
        const CHANNEL: usize = 5;
        const COUNTED: usize = 7;
        let units = self.unit_list(line);
        let date = self.date(line, DATE);
        let category = self.word(line, WORD, standard(Table::Reports)[WORD].asked(self.words));
        let channel = Channel::named(line.text(CHANNEL)).ok_or(Bad).map_err(|_| self.unknown(line, CHANNEL));
        let counted = match line.text(COUNTED) {
            "" | "是" => Ok(true),
            "否" => Ok(false),
            _ => Err(self.unknown(line, COUNTED)),
        };
        let repeats = match line.name(REPEATS) {
            Some(repeated) if key.as_ref().is_ok_and(|key| **key == *repeated) => Err(self.fault(
                line,
                REPEATS,
                format!("“{}”是本行自己的编号，一篇稿件不能与自己重复。请填它所重复的那一篇的编号。", shown(&repeated)),
            )),
            other => Ok(other),
        };
        let extra = self.extra(line);
        Ok(Report {
            key: key?,
            units: units?,
            date: date?,
            category: category?.unwrap_or_default(),
            title: if self.words.without_titles { None } else { line.name(TITLE) },
            channel: channel?,
            repeats: repeats?,
            counted: counted?,
            extra: extra?,
        })
    }

    fn adoption(&mut self, line: &Line<'_, '_>, key: Result<Key, Bad>) -> Result<Adoption, Bad> {
        const FORM: usize = 5;
        const SOLICITATION: usize = 6;
        const ISSUE: usize = 7;
        const WITHDRAWN: usize = 8;
        let units = self.unit_list(line);
        let date = self.date(line, DATE);
        let kind = self.word(line, WORD, true);
        let form = self.word(line, FORM, false);
        let withdrawn = self.optional_date(line, WITHDRAWN);
        let extra = self.extra(line);
        Ok(Adoption {
            key: key?,
            units: units?,
            date: date?,
            kind: kind?.ok_or(Bad)?,
            item: line.name(ITEM),
            form: form?,
            solicitation: line.name(SOLICITATION),
            issue: line.name(ISSUE),
            withdrawn: withdrawn?,
            extra: extra?,
        })
    }

    fn comment(&mut self, line: &Line<'_, '_>, key: Result<Key, Bad>) -> Result<Comment, Bad> {
        const LEADER: usize = 5;
        const WITHDRAWN: usize = 6;
        let units = self.unit_list(line);
        let date = self.date(line, DATE);
        let level = self.word(line, WORD, true);
        let withdrawn = self.optional_date(line, WITHDRAWN);
        let extra = self.extra(line);
        Ok(Comment {
            key: key?,
            units: units?,
            date: date?,
            level: level?.ok_or(Bad)?,
            item: line.name(ITEM),
            leader: line.name(LEADER),
            withdrawn: withdrawn?,
            extra: extra?,
        })
    }

    fn duty(&mut self, line: &Line<'_, '_>, key: Result<Key, Bad>) -> Result<Duty, Bad> {
        const SOLICITATION: usize = 3;
        const ANSWERED: usize = 4;
        const OUTCOME: usize = 5;
        const TOPIC: usize = 6;
        let units = self.unit_list(line);
        let deadline = self.date(line, DATE);
        let answered = self.optional_date(line, ANSWERED);
        let outcome = match line.text(OUTCOME) {
            "" => Ok(None),
            "拒报" => Ok(Some(DutyOutcome::Refused)),
            _ => Err(self.unknown(line, OUTCOME)),
        };
        let extra = self.extra(line);
        Ok(Duty {
            key: key?,
            units: units?,
            deadline: deadline?,
            solicitation: line.name(SOLICITATION),
            answered: answered?,
            outcome: outcome?,
            topic: line.name(TOPIC),
            extra: extra?,
        })
    }

    fn event(&mut self, line: &Line<'_, '_>, key: Result<Key, Bad>) -> Result<Event, Bad> {
        const COUNT: usize = 4;
        const NOTE: usize = 5;
        let units = self.unit_list(line);
        let date = self.date(line, DATE);
        let kind = self.word(line, WORD, true);
        let count = match line.text(COUNT) {
            "" => Ok(1),
            text => text.strip_suffix(".0").unwrap_or(text).parse::<u32>().map_err(|_| {
                let sentence = format!("数量“{}”不是整数。请写 0、1、2 这样的数字，不填就是 1。", shown(text));
                self.fault(line, COUNT, sentence)
            }),
        };
        let extra = self.extra(line);
        Ok(Event {
            key: key?,
            units: units?,
            date: date?,
            kind: kind?.ok_or(Bad)?,
            count: count?,
            note: line.name(NOTE),
            extra: extra?,
        })
    }
}

/// Keeps a row if nothing is wrong with it.
#[inline]
fn keep<T>(rows: &mut Vec<T>, row: Result<T, Bad>, spoilt: bool) {
    if let Ok(row) = row
        && !spoilt
    {
        rows.push(row);
    }
}

/// A row number as 编号, without a detour over the heap.
fn decimal(number: u32) -> Key {
    let mut digits = [0u8; 10];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    std::str::from_utf8(&digits[at..]).expect("digits are ASCII").into()
}
