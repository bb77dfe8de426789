//! Past years from the office's own spreadsheets (导入往年事实, docs/tables.md): read, compared with the office's own totals, then
//! recorded.
//!
//! A workbook is looked at before anything is recorded. Its faults are told cell by cell; while there are any nothing is taken. A row
//! that is known already is not recorded again, so that a workbook can be given twice, and a row that was corrected becomes a new
//! version of its fact. Nothing is taken into a closed period: what is found out about one is entered by hand, with a reason (R14).

use std::collections::BTreeMap;

use jiff::civil::Date;
use tz_assess::assess;
use tz_model::{Extra, FactSeq, Facts, Fault, Name, Points, Table, Units};
use tz_store::Tx;
use tz_store::audit::Act;
use tz_store::ledger::FactRow;
use tz_tables::{Cell, List, ListColumn, list_workbook, read_sheet, read_workbook};

use super::vocabulary;
use crate::assessment::{PaperFile, closed_on, open_period};
use crate::{App, Chief, FieldFault, Problem, scheme_on};

/// The sheet in which an office gives its own totals of the year, to be compared: 单位, 得分.
const TOTALS: &str = "合计";
/// Under which names a workbook that is looked at stands among the settings: its content, and its file's name.
const DRAFT: [&str; 2] = ["import-draft", "import-name"];
/// Bytes a workbook may have.
const MOST: usize = 32 << 20;

/// A unit's year by the imported facts beside what the office had worked out (对账).
#[derive(Clone, Debug, PartialEq)]
pub struct Reconciled {
    /// The unit.
    pub unit: String,
    /// 排名组
    pub group: String,
    /// The year's total by the scheme.
    pub computed: Points,
    /// What the office had, where its workbook says so.
    pub own: Option<Points>,
}

impl Reconciled {
    /// How far apart they are; nothing where the office gave no total.
    pub fn difference(&self) -> Option<Points> {
        self.own.map(|own| self.computed - own)
    }
}

/// What a workbook would bring (导入预览).
#[derive(Clone, Debug)]
pub struct ImportPreview {
    /// The file's name.
    pub name: String,
    /// The scheme it is scored by.
    pub scheme: String,
    /// The year most of its facts are of; what is compared is that year.
    pub year: i16,
    /// Every fault; nothing is taken while there are any.
    pub faults: Vec<Fault>,
    /// What should be looked at although it hinders nothing.
    pub notes: Vec<Fault>,
    /// For each table: its rows, those that are new, those that change a fact known already.
    pub tables: Vec<(Table, usize, usize, usize)>,
    /// Every unit that has facts or a total of the office's, the greatest difference first.
    pub units: Vec<Reconciled>,
}

impl ImportPreview {
    /// Rows that would be recorded.
    pub fn to_record(&self) -> usize {
        self.tables.iter().map(|(_, _, new, changed)| new + changed).sum()
    }

    /// Units whose total is not what the office had.
    pub fn different(&self) -> usize {
        self.units.iter().filter(|unit| unit.difference().is_some_and(|apart| !apart.is_zero())).count()
    }
}

/// What was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Facts that were not known.
    pub new: usize,
    /// Facts that were known and said something else.
    pub changed: usize,
    /// Rows that were known as they are.
    pub known: usize,
}

/// A workbook as it would be recorded.
struct Looked {
    preview: ImportPreview,
    /// The rows that would be recorded, and those taken back at once because the table says so.
    rows: Vec<(FactRow, bool)>,
}

/// One line of a fact table on its way into the ledger.
struct Line {
    row: FactRow,
    withdrawn: bool,
}

fn line(table: Table, key: &str, date: Date, name: &str, extra: &Extra) -> Line {
    let cells = extra.as_deref().filter(|cells| !cells.is_empty());
    let row = FactRow {
        key: key.to_string(),
        extra: cells.map(|cells| serde_json::to_string(cells).expect("texts are JSON")),
        reason: "导入往年事实表".to_owned(),
        ..FactRow::new(table.name(), &[], &date.to_string(), name)
    };
    Line { row, withdrawn: false }
}

