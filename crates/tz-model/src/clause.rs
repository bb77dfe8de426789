use std::fmt;

use crate::Name;

/// A clause (条款) of the rules a line rests on, by its id: `F1`, `F1.n3`, `N2.7`, or a ruling `R14`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clause(Name);

impl Clause {
    /// Takes the id as the scheme writes it.
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// The id as the scheme writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
