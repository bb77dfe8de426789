//! The letters of a close (反馈函, 约谈通知, 约谈批评建议; N2.7): from statements, and from what was pinned at the close.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tz_docs::{
    Contact, FeedbackLetter, FeedbackMonth, InterviewNotice, PaperKind, Proposals, ProposedUnit, Signature,
    feedback_letter, interview_notice, proposals,
};
use tz_model::{OutcomeKind, UnitId, UnitPeriod, parse_date};
use tz_scheme::{Answer, Body, Scheme};
use tz_store::{Tx, Write};

use super::bulletin::{adoptions, chinese_digit, reason};
use super::close::{Made, file_label};
use super::deadlines::{long, short, working_day_after};
use super::ground::{Ground, heads_before, last_places};
use super::pages::answer_of;
use super::statement::{Statement, statement_of};
use crate::problem::all_right;
use crate::{FieldFault, Person, Problem, templates};

/// The letter's name where the scheme gives none.
const LETTER: &str = "政务信息工作反馈函";
/// More months than that are not told one by one.
const TOLD: usize = 12;

/// What the letters of a close say that no fact says: kept in the statement, as they print it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letters {
    /// SHA-256 of the wording of the feedback letter (反馈函).
    pub feedback_template: String,
    /// SHA-256 of the wording of the interview notice (约谈通知).
    pub interview_template: String,
    /// SHA-256 of the wording of the proposals (约谈批评建议).
    pub proposals_template: String,
    /// The heads (第一责任人) of the units that get a letter, by unit.
    pub heads: BTreeMap<i64, String>,
    /// When the interviews are.
    pub time: String,
    /// Where.
    pub place: String,
    /// Who holds them.
    pub chair: String,
    /// By when measures are to be reported.
    pub answer_by: String,
    /// By when those who come are to be named.
    pub reply_by: String,
    /// Whom to ask.
    pub contact: String,
    /// Their telephone.
    pub phone: String,
}

/// What the chief says of the letters when closing. Empty: as proposed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CloseWish {
    /// The day of the interviews, as typed.
    pub date: String,
    /// The hour: `上午9时`.
    pub time: String,
    /// Where.
    pub place: String,
    /// Who holds them.
    pub chair: String,
    /// By when measures are to be reported, as typed.
    pub answer_by: String,
    /// Whom to ask.
    pub contact: String,
    /// Their telephone.
    pub phone: String,
}

/// The settings that keep what was said the last time.
const KEPT: [&str; 4] = ["interview-time", "interview-place", "interview-chair", "letters-phone"];

impl CloseWish {
    /// What is proposed on a day: ten working days until the interview, eight for the answer, the rest as the last time.
    pub(crate) fn proposed(tx: &mut Tx, who: &Person, today: Date) -> Result<Self, Problem> {
        let mut kept = KEPT.map(|_| None);
        for (place, name) in KEPT.iter().enumerate() {
            kept[place] = tx.find_setting(name)?.filter(|text| !text.is_empty());
        }
        let [time, place, chair, phone] = kept;
        Ok(Self {
            date: working_day_after(tx, today, 10)?.to_string(),
            time: time.unwrap_or_else(|| "上午9时".to_owned()),
            place: place.unwrap_or_else(|| "政府办公室会议室".to_owned()),
            chair: chair.unwrap_or_else(|| "政府办公室分管负责同志".to_owned()),
            answer_by: working_day_after(tx, today, 8)?.to_string(),
            contact: who.name.clone(),
            phone: phone.unwrap_or_default(),
        })
    }

    /// This, and what is proposed where it says nothing.
    fn or(&self, proposed: Self) -> Self {
        let or = |own: &str, other: String| if own.trim().is_empty() { other } else { own.trim().to_owned() };
        Self {
            date: or(&self.date, proposed.date),
            time: or(&self.time, proposed.time),
            place: or(&self.place, proposed.place),
            chair: or(&self.chair, proposed.chair),
            answer_by: or(&self.answer_by, proposed.answer_by),
            contact: or(&self.contact, proposed.contact),
            phone: or(&self.phone, proposed.phone),
        }
    }
}

