//! tz-docs: values to papers (文件) in the official layout (GB/T 9704-2012 and common practice), as DOCX, PDF and XLSX.
//!
//! The same values give the same bytes: no clock, no randomness, fixed order and times inside the zip. A caller brings
//! ready words and figures, a template brings the sentences around them; this crate knows layout and the few words that
//! belong to it (表, 附件). It deliberately does not know units, points or schemes, does no arithmetic on figures, and
//! reads no file: the faces of a PDF are handed in.
//!
//! Read [`feedback_letter`] first, then its template `papers/反馈函.txt`. The way of a paper: values and a checked
//! [`Template`] become lines (`template`), the lines become paragraphs and tables in the official layout (`compose`,
//! `parts`), and these are a [`Paper`], which is written as DOCX (`paper`, `paragraph`, `table`, `xml`, `package`), set
//! in pages for the PDF (`lines`, `pages`, `pdf`, `faces`), or read for its tables (`workbook`). `page` and `style` hold
//! the measured constants.

mod code;
mod compose;
mod faces;
mod kinds;
mod layout;
mod lines;
mod masthead;
mod package;
mod page;
mod pages;
mod paper;
mod papers;
mod paragraph;
mod parts;
mod pdf;
mod picture;
mod site;
mod style;
mod table;
mod template;
mod text;
mod title;
mod web;
mod workbook;
mod xml;

pub use faces::{FaceBytes, FaceName, Faces, NoFace};
pub use kinds::{PaperKind, preview};
pub use layout::{Layout, Over, PageEnd, PageShare, PieceLayout};
pub use masthead::{Masthead, UnusablePicture};
pub use paper::Paper;
pub use papers::{
    AdoptedRow, AdoptionNotice, AnnualCircular, AnnualGroup, AnnualRow, Bulletin, BulletinNumber, Contact,
    CorrectionRow, DocumentNumber, Expected, FeedbackLetter, FeedbackMonth, GroupTable, InterviewNotice, Issue,
    IssueItem, IssueNumber, ItemForm, NamedUnit, NoticedAdoption, Proposals, ProposedUnit, RankRow, SignInSheet,
    Signature, SolicitationNotice, SolicitedTopic, UpwardReport, Urgency, adoption_notice, annual_circular, bulletin,
    feedback_letter, interview_notice, issue, proposals, sign_in_sheet, solicitation_notice, upward_report,
};
pub use parts::Block;
pub use pdf::{Pdf, UnusableFace};
pub use site::{Site, SiteWork};
pub use template::{Template, check_template, template_guide};
pub use title::title_lines;
