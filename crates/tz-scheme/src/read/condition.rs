//! Conditions (条件), as schemes write them: `形式 = 综合、一句话`, `字数 < 500`, `反馈日期 > 反馈期限`, `批示人 有`, `被采用`.

use jiff::civil::Date;
use tz_model::{Name, Points, Table, parse_date};

use crate::columns::kind_name;
use crate::mechanism::{Column, ColumnKind, Comparison, Condition, Operand};
use crate::read::context::Context;
use crate::toml::{At, Node, exact, hint};

/// Operators as people type them, longer ones first.
const OPERATORS: [(&str, Comparison); 14] = [
    ("<=", Comparison::AtMost),
    ("≤", Comparison::AtMost),
    ("≦", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("≥", Comparison::AtLeast),
    ("≧", Comparison::AtLeast),
    ("!=", Comparison::NotEqual),
    ("≠", Comparison::NotEqual),
    ("=", Comparison::Equal),
    ("＝", Comparison::Equal),
    ("<", Comparison::Less),
    ("＜", Comparison::Less),
    (">", Comparison::More),
    ("＞", Comparison::More),
];

/// A part of a condition's text, with where it begins in the file.
#[derive(Clone, Copy)]
struct Piece<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Piece<'t> {
    fn trimmed(self) -> Self {
        let text = self.text.trim_start();
        Self { text: text.trim_end(), at: self.at + (self.text.len() - text.len()) }
    }

    /// The parts between these marks.
    fn split(self, marks: &[&str]) -> Vec<Self> {
        let (mut parts, mut from) = (Vec::new(), 0);
        while let Some((place, mark)) = first(&self.text[from..], marks) {
            parts.push(Self { text: &self.text[from..from + place], at: self.at + from }.trimmed());
            from += place + mark.len();
        }
        parts.push(Self { text: &self.text[from..], at: self.at + from }.trimmed());
        parts
    }
}

fn first<'m>(text: &str, marks: &[&'m str]) -> Option<(usize, &'m str)> {
    marks
        .iter()
        .filter_map(|mark| Some((text.find(mark)?, *mark)))
        .min_by_key(|(place, mark)| (*place, usize::MAX - mark.len()))
}

/// The conditions under a key, on facts of one of `tables`. Faulty ones are noted and left out.
pub(crate) fn conditions(context: &mut Context<'_>, node: &Node<'_>, key: &str, tables: &[Table]) -> Vec<Condition> {
    let mut all = Vec::new();
    for given in node.texts(key) {
        // Within quotes a character stands where it stands, unless something is escaped; then the quote must do.
        let raw = context.reader.text().get(given.at..).unwrap_or_default();
        let inner = raw.find(['"', '\'']).map_or(given.at, |quote| given.at + quote + 1);
        let at = if raw.get(inner - given.at..).is_some_and(|text| text.starts_with(given.value)) {
            inner
        } else {
            given.at
        };
        if let Some(condition) = condition(context, Piece { text: given.value, at }, tables) {
            all.push(condition);
        }
    }
    contradictions(context, node.place(key), &all);
    all
}

/// One condition, or several of which one is enough.
fn condition(context: &mut Context<'_>, text: Piece<'_>, tables: &[Table]) -> Option<Condition> {
    let parts = text.split(&[" 或 ", "　或　"]);
    if let [one] = &parts[..] {
        return single(context, one.trimmed(), tables);
    }
    let any: Vec<Option<Condition>> = parts.into_iter().map(|part| single(context, part, tables)).collect();
    any.into_iter().collect::<Option<Vec<Condition>>>().map(Condition::Any)
}

