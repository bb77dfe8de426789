//! 告知函: what of a unit's items was adopted and commented on in a month, and what that earns.

use tz_docs::{AdoptionNotice, NoticedAdoption, PaperKind, Signature, adoption_notice};
use tz_model::{Month, Points, Table, UnitId, parse_date};
use tz_store::ledger::FactFilter;

use crate::publication::{Paper, price_of, unit_names};
use crate::{App, Editor, PaperFormat, Problem, Reporter, scheme_on, templates};

impl App {
    /// The letter to a unit about a month (告知函).
    pub fn adoption_letter(
        &self,
        _who: &Editor,
        unit: UnitId,
        month: Month,
        format: PaperFormat,
    ) -> Result<Paper, Problem> {
        self.letter_to(unit, month, format)
    }

    /// The letter to the person's own unit.
    pub fn my_adoption_letter(&self, who: &Reporter, month: Month, format: PaperFormat) -> Result<Paper, Problem> {
        self.letter_to(who.unit(), month, format)
    }

    fn letter_to(&self, unit: UnitId, month: Month, format: PaperFormat) -> Result<Paper, Problem> {
        let (letter, wording) = {
            let mut tx = self.read()?;
            let name = unit_names(&mut tx)?.get(unit.0).map(str::to_owned).ok_or(Problem::NotThere)?;
            let (from, to) = (month.first().to_string(), month.last().to_string());
            let filter = |table: Table| FactFilter {
                table: Some(table.name()),
                from: Some(&from),
                to: Some(&to),
                ..FactFilter::default()
            };
            let mut rows = tx.list_facts(&filter(Table::Adoptions))?;
            rows.retain(|row| row.each_unit_id().any(|id| id == unit.0));
            rows.sort_by(|a, b| (&a.date, a.seq).cmp(&(&b.date, b.seq)));
            if rows.is_empty() {
                return Err(Problem::Refused(format!("{name}{}没有被采用的稿件，没有可告知的内容。", month.chinese())));
            }
            let (mut adoptions, mut total) = (Vec::new(), Points::ZERO);
            for row in rows {
                let day = parse_date(&row.date).ok();
                let points = match day {
                    Some(day) => price_of(&*scheme_on(&mut tx, day)?, Table::Adoptions, &row.name),
                    None => None,
                };
                total += points.unwrap_or_default();
                adoptions.push(NoticedAdoption {
                    title: row.title.unwrap_or_default(),
                    used_in: match row.note {
                        Some(issue) if row.issue_id.is_some() => issue,
                        _ => row.name,
                    },
                    date: day.map(|day| format!("{}月{}日", day.month(), day.day())).unwrap_or_default(),
                    form: row.form.unwrap_or_default(),
                    points: points.map(|points| points.to_string()).unwrap_or_default(),
                });
            }
            let mut comments = tx.list_facts(&filter(Table::Comments))?;
            comments.retain(|row| row.each_unit_id().any(|id| id == unit.0));
            let comments = comments.into_iter().map(|row| {
                let by = row.leader.filter(|leader| !leader.is_empty()).unwrap_or(row.name);
                let words = row.note.filter(|words| !words.is_empty()).map(|words| format!("：“{words}”"));
                let title = row.title.map(|title| format!("《{title}》")).unwrap_or_default();
                format!("{by}对{title}作出批示{}。", words.unwrap_or_default())
            });
            let letter = AdoptionNotice {
                office: tx.office_row()?.name,
                number: None,
                unit: name,
                adoptions,
                total: total.to_string(),
                comments: comments.collect(),
                signature: Signature::Seal,
                date: self.today(),
            };
            (letter, templates::in_force(&mut tx, PaperKind::AdoptionNotice)?)
        };
        let paper = adoption_notice(&letter, &wording);
        let bytes = self.write_paper(&paper, format)?;
        Ok(Paper { name: format!("告知函（{}，{month}）.{}", letter.unit, format.ending()), bytes, format })
    }
}
