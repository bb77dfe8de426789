//! The form of a hand-worked case: a situation told in a few lines, and what the rules make of it.
//!
//! The first line says in words what is worked out. Above `---` stand the facts, a line each; below it totals and lines,
//! worked out by hand from the printed rules.
//!
//! - `方案 huzhou-2018 月份 2018-06`: a built-in scheme, or one beside the case (`./name.toml`), or, with a fence of `toml` in
//!   the case, that one. `月份` or `周期` names the last period scored, `年度` a whole year.
//! - `单位 甲、乙 一类 乡镇`: units, their class and group; `-` is an empty cell.
//! - `止 2018-02-28 承接 文旅局`: it ended and that unit takes over, its year too (`承接不计`: not its year); `此前 B类 B类 止 2018-06-30`
//!   says where the unit of the line before stood up to a day.
//! - A fact belongs to the units of the last 单位 line unless it says `给 甲`. `动态×5` is five of them, `版面:头版` sets a further column.
//! - Below `---`, `2018-06` or `年度` begins a section, `账 奖金` looks at that ledger within it, `甲 14 第1名` is a unit with its total,
//!   and its lines stand below, all of them, in order, points first; `待` are points not yet known. `说` tells the sentence.
//! - `后果` names all outcomes, `后果 约谈` all of that kind. `错 …` is (a part of) a fault in the facts.
//!
//! Whatever is not mentioned is not compared.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use tz_model::{
    Account, Adoption, Assessment, Channel, Comment, Duty, DutyOutcome, Event, Extra, Facts, Heir, Line, Month, Name,
    Outcome, Points, Report, Stage, Unit, UnitIx, UnitYear, parse_date,
};
use tz_scheme::Scheme;

use crate::assess;

/// A case as read.
pub(super) struct Case {
    pub path: PathBuf,
    pub scheme: &'static Scheme,
    pub year: i16,
    /// The label of the last period scored.
    pub label: Option<String>,
    pub clauses: Vec<String>,
    pub facts: Facts,
    expected: Vec<String>,
}

/// A fact line cut up: day, words, and options such as `撤销 2018-07-03`.
struct Row<'a> {
    words: Vec<&'a str>,
}

impl<'a> Row<'a> {
    fn of(line: &'a str) -> Self {
        Self { words: line.split([' ', '　']).filter(|word| !word.is_empty()).collect() }
    }

    /// Takes `name value` out of the row.
    fn option(&mut self, name: &str) -> Option<&'a str> {
        let at = self.words.iter().position(|word| *word == name)?;
        let value = self.words.get(at + 1).copied();
        self.words.drain(at..(at + 2).min(self.words.len()));
        Some(value.unwrap_or_else(|| panic!("{name} needs a value")))
    }

    fn date(&mut self, name: &str) -> Option<Date> {
        self.option(name).map(|text| parse_date(text).unwrap_or_else(|wrong| panic!("{wrong}")))
    }

    /// Takes a word without a value out of the row.
    fn flag(&mut self, name: &str) -> bool {
        let at = self.words.iter().position(|word| *word == name);
        at.map(|at| self.words.remove(at)).is_some()
    }

    fn first_date(&mut self) -> Date {
        let word = self.words.remove(0);
        parse_date(word).unwrap_or_else(|wrong| panic!("{wrong}"))
    }

    /// Takes the further columns out of the row: `版面:头版`.
    fn further(&mut self) -> Extra {
        let (columns, words) = self.words.iter().partition::<Vec<&str>, _>(|word| word.contains(':'));
        self.words = words;
        let cut = |word: &&str| {
            let (name, value) = word.split_once(':').expect("it contains one");
            (name.to_owned(), value.to_owned())
        };
        (!columns.is_empty()).then(|| Box::new(columns.iter().map(cut).collect()))
    }
}

