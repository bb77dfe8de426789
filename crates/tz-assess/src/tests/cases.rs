//! Hand-worked cases (`cases/`), each a situation told in a few lines and what the notice makes of it.
//!
//! Above `---` stand the facts; a fact belongs to the units of the last 单位 line unless it says 给. Below stand totals and
//! lines, worked out by hand from the notice: a unit's lines are all of its lines, in order. Whatever is not mentioned is
//! not compared, except that 后果 names all of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use tz_model::{
    Adoption, Assessment, Channel, Comment, DirectPoint, Duty, DutyOutcome, Event, Facts, Line, Month, Report, Unit,
    UnitIx, parse_date,
};
use tz_scheme::Scheme;

use crate::assess;

/// A case as read.
struct Case {
    path: PathBuf,
    scheme: &'static Scheme,
    year: i16,
    through: Option<Month>,
    clauses: Vec<String>,
    facts: Facts,
    expected: Vec<String>,
}

/// A fact line cut up: day, words, and options such as `撤销 2018-07-03`.
struct Row<'a> {
    words: Vec<&'a str>,
}

impl<'a> Row<'a> {
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
}

/// `工作动态×5` is five of them.
fn times(word: &str) -> (&str, u32) {
    word.split_once('×').map_or((word, 1), |(name, count)| (name, count.parse().expect("a number after ×")))
}