/// Every row with the units it names, in the tables' order.
fn lines(facts: &Facts) -> Vec<(Units, Line)> {
    let text = |name: &Option<Name>| name.as_ref().map(ToString::to_string);
    let mut all = Vec::new();
    for report in &facts.reports {
        let mut line = line(Table::Reports, &report.key, report.date, &report.category, &report.extra);
        line.row.title = text(&report.title);
        line.row.channel = Some(report.channel.name().to_owned()).filter(|name| !name.is_empty());
        line.row.repeats = text(&report.repeats);
        line.row.counted = report.counted;
        all.push((report.units.clone(), line));
    }
    for adoption in &facts.adoptions {
        let mut line = line(Table::Adoptions, &adoption.key, adoption.date, &adoption.kind, &adoption.extra);
        line.row.title = text(&adoption.item);
        line.row.form = text(&adoption.form);
        line.row.note = text(&adoption.issue);
        line.withdrawn = adoption.withdrawn.is_some();
        all.push((adoption.units.clone(), line));
    }
    for comment in &facts.comments {
        let mut line = line(Table::Comments, &comment.key, comment.date, &comment.level, &comment.extra);
        line.row.title = text(&comment.item);
        line.row.leader = text(&comment.leader);
        line.withdrawn = comment.withdrawn.is_some();
        all.push((comment.units.clone(), line));
    }
    for duty in &facts.duties {
        let mut line = line(Table::Duties, &duty.key, duty.deadline, "", &duty.extra);
        line.row.title = text(&duty.topic);
        line.row.answered = duty.answered.map(|day| day.to_string());
        line.row.outcome = duty.outcome.map(|_| "拒报".to_owned());
        all.push((duty.units.clone(), line));
    }
    for event in &facts.events {
        let mut line = line(Table::Events, &event.key, event.date, &event.kind, &event.extra);
        line.row.quantity = i64::from(event.count);
        line.row.note = text(&event.note);
        all.push((event.units.clone(), line));
    }
    all
}

/// The year of most of the facts.
fn year_of(facts: &Facts, today: Date) -> i16 {
    let mut years: BTreeMap<i16, usize> = BTreeMap::new();
    for (_, line) in lines(facts) {
        if let Some(year) = line.row.date.get(..4).and_then(|year| year.parse().ok()) {
            *years.entry(year).or_default() += 1;
        }
    }
    years.into_iter().max_by_key(|(year, count)| (*count, *year)).map_or(today.year(), |(year, _)| year)
}

/// Every name a unit ever had; a name that two had is the newer's.
fn units_by_name(tx: &mut Tx) -> Result<BTreeMap<String, i64>, Problem> {
    let versions = tx.list_unit_versions(FactSeq(0), FactSeq(i64::MAX))?;
    Ok(versions.into_iter().map(|version| (version.name, version.unit_id)).collect())
}

/// The office's own totals, by unit; faults of their sheet.
fn totals(bytes: &[u8], faults: &mut Vec<Fault>) -> BTreeMap<String, Points> {
    let mut found = BTreeMap::new();
    let Ok(Some(grid)) = read_sheet(bytes, TOTALS) else { return found };
    let mut rows = grid.into_iter();
    let head = rows.next().unwrap_or_default();
    let column = |names: &[&str]| head.iter().position(|cell| names.contains(&cell.as_str()));
    let (Some(unit), Some(total)) = (column(&["单位"]), column(&["得分", "总分", "合计"])) else {
        faults.push(Fault::new(TOTALS, "第一行里没有“单位”和“得分”两列。请补上列名，或删去这张工作表。"));
        return found;
    };
    for (number, row) in (2..).zip(rows) {
        let cell = |at: usize| row.get(at).map_or("", |text| text.trim());
        let (name, points) = (cell(unit), cell(total));
        match (name.is_empty(), points.parse::<Points>()) {
            (true, _) => {}
            (false, Ok(points)) => {
                found.insert(name.to_owned(), points);
            }
            (false, Err(_)) => {
                let sentence = format!("“{name}”的得分“{points}”不是数。请填写数字，例如 62 或 12.5。");
                faults.push(Fault::new(format!("{TOTALS} 第{number}行"), sentence));
            }
        }
    }
    found
}

/// The same fact, whatever it was recorded for.
fn same(one: &FactRow, other: &FactRow) -> bool {
    let bare = |row: &FactRow| FactRow {
        office_id: 0,
        seq: 0,
        recorded_at: 0,
        recorded_by: None,
        reason: String::new(),
        item_id: None,
        ..row.clone()
    };
    bare(one) == bare(other)
}

