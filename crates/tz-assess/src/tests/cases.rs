//! Hand-worked cases (`cases/`): everything that is said of a scheme, told in its own words and worked out by hand.

use std::collections::BTreeSet;

use tz_scheme::Scheme;

use super::case::Case;
pub(super) use super::case::told;

/// Every case of Tengzhou's rules, which have clauses and prices that must all be met.
fn of_tengzhou() -> impl Iterator<Item = Case> {
    Case::all("cases").into_iter().filter(|case| &**case.scheme.id() == "tengzhou-2018")
}

#[test]
fn hand_worked_cases() {
    let wrong: Vec<String> = Case::all("cases").iter().filter_map(Case::mismatch).collect();
    assert!(wrong.is_empty(), "{} cases are wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_clause_and_ruling_has_a_case() {
    let named: BTreeSet<String> = of_tengzhou().flat_map(|case| case.clauses).collect();
    let notes = ["N2.4", "N2.7", "F1", "F1.dp", "F2.A", "F2.B", "F2.C"].map(str::to_owned);
    let numbered = (1..=6).map(|n| format!("F1.n{n}")).chain((1..=14).chain([17]).map(|n| format!("R{n}")));
    let missing: Vec<String> = notes.into_iter().chain(numbered).filter(|id| !named.contains(id)).collect();
    assert!(missing.is_empty(), "no case names {missing:?}");
}

#[test]
fn every_price_has_a_case() {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for case in of_tengzhou() {
        let got = case.assessed();
        let periods = got.units.iter().flat_map(|unit| unit.periods.iter().flat_map(|(_, score)| &score.lines));
        let annual = got.units.iter().filter_map(|unit| unit.annual.as_ref()).flat_map(|annual| &annual.lines);
        seen.extend(periods.chain(annual).map(|line| line.item.to_string()));
    }
    let scheme = Scheme::builtin("tengzhou-2018").expect("built in");
    let all = scheme.rules().iter().flat_map(tz_scheme::Rule::items).map(|worth| worth.name.to_string());
    let missing: Vec<String> = all.filter(|name| !seen.contains(name)).collect();
    assert!(missing.is_empty(), "no case brings {missing:?}");
}