/// What a close pins of its letters, and the day and hour of the interviews. The heads are those of every unit; the statement keeps those
/// who get a letter.
pub(crate) fn pin(
    tx: &mut Write,
    who: &Person,
    today: Date,
    wish: &CloseWish,
) -> Result<(Letters, Date, String), Problem> {
    let wish = wish.or(CloseWish::proposed(tx, who, today)?);
    let mut faults = Vec::new();
    let mut day = |field: &'static str, text: &str, what: &str| match parse_date(text) {
        Ok(day) if day >= today => day,
        Ok(_) => {
            faults.push(FieldFault::new(field, format!("{what}不能早于今天，请核对。")));
            today
        }
        Err(_) => {
            faults.push(FieldFault::new(field, format!("请填写{what}，例如 2018-07-18。")));
            today
        }
    };
    let date = day("date", &wish.date, "约谈日期");
    let answer_by = day("answer_by", &wish.answer_by, "书面反馈期限");
    let words = [
        ("time", &wish.time, 20),
        ("place", &wish.place, 50),
        ("chair", &wish.chair, 30),
        ("contact", &wish.contact, 20),
        ("phone", &wish.phone, 30),
    ];
    for (field, text, most) in words {
        if text.chars().count() > most {
            faults.push(FieldFault::new(field, format!("文字太长，不超过{most}字。")));
        }
    }
    all_right(faults)?;
    for (name, text) in KEPT.iter().zip([&wish.time, &wish.place, &wish.chair, &wish.phone]) {
        tx.set_setting(name, text)?;
    }
    let people = tx.list_people(None, today)?.into_iter().filter(|person| person.duty == "第一责任人");
    let letters = Letters {
        feedback_template: templates::pin(tx, PaperKind::FeedbackLetter)?,
        interview_template: templates::pin(tx, PaperKind::InterviewNotice)?,
        proposals_template: templates::pin(tx, PaperKind::Proposals)?,
        heads: people.filter_map(|person| Some((person.unit_id?, person.name))).collect(),
        time: format!("{}{}", long(date), wish.time),
        place: wish.place,
        chair: wish.chair,
        answer_by: short(answer_by),
        reply_by: short(working_day_after(tx, today, 5)?.min(date)),
        contact: wish.contact,
        phone: wish.phone,
    };
    Ok((letters, date, wish.time))
}

/// The units called to an interview (约谈), in the statement's order.
pub(crate) fn called(statement: &Statement) -> Vec<UnitId> {
    let named: BTreeSet<&str> = named(statement, &OutcomeKind::Interview).map(|outcome| &*outcome.unit).collect();
    statement.units.iter().filter(|(_, unit)| named.contains(&*unit.unit)).map(|(id, _)| *id).collect()
}

fn named<'s>(statement: &'s Statement, kind: &OutcomeKind) -> impl Iterator<Item = &'s tz_model::Outcome> {
    statement.outcomes.iter().filter(move |outcome| outcome.kind == *kind)
}

/// A statement with who was among the last in it.
type WithLasts = (Arc<Statement>, BTreeSet<UnitId>);

/// A unit in one period of its run of last places.
struct RunMonth {
    statement: Arc<Statement>,
    at: usize,
}

impl RunMonth {
    fn unit(&self) -> &UnitPeriod {
        &self.statement.units[self.at].1
    }

    fn month(&self) -> FeedbackMonth {
        let unit = self.unit();
        let size = self.statement.units.iter().filter(|(_, other)| other.group == unit.group).count();
        let quota = unit.score.quota.as_ref();
        FeedbackMonth {
            month: self.statement.period.chinese(),
            submitted: quota.map_or(0, |quota| quota.received),
            quota: quota.map_or(0, |quota| quota.required),
            adopted: u32::try_from(adoptions(unit).len()).unwrap_or(u32::MAX),
            points: unit.score.total.to_string(),
            rank: unit.score.rank,
            units: u32::try_from(size).unwrap_or(u32::MAX),
        }
    }
}

/// The periods in which a unit has been among the last without a break, oldest first, the statement's own the last.
fn run_of(earlier: &[WithLasts], own: &Arc<Statement>, unit: UnitId) -> Vec<RunMonth> {
    let place = |statement: &Arc<Statement>| statement.units.iter().position(|(id, _)| *id == unit);
    let mut run: Vec<RunMonth> = place(own).map(|at| RunMonth { statement: Arc::clone(own), at }).into_iter().collect();
    for (statement, lasts) in earlier {
        match place(statement) {
            Some(at) if lasts.contains(&unit) => run.push(RunMonth { statement: Arc::clone(statement), at }),
            _ => break,
        }
    }
    run.reverse();
    run
}