/// `工作动态×5` is five of them.
fn times(word: &str) -> (&str, u32) {
    word.split_once('×').map_or((word, 1), |(name, count)| (name, count.parse().expect("a number after ×")))
}

impl Case {
    /// Every case below a folder of the crate.
    pub fn all(folder: &str) -> Vec<Self> {
        let mut paths = Vec::new();
        gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut paths);
        paths.sort();
        paths
            .iter()
            .map(|path| Self::parse(path, &std::fs::read_to_string(path).expect("a case can be read")))
            .collect()
    }

    /// A case from its text; `path` is what it is called and where files beside it are looked for.
    pub fn parse(path: &Path, text: &str) -> Self {
        let (given, expected) = text.split_once("\n---\n").unwrap_or_else(|| panic!("{}: no ---", path.display()));
        let mut case = Self {
            path: path.to_owned(),
            scheme: Scheme::builtin("tengzhou-2018").expect("built in"),
            year: 2018,
            label: None,
            clauses: Vec::new(),
            facts: Facts::default(),
            expected: expected.lines().map(str::to_owned).filter(|line| !line.trim().is_empty()).collect(),
        };
        let mut current: Vec<UnitIx> = Vec::new();
        let mut fence: Option<String> = None;
        // The first line tells the situation.
        for line in given.lines().skip(1) {
            match (&mut fence, line) {
                (None, "```toml") => fence = Some(String::new()),
                (Some(text), "```") => case.scheme = case.leak(&within_head(text)),
                (Some(text), _) => text.extend([line, "\n"]),
                (None, _) => case.read_line(line, &mut current),
            }
            if line == "```" {
                fence = None;
            }
        }
        case
    }

    fn read_line(&mut self, line: &str, current: &mut Vec<UnitIx>) {
        let mut row = Row::of(line);
        if !row.words.is_empty() {
            let what = row.words.remove(0);
            self.take(what, row, current);
        }
    }

    /// A handful of cases bring a scheme of their own; the test's process is short.
    fn leak(&self, text: &str) -> &'static Scheme {
        let told =
            |faults: Vec<tz_model::Fault>| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  ");
        let scheme = Scheme::parse(text);
        Box::leak(Box::new(scheme.unwrap_or_else(|faults| panic!("{}\n  {}", self.path.display(), told(faults)))))
    }

    /// Another reading of a silent clause: `理解 point-keeps no`.
    fn read_otherwise(&mut self, key: &str, value: &str) {
        let text = self.scheme.text();
        let before = format!("key = \"{key}\"\nvalue = \"");
        let at = text.find(&before).unwrap_or_else(|| panic!("no reading {key}")) + before.len();
        let end = at + text[at..].find('"').expect("a value ends");
        self.scheme = self.leak(&format!("{}{value}{}", &text[..at], &text[end..]));
    }

    /// Which scheme, and how far it is scored.
    fn read_head(&mut self, mut row: Row<'_>) {
        let label = row.option("月份").or_else(|| row.option("周期"));
        let year = row.option("年度").or_else(|| label.and_then(|label| label.get(..4)));
        self.year = year.and_then(|year| year.parse().ok()).expect("a year");
        self.label = label.map(str::to_owned);
        match row.words[..] {
            [] => {}
            [id] if id.starts_with("./") => {
                let path = self.path.with_file_name(&id[2..]);
                self.scheme = self.leak(&std::fs::read_to_string(path).expect("the scheme beside the case"));
            }
            [id] => self.scheme = Scheme::builtin(id).unwrap_or_else(|| panic!("no scheme {id}")),
            _ => panic!("{}: {:?}", self.path.display(), row.words),
        }
    }

    fn take(&mut self, what: &str, mut row: Row<'_>, current: &mut Vec<UnitIx>) {
        let named = |facts: &Facts, names: &str| -> Vec<UnitIx> {
            let ix = |name| facts.unit(name).unwrap_or_else(|| panic!("no unit {name}"));
            names.split('、').map(ix).collect()
        };
        let units = row.option("给").map_or_else(|| current.clone(), |names| named(&self.facts, names));
        match what {
            "条款" => self.clauses.extend(row.words.iter().map(ToString::to_string)),
            "理解" => self.read_otherwise(row.words[0], row.words[1]),
            "方案" => self.read_head(row),
            "单位" => *current = self.take_units(row),
            "此前" => self.take_stage(row, current),
            "完成" => self.meet_quotas(&row, &units),
            "报送" => self.take_reports(row, &units),
            "采用" => self.take_adoptions(row, &units),
            "批示" => self.take_comments(row, &units),
            "约稿" => self.take_duty(row, units),
            "事项" => self.take_event(row, units),
            other => panic!("{}: {other} is no line of a case", self.path.display()),
        }
    }

    fn take_units(&mut self, mut row: Row<'_>) -> Vec<UnitIx> {
        let (from, to) = (row.date("起"), row.date("止"));
        let parent = row.option("主管").map(Into::into);
        let direct_point: Option<Name> = row.option("直报点").map(Into::into);
        let heir = row.option("承接").map(|unit| Heir { unit: unit.into(), takes_year: true });
        let heir = heir.or_else(|| row.option("承接不计").map(|unit| Heir { unit: unit.into(), takes_year: false }));
        let extra = row.further();
        let [names, class, group] = row.words[..] else { panic!("单位 needs name, class, group: {:?}", row.words) };
        let cell = |word: &str| if word == "-" { "".into() } else { word.into() };
        let mut added = Vec::new();
        for name in names.split('、') {
            added.push(UnitIx::at(self.facts.units.len()));
            self.facts.units.push(Unit {
                name: name.into(),
                class: cell(class),
                group: cell(group),
                direct_point: direct_point.clone(),
                parent: Option::clone(&parent),
                from,
                to,
                extra: extra.clone(),
                earlier: Vec::new(),
                heir: heir.clone(),
            });
        }
        added
    }

    /// Where the units of the last 单位 line stood up to a day; stages stand oldest first.
    fn take_stage(&mut self, mut row: Row<'_>, units: &[UnitIx]) {
        let until = row.date("止").expect("a stage has a last day");
        let parent: Option<Name> = row.option("主管").map(Into::into);
        let direct_point: Option<Name> = row.option("直报点").map(Into::into);
        let extra = row.further();
        let [class, group] = row.words[..] else { panic!("此前 needs class and group: {:?}", row.words) };
        let cell = |word: &str| if word == "-" { "".into() } else { word.into() };
        let (class, group) = (cell(class), cell(group));
        let stage = Stage { until, class, group, direct_point, parent, extra };
        units.iter().for_each(|unit| self.facts.units[unit.index()].earlier.push(stage.clone()));
    }

    /// Exactly the quota of Tengzhou's classes, every month from the first to the second, for each unit apart.
    fn meet_quotas(&mut self, row: &Row<'_>, units: &[UnitIx]) {
        let (mut month, last): (Month, Month) =
            (row.words[0].parse().expect("a month"), row.words[row.words.len() - 1].parse().expect("a month"));
        while month <= last {
            for unit in units {
                let quota: &[(&str, usize)] = match &*self.facts.units[unit.index()].class {
                    "A类" => &[("工作动态", 4), ("经验亮点", 2), ("调研分析", 2), ("问题建议", 1), ("社情民意", 1)],
                    "B类" => &[("工作动态", 3), ("调研分析", 1), ("问题建议", 1), ("社情民意", 1)],
                    _ => &[("工作动态", 2), ("其他", 1)],
                };
                for category in quota.iter().flat_map(|(name, count)| vec![name; *count]) {
                    self.report(&[*unit], month.first(), category);
                }
            }
            month = month.next();
        }
    }

    fn take_reports(&mut self, mut row: Row<'_>, units: &[UnitIx]) {
        let channel = row.option("渠道").map_or(Channel::Web, |name| Channel::named(name).expect("a channel"));
        let repeats = row.option("重复于");
        let counted = !row.flag("不计数");
        let (extra, date) = (row.further(), row.first_date());
        for (category, count) in row.words.iter().map(|word| times(word)) {
            for _ in 0..count {
                let report = self.report(units, date, category);
                (report.channel, report.counted) = (channel, counted);
                report.repeats = repeats.map(Into::into);
                report.extra.clone_from(&extra);
            }
        }
    }

    fn report(&mut self, units: &[UnitIx], date: Date, category: &str) -> &mut Report {
        let reports = &mut self.facts.reports;
        reports.push(Report {
            key: (reports.len() + 1).to_string().into(),
            units: units.into(),
            date,
            category: category.into(),
            title: None,
            channel: Channel::Web,
            repeats: None,
            counted: true,
            extra: None,
        });
        reports.last_mut().expect("just added")
    }

    fn take_adoptions(&mut self, mut row: Row<'_>, units: &[UnitIx]) {
        let (withdrawn, key) = (row.date("撤销"), row.option("编号"));
        let (item, issue) = (row.option("稿件").map(Into::into), row.option("刊期").map(Into::into));
        let (form, solicitation) = (row.option("形式").map(Into::into), row.option("约稿").map(Into::into));
        let (extra, date) = (row.further(), row.first_date());
        for (kind, count) in row.words.iter().map(|word| times(word)) {
            for _ in 0..count {
                let next = (self.facts.adoptions.len() + 1).to_string();
                self.facts.adoptions.push(Adoption {
                    key: key.unwrap_or(&next).into(),
                    units: units.into(),
                    date,
                    kind: kind.into(),
                    item: Option::clone(&item),
                    form: Option::clone(&form),
                    solicitation: Option::clone(&solicitation),
                    issue: Option::clone(&issue),
                    withdrawn,
                    extra: extra.clone(),
                });
            }
        }
    }

    fn take_comments(&mut self, mut row: Row<'_>, units: &[UnitIx]) {
        let (withdrawn, item) = (row.date("撤销"), row.option("稿件").map(Into::into));
        let leader = row.option("批示人").map(Into::into);
        let (extra, date) = (row.further(), row.first_date());
        for level in &row.words {
            self.facts.comments.push(Comment {
                key: (self.facts.comments.len() + 1).to_string().into(),
                units: units.into(),
                date,
                level: (*level).into(),
                item: Option::clone(&item),
                leader: Option::clone(&leader),
                withdrawn,
                extra: extra.clone(),
            });
        }
    }

    fn take_duty(&mut self, mut row: Row<'_>, units: Vec<UnitIx>) {
        let (answered, topic) = (row.date("报送"), row.option("题目").map(Into::into));
        let (solicitation, key) = (row.option("约稿编号").map(Into::into), row.option("编号"));
        let outcome = row.flag("拒报").then_some(DutyOutcome::Refused);
        let (extra, deadline) = (row.further(), row.first_date());
        let next = (self.facts.duties.len() + 1).to_string();
        self.facts.duties.push(Duty {
            key: key.unwrap_or(&next).into(),
            units: units.into(),
            deadline,
            solicitation,
            answered,
            outcome,
            topic,
            extra,
        });
    }

    fn take_event(&mut self, mut row: Row<'_>, units: Vec<UnitIx>) {
        let (extra, date) = (row.further(), row.first_date());
        let (kind, count) = times(row.words[0]);
        let key = (self.facts.events.len() + 1).to_string().into();
        self.facts.events.push(Event { key, units: units.into(), date, kind: kind.into(), count, note: None, extra });
    }

    /// What the scheme makes of the facts.
    pub fn assessed(&self) -> Assessment {
        let through = self.label.as_ref().map(|label| {
            let mut periods = self.scheme.periods(self.year).into_iter();
            let period = periods.find(|period| *period.label == **label).unwrap_or_else(|| panic!("no period {label}"));
            Month::of_date(period.to)
        });
        assess(self.scheme, &self.facts, self.year, through)
    }

    /// What the case expects and what is there instead, if they differ.
    pub fn mismatch(&self) -> Option<String> {
        let faults: Vec<String> =
            crate::unknown_names(self.scheme, &self.facts).iter().map(ToString::to_string).collect();
        let wanted: Vec<&str> = self.expected.iter().filter_map(|line| line.strip_prefix("错 ")).collect();
        let wrong = if wanted.is_empty() {
            let mut wrong = faults;
            wrong.extend(self.differences(&self.assessed()));
            wrong
        } else {
            let missing = wanted.iter().filter(|part| !faults.iter().any(|fault| fault.contains(part.trim())));
            let told = || if faults.is_empty() { "没有错处".to_owned() } else { faults.join("\n  ") };
            missing.map(|part| format!("应指出“{part}”，得到 {}", told())).collect()
        };
        (!wrong.is_empty()).then(|| {
            let dir = Path::new(env!("CARGO_MANIFEST_DIR"));
            let name = self.path.strip_prefix(dir).unwrap_or(&self.path);
            format!("{}\n  {}", name.display(), wrong.join("\n  "))
        })
    }

    fn differences(&self, got: &Assessment) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut section = self.label.clone().unwrap_or_else(|| "年度".to_owned());
        let mut ledger: Option<&str> = None;
        let mut lines = self.expected.iter().map(String::as_str).peekable();
        let mut compared = 0;
        while let Some(head) = lines.next() {
            let words: Vec<&str> = head.split_whitespace().collect();
            match &words[..] {
                ["后果", "无"] => wrong.extend(compare_outcomes(got, None, &[])),
                // `后果 取消直报点` names all of that kind only.
                ["后果", only @ ..] => {
                    let told: Vec<String> = lines.by_ref().map(squeeze).collect();
                    wrong.extend(compare_outcomes(got, only.first().copied(), &told));
                }
                ["账", name] => ledger = Some(name),
                [one] => (section, ledger) = ((*one).to_owned(), None),
                [unit, total, rank @ ..] => {
                    let mut told = Vec::new();
                    while let Some(line) = lines.next_if(|line| line.starts_with(' ')) {
                        told.push(line);
                    }
                    let here = Here { section: &section, ledger, unit };
                    wrong.extend(here.compare(got, total, rank.first().copied(), &told));
                }
                [] => {}
            }
            compared += 1;
        }
        assert!(compared > 0, "{}: nothing is expected", self.path.display());
        wrong
    }
}

