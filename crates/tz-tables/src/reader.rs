//! The rules of the tables: rows of texts become facts, or faults that name their cell (tables.md).

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use tz_model::{Extra, Facts, Fault, Name, Points, Table, UnitIx, Units, nearest};

use crate::cells::{column_letters, day, shown, tidy, unguard};
use crate::columns::{EXAMPLE, Kind, choices, standard};
use crate::fact_rows::{KEY, Keys, Repeat, UNITS};
use crate::layout::Layout;
use crate::memo::Memo;
use crate::rows::{MAX_COLUMNS, MAX_ROWS, Row, Rows, Source};
use crate::unit_rows::{Known, Spoilt};
use crate::{ColumnKind, Read, Vocabulary};

/// Faults listed singly; of further ones the number is given.
const MAX_FAULTS: usize = 5_000;

/// A value that cannot be used. Its fault is already noted, or its unit's is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bad;

/// Reads table after table, 单位 first.
pub(crate) struct Reader<'w> {
    pub words: &'w Vocabulary,
    pub facts: Facts,
    pub units: KnownUnits,
    source: Source,
    table: Table,
    /// The 重复于 of the table being read.
    pub repeats: Vec<Repeat>,
    lists: Vec<WordList>,
    broken: Vec<Fault>,
    /// The faults of the table being read, with row and column.
    pending: Vec<(u32, usize, Fault)>,
    faults: Vec<Fault>,
    unlisted: usize,
    notes: Vec<Fault>,
}

/// The units, by name. Looked up only, never gone through.
#[derive(Clone, Default)]
pub(crate) struct KnownUnits {
    /// The first row of each name.
    pub rows: HashMap<Name, u32>,
    /// Every name, in table order.
    pub names: Vec<Name>,
    pub known: HashMap<Name, Known>,
    /// Cells that lately named one good unit, with the list their facts share.
    pub lately: Memo<Units>,
    pub spoilt: Vec<Spoilt>,
    /// True if the table could not be read: then no fact is blamed for naming a unit.
    pub unread: bool,
}

/// The names that may stand in one kind of column, so that a million facts share each.
struct WordList {
    kind: Kind,
    open: bool,
    names: HashSet<Name>,
    lately: Memo<Name>,
}

/// One row with its layout.
pub(crate) struct Line<'r, 'a> {
    pub table: Table,
    pub row: &'r Row<'a>,
    pub layout: &'r Layout,
}

impl<'r> Line<'r, '_> {
    /// The row's number.
    pub fn number(&self) -> u32 {
        self.row.number
    }

    /// Where a standard column stands.
    pub fn column(&self, slot: usize) -> Option<usize> {
        self.layout.column(slot)
    }

    /// The text in a standard column; empty if the column is not there.
    #[inline]
    pub fn text(&self, slot: usize) -> &'r str {
        self.column(slot).map_or("", |column| self.at(column))
    }

    #[inline]
    fn at(&self, column: usize) -> &'r str {
        self.row.cells.get(column).map_or("", |cell| unguard(tidy(cell)))
    }

    /// The text in a standard column, if there is one.
    pub fn name(&self, slot: usize) -> Option<Name> {
        match self.text(slot) {
            "" => None,
            text => Some(text.into()),
        }
    }

    fn is_blank(&self) -> bool {
        self.layout.named().all(|column| self.at(column).is_empty())
    }
}

impl<'w> Reader<'w> {
    /// A reader that knows these names.
    pub fn new(words: &'w Vocabulary, source: Source) -> Self {
        let kinds = [Kind::Category, Kind::Adoption, Kind::Level, Kind::Event, Kind::Class, Kind::Group, Kind::Form];
        let lists = kinds
            .map(|kind| {
                let names = choices(kind, words);
                WordList { kind, open: names.is_empty(), names: names.into_iter().collect(), lately: Memo::default() }
            })
            .into();
        Self {
            words,
            facts: Facts::default(),
            units: KnownUnits::default(),
            source,
            table: Table::Units,
            repeats: Vec::new(),
            lists,
            broken: Vec::new(),
            pending: Vec::new(),
            faults: Vec::new(),
            unlisted: 0,
            notes: Vec::new(),
        }
    }

