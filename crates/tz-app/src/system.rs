//! 系统: units, people, registered mailboxes, the audit log, and what this installation stands on.
//!
//! Everything here takes an [`Administrator`], who reads no items. Accounts are in `account.rs`. A unit is never changed in
//! place: what it is called and where it stands is a new version in the ledger, so that a closed month can be recomputed.

mod calendar;
mod mailboxes;
mod people;
mod reorganising;
mod roster;
mod templates;
mod wordings;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use tz_model::{Table, UnitId, parse_date};
use tz_scheme::Scheme;
use tz_store::audit::Act;
use tz_store::{NEWEST, Tx};

use crate::assessment::open_period;
use crate::facts::{CellField, Cells, Typed};
use crate::{Administrator, App, FieldFault, FromDay, Problem, scheme_on, schemes_ahead, unknown_to};

pub use calendar::CalendarYear;
pub(crate) use calendar::calendar_of;
pub use people::{NewPerson, PersonFolder};
pub(crate) use reorganising::heirs_on;
pub use reorganising::{HeirChoice, NewUnit, ReorganiseWish, Reorganised};
pub use roster::{Roster, RosterLine, RosterPreview, RosterTaken, SentRows};
pub use templates::{MastheadLine, SamplePages, TemplateLine, TemplateRoom, TemplateTaken, Which};
pub use tz_docs::PaperKind;
pub use tz_store::DatabaseKind;
pub use tz_store::audit::AuditRow;
pub use tz_store::directory::{MailboxRow, PersonRow, UnitVersionRow};
pub(crate) use wordings::wordings;
pub use wordings::{Met, WordingsPage};

/// What a person of a unit may be (N4), the last one what N1 counts.
pub const DUTIES: [&str; 4] = ["第一责任人", "直接责任人", "具体责任人", OFFICER];
/// 信息员: who does the reporting.
const OFFICER: &str = "信息员";
/// The ranking group whose units need three officers (N1).
const TOWNS: &str = "镇街";
/// Corrections of a unit that ended name it (R17): they would not be found again under another name.
const NAMED_FOR_GOOD: &str = "这个单位已由别的单位承接，名称不再改动，以便核对旧账。";
/// Acts on a page of the audit log.
const AUDIT_PAGE: i64 = 50;

/// A unit with what N1 and N3.1 ask of it.
#[derive(Clone, Debug)]
pub struct UnitState {
    /// Its version in force.
    pub unit: UnitVersionRow,
    /// Information officers (信息员) now.
    pub officers: usize,
    /// How many it needs at least (N1).
    pub needed: usize,
    /// Open registrations of mailboxes.
    pub mailboxes: usize,
    /// It reports and is scored today.
    pub active: bool,
}

/// What a unit is to be called and where it stands, as typed (单位).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitWish {
    /// 单位名称
    pub name: String,
    /// 类别, a name of the scheme.
    pub class: String,
    /// 排名组, a name of the scheme.
    pub group: String,
    /// 直报点: a status of the scheme, such as `枣庄市级`, or empty.
    pub direct_point: String,
    /// 主管单位
    pub parent: Option<UnitId>,
    /// 起始日期
    pub from: String,
    /// 截止日期
    pub to: String,
    /// 生效日期: the first day the change holds; empty: what is registered now was wrong from its own beginning.
    pub since: String,
    /// 领域: what a direct reporting point reports about (N2.4).
    pub point_field: String,
    /// Why it is added or changed.
    pub reason: String,
    /// Further columns the scheme asks for, as typed.
    pub cells: Typed,
}

/// What the lists of a unit's form offer.
#[derive(Clone, Debug)]
pub struct UnitChoices {
    /// 类别 of the scheme in force and of those ahead; empty where they know none.
    pub classes: Vec<String>,
    /// 排名组 of the same.
    pub groups: Vec<String>,
    /// Further columns of the same.
    pub fields: Vec<CellField>,
    /// 直报点
    pub direct_points: Vec<String>,
    /// Every unit by identity and name, for the parent.
    pub units: Vec<(i64, String)>,
}

/// One unit with everything the administrator looks after.
#[derive(Clone, Debug)]
pub struct UnitFolder {
    /// Every version, newest first.
    pub versions: Vec<UnitVersionRow>,
    /// Its people who are in their duty today.
    pub people: Vec<PersonRow>,
    /// Who was in a duty before, the last to leave first (历任).
    pub past: Vec<PersonRow>,
    /// Its registered mailboxes.
    pub mailboxes: Vec<MailboxRow>,
    /// Names of units by identity, for parents.
    pub names: BTreeMap<i64, String>,
    /// The names of the units it took over from.
    pub predecessors: Vec<String>,
    /// Names of accounts by identity, for who recorded a version.
    pub recorders: BTreeMap<i64, String>,
}

