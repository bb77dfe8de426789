//! Which wording a paper is made with (文书模板): the one in force, or the one it was made with before.

use std::sync::Arc;

use tz_docs::{Masthead, Paper, PaperKind, Template, check_template};
use tz_model::PublicationId;
use tz_store::{Failure, Tx, Write};

use crate::Problem;

/// The hash of the wording in force for a kind; `None` for the built-in one.
pub(crate) fn held(tx: &mut Tx, kind: PaperKind) -> Result<Option<String>, Problem> {
    let rows = tx.list_templates()?;
    let last = rows.iter().rfind(|row| row.kind == kind.name());
    Ok(last.map(|row| row.hash.clone()).filter(|hash| !hash.is_empty()))
}

/// The text of the wording in force.
pub(crate) fn held_text(tx: &mut Tx, kind: PaperKind) -> Result<String, Problem> {
    match held(tx, kind)? {
        Some(hash) => text_of(tx, &hash),
        None => Ok(kind.built_in_text().to_owned()),
    }
}

/// The text of a hash.
pub(crate) fn text_of(tx: &mut Tx, hash: &str) -> Result<String, Problem> {
    tx.find_template_text(hash)?.ok_or_else(|| {
        Problem::Failed(Failure::Damaged {
            doing: "looking for the text of a template",
            what: format!("no template {hash}"),
        })
    })
}

/// The wording in force.
pub(crate) fn in_force(tx: &mut Tx, kind: PaperKind) -> Result<Template, Problem> {
    let hash = held(tx, kind)?;
    made_with(tx, kind, hash.as_deref())
}

/// The wording that something was made with, by its hash; `None`: the built-in one, as long as there was no other.
pub(crate) fn made_with(tx: &mut Tx, kind: PaperKind, hash: Option<&str>) -> Result<Template, Problem> {
    let Some(hash) = hash else { return Ok(Template::built_in(kind)) };
    let text = text_of(tx, hash)?;
    check_template(kind, &text).map_err(|faults| {
        Problem::Refused(format!(
            "{}的模板（校验值{hash}）现在的程序读不出来，请系统管理员在“系统”的“文书模板”中改正：{}",
            kind.name(),
            tz_model::sentences(&faults).replace('\n', "")
        ))
    })
}

/// Keeps the text in force, the built-in one too, and says its hash: what is made now can be made again, whatever the office or
/// the next program changes.
pub(crate) fn pin(tx: &mut Write, kind: PaperKind) -> Result<String, Problem> {
    let text = held_text(tx, kind)?;
    Ok(tx.put_template_text(&text)?)
}

/// What an issue looks like besides its values: its wording and, in place of its name, a picture.
#[derive(Clone, Debug)]
pub(crate) struct Dress {
    pub template: Arc<Template>,
    /// The content the picture is kept in, and the picture.
    pub masthead: Option<(i64, Masthead)>,
}

impl Dress {
    /// What holds for a publication now.
    pub fn in_force(tx: &mut Tx, publication: PublicationId) -> Result<Self, Problem> {
        let masthead = tx.find_masthead(publication)?;
        Ok(Self { template: Arc::new(in_force(tx, PaperKind::Issue)?), masthead: picture(tx, masthead)? })
    }

    /// What an issue was made with.
    pub fn kept(tx: &mut Tx, template: Option<&str>, masthead: Option<i64>) -> Result<Self, Problem> {
        let template = Arc::new(made_with(tx, PaperKind::Issue, template)?);
        Ok(Self { template, masthead: picture(tx, masthead)? })
    }

    /// The issue, worded and dressed.
    pub fn paper(&self, values: &tz_docs::Issue) -> Paper {
        let paper = tz_docs::issue(values, &self.template);
        match &self.masthead {
            Some((_, picture)) => paper.with_masthead(picture),
            None => paper,
        }
    }
}

fn picture(tx: &mut Tx, content: Option<i64>) -> Result<Option<(i64, Masthead)>, Problem> {
    let Some(content) = content else { return Ok(None) };
    let picture = Masthead::read(&tx.content(content)?).map_err(|unusable| {
        Problem::Failed(Failure::Damaged { doing: "reading a masthead", what: unusable.to_string() })
    })?;
    Ok(Some((content, picture)))
}