/// One account of a unit in a section.
struct Here<'a> {
    section: &'a str,
    ledger: Option<&'a str>,
    unit: &'a str,
}

impl Here<'_> {
    /// Its total, rank and lines, if it is scored there.
    fn found<'g>(&self, got: &'g Assessment) -> Option<(Points, Option<u32>, &'g [Line])> {
        let unit: &UnitYear = got.units.iter().find(|found| &*found.unit == self.unit)?;
        let period = got.periods.iter().position(|period| &*period.label == self.section);
        if let Some(name) = self.ledger {
            let ledger = unit.ledgers.iter().find(|(known, _)| &***known == name)?.1;
            let account: &Account = match period {
                Some(at) => &ledger.periods.iter().find(|(ix, _)| *ix == at)?.1,
                None => ledger.annual.as_ref()?,
            };
            return Some((account.total, None, &account.lines));
        }
        match period {
            Some(at) => {
                let (_, score) = unit.periods.iter().find(|(ix, _)| *ix == at)?;
                Some((score.total, Some(score.rank), &score.lines))
            }
            None => unit.annual.as_ref().map(|annual| (annual.total, Some(annual.rank), annual.lines.as_slice())),
        }
    }

    fn compare(&self, got: &Assessment, total: &str, rank: Option<&str>, told: &[&str]) -> Vec<String> {
        let here = format!("{} {}", self.section, self.unit);
        let Some((sum, place, lines)) = self.found(got) else {
            return if total == "不计" { vec![] } else { vec![format!("{here} is not scored")] };
        };
        let mut wrong = Vec::new();
        if sum.to_string() != total {
            wrong.push(format!("{here} 应得 {total}，得到 {sum}"));
        }
        let place = place.map_or(String::new(), |place| format!("第{place}名"));
        if let Some(rank) = rank
            && place != rank
        {
            wrong.push(format!("{here} 应列{rank}，得到{place}"));
        }
        let mut lines = lines.iter();
        let mut current: Option<&Line> = None;
        for told in told {
            let told = squeeze(told);
            if let Some(why) = told.strip_prefix("说") {
                let is = current.map_or(String::new(), |line| squeeze(&line.why));
                if why.trim() != is {
                    wrong.push(format!("{here} 说明应为{}\n  得到{is}", why.trim()));
                }
                continue;
            }
            current = lines.next();
            let is = current.map_or("nothing".to_owned(), |line| show(line, told.contains('“')));
            if told != is {
                wrong.push(format!("{here} 应有 {told}\n  得到 {is}"));
            }
        }
        if !told.is_empty() {
            wrong.extend(lines.map(|line| format!("{here} 多出 {}", show(line, true))));
        }
        wrong
    }
}