/// What this installation stands on (关于).
#[derive(Clone, Debug)]
pub struct About {
    /// The office's name.
    pub office: String,
    /// Version of the program.
    pub program: &'static str,
    /// Which database.
    pub database: DatabaseKind,
    /// What it calls itself.
    pub database_version: String,
    /// The number of its structure.
    pub structure: i64,
    /// Name, id, first day and SHA-256 of the scheme in force.
    pub scheme: (String, String, String, String),
    /// Where the ledger of facts ends.
    pub ledger_end: i64,
    /// Number of acts in the audit log, and the newest one's hash.
    pub audit: Option<(i64, String)>,
    /// Number, month and moment of the newest statement.
    pub last_closed: Option<(i64, String, Timestamp)>,
}

fn optional_day(field: &'static str, text: &str, faults: &mut Vec<FieldFault>) -> Option<Date> {
    if text.trim().is_empty() {
        return None;
    }
    parse_date(text).map_err(|wrong| faults.push(FieldFault::new(field, wrong.to_string()))).ok()
}

fn text_fault(field: &'static str, what: &str, text: &str, most: usize) -> Option<FieldFault> {
    let count = text.trim().chars().count();
    let wrong = count == 0 || count > most || text.chars().any(char::is_control);
    wrong.then(|| FieldFault::new(field, format!("请填写{what}，{most}个字以内，写成一行。")))
}

/// The further columns of units that the scheme in force and those ahead ask for.
fn unit_cells(schemes: &[FromDay]) -> Cells {
    Cells::of_all(schemes.iter().map(|(scheme, _)| &**scheme), Table::Units)
}

/// What units may be as direct points under any of these schemes.
fn statuses(schemes: &[FromDay]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for status in schemes.iter().flat_map(|(scheme, _)| scheme.statuses()) {
        if !all.contains(&status.to_string()) {
            all.push(status.to_string());
        }
    }
    all
}

/// True if a scheme can score units of a class; one without classes asks for none.
fn knows_class(scheme: &Scheme, class: &str) -> bool {
    scheme.classes().is_empty() || scheme.class(class).is_some()
}

/// True if a scheme can rank units of a group; one without groups asks for none.
fn knows_group(scheme: &Scheme, group: &str) -> bool {
    scheme.groups().is_empty() || scheme.groups().iter().any(|known| **known == *group)
}

/// True if crediting `unit` to `parent` would come back to itself.
fn goes_round(units: &[UnitVersionRow], unit: UnitId, parent: UnitId) -> bool {
    let parent_of: BTreeMap<i64, Option<i64>> = units.iter().map(|row| (row.unit_id, row.parent_id)).collect();
    let mut at = Some(parent.0);
    for _ in 0..=units.len() {
        match at {
            Some(id) if id == unit.0 => return true,
            Some(id) => at = parent_of.get(&id).copied().flatten(),
            None => return false,
        }
    }
    true
}

/// What a unit's registration is held against, whatever the door: the schemes in force and ahead, and the directory.
struct UnitGround {
    schemes: Vec<FromDay>,
    units: Vec<UnitVersionRow>,
    /// The first day that is not closed: nothing before it changes.
    open: Date,
}

impl UnitGround {
    fn of(tx: &mut Tx, today: Date) -> Result<Self, Problem> {
        let open = open_period(tx, today)?.period.from;
        Ok(Self { schemes: schemes_ahead(tx, today)?, units: tx.list_units(None)?, open })
    }

    /// The classes (类别) and ranking groups (排名组) these schemes know, each once.
    fn words(&self) -> (Vec<String>, Vec<String>) {
        let (mut classes, mut groups) = (Vec::new(), Vec::new());
        for (scheme, _) in &self.schemes {
            let more = scheme.classes().iter().map(|class| class.name.to_string());
            classes.extend(more.filter(|name| !classes.contains(name)).collect::<Vec<_>>());
            let more = scheme.groups().iter().map(ToString::to_string);
            groups.extend(more.filter(|name| !groups.contains(name)).collect::<Vec<_>>());
        }
        (classes, groups)
    }

    /// What schemes in force or ahead have no word for, a sentence each.
    fn notices(&self, wish: &UnitWish) -> Vec<String> {
        let named = |what: &str, name: &str| {
            if name.is_empty() { format!("空白的{what}") } else { format!("“{name}”这个{what}") }
        };
        let mut all =
            unknown_to(&self.schemes, &named("类别", &wish.class), |scheme| knows_class(scheme, &wish.class));
        all.extend(unknown_to(&self.schemes, &named("排名组", &wish.group), |scheme| {
            knows_group(scheme, &wish.group)
        }));
        all
    }