fn single(context: &mut Context<'_>, text: Piece<'_>, tables: &[Table]) -> Option<Condition> {
    if let Some(whole) = whole_word(text.text) {
        let fits = match &whole {
            Condition::Linked { .. } => tables.iter().any(|table| !matches!(table, Table::Units | Table::Events)),
            _ => tables.iter().any(|table| matches!(table, Table::Adoptions | Table::Comments)),
        };
        if !fits {
            let shown: Vec<&str> = tables.iter().map(|table| table.name()).collect();
            let sentence = format!("表“{}”里的事实不能问“{}”。请改用别的条件。", shown.join("”“"), text.text);
            context.reader.fault(text.at, sentence);
            return None;
        }
        return Some(whole);
    }
    let marks = OPERATORS.map(|(mark, _)| mark);
    let Some((place, mark)) = first(text.text, &marks) else { return filled(context, text, tables) };
    let how = OPERATORS.iter().find(|(known, _)| *known == mark).map(|(_, how)| *how)?;
    let left = Piece { text: &text.text[..place], at: text.at }.trimmed();
    let right = Piece { text: &text.text[place + mark.len()..], at: text.at + place + mark.len() }.trimmed();
    if left.text.is_empty() || right.text.is_empty() {
        let sentence = format!("条件“{}”没有写全。请写成 列名 {mark} 值，例如 形式 = 综合。", text.text);
        context.reader.fault(text.at, sentence);
        return None;
    }
    let column = context.column(tables, left.text, left.at)?;
    match column.kind {
        ColumnKind::Name | ColumnKind::YesNo => is(context, column, how, mark, right, tables),
        ColumnKind::Number | ColumnKind::Date => compare(context, column, how, right, tables),
    }
}

fn whole_word(text: &str) -> Option<Condition> {
    Some(match text {
        "被采用" => Condition::Linked { table: Table::Adoptions, yes: true },
        "未被采用" => Condition::Linked { table: Table::Adoptions, yes: false },
        "被批示" => Condition::Linked { table: Table::Comments, yes: true },
        "未被批示" => Condition::Linked { table: Table::Comments, yes: false },
        "当期报送" => Condition::ReceivedInPeriod { yes: true },
        "非当期报送" => Condition::ReceivedInPeriod { yes: false },
        _ => return None,
    })
}

/// `批示人 有`, `反馈日期 无`.
fn filled(context: &mut Context<'_>, text: Piece<'_>, tables: &[Table]) -> Option<Condition> {
    for (word, present) in [("有", true), ("无", false)] {
        if let Some(name) = text.text.strip_suffix(word).filter(|name| name.ends_with(char::is_whitespace)) {
            let column = context.column(tables, name.trim_end(), text.at)?;
            return Some(Condition::Has { column, present });
        }
    }
    let sentence = format!(
        "看不懂条件“{}”。请写成 列名 = 值、列名 < 数、列名 有、列名 无，或 被采用、未被采用、被批示、未被批示、当期报送、非当期报送。",
        text.text
    );
    context.reader.fault(text.at, sentence);
    None
}

/// `形式 = 综合、一句话`, `形式 ≠ 独编`.
fn is(
    context: &mut Context<'_>,
    column: Column,
    how: Comparison,
    mark: &str,
    right: Piece<'_>,
    tables: &[Table],
) -> Option<Condition> {
    let not = match how {
        Comparison::Equal => false,
        Comparison::NotEqual => true,
        Comparison::Less | Comparison::AtMost | Comparison::AtLeast | Comparison::More => {
            let kind = kind_name(column.kind);
            let sentence = format!("列“{}”填的是{kind}，不能用 {mark} 比较。请用 = 或 ≠。", column.name);
            context.reader.fault(right.at, sentence);
            return None;
        }
    };
    let known = match column.kind {
        ColumnKind::YesNo => ["是", "否"].map(Name::from).to_vec(),
        _ => allowed(context, &column, tables),
    };
    let mut values: Vec<Name> = Vec::new();
    for value in right.split(&["、", "，", ","]) {
        if value.text.is_empty() {
            context.reader.fault(right.at, format!("“{}”里有空的名称。请删去多余的顿号。", right.text));
        } else if !known.is_empty() && !known.iter().any(|name| &**name == value.text) {
            let names = known.iter().map(|name| &**name);
            let hint = hint(value.text, names);
            let sentence = format!("列“{}”没有“{}”这个值，这样的条件永远不成立。{hint}", column.name, value.text);
            context.reader.fault(value.at, sentence);
        } else if values.iter().any(|name| &**name == value.text) {
            context.reader.fault(value.at, format!("“{}”写了两次。请删去一个。", value.text));
        }
        values.push(value.text.into());
    }
    Some(Condition::Is { column, values, not })
}

