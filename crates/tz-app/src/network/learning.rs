//! Training and rotation as their units meet them (N2.3): what is planned, the materials, who of theirs came, and how far the
//! unit's yearly duties are done (F1.n5, F1.n6). And the list that is signed at a training.

use jiff::civil::Date;
use tz_docs::{Expected, PaperKind, SignInSheet, sign_in_sheet};
use tz_model::{Points, UnitId};
use tz_store::directory::PersonRow;

use super::OFFICER;
use super::training::{FILES, RotationView, TrainingView};
use crate::comment::files;
use crate::publication::Paper;
use crate::{App, Editor, PaperFormat, Problem, Reporter, templates};

/// A yearly duty of one unit (年度任务).
#[derive(Clone, Debug)]
pub struct UnitDuty {
    /// The event's name in the scheme: 完成年度培训.
    pub event: String,
    /// Points where it is done and where it is not.
    pub points: (Points, Points),
    /// The day and the remark, once it is done.
    pub done: Option<(Date, String)>,
}

/// A unit's year of training and rotation (培训轮训).
#[derive(Clone, Debug)]
pub struct UnitLearning {
    /// The unit's name.
    pub unit: String,
    /// What the scheme asks of it in the year.
    pub duties: Vec<UnitDuty>,
    /// The year's trainings, by day; of those who came only the unit's own.
    pub trainings: Vec<TrainingView>,
    /// The unit's own lines of the roster.
    pub rotations: Vec<RotationView>,
}

impl App {
    /// A unit's year of training and rotation.
    pub fn my_learning(&self, who: &Reporter, year: i16) -> Result<UnitLearning, Problem> {
        let unit = who.unit();
        let mut trainings = self.trainings_of(year)?;
        for training in &mut trainings {
            training.units.retain(|came| came.unit == unit);
        }
        let duties = self
            .yearly_of(year)?
            .into_iter()
            .filter_map(|duty| {
                let own = duty.units.into_iter().find(|one| one.id == unit)?;
                let done = own.done.map(|(_, day, note)| (day, note));
                Some(UnitDuty { event: duty.event, points: duty.points, done })
            })
            .collect();
        let mut tx = self.read()?;
        let name = tx.find_unit(unit)?.map(|row| row.name).unwrap_or_default();
        drop(tx);
        let rotations = self.rotations_of(year)?.into_iter().filter(|line| line.unit_id == unit).collect();
        Ok(UnitLearning { unit: name, duties, trainings, rotations })
    }

    /// A file of a training for the units: name and bytes. The materials are for everybody who reports.
    pub fn my_training_file(&self, _who: &Reporter, id: i64, position: i64) -> Result<(String, Vec<u8>), Problem> {
        files::bytes_of(&mut self.read()?, FILES, id, position)
    }

    /// The list to be signed at a training (签到表): every unit scored that day with its officers, those who have signed already
    /// marked.
    pub fn training_sheet(&self, who: &Editor, id: i64, format: PaperFormat) -> Result<Paper, Problem> {
        let view = self.training(who, id)?;
        let mut tx = self.read()?;
        let day = view.date.to_string();
        let people = tx.list_people(None, view.date)?;
        let mut expected = Vec::new();
        for unit in tx.list_units(None)?.into_iter().filter(|unit| super::scored_on(unit, &day, &day)) {
            let came = view.units.iter().any(|came| came.unit == UnitId(unit.unit_id));
            let line = |name: &str, phone: &str| Expected {
                unit: unit.name.clone(),
                name: name.to_owned(),
                phone: phone.to_owned(),
                note: if came { "已签到".to_owned() } else { String::new() },
            };
            let before = expected.len();
            // Whoever held the duty on the day.
            let is_of = |person: &&PersonRow| person.unit_id == Some(unit.unit_id) && person.duty == OFFICER;
            for person in people.iter().filter(is_of) {
                expected.push(line(&person.name, &person.phone));
            }
            if expected.len() == before {
                expected.push(line("", ""));
            }
        }
        let sheet = SignInSheet {
            office: tx.office_row()?.name,
            name: view.name.clone(),
            day: view.date,
            place: view.place,
            content: view.content.split_whitespace().collect::<Vec<_>>().join(" "),
            expected,
            date: self.today(),
        };
        let wording = templates::in_force(&mut tx, PaperKind::SignInSheet)?;
        drop(tx);
        let bytes = self.write_paper(&sign_in_sheet(&sheet, &wording), format)?;
        Ok(Paper { name: format!("{}签到表.{}", view.name, format.ending()), bytes, format })
    }
}