    /// The version a wish asks for, or every fault in it.
    fn checked(&self, unit: Option<UnitId>, wish: &UnitWish, now: i64) -> Result<UnitVersionRow, Vec<FieldFault>> {
        let Self { schemes, units, open } = self;
        // A unit that a list is about to add has no place in the ledger yet.
        let before = units.iter().find(|row| Some(UnitId(row.unit_id)) == unit && row.seq > 0);
        let mut faults = Vec::new();
        let name = wish.name.trim();
        faults.extend(text_fault("name", "单位名称", name, 40));
        if before.is_some_and(|before| before.heir_id.is_some() && before.name != name) {
            faults.push(FieldFault::new("name", NAMED_FOR_GOOD));
        }
        if units.iter().any(|other| other.name == name && Some(UnitId(other.unit_id)) != unit) {
            faults.push(FieldFault::new("name", format!("已有名为“{name}”的单位，请核对，或换一个名称。")));
        }
        if !schemes.iter().any(|(scheme, _)| knows_class(scheme, &wish.class)) {
            faults.push(FieldFault::new("class", "请从列表中选择类别，列表来自现行计分办法。"));
        }
        if !schemes.iter().any(|(scheme, _)| knows_group(scheme, &wish.group)) {
            faults.push(FieldFault::new("group", "请从列表中选择排名组，列表来自现行计分办法。"));
        }
        let cells = unit_cells(schemes);
        let checked = cells.checked(&wish.cells, &Typed::new(), &mut faults);
        let extra = cells.changed(before.and_then(|row| row.extra.as_deref()), checked);
        if !wish.direct_point.is_empty() && !statuses(schemes).contains(&wish.direct_point) {
            faults.push(FieldFault::new("direct_point", "请从列表中选择是否为直报点。"));
        }
        if let Some(parent) = wish.parent {
            if !units.iter().any(|other| other.unit_id == parent.0) {
                faults.push(FieldFault::new("parent", "没有这个主管单位，请重新选择。"));
            } else if unit.is_some_and(|unit| goes_round(units, unit, parent)) {
                faults.push(FieldFault::new("parent", "主管单位不能是本单位，也不能是本单位下属的单位，请重新选择。"));
            }
        }
        let from = optional_day("from", &wish.from, &mut faults);
        let to = optional_day("to", &wish.to, &mut faults);
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            faults.push(FieldFault::new("to", "截止日期早于起始日期，请核对。"));
        }
        let field = wish.point_field.trim();
        if field.chars().count() > 20 || field.chars().any(char::is_control) {
            faults.push(FieldFault::new("point_field", "请把直报领域写在20个字以内，例如“农业农村”。"));
        } else if !field.is_empty() && wish.direct_point.is_empty() {
            faults.push(FieldFault::new("point_field", "不是直报点的单位不填直报领域。"));
        }
        let since = optional_day("since", &wish.since, &mut faults);
        if let Some(since) = since {
            let planned = before.and_then(|row| row.since.clone()).filter(|planned| since.to_string() < *planned);
            if before.is_none() {
                faults.push(FieldFault::new("since", "新增的单位请填起始日期，不填生效日期。"));
            } else if since < *open {
                let sentence = format!("{open}以前已经关账，不再改动。请填写{open}或以后的日期；更正登记错误的不填。");
                faults.push(FieldFault::new("since", sentence));
            } else if from.is_some_and(|from| since <= from) {
                faults.push(FieldFault::new("since", "生效日期要晚于起始日期。从起始日起就是这样的，不填生效日期。"));
            } else if let Some(planned) = planned {
                let sentence = format!("已登记自{planned}起的变更，请填写{planned}或以后的日期。");
                faults.push(FieldFault::new("since", sentence));
            }
        }
        if let Some(fault) = text_fault("reason", "原因，例如“机构改革更名”", &wish.reason, 200) {
            faults.push(fault);
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(UnitVersionRow {
            office_id: 0,
            seq: 0,
            unit_id: unit.map_or(0, |unit| unit.0),
            name: name.to_owned(),
            class: wish.class.clone(),
            ranking_group: wish.group.clone(),
            direct_point: Some(wish.direct_point.clone()).filter(|point| !point.is_empty()),
            parent_id: wish.parent.map(|parent| parent.0),
            from_date: from.map(|day| day.to_string()),
            to_date: to.map(|day| day.to_string()),
            recorded_at: now,
            recorded_by: None,
            reason: wish.reason.trim().to_owned(),
            extra,
            since: since.map(|day| day.to_string()).or_else(|| before.and_then(|row| row.since.clone())),
            heir_id: before.and_then(|row| row.heir_id),
            heir_takes_year: before.and_then(|row| row.heir_takes_year),
            point_field: Some(field.to_owned()).filter(|field| !field.is_empty()),
        })
    }
}

