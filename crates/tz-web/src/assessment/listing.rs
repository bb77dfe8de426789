//! What a long list of the room is cut by (`assessment/listing.html`): year, state, ranking group, page.

use tz_app::assessment::{Listed, ListedYear, Listing};

use crate::forms::Asked;

/// One entry of a list to choose from: value, name, chosen.
type Entry = (String, String, bool);

/// The filter over a list, as shown.
pub(super) struct Filter {
    pub action: &'static str,
    pub years: Vec<Entry>,
    pub states: Vec<Entry>,
    /// Empty where a unit sees its own only.
    pub groups: Vec<Entry>,
    pub newer: Option<String>,
    pub older: Option<String>,
}

/// What was asked for.
pub(crate) fn listing(asked: &Asked) -> Listing {
    Listing {
        year: match asked.one("year") {
            "" => ListedYear::Newest,
            "all" => ListedYear::Every,
            year => year.parse().map_or(ListedYear::Newest, ListedYear::Of),
        },
        state: asked.trimmed("state"),
        group: asked.trimmed("group"),
        page: asked.number("page").and_then(|page| usize::try_from(page).ok()).unwrap_or(0),
    }
}

impl Filter {
    /// Of a list at `action`; `states` are those a past one may have, as stored and as people call them.
    pub(super) fn of<T>(
        action: &'static str,
        listing: &Listing,
        listed: &Listed<T>,
        states: &[(&str, &str)],
        office: bool,
    ) -> Self {
        let mut years: Vec<Entry> = listed
            .years
            .iter()
            .map(|year| (year.to_string(), format!("{year}年"), listed.year == Some(*year)))
            .collect();
        // A year that was asked for and has none is still the one that is shown.
        if let Some(year) = listed.year.filter(|year| !listed.years.contains(year)) {
            years.push((year.to_string(), format!("{year}年"), true));
        }
        years.push(("all".to_owned(), "各年".to_owned(), listed.year.is_none()));
        let every = |name: &str, chosen: bool| (String::new(), name.to_owned(), chosen);
        let mut all_states = vec![every("全部结果", listing.state.is_empty())];
        let state = |(key, name): &(&str, &str)| ((*key).to_owned(), (*name).to_owned(), listing.state == *key);
        all_states.extend(states.iter().map(state));
        let mut groups = Vec::new();
        if office {
            groups.push(every("全部排名组", listing.group.is_empty()));
            groups.extend(listed.groups.iter().map(|name| (name.clone(), name.clone(), listing.group == *name)));
        }
        let encode =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let year = listed.year.map_or_else(|| "all".to_owned(), |year| year.to_string());
        let query = format!("?year={year}&state={}&group={}", encode(&listing.state), encode(&listing.group));
        let page = |page: usize| format!("{action}{query}&page={page}");
        Self {
            action,
            years,
            states: all_states,
            groups,
            newer: listing.page.checked_sub(1).map(page),
            older: listed.more.then(|| page(listing.page + 1)),
        }
    }
}
