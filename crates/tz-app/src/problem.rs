//! Why a use case did not happen. Each room has its own small enum of refusals; here they meet, for the doors.

use tz_store::Failure;

/// Something wrong in one field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The field's name in the form.
    pub field: &'static str,
    /// Of which of several fields of that name: the identity of what it is about.
    pub of: Option<i64>,
    /// What is wrong and what to do.
    pub sentence: String,
}

impl FieldFault {
    /// A fault at a field.
    pub fn new(field: &'static str, sentence: impl Into<String>) -> Self {
        Self { field, of: None, sentence: sentence.into() }
    }

    /// The same at the field of one of several things in the form.
    pub(crate) fn of(self, of: i64) -> Self {
        Self { of: Some(of), ..self }
    }
}

/// Why a use case did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// It is not there, or not for this person: both look alike.
    #[error("没有找到您要的内容，它可能已被移走，或不在您的权限之内。")]
    NotThere,
    /// The office's rules say no; the sentence says why and what to do.
    #[error("{0}")]
    Refused(String),
    /// Some fields are wrong; all of them at once.
    #[error("{}", .0.iter().map(|fault| fault.sentence.as_str()).collect::<Vec<_>>().join(""))]
    Faults(Vec<FieldFault>),
    /// Somebody else has saved a newer version since this page was opened. Both texts are kept.
    #[error("您打开此页后，稿件已由{by}存为第{current}版。您的文字没有丢失，请对照后再保存。")]
    Overtaken {
        /// Who saved.
        by: String,
        /// The newest version's number.
        current: i64,
        /// Its title.
        title: String,
        /// Its text.
        body: String,
    },
    /// Too many tries.
    #[error("{0}")]
    TooMuch(String),
    /// Disk, network or database.
    #[error("the store failed")]
    Failed(#[from] Failure),
}

impl Problem {
    /// One wrong field.
    pub fn field(field: &'static str, sentence: impl Into<String>) -> Self {
        Self::Faults(vec![FieldFault::new(field, sentence)])
    }
}

/// `Ok` if there are no faults, else all of them.
pub(crate) fn all_right(faults: Vec<FieldFault>) -> Result<(), Problem> {
    if faults.is_empty() { Ok(()) } else { Err(Problem::Faults(faults)) }
}