/// What a version says of a unit, without when, by whom and why it was recorded.
fn registration(row: &UnitVersionRow) -> UnitVersionRow {
    UnitVersionRow { seq: 0, office_id: 0, recorded_at: 0, recorded_by: None, reason: String::new(), ..row.clone() }
}

/// Appends a unit's version to the ledger and enters it in the audit: a new unit, or a change of what stood `before`.
fn record_unit(
    tx: &mut tz_store::Write,
    who: &Administrator,
    before: Option<&UnitVersionRow>,
    row: UnitVersionRow,
    by_way: &str,
) -> Result<(), Problem> {
    let (act, object) = match before {
        None => ("新增单位", row.name.clone()),
        Some(before) if before.name == row.name => ("变更单位", row.name.clone()),
        Some(before) => ("变更单位", format!("{}（原{}）", row.name, before.name)),
    };
    record(tx, who, row.recorded_at, act, &object, &format!("{}{by_way}", row.reason))?;
    tx.append_unit_version(UnitVersionRow { recorded_by: Some(who.account.0), ..row })?;
    Ok(())
}

/// A unit's state by its version and the counts of its people and mailboxes (N1, N3.1).
pub(crate) fn unit_states(tx: &mut Tx, today: Date) -> Result<Vec<UnitState>, Problem> {
    let (mut officers, mut mailboxes) = (BTreeMap::<i64, usize>::new(), BTreeMap::<i64, usize>::new());
    for person in tx.list_people(None, today)?.iter().filter(|person| person.duty == OFFICER) {
        if let Some(unit) = person.unit_id {
            *officers.entry(unit).or_default() += 1;
        }
    }
    for mailbox in tx.list_mailboxes(None)? {
        *mailboxes.entry(mailbox.unit_id).or_default() += 1;
    }
    let today = today.to_string();
    let state = |unit: UnitVersionRow| UnitState {
        officers: officers.get(&unit.unit_id).copied().unwrap_or(0),
        needed: if unit.ranking_group == TOWNS { 3 } else { 2 },
        mailboxes: mailboxes.get(&unit.unit_id).copied().unwrap_or(0),
        active: unit.from_date.as_ref().is_none_or(|from| *from <= today)
            && unit.to_date.as_ref().is_none_or(|to| *to >= today),
        unit,
    };
    Ok(tx.list_units(None)?.into_iter().map(state).collect())
}

impl App {
    /// Every unit in the directory's order, with what N1 and N3.1 ask of it.
    pub fn unit_states(&self, _who: &Administrator) -> Result<Vec<UnitState>, Problem> {
        unit_states(&mut self.read()?, self.today())
    }

    /// What the lists of a unit's form offer.
    pub fn unit_choices(&self, _who: &Administrator) -> Result<UnitChoices, Problem> {
        let ground = UnitGround::of(&mut self.read()?, self.today())?;
        let (classes, groups) = ground.words();
        Ok(UnitChoices {
            classes,
            groups,
            fields: unit_cells(&ground.schemes).fields(),
            direct_points: statuses(&ground.schemes),
            units: ground.units.into_iter().map(|unit| (unit.unit_id, unit.name)).collect(),
        })
    }

    /// One unit with its versions, people and mailboxes.
    pub fn unit_folder(&self, _who: &Administrator, unit: UnitId) -> Result<UnitFolder, Problem> {
        let mut tx = self.read()?;
        let versions = tx.list_versions_of_unit(unit)?;
        if versions.is_empty() {
            return Err(Problem::NotThere);
        }
        let (people, mut past): (Vec<_>, Vec<_>) =
            tx.list_tenures(Some(unit))?.into_iter().partition(|person| person.holds_on(self.today()));
        past.sort_by(|one, other| other.left_on.cmp(&one.left_on));
        let units = tx.list_units(None)?;
        let before = tx.with_predecessors(unit)?;
        let is_before = |row: &&UnitVersionRow| row.unit_id != unit.0 && before.contains(&row.unit_id);
        Ok(UnitFolder {
            predecessors: units.iter().filter(is_before).map(|row| row.name.clone()).collect(),
            versions,
            people,
            past,
            mailboxes: tx.list_mailboxes(Some(unit))?,
            names: units.into_iter().map(|unit| (unit.unit_id, unit.name)).collect(),
            recorders: tx.list_accounts()?.into_iter().map(|account| (account.id, account.name)).collect(),
        })
    }