fn compare_outcomes(got: &Assessment, kind: Option<&str>, expected: &[String]) -> Vec<String> {
    let shown =
        |outcome: &Outcome| format!("{} {} {} {}", outcome.kind.name(), outcome.period, outcome.unit, outcome.clause);
    let mut found: Vec<String> = Vec::new();
    let mut expected = expected.iter().peekable();
    let mut all = got.outcomes.iter().filter(|outcome| kind.is_none_or(|kind| kind == outcome.kind.name()));
    while let Some(wanted) = expected.next() {
        let outcome = all.next();
        let is = outcome.map_or("nothing".to_owned(), shown);
        if *wanted != is {
            found.push(format!("后果 {wanted}，得到 {is}"));
        }
        if let Some(why) = expected.next_if(|line| line.starts_with('说'))
            && let Some(outcome) = outcome
            && why["说".len()..].trim() != squeeze(&outcome.why)
        {
            found.push(format!("后果的说明应为{}\n得到{}", &why["说".len()..], outcome.why));
        }
    }
    found.extend(all.map(|outcome| format!("多出后果 {}", shown(outcome))));
    found
}

/// A line as a case writes it: points, rule, clause, facts, and the item in “” where the case names it.
fn show(line: &Line, with_item: bool) -> String {
    let points = if line.waiting.is_some() { "待".to_owned() } else { line.points.to_string() };
    let mut text = format!("{points} {} {}", line.rule, line.clause);
    line.facts.iter().for_each(|fact| write!(text, " {fact}").expect("a String takes everything"));
    if with_item {
        write!(text, " “{}”", line.item).expect("a String takes everything");
    }
    text
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn gather(dir: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("the folder of cases") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            gather(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "case") {
            paths.push(path);
        }
    }
}

/// Rules alone become a scheme by the head that every scheme has; a text that has one stays as it is.
pub(super) fn within_head(text: &str) -> String {
    if text.trim_start().starts_with("id =") {
        return text.to_owned();
    }
    let months = "[period]\nevery = \"month\"\nclause = \"周期\"\nsentence = \"每月一次。\"\n";
    let period = if text.contains("[period]") { "" } else { months };
    format!("id = \"example\"\nname = \"示例\"\noffice = \"某办公室\"\n{period}{text}")
}

/// The facts a few lines tell, as in a case.
pub(super) fn told(lines: &str) -> Facts {
    Case::parse(Path::new("told"), &format!("told\n{lines}\n---\n")).facts
}