fn look(tx: &mut Tx, bytes: &[u8], name: &str, today: Date) -> Result<Looked, Problem> {
    let open = open_period(tx, today)?;
    // The names of the scheme that stood first in force stand for the years before it.
    let scheme = scheme_on(tx, open.first.first())?;
    let mut preview = ImportPreview {
        name: name.to_owned(),
        scheme: scheme.name().to_owned(),
        year: today.year(),
        faults: Vec::new(),
        notes: Vec::new(),
        tables: Vec::new(),
        units: Vec::new(),
    };
    let facts = match read_workbook(bytes, &vocabulary(&scheme)) {
        Ok(read) => {
            preview.faults = read.faults;
            preview.notes = read.notes;
            preview.notes.retain(|note| !note.place.contains(TOTALS));
            read.facts
        }
        Err(faults) => {
            preview.faults = faults;
            return Ok(Looked { preview, rows: Vec::new() });
        }
    };
    preview.year = year_of(&facts, today);
    let own = totals(bytes, &mut preview.faults);
    let ids = units_by_name(tx)?;
    for unit in facts.units.iter().filter(|unit| !ids.contains_key(&*unit.name)) {
        let sentence = format!(
            "“{}”不在本机关的单位名单里，也不是其中哪个单位的旧名。请改成名单里的名称，或先建立这个单位。",
            unit.name
        );
        preview.faults.push(Fault::new("单位", sentence));
    }
    for unit in own.keys().filter(|unit| facts.unit(unit).is_none()) {
        preview.faults.push(Fault::new(TOTALS, format!("“{unit}”不在“单位”表里。请核对名称。")));
    }
    let mut rows = Vec::new();
    let mut counts: BTreeMap<&'static str, [usize; 3]> = BTreeMap::new();
    for (units, Line { mut row, withdrawn }) in lines(&facts) {
        let named: Vec<i64> =
            units.iter().filter_map(|unit| ids.get(&*facts.units.get(unit.index())?.name).copied()).collect();
        row.units = named.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let place = || format!("{} 编号{}", row.fact_table, row.key);
        let day = tz_model::parse_date(&row.date).unwrap_or(today);
        if day > today {
            preview.faults.push(Fault::new(place(), format!("日期{}晚于今天，请核对。", row.date)));
        } else if let Some(period) = closed_on(tx, day)? {
            let sentence = format!(
                "日期{}在已经关账的{}里，不能成批导入。查实的变化请在“批示”“上报”等处逐条登记，会作为更正记入未关账的一期。",
                row.date,
                period.chinese()
            );
            preview.faults.push(Fault::new(place(), sentence));
        }
        // Keys of one year's workbook say nothing of another's.
        row.key = format!("导入{}·{}", day.year(), row.key);
        row.repeats = row.repeats.map(|key| format!("导入{}·{key}", day.year()));
        row.revoked = false;
        let held = tx.find_fact(&row.fact_table, &row.key)?;
        let table = Table::named(&row.fact_table).map_or("", Table::name);
        let count = counts.entry(table).or_default();
        count[0] += 1;
        let known = held
            .as_ref()
            .is_some_and(|held| held.revoked == withdrawn && same(&FactRow { revoked: false, ..held.clone() }, &row));
        if !known {
            count[if held.is_some() { 2 } else { 1 }] += 1;
            rows.push((row, withdrawn));
        }
    }
    preview.tables = Table::ALL
        .into_iter()
        .filter_map(|table| counts.get(table.name()).map(|[all, new, changed]| (table, *all, *new, *changed)))
        .collect();
    let scored = assess(&scheme, &facts, preview.year, None);
    let mut units: Vec<Reconciled> = scored
        .units
        .iter()
        .map(|unit| Reconciled {
            unit: unit.unit.to_string(),
            group: unit.group.to_string(),
            computed: match &unit.annual {
                Some(annual) => annual.total,
                None => unit.periods.iter().map(|(_, score)| score.total).sum(),
            },
            own: own.get(&*unit.unit).copied(),
        })
        .collect();
    let apart = |unit: &Reconciled| unit.difference().map(|apart| if apart.is_negative() { -apart } else { apart });
    units.sort_by_key(|unit| std::cmp::Reverse(apart(unit)));
    preview.units = units;
    Ok(Looked { preview, rows })
}

impl App {
    /// Keeps a workbook to be looked at (选择往年事实表); nothing of it is recorded.
    pub fn choose_import(&self, _who: &Chief, name: &str, bytes: &[u8]) -> Result<(), Problem> {
        let fault = |sentence: &str| Problem::Faults(vec![FieldFault::new("file", sentence)]);
        if bytes.is_empty() {
            return Err(fault("请选择事实表的工作簿（.xlsx）。"));
        }
        if bytes.len() > MOST {
            return Err(fault("文件超过32兆字节。请按年份分成几个工作簿。"));
        }
        let mut tx = self.write()?;
        let content = tx.put_content(bytes)?;
        tx.set_setting(DRAFT[0], &content.to_string())?;
        tx.set_setting(DRAFT[1], &name.chars().take(100).collect::<String>())?;
        tx.commit()?;
        Ok(())
    }

    /// What the chosen workbook would bring; nothing where none is chosen.
    pub fn import_preview(&self, _who: &Chief) -> Result<Option<ImportPreview>, Problem> {
        let mut tx = self.read()?;
        let Some((name, bytes)) = chosen(&mut tx)? else { return Ok(None) };
        Ok(Some(look(&mut tx, &bytes, &name, self.today())?.preview))
    }