    /// Adds a unit (新增单位): it reports and is scored from its first day on.
    pub fn add_unit(&self, who: &Administrator, wish: &UnitWish) -> Result<UnitId, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let row = UnitGround::of(&mut tx, self.today())?.checked(None, wish, now).map_err(Problem::Faults)?;
        let unit = tx.insert_unit(now)?;
        record_unit(&mut tx, who, None, UnitVersionRow { unit_id: unit.0, ..row }, "")?;
        tx.commit()?;
        Ok(unit)
    }

    /// Changes a unit (变更单位): a new version in the ledger, with its reason. Closed months keep the old one.
    pub fn change_unit(&self, who: &Administrator, unit: UnitId, wish: &UnitWish) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let before = tx.find_unit(unit)?.ok_or(Problem::NotThere)?;
        let row = UnitGround::of(&mut tx, self.today())?.checked(Some(unit), wish, now).map_err(Problem::Faults)?;
        if registration(&row) == registration(&before) {
            return Err(Problem::field("reason", "各栏与现有登记相同，没有需要变更的内容。"));
        }
        record_unit(&mut tx, who, Some(&before), row, "")?;
        tx.commit()?;
        Ok(())
    }

    /// What schemes in force or ahead have no word for in a unit's class and group, a sentence each: it is kept, and must be changed
    /// again when they begin.
    pub fn unit_notices(&self, _who: &Administrator, wish: &UnitWish) -> Result<Vec<String>, Problem> {
        Ok(UnitGround::of(&mut self.read()?, self.today())?.notices(wish))
    }

    /// A page of the audit log, newest first, and the place before which the next page begins.
    pub fn audit_page(
        &self,
        _who: &Administrator,
        before: Option<i64>,
    ) -> Result<(Vec<AuditRow>, Option<i64>), Problem> {
        let mut rows = self.read()?.list_audit(before, AUDIT_PAGE + 1)?;
        let more = rows.len() as i64 > AUDIT_PAGE;
        rows.truncate(AUDIT_PAGE as usize);
        let next = rows.last().map(|row| row.seq).filter(|_| more);
        Ok((rows, next))
    }

    /// Recomputes the whole audit chain (核验审计记录); every fault is a Chinese sentence. The check itself is recorded.
    pub fn verify_audit(&self, who: &Administrator) -> Result<Vec<String>, Problem> {
        let faults = self.read()?.verify_audit_chain()?;
        let mut tx = self.write()?;
        let detail = if faults.is_empty() { "完整" } else { "发现问题" };
        record(&mut tx, who, self.micros(), "核验审计记录", "审计记录", detail)?;
        tx.commit()?;
        Ok(faults)
    }

    /// What this installation stands on.
    pub fn about(&self, _who: &Administrator) -> Result<About, Problem> {
        let mut tx = self.read()?;
        let today = self.today().to_string();
        let schemes = tx.list_schemes()?;
        let scheme = schemes.iter().find(|row| row.from_date <= today).or(schemes.last());
        let name = scheme_on(&mut tx, self.today())?.name().to_owned();
        let (id, from, hash) = scheme
            .map_or_else(Default::default, |row| (row.scheme_id.clone(), row.from_date.clone(), row.hash.clone()));
        Ok(About {
            office: tx.office_row()?.name,
            program: env!("CARGO_PKG_VERSION"),
            database: self.store.kind(),
            database_version: tx.database_version()?,
            structure: NEWEST,
            scheme: (name, id, from, hash),
            ledger_end: tx.ledger_end()?.0,
            audit: tx.list_audit(None, 1)?.pop().map(|row| (row.seq, row.hash)),
            last_closed: tx.last_closed()?.map(|(number, month, at)| (number, month, tz_store::moment(at))),
        })
    }
}

/// Whether this looks like one mail address; the proof is only ever a mail.
pub(crate) fn is_address(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"@,;<>()\"，；、".contains(c);
    !name.is_empty()
        && text.len() <= 254
        && domain.split('.').count() > 1
        && domain.split('.').all(|label| !label.is_empty())
        && name.chars().all(plain)
        && domain.chars().all(plain)
}

pub(crate) fn record(
    tx: &mut tz_store::Write,
    who: &Administrator,
    at: i64,
    act: &str,
    object: &str,
    detail: &str,
) -> Result<(), Problem> {
    let account = Some(who.account.0);
    Ok(tx.record_act(&Act { at, account, who: &who.name, act, object, done: true, detail })?)
}
