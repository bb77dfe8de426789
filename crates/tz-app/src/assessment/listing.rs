//! Long lists of the room cut to what a person looks for (约谈, 申诉): what still waits, whole; what is past, by year, state, ranking
//! group and page.

use std::collections::BTreeMap;

use tz_store::Tx;
use tz_store::interview::InterviewRow;
use tz_store::objection::ObjectionRow;

use crate::Problem;

/// Past ones on a page.
const PAGE: usize = 50;

/// Of which years past ones are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListedYear {
    /// The newest that has any.
    #[default]
    Newest,
    /// Every year.
    Every,
    /// One year.
    Of(i16),
}

/// What a person looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Of past ones: the year.
    pub year: ListedYear,
    /// Of past ones: the state as stored; empty for all.
    pub state: String,
    /// 排名组 of the unit today; empty for all.
    pub group: String,
    /// Of past ones: the page, from 0.
    pub page: usize,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// What still waits, of every year.
    pub open: Vec<T>,
    /// What is past, newest first.
    pub past: Vec<T>,
    /// Years that have any, newest first.
    pub years: Vec<i16>,
    /// The year shown; `None` for all.
    pub year: Option<i16>,
    /// Ranking groups, in the directory's order.
    pub groups: Vec<String>,
    /// Older ones stand on the next page.
    pub more: bool,
}

/// How much of the past is wanted at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// A page of it.
    Page,
    /// All of it: a workbook.
    Whole,
}

/// A row that such a list can be cut by.
pub(super) trait Filed {
    /// The month it belongs to, `2018-06`.
    fn month(&self) -> &str;
    /// Where it stands, as stored.
    fn state(&self) -> &str;
    /// The unit.
    fn unit(&self) -> i64;
}

impl Filed for InterviewRow {
    fn month(&self) -> &str {
        &self.month
    }

    fn state(&self) -> &str {
        &self.state
    }

    fn unit(&self) -> i64 {
        self.unit_id
    }
}

impl Filed for ObjectionRow {
    fn month(&self) -> &str {
        &self.month
    }

    fn state(&self) -> &str {
        &self.state
    }

    fn unit(&self) -> i64 {
        self.unit_id
    }
}

/// Every unit's ranking group (排名组) today, and the groups in the directory's order.
pub(super) fn groups(tx: &mut Tx) -> Result<(BTreeMap<i64, String>, Vec<String>), Problem> {
    let mut all: Vec<String> = Vec::new();
    let mut of = BTreeMap::new();
    for unit in tx.list_units(None)? {
        if !unit.ranking_group.is_empty() && !all.contains(&unit.ranking_group) {
            all.push(unit.ranking_group.clone());
        }
        of.insert(unit.unit_id, unit.ranking_group);
    }
    Ok((of, all))
}

fn year_of(row: &impl Filed) -> Option<i16> {
    row.month().get(..4)?.parse().ok()
}

/// Cuts rows, newest first, to what is looked for. `waits` is the state of what is not past. Pure.
pub(super) fn cut<R: Filed>(
    rows: Vec<R>,
    waits: &str,
    (group_of, groups): (&BTreeMap<i64, String>, Vec<String>),
    listing: &Listing,
    extent: Extent,
) -> Listed<R> {
    let in_group = |row: &R| listing.group.is_empty() || group_of.get(&row.unit()) == Some(&listing.group);
    let (open, past): (Vec<R>, Vec<R>) = rows.into_iter().partition(|row| row.state() == waits);
    let mut years: Vec<i16> = past.iter().filter_map(year_of).collect();
    years.sort_unstable_by(|one, other| other.cmp(one));
    years.dedup();
    let year = match listing.year {
        ListedYear::Newest => years.first().copied(),
        ListedYear::Every => None,
        ListedYear::Of(year) => Some(year),
    };
    let wanted = |row: &R| {
        in_group(row)
            && year.is_none_or(|year| year_of(row) == Some(year))
            && (listing.state.is_empty() || row.state() == listing.state)
    };
    let (skip, most) = match extent {
        Extent::Page => (listing.page.saturating_mul(PAGE), PAGE),
        Extent::Whole => (0, usize::MAX),
    };
    let mut past = past.into_iter().filter(wanted).skip(skip);
    let shown: Vec<R> = past.by_ref().take(most).collect();
    Listed {
        open: open.into_iter().filter(in_group).collect(),
        more: past.next().is_some(),
        past: shown,
        years,
        year,
        groups,
    }
}

impl<R> Listed<R> {
    /// The same list of what its rows say.
    pub(super) fn seen<T>(self, mut view: impl FnMut(Vec<R>) -> Result<Vec<T>, Problem>) -> Result<Listed<T>, Problem> {
        let Self { open, past, years, year, groups, more } = self;
        Ok(Listed { open: view(open)?, past: view(past)?, years, year, groups, more })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq)]
    struct Paper(&'static str, &'static str, i64);

    impl Filed for Paper {
        fn month(&self) -> &str {
            self.0
        }
        fn state(&self) -> &str {
            self.1
        }
        fn unit(&self) -> i64 {
            self.2
        }
    }

    fn listed(rows: &[Paper], listing: &Listing, extent: Extent) -> Listed<Paper> {
        let of = BTreeMap::from([(1, "镇街".to_owned()), (2, "A类".to_owned())]);
        cut(rows.to_vec(), "called", (&of, vec!["镇街".to_owned(), "A类".to_owned()]), listing, extent)
    }

    #[test]
    fn what_waits_is_shown_whatever_its_year_and_the_past_by_year_state_and_group() {
        let rows = [
            Paper("2018-06", "held", 1),
            Paper("2018-05", "cancelled", 2),
            Paper("2018-04", "held", 2),
            Paper("2017-12", "called", 1),
            Paper("2017-11", "held", 1),
        ];
        let newest = listed(&rows, &Listing::default(), Extent::Page);
        assert_eq!((newest.open.as_slice(), newest.past.as_slice()), (&rows[3..4], &rows[..3]));
        assert_eq!((newest.years, newest.year, newest.more), (vec![2018, 2017], Some(2018), false));
        let wish = Listing { state: "held".to_owned(), group: "A类".to_owned(), ..Listing::default() };
        let held = listed(&rows, &wish, Extent::Page);
        assert_eq!((held.open.as_slice(), held.past.as_slice()), (&rows[..0], &rows[2..3]));
        let every = listed(&rows, &Listing { year: ListedYear::Every, ..Listing::default() }, Extent::Page);
        assert_eq!(every.past.len(), 4);
        let before = listed(&rows, &Listing { year: ListedYear::Of(2016), ..Listing::default() }, Extent::Page);
        assert!(before.past.is_empty() && before.open.len() == 1);
    }

    #[test]
    fn pages_leave_nothing_out_and_a_workbook_has_all() {
        let rows: Vec<Paper> =
            (0..i64::try_from(2 * PAGE).unwrap() + 1).map(|unit| Paper("2018-06", "held", unit)).collect();
        let page = |page: usize| listed(&rows, &Listing { page, ..Listing::default() }, Extent::Page);
        let (first, second, third) = (page(0), page(1), page(2));
        assert!(first.more && second.more && !third.more);
        let joined: Vec<Paper> = [first.past, second.past, third.past].concat();
        assert_eq!(joined, rows);
        let whole = listed(&rows, &Listing { page: 2, ..Listing::default() }, Extent::Whole);
        assert_eq!((whole.past, whole.more), (rows, false));
    }
}