    /// A reader of other tables that knows the units read so far.
    pub fn beside(&self) -> Self {
        Self { units: self.units.clone(), ..Self::new(self.words, self.source) }
    }

    /// Takes in what a reader [`beside`](Self::beside) this one has read of other tables, which come next in table order.
    pub fn take_in(&mut self, other: Self) {
        let Facts { units: _, reports, adoptions, comments, duties, events } = other.facts;
        take(&mut self.facts.reports, reports);
        take(&mut self.facts.adoptions, adoptions);
        take(&mut self.facts.comments, comments);
        take(&mut self.facts.duties, duties);
        take(&mut self.facts.events, events);
        let room = MAX_FAULTS.saturating_sub(self.faults.len());
        self.unlisted += other.unlisted + other.faults.len().saturating_sub(room);
        self.faults.extend(other.faults.into_iter().take(room));
        self.broken.extend(other.broken);
        self.notes.extend(other.notes);
        for (spoilt, more) in self.units.spoilt.iter_mut().zip(other.units.spoilt) {
            spoilt.facts += more.facts;
        }
    }

    /// Reads one table. `expected` is about how many rows it has.
    pub fn table<'a>(&mut self, table: Table, rows: &mut impl Rows<'a>, expected: usize) {
        self.table = table;
        let mut row = Row::default();
        let layout = match rows.next(&mut row) {
            Ok(true) => self.layout(table, &row),
            Ok(false) if table == Table::Units => {
                self.unreadable(table, "表是空的。请至少写上列名和一个单位。");
                None
            }
            Ok(false) => {
                self.note(self.whole(table), "表是空的，按没有内容计算。");
                return;
            }
            Err(sentence) => {
                self.unreadable(table, sentence);
                None
            }
        };
        let Some(layout) = layout else {
            self.units.unread |= table == Table::Units;
            return;
        };
        self.reserve(table, expected);
        let mut keys = Keys::default();
        let mut units = Vec::new();
        let mut noted = vec![false; MAX_COLUMNS + 1];
        loop {
            match rows.next(&mut row) {
                Ok(true) if row.number > MAX_ROWS => {
                    self.unreadable(table, format!("超过 {MAX_ROWS} 行，没有读完。请按年份拆开，分别计分。"));
                    break;
                }
                Ok(true) => {}
                Ok(false) => break,
                Err(sentence) => {
                    self.unreadable(table, sentence);
                    break;
                }
            }
            let line = Line { table, row: &row, layout: &layout };
            if table != Table::Units && line.text(KEY) == EXAMPLE {
                continue;
            }
            let stray = layout.may_stray(row.cells.len()) && self.strays(&row, &layout, &mut noted);
            if line.is_blank() {
                continue;
            }
            let spoilt = self.formula_errors(&line) || stray;
            match table {
                Table::Units => units.extend(self.unit_row(&line).map(|unit| unit.spoilt_if(spoilt))),
                _ => self.fact(&line, &mut keys, spoilt),
            }
        }
        self.settle_units(units);
        self.settle_repeats(&keys);
        self.pending.sort_by_key(|(row, column, _)| (*row, *column));
        self.faults.extend(self.pending.drain(..).map(|(_, _, fault)| fault));
    }

    fn reserve(&mut self, table: Table, expected: usize) {
        match table {
            Table::Units => {}
            Table::Reports => self.facts.reports.reserve(expected),
            Table::Adoptions => self.facts.adoptions.reserve(expected),
            Table::Comments => self.facts.comments.reserve(expected),
            Table::Duties => self.facts.duties.reserve(expected),
            Table::Events => self.facts.events.reserve(expected),
        }
    }

    /// What was read, or why it cannot be used.
    pub fn finish(mut self) -> Result<Read, Vec<Fault>> {
        for spoilt in std::mem::take(&mut self.units.spoilt) {
            if spoilt.facts > 0 {
                let sentence = format!(
                    "本行有差错，其他表里写到“{}”的 {} 处暂不计入，没有逐行列出。",
                    shown(&spoilt.name),
                    spoilt.facts
                );
                self.note(spoilt.place, sentence);
            }
        }
        if self.unlisted > 0 {
            let sentence = format!("差错太多，还有 {} 处没有列出。请先改正以上各处。", self.unlisted);
            self.faults.push(Fault::new("", sentence));
        }
        if self.broken.is_empty() {
            Ok(Read { facts: self.facts, faults: self.faults, notes: self.notes })
        } else {
            self.broken.append(&mut self.faults);
            Err(self.broken)
        }
    }

    // Where things are.

    /// Sheets or files.
    pub fn source(&self) -> Source {
        self.source
    }

    /// A table as a whole.
    fn whole(&self, table: Table) -> String {
        match self.source {
            Source::Workbook => format!("工作表“{}”", table.name()),
            Source::Csv => format!("文件“{}.csv”", table.name()),
        }
    }

    /// A cell of the table being read.
    pub fn place(&self, row: u32, column: usize) -> String {
        format!("{}{}{row} 单元格", self.whole(self.table), column_letters(column))
    }

    // What is wrong.

    /// A table that is not there; `near` is a sheet that may be meant.
    pub fn missing(&mut self, table: Table, near: Option<&str>) {
        let near = near.map_or_else(String::new, |near| {
            format!("有一张工作表叫“{}”，如果就是它，请把名称改成“{}”。", shown(near), table.name())
        });
        if table == Table::Units {
            self.units.unread = true;
            let what = match self.source {
                Source::Workbook => "工作簿里没有这张工作表",
                Source::Csv => "没有这个文件",
            };
            self.unreadable(table, format!("{what}。“单位”表写明给谁计分，必须有。{near}"));
        } else if near.is_empty() {
            self.note(self.whole(table), format!("没有“{}”表，按没有内容计算。", table.name()));
        }
    }

    /// Something that keeps a table from being read.
    pub fn unreadable(&mut self, table: Table, sentence: impl Into<String>) {
        self.unreadable_at(self.whole(table), sentence);
        self.units.unread |= table == Table::Units;
    }

    /// The same at a place.
    pub fn unreadable_at(&mut self, place: String, sentence: impl Into<String>) {
        self.broken.push(Fault::new(place, sentence));
    }

    /// How many things keep tables from being read.
    pub fn broken(&self) -> usize {
        self.broken.len()
    }

    /// Something to look at that hinders nothing.
    pub fn note(&mut self, place: String, sentence: impl Into<String>) {
        self.notes.push(Fault::new(place, sentence));
    }

    /// A fault in a cell of the table being read.
    pub fn fault_at(&mut self, row: u32, column: usize, sentence: String) -> Bad {
        if self.faults.len() + self.pending.len() < MAX_FAULTS {
            let fault = Fault::new(self.place(row, column), sentence);
            self.pending.push((row, column, fault));
        } else {
            self.unlisted += 1;
        }
        Bad
    }

    /// A fault in a standard column. A formula's error has been noted already and gets no second fault.
    pub fn fault(&mut self, line: &Line<'_, '_>, slot: usize, sentence: String) -> Bad {
        let column = line.column(slot).or(line.column(UNITS)).unwrap_or_default();
        if line.row.errors.iter().any(|(at, _)| *at == column) {
            return Bad;
        }
        self.fault_at(line.number(), column, sentence)
    }

    /// Notes each formula's error in a column that is read.
    fn formula_errors(&mut self, line: &Line<'_, '_>) -> bool {
        let mut any = false;
        for (column, error) in &line.row.errors {
            if !line.layout.is_unnamed(*column) {
                any = true;
                let sentence = format!("这一格是公式错误“{error}”。请改正公式，或者直接填写内容。");
                self.fault_at(line.number(), *column, sentence);
            }
        }
        any
    }

    /// A name that is none of those that may stand in its column.
    pub fn unknown(&mut self, line: &Line<'_, '_>, slot: usize) -> Bad {
        let column = &standard(line.table)[slot];
        let names = choices(column.kind, self.words);
        let sentence = unknown_sentence(column.name, line.text(slot), &names, column.required);
        self.fault(line, slot, sentence)
    }

    // What cells say.

    /// The text of a column that must be filled in.
    #[inline]
    pub fn required<'r>(&mut self, line: &Line<'r, '_>, slot: usize) -> Result<&'r str, Bad> {
        match line.text(slot) {
            "" => Err(self.not_filled_in(line, slot)),
            text => Ok(text),
        }
    }

    #[cold]
    fn not_filled_in(&mut self, line: &Line<'_, '_>, slot: usize) -> Bad {
        let merged = match self.source {
            Source::Workbook => "（合并的单元格只有第一格有内容，请取消合并，逐行填写。）",
            Source::Csv => "",
        };
        let sentence = format!("“{}”没有填写。请补上。{merged}", standard(line.table)[slot].name);
        self.fault(line, slot, sentence)
    }

    /// A name of the scheme.
    pub fn word(&mut self, line: &Line<'_, '_>, slot: usize, required: bool) -> Result<Option<Name>, Bad> {
        let text = if required { self.required(line, slot)? } else { line.text(slot) };
        if text.is_empty() {
            return Ok(None);
        }
        let kind = standard(line.table)[slot].kind;
        let list = self.lists.iter_mut().find(|list| list.kind == kind).expect("every column of names has its list");
        if let Some(name) = list.lately.get(text) {
            return Ok(Some(name.clone()));
        }
        let found = match list.names.get(text) {
            Some(name) => Some(name.clone()),
            None if list.open => {
                let name = Name::from(text);
                list.names.insert(name.clone());
                Some(name)
            }
            None => None,
        };
        if let Some(name) = found {
            list.lately.put(name.clone(), name.clone());
            return Ok(Some(name));
        }
        Err(self.unknown(line, slot))
    }

    /// A day that must be there.
    pub fn date(&mut self, line: &Line<'_, '_>, slot: usize) -> Result<Date, Bad> {
        let text = self.required(line, slot)?;
        day(text).map_err(|_| {
            let sentence = date_sentence(text);
            self.fault(line, slot, sentence)
        })
    }

    /// A day, or nothing.
    pub fn optional_date(&mut self, line: &Line<'_, '_>, slot: usize) -> Result<Option<Date>, Bad> {
        if line.text(slot).is_empty() { Ok(None) } else { self.date(line, slot).map(Some) }
    }

    /// The units a row names, each once (R11).
    pub fn unit_list(&mut self, line: &Line<'_, '_>) -> Result<Units, Bad> {
        let text = self.required(line, UNITS)?;
        if self.units.unread {
            return Ok([].into());
        }
        if let Some(units) = self.units.lately.get(text) {
            return Ok(units.clone());
        }
        if let Some(Known::Good(unit)) = self.units.known.get(text) {
            let units: Units = [*unit].into();
            self.units.lately.put(text.into(), units.clone());
            return Ok(units);
        }
        let mut units: Vec<UnitIx> = Vec::new();
        let mut faulty = false;
        for name in text.split(['、', ',', '，', ';', '；']).map(tidy).filter(|name| !name.is_empty()) {
            match self.units.known.get(name) {
                Some(Known::Good(unit)) if units.contains(unit) => {
                    faulty = true;
                    self.fault(line, UNITS, format!("单位“{}”在这一格里写了两次。请删去一个。", shown(name)));
                }
                Some(Known::Good(unit)) => units.push(*unit),
                Some(Known::Spoilt(unit)) => {
                    let unit = *unit;
                    self.units.spoilt[unit].facts += 1;
                }
                None => {
                    faulty = true;
                    let near = nearest(name, self.units.names.iter().map(|name| &**name))
                        .map_or_else(String::new, |near| format!("最接近的是“{near}”。"));
                    let apart = if name.contains(|c: char| c.is_whitespace() || matches!(c, '/' | '／' | '|')) {
                        "几个单位请用顿号“、”隔开。"
                    } else {
                        ""
                    };
                    let sentence =
                        format!("“单位”表里没有“{}”。{near}{apart}请改正，或者在“单位”表里补上。", shown(name));
                    self.fault(line, UNITS, sentence);
                }
            }
        }
        if text.split(['、', ',', '，', ';', '；']).all(|name| tidy(name).is_empty()) {
            self.fault(line, UNITS, "这一格里没有单位名称。请补上。".to_owned());
        }
        if faulty || units.is_empty() { Err(Bad) } else { Ok(units.into()) }
    }

    /// The further columns, checked where the scheme declares them.
    pub fn extra(&mut self, line: &Line<'_, '_>) -> Result<Extra, Bad> {
        if line.layout.extra.is_empty() {
            return Ok(None);
        }
        let mut kept = BTreeMap::new();
        let mut result = Ok(());
        for (column, name, kind) in &line.layout.extra {
            let text = line.at(*column);
            if text.is_empty() {
                continue;
            }
            match extra_value(name, text, kind.as_ref()) {
                Ok(value) => {
                    kept.insert(name.clone(), value.into_owned());
                }
                Err(sentence) => {
                    result = Err(Bad);
                    if !line.row.errors.iter().any(|(at, _)| at == column) {
                        self.fault_at(line.number(), *column, sentence);
                    }
                }
            }
        }
        result.map(|()| (!kept.is_empty()).then(|| Box::new(kept)))
    }
}

