//! People as a workbook (人员名册): the list to keep and correct, and the corrected list taken in again, with every fault by its row.

use std::collections::{BTreeMap, BTreeSet};

use tz_model::nearest;
use tz_store::directory::PersonRow;
use tz_tables::{ListColumn, read_grid};

use super::{DUTIES, is_address, record};
use crate::assessment::PaperFile;
use crate::problem::all_right;
use crate::sheets::{list, workbook};
use crate::{Administrator, App, FieldFault, Problem};

/// The columns of the list, in the order they are written; they are read in any order.
const COLUMNS: [&str; 5] = ["单位", "姓名", "职责", "电话", "邮箱"];
/// Of them, those a list must have.
const NEEDED: usize = 3;
/// Faults that are told of one file; whoever corrects these will see the rest.
const MOST_FAULTS: usize = 30;

/// What taking a list in did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeopleTaken {
    /// People entered.
    pub added: usize,
    /// People who were there already.
    pub known: usize,
}

/// A person of the list, found sound.
struct Line {
    unit: i64,
    unit_name: String,
    name: String,
    duty: String,
    phone: String,
    mail: String,
}

/// The rows of a list of people, or every fault in it by its row. Pure.
fn read(grid: &[Vec<String>], units: &BTreeMap<&str, i64>) -> (Vec<Line>, Vec<String>) {
    let place = |row: &[String], column: &str| row.iter().position(|cell| cell.trim() == column);
    let heads = grid.iter().position(|row| COLUMNS[..NEEDED].iter().all(|column| place(row, column).is_some()));
    let Some(heads) = heads else {
        return (
            Vec::new(),
            vec!["没有找到表头。第一行应有“单位”“姓名”“职责”三列，可以先下载名册，在里面修改。".to_owned()],
        );
    };
    let at: Vec<Option<usize>> = COLUMNS.iter().map(|column| place(&grid[heads], column)).collect();
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    let mut once = BTreeSet::new();
    for (number, row) in grid.iter().enumerate().skip(heads + 1) {
        let cell = |column: usize| {
            at[column].and_then(|at| row.get(at)).map(|text| text.trim().to_owned()).unwrap_or_default()
        };
        let [unit, name, duty, phone, mail] = [0, 1, 2, 3, 4].map(cell);
        let mut wrong = Vec::new();
        let found = units.get(unit.as_str()).copied();
        if found.is_none() {
            wrong.push(match (unit.is_empty(), nearest(&unit, units.keys().copied())) {
                (true, _) => "没有填写单位".to_owned(),
                (false, Some(like)) => format!("没有“{unit}”这个单位，是不是“{like}”"),
                (false, None) => format!("没有“{unit}”这个单位"),
            });
        }
        if name.is_empty() || name.chars().count() > 40 || name.chars().any(char::is_control) {
            wrong.push("姓名没有填写或太长".to_owned());
        }
        if !DUTIES.contains(&duty.as_str()) {
            wrong.push(format!("职责应为{}", DUTIES.join("、")));
        }
        if phone.chars().count() > 40 || phone.chars().any(char::is_control) {
            wrong.push("电话最多40个字符，写成一行".to_owned());
        }
        if !mail.is_empty() && !is_address(&mail) {
            wrong.push(format!("邮箱“{mail}”不完整"));
        }
        if wrong.is_empty() && !once.insert((unit.clone(), name.clone(), duty.clone())) {
            wrong.push("和前面一行重复".to_owned());
        }
        match found.filter(|_| wrong.is_empty()) {
            Some(id) => lines.push(Line { unit: id, unit_name: unit, name, duty, phone, mail }),
            None => faults.push(format!("第{}行（不计空行）：{}。", number + 1, wrong.join("；"))),
        }
    }
    if lines.is_empty() && faults.is_empty() {
        faults.push("表头下面没有人员。".to_owned());
    }
    (lines, faults)
}

