//! Markup of our own that a template shows as it is. Only what this house has written becomes one, never what was typed.

use std::fmt;

/// A page of a paper as SVG, or what a paper says as HTML.
#[derive(Clone, Debug)]
pub(crate) struct Markup(String);

impl Markup {
    /// Pages of a paper, as `tz_docs` draws them: every text in them is escaped there.
    pub fn of_pages(pages: Vec<String>) -> Vec<Self> {
        pages.into_iter().map(Self).collect()
    }

    /// What a paper says, as `tz_docs` marks it up: every text in it is escaped there.
    pub fn of_paper(paper: &tz_app::assessment::SentPaper) -> Self {
        Self(paper.markup())
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Markup {}