    /// Puts the chosen workbook aside.
    pub fn drop_import(&self, _who: &Chief) -> Result<(), Problem> {
        let mut tx = self.write()?;
        tx.set_setting(DRAFT[0], "")?;
        tx.commit()?;
        Ok(())
    }

    /// Records the chosen workbook (导入), all of it in one transaction.
    ///
    /// # Errors
    /// Refused while it has a fault.
    pub fn record_import(&self, who: &Chief) -> Result<Imported, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let (name, bytes) = chosen(&mut tx)?.ok_or(Problem::NotThere)?;
        let Looked { preview, rows } = look(&mut tx, &bytes, &name, self.today())?;
        if !preview.faults.is_empty() {
            let sentence = format!("这份表还有{}处差错，没有导入。请在表里改好，重新选择。", preview.faults.len());
            return Err(Problem::Refused(sentence));
        }
        let sum = |of: fn(&(Table, usize, usize, usize)) -> usize| preview.tables.iter().map(of).sum::<usize>();
        let (new, changed) = (sum(|table| table.2), sum(|table| table.3));
        for (row, withdrawn) in rows {
            let row = tx.append_fact(FactRow { recorded_at: now, recorded_by: Some(who.account.0), ..row })?;
            if withdrawn {
                tx.append_fact(FactRow { revoked: true, reason: "往年事实表中已撤销".to_owned(), ..row })?;
            }
        }
        tx.set_setting(DRAFT[0], "")?;
        let imported = Imported { new, changed, known: sum(|table| table.1) - new - changed };
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "导入往年事实表",
            object: &name,
            done: true,
            detail: &format!("新增{new}条，更正{changed}条，已有{}条", imported.known),
        })?;
        tx.commit()?;
        Ok(imported)
    }

    /// The comparison as a workbook (对账表): units, what came in, faults.
    pub fn import_sheet(&self, who: &Chief) -> Result<PaperFile, Problem> {
        let preview = self.import_preview(who)?.ok_or(Problem::NotThere)?;
        let unit = |unit: &Reconciled| {
            vec![
                Cell::from(unit.unit.as_str()),
                unit.group.as_str().into(),
                Cell::Points(unit.computed),
                unit.own.into(),
                unit.difference().into(),
            ]
        };
        let table = |(table, all, new, changed): &(Table, usize, usize, usize)| {
            vec![Cell::from(table.name()), Cell::count(*all), Cell::count(*new), Cell::count(*changed)]
        };
        let told = |what: &'static str| {
            move |fault: &Fault| vec![what.into(), fault.place.as_str().into(), fault.sentence.as_str().into()]
        };
        let lists = [
            List {
                name: "对账".to_owned(),
                title: format!("{}年度得分对账", preview.year),
                columns: vec![
                    ListColumn::new("单位", 24.0),
                    ListColumn::new("排名组", 12.0),
                    ListColumn::under("年度得分", "按计分办法", 12.0),
                    ListColumn::under("年度得分", "原有合计", 12.0),
                    ListColumn::under("年度得分", "相差", 10.0),
                ],
                rows: preview.units.iter().map(unit).collect(),
            },
            List {
                name: "收到".to_owned(),
                title: "各表行数".to_owned(),
                columns: ["表", "行数", "新增", "更正"].map(|name| ListColumn::new(name, 10.0)).to_vec(),
                rows: preview.tables.iter().map(table).collect(),
            },
            List {
                name: "差错".to_owned(),
                title: "差错和提示".to_owned(),
                columns: vec![
                    ListColumn::new("类别", 8.0),
                    ListColumn::new("位置", 30.0),
                    ListColumn::new("说明", 90.0),
                ],
                rows: preview.faults.iter().map(told("差错")).chain(preview.notes.iter().map(told("提示"))).collect(),
            },
        ];
        let title = format!("{}年度导入对账表", preview.year);
        let bytes = list_workbook(&title, &lists).map_err(|large| Problem::Refused(large.to_string()))?;
        Ok(PaperFile { name: format!("{title}.xlsx"), media_type: crate::sheets::XLSX.to_owned(), bytes })
    }
}

/// The workbook that is looked at, with its file's name.
fn chosen(tx: &mut Tx) -> Result<Option<(String, Vec<u8>)>, Problem> {
    let Some(content) = tx.find_setting(DRAFT[0])?.and_then(|id| id.parse::<i64>().ok()) else { return Ok(None) };
    let name = tx.find_setting(DRAFT[1])?.unwrap_or_default();
    Ok(Some((name, tx.content(content)?)))
}
