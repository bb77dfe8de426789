//! The rules at a first glance: ids, kinds, tables and line names, so that rules may speak of rules anywhere in the file.

use tz_model::{Name, Table};

use crate::columns::looked_up_by;
use crate::mechanism::Stage;
use crate::read::context::Once;
use crate::toml::{At, Node, Reader, hint};

/// One rule at a first glance.
pub(crate) struct Entry {
    pub id: Name,
    pub stage: Option<Stage>,
    /// Within the stage: floors run after caps.
    later: bool,
    pub ledger: Option<Name>,
    /// For a rule that prices facts: their table, the column they are looked up by, and the names it prices.
    pub table: Option<Table>,
    by: Option<Name>,
    priced: Vec<Name>,
    pub lines: Vec<Name>,
    /// The rules and lines it speaks of.
    of: Vec<Name>,
}

/// All rules of a file, in its order.
#[derive(Default)]
pub(crate) struct Outline {
    pub entries: Vec<Entry>,
}

/// Which rules a rule may speak of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Rules that price facts.
    Prices,
    /// Rules whose lines are there before it runs.
    Before,
}

impl Outline {
    /// Looks at all rules; ids and line names that are there twice are faults.
    pub fn of(reader: &mut Reader<'_>, nodes: &[Node<'_>]) -> Self {
        let (mut ids, mut lines) = (Once::new("规则"), Once::new("得分事项"));
        let mut entries = Vec::new();
        for node in nodes {
            let id = node.name("id");
            let named = node.lines();
            if let Some(id) = &id {
                ids.add(reader, id);
            }
            for name in &named {
                lines.add(reader, name);
            }
            entries.push(entry(node, id, named));
        }
        for name in entries.iter().flat_map(|entry| &entry.lines) {
            if let (Some(at), Some(line)) = (lines.place(name), ids.place(name)) {
                let line = reader.line(line);
                let sentence = format!("得分事项“{name}”同第{line}行的规则编号重名，别处指它时分不清。请改名。");
                reader.fault(at, sentence);
            }
        }
        Self { entries }
    }

    /// The rule a name speaks of: its own id, or one of its lines.
    pub fn find(&self, name: &str) -> Option<usize> {
        let id = self.entries.iter().position(|entry| &*entry.id == name);
        id.or_else(|| self.entries.iter().position(|entry| entry.lines.iter().any(|line| &**line == name)))
    }

    /// Every name that rules price facts of a table by, looked up by that column.
    pub fn priced(&self, table: Table, by: &str) -> Vec<Name> {
        let entries = self.entries.iter().filter(|entry| entry.table == Some(table));
        entries.filter(|entry| entry.by.as_deref() == Some(by)).flat_map(|entry| entry.priced.iter().cloned()).collect()
    }

    /// The tables of the facts that these rules or lines are earned by.
    pub fn tables(&self, of: &[Name]) -> Vec<Table> {
        let mut tables: Vec<Table> = Vec::new();
        for table in of.iter().filter_map(|name| self.entries[self.find(name)?].table) {
            if !tables.contains(&table) {
                tables.push(table);
            }
        }
        tables
    }

    /// Every line that these names stand for: the lines of a rule, or one line.
    pub fn lines(&self, of: &[Name]) -> Vec<Name> {
        let mut lines = Vec::new();
        for name in of {
            match self.entries.iter().find(|entry| entry.id == *name) {
                Some(entry) => lines.extend(entry.lines.iter().cloned()),
                None => lines.push(name.clone()),
            }
        }
        lines
    }

    /// Checks the names that a rule speaks of, and takes those that it may.
    pub fn names(&self, reader: &mut Reader<'_>, me: usize, given: Vec<At<Name>>, reach: Reach) -> Vec<Name> {
        let mut taken: Vec<Name> = Vec::new();
        for name in given {
            if taken.contains(&name.value) {
                reader.fault(name.at, format!("“{}”在这里写了两次。请删去一个。", name.value));
            }
            match self.find(&name.value) {
                Some(found) => {
                    if let Some(sentence) = self.objection(me, found, &name.value, reach) {
                        reader.fault(name.at, sentence);
                    }
                }
                None => {
                    let lines = self.entries.iter().flat_map(|entry| &entry.lines);
                    let ids = self.entries.iter().map(|entry| &entry.id);
                    let near = tz_model::nearest(&name.value, ids.clone().chain(lines).map(|known| &**known));
                    let hint = match near {
                        Some(near) => format!("是不是“{near}”？"),
                        None => hint(&name.value, ids.map(|known| &**known)),
                    };
                    reader.fault(name.at, format!("没有名为“{}”的规则或得分事项。{hint}", name.value));
                }
            }
            taken.push(name.value);
        }
        taken
    }

    /// The names that decide between equal totals, as far as they may.
    pub fn of_ranking(&self, reader: &mut Reader<'_>, given: Vec<At<Name>>) -> Vec<Name> {
        for name in &given {
            match self.find(&name.value).map(|found| &self.entries[found]) {
                None => {
                    let ids = self.entries.iter().map(|entry| &*entry.id);
                    reader.unknown(name.at, "规则或得分事项", &name.value, ids);
                }
                Some(entry) if entry.ledger.is_some() => {
                    let sentence = format!("“{}”记在{}，排名只看总分，不能用它。请删去。", name.value, ledger(entry));
                    reader.fault(name.at, sentence);
                }
                Some(entry) if entry.lines.is_empty() => {
                    let sentence = format!("“{}”本身没有得分，不能用来比较。请指有得分的规则。", name.value);
                    reader.fault(name.at, sentence);
                }
                Some(_) => {}
            }
        }
        given.into_iter().map(|name| name.value).collect()
    }

    /// Why a rule may not speak of another.
    fn objection(&self, me: usize, found: usize, name: &str, reach: Reach) -> Option<String> {
        let (own, other) = (&self.entries[me], &self.entries[found]);
        if found == me {
            return Some(format!("“{name}”是本条自己，不能指自己。请删去。"));
        }
        if other.of.iter().any(|name| *name == own.id || own.lines.contains(name)) {
            return Some(format!("“{}”和“{}”互相指，成了循环，谁也算不出来。请删去一处。", own.id, other.id));
        }
        if reach == Reach::Prices && other.table.is_none() {
            return Some(format!(
                "“{name}”不是给事实定分值的规则（kind = \"facts\"），这里请指那样的规则或其中的得分事项。"
            ));
        }
        if other.lines.is_empty() && other.stage.is_some() {
            return Some(format!("“{name}”本身没有得分，指它没有意义。请指给事实定分值的规则。"));
        }
        if own.ledger != other.ledger {
            let (here, there) = (ledger(own), ledger(other));
            let mend = match &other.ledger {
                Some(ledger) => format!("请给本条写上 ledger = \"{ledger}\""),
                None => "请删去本条的 ledger".to_owned(),
            };
            return Some(format!("“{name}”记在{there}，本条记在{here}，管不到它。{mend}，或另写一条。"));
        }
        let (before, now) = (other.stage?, own.stage?);
        if before > now {
            let (other, own) = (stage_name(before), stage_name(now));
            return Some(format!("“{name}”在{other}一步才算，晚于本条的{own}，这里请不要指它。"));
        }
        if before == now && other.later && !own.later {
            return Some(format!("“{name}”是“扣完为止”，在各项“最多”之后才算，这里不能指它。请删去。"));
        }
        if before == now && other.later == own.later && found > me && reach == Reach::Before {
            return Some(format!("“{name}”写在本条之后，算到本条时它还没有分。请把它移到本条前面。"));
        }
        None
    }
}