/// The only names a column may hold in any of the tables; empty: any.
fn allowed(context: &Context<'_>, column: &Column, tables: &[Table]) -> Vec<Name> {
    if column.of_unit {
        return context.values(Table::Units, &column.name);
    }
    let mut all = Vec::new();
    for table in tables.iter().filter(|table| context.kind_of(**table, &column.name).is_some()) {
        let values = context.values(*table, &column.name);
        if values.is_empty() {
            return values;
        }
        all.extend(values);
    }
    all
}

/// `字数 < 500`, `反馈日期 > 反馈期限`.
fn compare(
    context: &mut Context<'_>,
    column: Column,
    how: Comparison,
    right: Piece<'_>,
    tables: &[Table],
) -> Option<Condition> {
    let read = match column.kind {
        ColumnKind::Date => parse_date(right.text).ok().map(Operand::Date),
        _ => exact(right.text).map(Operand::Number),
    };
    let with = match read {
        Some(with) => with,
        None => {
            let other = tables
                .iter()
                .chain(&[Table::Units])
                .find_map(|table| Some((*table == Table::Units, context.kind_of(*table, right.text)?)));
            match other {
                Some((of_unit, kind)) if kind == column.kind => {
                    Operand::Column(Column { of_unit, name: right.text.into(), kind })
                }
                _ => {
                    let wanted = match column.kind {
                        ColumnKind::Date => "日期，例如 2018-06-30",
                        _ => "数，例如 500",
                    };
                    let sentence = format!(
                        "列“{}”填的是{}，不能同“{}”比较。请写{wanted}，或另一个同类的列。",
                        column.name,
                        kind_name(column.kind),
                        right.text
                    );
                    context.reader.fault(right.at, sentence);
                    return None;
                }
            }
        }
    };
    Some(Condition::Compare { column, how, with })
}

/// An operator and a number: `< 6`.
pub(crate) fn comparison(context: &mut Context<'_>, given: &At<&str>) -> Option<(Comparison, Points)> {
    let marks = OPERATORS.map(|(mark, _)| mark);
    let text = given.value.trim();
    let read = first(text, &marks).filter(|(place, _)| *place == 0).and_then(|(_, mark)| {
        let how = OPERATORS.iter().find(|(known, _)| *known == mark)?.1;
        Some((how, exact(&text[mark.len()..])?))
    });
    if read.is_none() {
        context.reader.fault(given.at, format!("看不懂“{text}”。请写比较符号和数，例如 \"< 6\"、\">= 80\"。"));
    }
    read
}

/// Two conditions on one column that cannot both hold.
fn contradictions(context: &mut Context<'_>, at: usize, all: &[Condition]) {
    for (place, one) in all.iter().enumerate() {
        if let Some(other) = all[..place].iter().find(|other| excludes(one, other)) {
            let sentence = format!("条件“{other}”和“{one}”不能同时成立，这样的事实一件也没有。请改正其中一个。");
            context.reader.fault(at, sentence);
        }
    }
}