/// The earlier statements that runs go back to, newest first, each with who was last in it.
fn earlier(tx: &mut Tx, scheme: &Scheme, statement: &Statement) -> Result<Vec<WithLasts>, Problem> {
    let mut wanted: BTreeSet<UnitId> = called(statement).into_iter().collect();
    let all = tx.list_statement_heads()?;
    let mut found = Vec::new();
    let mut first = statement.period.from;
    for head in heads_before(&all, statement.month).iter().rev().take(TOLD) {
        if wanted.is_empty() {
            break;
        }
        let old = statement_of(tx, &head.month, &head.sha256)?;
        if old.period.to.tomorrow().ok() != Some(first) {
            break;
        }
        first = old.period.from;
        let lasts = last_places(scheme, &old.units);
        wanted.retain(|unit| lasts.contains(unit));
        found.push((old, lasts));
    }
    Ok(found)
}

/// What is amiss, from the figures of the run, a paragraph each.
fn problems(run: &[RunMonth], scheme: &Scheme) -> Vec<String> {
    let count = match run.len() {
        2 => "两个".to_owned(),
        count => format!("{}个", chinese_digit(count)),
    };
    let stretch = if run.len() > 1 && run.iter().all(|one| one.statement.period.is_month()) {
        format!("{count}月")
    } else {
        "当期".to_owned()
    };
    let quota = |one: &RunMonth| one.unit().score.quota.clone().unwrap_or_default();
    let mut all = Vec::new();
    let short: Vec<String> = run
        .iter()
        .filter(|one| quota(one).short > 0)
        .map(|one| format!("{}少报{}篇", one.statement.period.within_year(), quota(one).short))
        .collect();
    if !short.is_empty() {
        let last = run.last().map(quota).unwrap_or_default();
        let lacking: Vec<String> = last
            .categories
            .iter()
            .filter(|category| category.received < category.required)
            .map(|category| format!("{}少{}篇", category.category, category.required - category.received))
            .collect();
        let lacking = if lacking.is_empty() {
            String::new()
        } else {
            format!(
                "其中{}{}。",
                run.last().map_or_else(String::new, |one| one.statement.period.within_year()),
                lacking.join("、")
            )
        };
        all.push(format!("报送任务没有完成。{}。{lacking}", short.join("，")));
    }
    let sent: u32 = run.iter().map(|one| quota(one).received).sum();
    let used: usize = run.iter().map(|one| adoptions(one.unit()).len()).sum();
    all.push(match (sent, used) {
        (0, 0) => format!("没有报送信息。{stretch}没有报送过政务信息。"),
        (_, 0) => format!("信息质量不高。{stretch}共报送{sent}篇，没有被各级刊物采用。"),
        _ => format!("采用较少。{stretch}共报送{sent}篇，采用{used}篇次，少于同组多数单位。"),
    });
    let answers = |answer: Answer| {
        let of = |one: &RunMonth| {
            let lines = one.unit().score.lines.iter();
            lines.filter(|line| answer_of(scheme, line) == Some(answer)).count()
        };
        run.iter().map(of).sum::<usize>()
    };
    let missed: Vec<String> = [Answer::Refused, Answer::Missed, Answer::Late]
        .into_iter()
        .map(|answer| (answer, answers(answer)))
        .filter(|(_, count)| *count > 0)
        .map(|(answer, count)| format!("{}{count}条", answer.name()))
        .collect();
    if !missed.is_empty() {
        all.push(format!("约稿落实不够。{stretch}约稿{}。", missed.join("、")));
    }
    all
}

