//! The papers: for each kind a plain struct of values and the function that makes a [`Paper`] of it and a template.

mod bulletin;
mod circular;
mod issue;
mod letters;
mod proposals;
mod samples;
mod sign_in;
mod solicitation;
mod upward;

pub use bulletin::{
    AdoptedRow, Bulletin, BulletinNumber, CorrectionRow, DocumentNumber, GroupTable, NamedUnit, RankRow, Signature,
    Urgency, bulletin,
};
pub use circular::{AnnualCircular, AnnualGroup, AnnualRow, annual_circular};
pub use issue::{Issue, IssueItem, IssueNumber, ItemForm, issue};
pub use letters::{
    AdoptionNotice, Contact, FeedbackLetter, FeedbackMonth, InterviewNotice, NoticedAdoption, adoption_notice,
    feedback_letter, interview_notice,
};
pub use proposals::{Proposals, ProposedUnit, proposals};
pub(crate) use samples::samples;
pub use sign_in::{Expected, SignInSheet, sign_in_sheet};
pub use solicitation::{SolicitationNotice, SolicitedTopic, solicitation_notice};
pub use upward::{UpwardReport, upward_report};

use crate::{
    compose::{Origin, compose},
    kinds::PaperKind,
    paper::Paper,
    template::{Template, Values, render},
};

/// Words and values together. A template of another kind cannot speak of these values: the built-in one does.
fn set(kind: PaperKind, template: &Template, values: &Values, origin: Origin) -> Paper {
    debug_assert!(values.fit(kind.fields()), "a template of {} may ask for other fields than there are", kind.name());
    if template.kind() == kind {
        compose(template.look, &render(template, values), origin)
    } else {
        let own = Template::built_in(kind);
        compose(own.look, &render(&own, values), origin)
    }
}