impl Case {
    fn all() -> Vec<Self> {
        let mut paths = Vec::new();
        gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"), &mut paths);
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    fn read(path: &Path) -> Self {
        Self::parse(path, &std::fs::read_to_string(path).expect("a case can be read"))
    }

    fn parse(path: &Path, text: &str) -> Self {
        let (given, expected) = text.split_once("\n---\n").unwrap_or_else(|| panic!("{}: no ---", path.display()));
        let mut case = Self {
            path: path.to_owned(),
            scheme: Scheme::builtin("tengzhou-2018").expect("built in"),
            year: 2018,
            through: None,
            clauses: Vec::new(),
            facts: Facts::default(),
            expected: expected.lines().map(str::to_owned).filter(|line| !line.trim().is_empty()).collect(),
        };
        let mut current: Vec<UnitIx> = Vec::new();
        // The first line tells the situation.
        for line in given.lines().skip(1) {
            let words: Vec<&str> = line.split([' ', '　']).filter(|word| !word.is_empty()).collect();
            let Some((what, rest)) = words.split_first() else { continue };
            case.take(what, Row { words: rest.to_vec() }, &mut current);
        }
        case
    }

    fn take(&mut self, what: &str, mut row: Row<'_>, current: &mut Vec<UnitIx>) {
        let named = |facts: &Facts, names: &str| -> Vec<UnitIx> {
            let ix = |name| facts.unit(name).unwrap_or_else(|| panic!("no unit {name}"));
            names.split('、').map(ix).collect()
        };
        let units = row.option("给").map_or_else(|| current.clone(), |names| named(&self.facts, names));
        let facts = &mut self.facts;
        match what {
            "条款" => self.clauses.extend(row.words.iter().map(ToString::to_string)),
            // Another reading of a silent clause: `理解 point-keeps no`.
            "理解" => {
                let old = format!("key = \"{}\"\nvalue = \"yes\"", row.words[0]);
                let new = format!("key = \"{}\"\nvalue = \"{}\"", row.words[0], row.words[1]);
                let text = self.scheme.text();
                assert!(text.contains(&old), "no reading {old}");
                let changed = Scheme::parse(&text.replace(&old, &new)).expect("a known reading");
                // A handful of cases read a clause otherwise; the test's process is short.
                self.scheme = Box::leak(Box::new(changed));
            }
            "方案" => {
                assert_eq!(row.words.remove(0), "tengzhou-2018");
                self.through = row.option("月份").map(|month| month.parse().expect("a month"));
                if let Some(year) = row.option("年度") {
                    self.year = year.parse().expect("a year");
                } else {
                    self.year = self.through.expect("a month or a year").year();
                }
            }
            "单位" => {
                let (from, to) = (row.date("起"), row.date("止"));
                let parent = row.option("主管").map(Into::into);
                let direct_point = row.option("直报点").map(|status| match status {
                    "枣庄市级" => DirectPoint::Higher,
                    "滕州市级" => DirectPoint::Own,
                    other => panic!("no status {other}"),
                });
                let [names, class, group] = row.words[..] else {
                    panic!("单位 needs name, class, group: {:?}", row.words)
                };
                current.clear();
                for name in names.split('、') {
                    current.push(UnitIx::at(facts.units.len()));
                    facts.units.push(Unit {
                        name: name.into(),
                        class: class.into(),
                        group: group.into(),
                        direct_point,
                        parent: Option::clone(&parent),
                        from,
                        to,
                        extra: None,
                    });
                }
            }
            // Exactly the quota, every month from the first to the second, for each unit apart.
            "完成" => {
                let (mut month, last): (Month, Month) =
                    (row.words[0].parse().expect("a month"), row.words[row.words.len() - 1].parse().expect("a month"));
                while month <= last {
                    for unit in &units {
                        let quota: &[(&str, usize)] = match &*facts.units[unit.index()].class {
                            "A类" => {
                                &[("工作动态", 4), ("经验亮点", 2), ("调研分析", 2), ("问题建议", 1), ("社情民意", 1)]
                            }
                            "B类" => &[("工作动态", 3), ("调研分析", 1), ("问题建议", 1), ("社情民意", 1)],
                            _ => &[("工作动态", 2), ("其他", 1)],
                        };
                        for category in quota.iter().flat_map(|(name, count)| vec![name; *count]) {
                            report(facts, vec![*unit], month.first(), category);
                        }
                    }
                    month = month.next();
                }
            }
            "报送" => {
                let channel = row.option("渠道").map_or(Channel::Web, |name| Channel::named(name).expect("a channel"));
                let repeats = row.option("重复于");
                let counted = !row.flag("不计数");
                let date = row.first_date();
                for (category, count) in row.words.iter().map(|word| times(word)) {
                    for _ in 0..count {
                        report(facts, units.clone(), date, category);
                        let last = facts.reports.last_mut().expect("just added");
                        (last.channel, last.counted) = (channel, counted);
                        last.repeats = repeats.map(Into::into);
                    }
                }
            }
            "采用" => {
                let (withdrawn, key) = (row.date("撤销"), row.option("编号"));
                let (item, issue) = (row.option("稿件").map(Into::into), row.option("刊期").map(Into::into));
                let (form, solicitation) = (row.option("形式").map(Into::into), row.option("约稿").map(Into::into));
                let date = row.first_date();
                for (kind, count) in row.words.iter().map(|word| times(word)) {
                    for _ in 0..count {
                        let next = (facts.adoptions.len() + 1).to_string();
                        facts.adoptions.push(Adoption {
                            key: key.unwrap_or(&next).into(),
                            units: units.clone(),
                            date,
                            kind: kind.into(),
                            item: Option::clone(&item),
                            form: Option::clone(&form),
                            solicitation: Option::clone(&solicitation),
                            issue: Option::clone(&issue),
                            withdrawn,
                            extra: None,
                        });
                    }
                }
            }
            "批示" => {
                let (withdrawn, item) = (row.date("撤销"), row.option("稿件").map(Into::into));
                let leader = row.option("批示人").map(Into::into);
                let date = row.first_date();
                for level in &row.words {
                    facts.comments.push(Comment {
                        key: (facts.comments.len() + 1).to_string().into(),
                        units: units.clone(),
                        date,
                        level: (*level).into(),
                        item: Option::clone(&item),
                        leader: Option::clone(&leader),
                        withdrawn,
                        extra: None,
                    });
                }
            }
            "约稿" => {
                let (answered, topic) = (row.date("报送"), row.option("题目").map(Into::into));
                let outcome = row.flag("拒报").then_some(DutyOutcome::Refused);
                let deadline = row.first_date();
                facts.duties.push(Duty {
                    key: (facts.duties.len() + 1).to_string().into(),
                    units,
                    deadline,
                    solicitation: None,
                    answered,
                    outcome,
                    topic,
                    extra: None,
                });
            }
            "事项" => {
                let date = row.first_date();
                let (kind, count) = times(row.words[0]);
                facts.events.push(Event {
                    key: (facts.events.len() + 1).to_string().into(),
                    units,
                    date,
                    kind: kind.into(),
                    count,
                    note: None,
                    extra: None,
                });
            }
            other => panic!("{}: {other} is no line of a case", self.path.display()),
        }
    }

    /// What the case expects and what is there instead, if they differ.
    fn mismatch(&self) -> Option<String> {
        let got = assess(self.scheme, &self.facts, self.year, self.through);
        let faults = crate::unknown_names(self.scheme, &self.facts);
        let mut wrong: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let mut section = match self.through {
            Some(month) => month.to_string(),
            None => "年度".to_owned(),
        };
        let mut lines = self.expected.iter().map(String::as_str).peekable();
        let mut outcomes: Option<Vec<String>> = None;
        // `后果 取消直报点` names all of that kind only.
        let mut kind: Option<&str> = None;
        let mut compared = 0;
        while let Some(head) = lines.next() {
            let words: Vec<&str> = head.split_whitespace().collect();
            match &words[..] {
                ["后果", "无"] => outcomes = Some(Vec::new()),
                ["后果", only @ ..] => {
                    kind = only.first().copied();
                    outcomes = Some(lines.by_ref().map(squeeze).collect());
                }
                [one] => section = (*one).to_owned(),
                [unit, total, rank @ ..] => {
                    let mut told = Vec::new();
                    while let Some(line) = lines.next_if(|line| line.starts_with(' ')) {
                        told.push(line);
                    }
                    wrong.extend(compare(&got, &section, unit, total, rank.first().copied(), &told));
                }
                [] => {}
            }
            compared += 1;
        }
        if let Some(expected) = outcomes {
            let shown = |outcome: &tz_model::Outcome| {
                format!("{} {} {} {}", outcome.kind.name(), outcome.period, outcome.unit, outcome.clause)
            };
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
            wrong.extend(found);
        }
        assert!(compared > 0, "{}: nothing is expected", self.path.display());
        (!wrong.is_empty()).then(|| {
            let dir = Path::new(env!("CARGO_MANIFEST_DIR"));
            let name = self.path.strip_prefix(dir).unwrap_or(&self.path);
            format!("{}\n  {}", name.display(), wrong.join("\n  "))
        })
    }
}

fn report(facts: &mut Facts, units: Vec<UnitIx>, date: Date, category: &str) {
    facts.reports.push(Report {
        key: (facts.reports.len() + 1).to_string().into(),
        units,
        date,
        category: category.into(),
        title: None,
        channel: Channel::Web,
        repeats: None,
        counted: true,
        extra: None,
    });
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn compare(got: &Assessment, section: &str, unit: &str, total: &str, rank: Option<&str>, told: &[&str]) -> Vec<String> {
    let here = format!("{section} {unit}");
    let Some(found) = got.units.iter().find(|found| &*found.unit == unit) else {
        return if total == "不计" { vec![] } else { vec![format!("{here} is not scored at all")] };
    };
    let period = got.periods.iter().position(|period| &*period.label == section);
    let score = match (period, &found.annual) {
        (Some(at), _) => found
            .periods
            .iter()
            .find(|(ix, _)| *ix == at)
            .map(|(_, score)| (score.total, score.rank, score.lines.as_slice())),
        (None, Some(annual)) => Some((annual.total, annual.rank, annual.lines.as_slice())),
        (None, None) => None,
    };
    let Some((sum, place, lines)) = score else {
        return if total == "不计" { vec![] } else { vec![format!("{here} is not scored")] };
    };
    let mut wrong = Vec::new();
    if sum.to_string() != total {
        wrong.push(format!("{here} 应得 {total}，得到 {sum}"));
    }
    if let Some(rank) = rank
        && format!("第{place}名") != rank
    {
        wrong.push(format!("{here} 应列{rank}，得到第{place}名"));
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

/// A line as a case writes it: points, rule, clause, facts, and the item in “” where the case names it.
fn show(line: &Line, with_item: bool) -> String {
    let mut text = format!("{} {} {}", line.points, line.rule, line.clause);
    line.facts.iter().for_each(|fact| write!(text, " {fact}").expect("a String takes everything"));
    if with_item {
        write!(text, " “{}”", line.item).expect("a String takes everything");
    }
    text
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

/// The facts a few lines tell, as in a case.
pub(super) fn told(lines: &str) -> Facts {
    Case::parse(Path::new("told"), &format!("told\n{lines}\n---\n")).facts
}

#[test]
fn hand_worked_cases() {
    let wrong: Vec<String> = Case::all().iter().filter_map(Case::mismatch).collect();
    assert!(wrong.is_empty(), "{} cases are wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_clause_and_ruling_has_a_case() {
    let named: BTreeSet<String> = Case::all().into_iter().flat_map(|case| case.clauses).collect();
    let notes = ["N2.4", "N2.7", "F1", "F1.dp", "F2.A", "F2.B", "F2.C"].map(str::to_owned);
    let numbered = (1..=6).map(|n| format!("F1.n{n}")).chain((1..=14).map(|n| format!("R{n}")));
    let missing: Vec<String> = notes.into_iter().chain(numbered).filter(|id| !named.contains(id)).collect();
    assert!(missing.is_empty(), "no case names {missing:?}");
}

#[test]
fn every_price_has_a_case() {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for case in Case::all() {
        let got = assess(case.scheme, &case.facts, case.year, case.through);
        let periods = got.units.iter().flat_map(|unit| unit.periods.iter().flat_map(|(_, score)| &score.lines));
        let annual = got.units.iter().filter_map(|unit| unit.annual.as_ref()).flat_map(|annual| &annual.lines);
        seen.extend(periods.chain(annual).map(|line| line.item.to_string()));
    }
    let scheme = Scheme::builtin("tengzhou-2018").expect("built in");
    let all = scheme.rules().iter().flat_map(tz_scheme::Rule::items).map(|worth| worth.name.to_string());
    let missing: Vec<String> = all.filter(|name| !seen.contains(name)).collect();
    assert!(missing.is_empty(), "no case brings {missing:?}");
}