/// The letters of a statement: the proposals, then for each unit called its letter and its notice. A statement closed before
/// letters were made with it has none.
pub(crate) fn made(tx: &mut Tx, statement: &Statement, ground: &Ground) -> Result<Vec<Made>, Problem> {
    let Some(letters) = &statement.letters else { return Ok(Vec::new()) };
    let units = called(statement);
    let criticised = named(statement, &OutcomeKind::Criticism).next().is_some();
    if units.is_empty() && !criticised {
        return Ok(Vec::new());
    }
    let scheme = &ground.scheme;
    let date = tz_model::shanghai_date(tz_store::moment(statement.closed_at));
    let label = file_label(&statement.period);
    let wording = templates::made_with(tx, PaperKind::Proposals, Some(&letters.proposals_template))?;
    let mut all = vec![Made {
        stem: format!("{label}约谈和通报批评建议"),
        paper: proposals(&proposed(statement, scheme, letters, date), &wording),
    }];
    let feedback = templates::made_with(tx, PaperKind::FeedbackLetter, Some(&letters.feedback_template))?;
    let notice = templates::made_with(tx, PaperKind::InterviewNotice, Some(&letters.interview_template))?;
    let before = earlier(tx, scheme, statement)?;
    let own = Arc::new(statement.clone());
    for id in units {
        let run = run_of(&before, &own, id);
        let Some(unit) = run.last().map(RunMonth::unit) else { continue };
        let why = named(statement, &OutcomeKind::Interview).find(|outcome| outcome.unit == unit.unit);
        let contact = Contact { name: letters.contact.clone(), phone: letters.phone.clone() };
        let letter = FeedbackLetter {
            office: statement.office.clone(),
            number: None,
            name: letter_name(scheme),
            unit: unit.unit.to_string(),
            head: letters.heads.get(&id.0).map_or_else(|| "主要负责同志".to_owned(), |name| format!("{name}同志")),
            group: unit.group.to_string(),
            months: run.iter().map(RunMonth::month).collect(),
            problems: problems(&run, scheme),
            answer_by: letters.answer_by.clone(),
            contact: contact.clone(),
            signature: Signature::Seal,
            date,
            copies_to: Vec::new(),
        };
        all.push(Made {
            stem: format!("{label}反馈函（{}）", unit.unit), paper: feedback_letter(&letter, &feedback)
        });
        let periods: Vec<String> = run.iter().map(|one| one.statement.period.within_year()).collect();
        let calling = InterviewNotice {
            office: statement.office.clone(),
            number: None,
            unit: unit.unit.to_string(),
            reason: why.map(|outcome| reason(&outcome.why)).unwrap_or_default(),
            time: letters.time.clone(),
            place: letters.place.clone(),
            chair: letters.chair.clone(),
            attendants: "单位主要负责同志、分管负责同志和信息工作机构负责人".to_owned(),
            prepare: vec![
                format!("{}政务信息报送情况说明；", periods.join("、")),
                "主要问题和原因分析；".to_owned(),
                "下一步改进措施和时间安排。".to_owned(),
            ],
            answer_by: letters.reply_by.clone(),
            contact,
            signature: Signature::Seal,
            date,
        };
        all.push(Made {
            stem: format!("{label}约谈通知（{}）", unit.unit),
            paper: interview_notice(&calling, &notice),
        });
    }
    Ok(all)
}

fn letter_name(scheme: &Scheme) -> String {
    let named = scheme.rules().iter().find_map(|rule| match &rule.body {
        Body::LastInGroup(last) => last.letter.as_deref(),
        _ => None,
    });
    named.unwrap_or(LETTER).trim_matches(['《', '》']).to_owned()
}

fn proposed(statement: &Statement, scheme: &Scheme, letters: &Letters, date: Date) -> Proposals {
    let of = |kind: &OutcomeKind| -> Vec<ProposedUnit> {
        let unit = |outcome: &tz_model::Outcome| {
            let (_, unit) = statement.units.iter().find(|(_, unit)| unit.unit == outcome.unit)?;
            let size = statement.units.iter().filter(|(_, other)| other.group == unit.group).count();
            Some(ProposedUnit {
                unit: unit.unit.to_string(),
                group: unit.group.to_string(),
                points: unit.score.total.to_string(),
                rank: format!("{}/{size}", unit.score.rank),
                reason: reason(&outcome.why),
            })
        };
        named(statement, kind).filter_map(unit).collect()
    };
    let interviews = of(&OutcomeKind::Interview);
    let time = if interviews.is_empty() { String::new() } else { letters.time.clone() };
    Proposals {
        office: statement.office.clone(),
        period: statement.period.chinese(),
        to: "办公室负责同志".to_owned(),
        scheme: scheme.name().to_owned(),
        interviews,
        time,
        place: letters.place.clone(),
        chair: letters.chair.clone(),
        criticisms: of(&OutcomeKind::Criticism),
        date,
    }
}