impl App {
    /// Everybody in office as a workbook, in the directory's order.
    pub fn people_sheet(&self, who: &Administrator) -> Result<PaperFile, Problem> {
        let rows = self.people(who)?.into_iter().map(|(person, unit)| {
            [unit, person.name, person.duty, person.phone, person.mail].map(|text| text.as_str().into()).to_vec()
        });
        let widths = [24.0, 12.0, 14.0, 18.0, 28.0];
        let columns = COLUMNS.iter().zip(widths).map(|(name, width)| ListColumn::new(*name, width)).collect();
        workbook(list("人员", "单位人员名册".to_owned(), columns, rows.collect()))
    }

    /// Takes a list of people in (导入人员): who is not there yet is entered, who is stays as they are; nobody is taken off. With a
    /// fault in any row nothing is entered.
    pub fn import_people(&self, who: &Administrator, bytes: &[u8]) -> Result<PeopleTaken, Problem> {
        let now = self.micros();
        let grid = read_grid(bytes).map_err(|sentence| Problem::field("file", sentence))?;
        let mut tx = self.write()?;
        let names = tx.list_unit_names()?;
        let units: BTreeMap<&str, i64> = names.iter().map(|(id, name)| (name, id)).collect();
        let (lines, faults) = read(&grid, &units);
        let more = faults.len().saturating_sub(MOST_FAULTS);
        let mut faults: Vec<FieldFault> =
            faults.into_iter().take(MOST_FAULTS).map(|fault| FieldFault::new("file", fault)).collect();
        if more > 0 {
            faults.push(FieldFault::new("file", format!("还有{more}行有差错，改正以上各行后再导入。")));
        }
        all_right(faults)?;
        let held: BTreeSet<(i64, String, String)> = tx
            .list_people(None)?
            .into_iter()
            .filter_map(|person| Some((person.unit_id?, person.name, person.duty)))
            .collect();
        let mut taken = PeopleTaken { added: 0, known: 0 };
        for line in lines {
            if held.contains(&(line.unit, line.name.clone(), line.duty.clone())) {
                taken.known += 1;
                continue;
            }
            record(&mut tx, who, now, "登记人员", &line.name, &format!("{} {}，导入", line.unit_name, line.duty))?;
            tx.insert_person(PersonRow {
                id: 0,
                office_id: 0,
                unit_id: Some(line.unit),
                name: line.name,
                duty: line.duty,
                phone: line.phone,
                mail: line.mail,
                left_on: None,
                created_at: now,
            })?;
            taken.added += 1;
        }
        tx.commit()?;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::read;

    #[test]
    fn every_fault_is_told_by_its_row_and_columns_may_stand_in_any_order() {
        let units = BTreeMap::from([("滨湖镇", 9), ("粮食局", 40)]);
        let rows = |text: &str| -> Vec<Vec<String>> {
            text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
        };
        let grid = rows(
            "单位人员名册\n姓名,单位,职责,邮箱\n王静,滨湖镇,信息员,w@x.cn\n李娜,滨湖,信息员\n,粮食局,科长,无\n王静,滨湖镇,信息员\n王静,滨湖镇,具体责任人",
        );
        let (lines, faults) = read(&grid, &units);
        let found: Vec<(i64, &str, &str)> =
            lines.iter().map(|line| (line.unit, line.name.as_str(), line.duty.as_str())).collect();
        assert_eq!(found, [(9, "王静", "信息员"), (9, "王静", "具体责任人")]);
        assert_eq!(
            faults,
            [
                "第4行（不计空行）：没有“滨湖”这个单位，是不是“滨湖镇”。",
                "第5行（不计空行）：姓名没有填写或太长；职责应为第一责任人、直接责任人、具体责任人、信息员；邮箱“无”不完整。",
                "第6行（不计空行）：和前面一行重复。",
            ]
        );
        assert!(read(&rows("姓名,单位\n王静,滨湖镇"), &units).1[0].contains("没有找到表头"));
        assert_eq!(read(&rows("单位,姓名,职责"), &units).1, ["表头下面没有人员。"]);
    }
}