/// True if the two can never hold together.
fn excludes(one: &Condition, other: &Condition) -> bool {
    match (one, other) {
        (Condition::Is { column, values, not: false }, Condition::Is { column: second, values: others, not }) => {
            column == second && values.iter().all(|value| others.contains(value) == *not)
        }
        (Condition::Is { not: true, .. }, Condition::Is { not: false, .. }) => excludes(other, one),
        (Condition::Has { column, present }, Condition::Has { column: second, present: other }) => {
            column == second && present != other
        }
        (Condition::Linked { table, yes }, Condition::Linked { table: second, yes: other }) => {
            table == second && yes != other
        }
        (Condition::ReceivedInPeriod { yes }, Condition::ReceivedInPeriod { yes: other }) => yes != other,
        (Condition::Compare { column, .. }, Condition::Compare { column: second, .. }) if column == second => {
            match (bounds(one), bounds(other)) {
                (Some(first), Some(second)) => first.meets(&second).is_none(),
                _ => false,
            }
        }
        _ => false,
    }
}

/// True if `one` holds only where `other` holds too, as far as that can be told from the two.
pub(crate) fn implies(one: &Condition, other: &Condition) -> bool {
    if one == other {
        return true;
    }
    match (one, other) {
        (Condition::Any(any), _) => any.iter().all(|part| implies(part, other)),
        (_, Condition::Any(any)) => any.iter().any(|part| implies(one, part)),
        (Condition::Is { column, values, not: false }, Condition::Is { column: second, values: others, not }) => {
            column == second && values.iter().all(|value| others.contains(value) != *not)
        }
        (
            Condition::Is { column, not: false, .. } | Condition::Compare { column, .. },
            Condition::Has { column: second, present: true },
        ) => column == second && (column.kind != ColumnKind::YesNo),
        (Condition::Compare { column, .. }, Condition::Compare { column: second, .. }) if column == second => {
            match (bounds(one), bounds(other)) {
                (Some(first), Some(second)) => first.within(&second),
                _ => false,
            }
        }
        _ => false,
    }
}

/// A stretch of values: least and most, each with whether it belongs to the stretch.
#[derive(Clone, Copy)]
struct Bounds<T> {
    least: Option<(T, bool)>,
    most: Option<(T, bool)>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Number(Points),
    Date(Date),
}

/// What a comparison with a fixed value leaves; `None` for ≠ and for comparisons of columns.
fn bounds(condition: &Condition) -> Option<Bounds<Value>> {
    let Condition::Compare { how, with, .. } = condition else { return None };
    let value = match with {
        Operand::Number(number) => Value::Number(*number),
        Operand::Date(date) => Value::Date(*date),
        Operand::Column(_) => return None,
    };
    let (least, most) = match how {
        Comparison::Less => (None, Some((value, false))),
        Comparison::AtMost => (None, Some((value, true))),
        Comparison::Equal => (Some((value, true)), Some((value, true))),
        Comparison::AtLeast => (Some((value, true)), None),
        Comparison::More => (Some((value, false)), None),
        Comparison::NotEqual => return None,
    };
    Some(Bounds { least, most })
}

impl<T: Ord + Copy> Bounds<T> {
    /// What lies in both.
    fn meets(&self, other: &Self) -> Option<Self> {
        let least = match (self.least, other.least) {
            // Of two equal ends, the one that does not belong is the narrower.
            (Some(a), Some(b)) => Some(if (a.0, !a.1) >= (b.0, !b.1) { a } else { b }),
            (a, b) => a.or(b),
        };
        let most = match (self.most, other.most) {
            (Some(a), Some(b)) => Some(if (a.0, a.1) <= (b.0, b.1) { a } else { b }),
            (a, b) => a.or(b),
        };
        match (least, most) {
            (Some((low, with_low)), Some((high, with_high)))
                if low > high || (low == high && !(with_low && with_high)) =>
            {
                None
            }
            _ => Some(Self { least, most }),
        }
    }

    /// True if all of it lies in the other.
    fn within(&self, other: &Self) -> bool {
        let above = match (self.least, other.least) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(a), Some(b)) => (a.0, !a.1) >= (b.0, !b.1),
        };
        let below = match (self.most, other.most) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(a), Some(b)) => (a.0, a.1) <= (b.0, b.1),
        };
        above && below
    }
}