fn entry(node: &Node<'_>, id: Option<At<Name>>, lines: Vec<At<Name>>) -> Entry {
    let word = |key: &str| node.words(key).map(|found| found.value);
    let kind = node.kind().map(|kind| kind.name);
    let is_facts = kind == Some("facts");
    let table = if is_facts { word("table").and_then(Table::named) } else { None };
    let by = word("by").or_else(|| table.and_then(looked_up_by)).map(Name::from);
    let mut priced = Vec::new();
    for row in node.tables("prices") {
        let given = row.names(if row.has("answer") { "answer" } else { "of" });
        let given = if given.is_empty() { row.name("name").into_iter().collect() } else { given };
        priced.extend(given.into_iter().map(|name| name.value));
    }
    let void = node.table("void").map(|void| void.names("of")).unwrap_or_default();
    let of = ["of", "within", "points_of", "void"].map(|key| node.names(key));
    Entry {
        id: id.map(|id| id.value).unwrap_or_default(),
        stage: kind.and_then(|kind| stage(kind, word("base") == Some("item"))),
        later: kind == Some("floor"),
        ledger: word("ledger").map(Name::from),
        table,
        by,
        priced,
        lines: lines.into_iter().map(|line| line.value).collect(),
        of: of.into_iter().flatten().chain(void).map(|name| name.value).collect(),
    }
}

/// The stage a kind of rule runs in.
fn stage(kind: &str, of_item: bool) -> Option<Stage> {
    Some(match kind {
        "facts" => Stage::Price,
        "multiply" if of_item => Stage::Combine,
        "multiply" => Stage::Adjust,
        "combine" => Stage::Combine,
        "share" => Stage::Share,
        "start" | "quota" | "yearly" => Stage::Unit,
        "cap" | "floor" => Stage::Limit,
        "veto" => Stage::Veto,
        "scale" => Stage::Scale,
        "credit" | "roll-up" => Stage::Credit,
        _ => Stage::Outcome,
    })
}

fn ledger(entry: &Entry) -> String {
    match &entry.ledger {
        Some(name) => format!("“{name}”账上"),
        None => "总分里".to_owned(),
    }
}

/// What a stage is called.
pub(crate) fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Period => "定周期",
        Stage::Select => "选事实",
        Stage::Price => "定分值",
        Stage::Adjust => "调整",
        Stage::Combine => "合并",
        Stage::Share => "分摊",
        Stage::Unit => "单位规则",
        Stage::Limit => "限额",
        Stage::Veto => "否决",
        Stage::Scale => "折算",
        Stage::Credit => "计入",
        Stage::Rank => "排名",
        Stage::Outcome => "后果",
    }
}