/// Adds rows, without moving them where there were none.
fn take<T>(rows: &mut Vec<T>, more: Vec<T>) {
    if rows.is_empty() { *rows = more } else { rows.extend(more) }
}

/// A declared column's value, or what is wrong with it.
fn extra_value<'t>(name: &str, text: &'t str, kind: Option<&ColumnKind>) -> Result<Cow<'t, str>, String> {
    match kind {
        None | Some(ColumnKind::Text) => Ok(text.into()),
        Some(ColumnKind::Number) if text.parse::<Points>().is_ok() => Ok(text.into()),
        Some(ColumnKind::Number) => {
            Err(format!("{name}“{}”不是数字。请写整数、小数或分数，例如 5、2.5、1/3。", shown(text)))
        }
        Some(ColumnKind::Date) => day(text).map(|day| day.to_string().into()).map_err(|_| date_sentence(text)),
        Some(ColumnKind::OneOf(names)) if names.iter().any(|known| **known == *text) => Ok(text.into()),
        Some(ColumnKind::OneOf(names)) => Err(unknown_sentence(name, text, names, false)),
    }
}

fn date_sentence(text: &str) -> String {
    let number = if text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() == 5 {
        "如果这一格显示的是日期，请把单元格格式改成“日期”。"
    } else {
        ""
    };
    format!("“{}”不是日期。请写成 2018-06-04、2018/6/4 或 2018年6月4日。{number}", shown(text))
}

fn unknown_sentence(column: &str, text: &str, names: &[Name], required: bool) -> String {
    let near = nearest(text, names.iter().map(|name| &**name))
        .map_or_else(String::new, |near| format!("最接近的是“{near}”。"));
    let listed = names.iter().take(8).map(|name| &**name).collect::<Vec<_>>().join("、");
    let wanted = match names.len() {
        1 => format!("应当填“{listed}”"),
        2..=8 => format!("应当填{listed}之一"),
        more if near.is_empty() => format!("应当填{listed}等 {more} 种之一"),
        more => format!("应当填计分办法里的 {more} 种之一"),
    };
    let empty = if required { "" } else { "，或者不填" };
    format!("{column}“{}”无法识别。{near}{wanted}{empty}。", shown(text))
}
