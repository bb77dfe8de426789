//! 文书模板: the office's own wordings of its papers, checked, previewed, taken into force and back; and pictures in place of a
//! publication's name (刊头图片).
//!
//! A draft is kept with its faults, so that nothing typed is lost; only one without faults is taken into force. What was made
//! before stays as it was: each statement and issue names the wording it was made with.

use std::str::FromStr;

use tz_docs::{Masthead, Paper, PaperKind, Template, check_template, preview, template_guide};
use tz_model::{AccountId, Fault, PublicationId};
use tz_store::Tx;
use tz_store::content::sha256;

use super::record;
use crate::templates::{held, held_text, text_of};
use crate::{Administrator, App, PaperFormat, Problem};

/// The longest draft that is kept, in bytes: what is longer is no wording of a paper.
const LONGEST: usize = 256 * 1024;

/// Which wording of a kind is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The draft.
    Draft,
    /// The one in force.
    InForce,
    /// The one built in.
    BuiltIn,
    /// One the office has had, by its hash.
    Had(String),
}

impl FromStr for Which {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "draft" => Self::Draft,
            "" => Self::InForce,
            "built-in" => Self::BuiltIn,
            hash => Self::Had(hash.to_owned()),
        })
    }
}

/// A kind of paper in the list.
#[derive(Clone, Debug)]
pub struct TemplateLine {
    /// The kind.
    pub kind: PaperKind,
    /// By whom and when the office's own wording was taken into force; `None`: the built-in one holds.
    pub own: Option<(String, i64)>,
    /// How many faults a draft has, if there is one.
    pub draft: Option<usize>,
}

/// A wording taken into force (启用).
#[derive(Clone, Debug)]
pub struct TemplateTaken {
    /// 1, 2, 3 … over all kinds.
    pub seq: i64,
    /// SHA-256 of its text; empty: the built-in one.
    pub hash: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: i64,
    /// It holds now.
    pub in_force: bool,
}

/// Everything about the wording of a kind.
#[derive(Clone, Debug)]
pub struct TemplateRoom {
    /// The kind.
    pub kind: PaperKind,
    /// The office's own wording is in force.
    pub own: bool,
    /// The draft, or else the text in force.
    pub text: String,
    /// SHA-256 of that text.
    pub hash: String,
    /// Who wrote the draft and when; `None`: there is none.
    pub draft: Option<(String, i64)>,
    /// What is wrong with the text.
    pub faults: Vec<Fault>,
    /// Newest first.
    pub history: Vec<TemplateTaken>,
    /// What a template of the kind may say.
    pub guide: String,
}

/// A publication and the picture in place of its name.
#[derive(Clone, Debug)]
pub struct MastheadLine {
    /// The publication.
    pub publication: PublicationId,
    /// Its name.
    pub name: String,
    /// Width and height in pixels, by whom and when; `None`: the name is set in letters.
    pub picture: Option<(u32, u32, String, i64)>,
}

/// A paper with made-up values, to look at.
#[derive(Clone, Debug)]
pub struct SamplePages {
    /// What it is called.
    pub name: String,
    /// A picture of each page.
    pub pages: Vec<String>,
}

fn name_of(tx: &mut Tx, account: i64) -> Result<String, Problem> {
    Ok(tx.find_account(AccountId(account))?.map(|account| account.name).unwrap_or_default())
}

/// The text meant.
fn text(tx: &mut Tx, kind: PaperKind, which: &Which) -> Result<String, Problem> {
    match which {
        Which::InForce => held_text(tx, kind),
        Which::BuiltIn => Ok(kind.built_in_text().to_owned()),
        Which::Draft => {
            let draft = tx.list_template_drafts()?.into_iter().find(|draft| draft.kind == kind.name());
            Ok(draft.ok_or(Problem::NotThere)?.text)
        }
        Which::Had(hash) => {
            let had = tx.list_templates()?.iter().any(|row| row.kind == kind.name() && row.hash == *hash);
            if had && !hash.is_empty() { text_of(tx, hash) } else { Err(Problem::NotThere) }
        }
    }
}

/// The wording of a text; refused with its faults where it has any.
fn template(kind: PaperKind, text: &str) -> Result<Template, Problem> {
    check_template(kind, text).map_err(|faults| {
        Problem::Refused(format!("模板还有{}处差错，请先改正：{}", faults.len(), tz_model::sentences(&faults)))
    })
}

impl App {
    /// Every kind of paper with the wording that holds.
    pub fn templates(&self, _who: &Administrator) -> Result<Vec<TemplateLine>, Problem> {
        let mut tx = self.read()?;
        let rows = tx.list_templates()?;
        let drafts = tx.list_template_drafts()?;
        let mut lines = Vec::new();
        for kind in PaperKind::ALL {
            let last = rows.iter().rfind(|row| row.kind == kind.name()).filter(|row| !row.hash.is_empty());
            let own = match last {
                Some(row) => Some((name_of(&mut tx, row.account_id)?, row.at)),
                None => None,
            };
            let draft = drafts.iter().find(|draft| draft.kind == kind.name());
            let draft = draft.map(|draft| check_template(kind, &draft.text).err().map_or(0, |faults| faults.len()));
            lines.push(TemplateLine { kind, own, draft });
        }
        Ok(lines)
    }

    /// Everything about the wording of a kind.
    pub fn template_room(&self, _who: &Administrator, kind: PaperKind) -> Result<TemplateRoom, Problem> {
        let mut tx = self.read()?;
        let draft = tx.list_template_drafts()?.into_iter().find(|draft| draft.kind == kind.name());
        let own = held(&mut tx, kind)?.is_some();
        let mut history = Vec::new();
        for row in tx.list_templates()?.iter().rev().filter(|row| row.kind == kind.name()) {
            let in_force = history.is_empty();
            let by = name_of(&mut tx, row.account_id)?;
            history.push(TemplateTaken { seq: row.seq, hash: row.hash.clone(), by, at: row.at, in_force });
        }
        let (text, draft) = match draft {
            Some(row) => (row.text, Some((name_of(&mut tx, row.account_id)?, row.saved_at))),
            None => (held_text(&mut tx, kind)?, None),
        };
        Ok(TemplateRoom {
            kind,
            own,
            hash: sha256(text.as_bytes()),
            faults: check_template(kind, &text).err().unwrap_or_default(),
            text,
            draft,
            history,
            guide: template_guide(kind),
        })
    }

    /// The text of a wording, to be downloaded.
    pub fn template_text(&self, _who: &Administrator, kind: PaperKind, which: &Which) -> Result<String, Problem> {
        text(&mut self.read()?, kind, which)
    }

    /// Keeps a draft, faults and all, and says what is wrong with it.
    pub fn save_template_draft(&self, who: &Administrator, kind: PaperKind, text: &str) -> Result<Vec<Fault>, Problem> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text).replace("\r\n", "\n");
        if text.trim().is_empty() {
            return Err(Problem::field("text", "模板还没有文字。请把文字粘贴进来，或选一个文件。"));
        }
        if text.len() > LONGEST {
            return Err(Problem::field("text", "模板超过 256 KB，不像是一份文件的文字。请检查是否选错了文件。"));
        }
        if text.contains('\0') {
            return Err(Problem::field("text", "内容里有不能使用的字符，不像是文本文件。请检查是否选错了文件。"));
        }
        let mut tx = self.write()?;
        tx.keep_template_draft(kind.name(), Some((&text, self.micros(), who.account.0)))?;
        tx.commit()?;
        Ok(check_template(kind, &text).err().unwrap_or_default())
    }

    /// Throws the draft away.
    pub fn discard_template_draft(&self, _who: &Administrator, kind: PaperKind) -> Result<(), Problem> {
        let mut tx = self.write()?;
        tx.keep_template_draft(kind.name(), None)?;
        tx.commit()?;
        Ok(())
    }

    /// Takes the draft into force (启用): papers made from now on are worded by it. Refused where it has faults, or is no
    /// longer the text that was seen.
    pub fn adopt_template(&self, who: &Administrator, kind: PaperKind, seen: &str) -> Result<(), Problem> {
        let mut tx = self.write()?;
        let text = text(&mut tx, kind, &Which::Draft)?;
        if sha256(text.as_bytes()) != seen {
            return Err(Problem::Refused("您打开此页后，草稿又有改动，没有启用。请看过现在的草稿再启用。".to_owned()));
        }
        template(kind, &text)?;
        if held(&mut tx, kind)?.as_deref() == Some(seen) {
            return Err(Problem::Refused(format!("{}现在用的就是这份模板，不必再启用。", kind.name())));
        }
        let hash = tx.put_template_text(&text)?;
        let now = self.micros();
        tx.append_template(kind.name(), &hash, now, who.account.0)?;
        tx.keep_template_draft(kind.name(), None)?;
        record(&mut tx, who, now, "启用文书模板", kind.name(), &format!("校验值{hash}"))?;
        tx.commit()?;
        Ok(())
    }

    /// Takes a wording into force again that the office has had, or the built-in one (恢复).
    pub fn restore_template(&self, who: &Administrator, kind: PaperKind, which: &Which) -> Result<(), Problem> {
        let mut tx = self.write()?;
        let hash = match which {
            Which::BuiltIn => String::new(),
            Which::Had(hash) => {
                template(kind, &text(&mut tx, kind, which)?)?;
                hash.clone()
            }
            Which::Draft | Which::InForce => return Err(Problem::NotThere),
        };
        if held(&mut tx, kind)?.unwrap_or_default() == hash {
            return Err(Problem::Refused(format!("{}现在用的就是这份模板，不必再恢复。", kind.name())));
        }
        let now = self.micros();
        tx.append_template(kind.name(), &hash, now, who.account.0)?;
        let detail = if hash.is_empty() { "内置模板".to_owned() } else { format!("校验值{hash}") };
        record(&mut tx, who, now, "恢复文书模板", kind.name(), &detail)?;
        tx.commit()?;
        Ok(())
    }

    fn samples(&self, kind: PaperKind, which: &Which) -> Result<Vec<(String, Paper)>, Problem> {
        let text = text(&mut self.read()?, kind, which)?;
        Ok(preview(&template(kind, &text)?))
    }

    /// The papers of a wording with made-up values, page by page (预览).
    pub fn preview_template(
        &self,
        _who: &Administrator,
        kind: PaperKind,
        which: &Which,
    ) -> Result<Vec<SamplePages>, Problem> {
        let samples = self.samples(kind, which)?;
        let faces = self.faces()?;
        Ok(samples.into_iter().map(|(name, paper)| SamplePages { name, pages: paper.pictures(&faces) }).collect())
    }

    /// One of them as a file: name and bytes. They count from 0.
    pub fn template_sample(
        &self,
        _who: &Administrator,
        kind: PaperKind,
        which: &Which,
        number: usize,
        format: PaperFormat,
    ) -> Result<(String, Vec<u8>), Problem> {
        let (name, paper) = self.samples(kind, which)?.into_iter().nth(number).ok_or(Problem::NotThere)?;
        Ok((format!("样本：{name}.{}", format.ending()), self.write_paper(&paper, format)?))
    }

    /// The publications with their pictures.
    pub fn mastheads(&self, _who: &Administrator) -> Result<Vec<MastheadLine>, Problem> {
        let mut tx = self.read()?;
        let rows = tx.list_mastheads()?;
        let mut lines = Vec::new();
        for publication in tx.list_publications()? {
            let row = rows.iter().rfind(|row| row.publication_id == publication.id);
            let picture = match row.and_then(|row| Some((row, row.content_id?))) {
                Some((row, content)) => {
                    let (width, height) = Masthead::read(&tx.content(content)?).map_or((0, 0), |head| head.size());
                    Some((width, height, name_of(&mut tx, row.account_id)?, row.at))
                }
                None => None,
            };
            lines.push(MastheadLine { publication: PublicationId(publication.id), name: publication.name, picture });
        }
        Ok(lines)
    }

    /// Takes a picture in place of a publication's name, from the next issue on; without one the name is set in letters again.
    pub fn set_masthead(
        &self,
        who: &Administrator,
        publication: PublicationId,
        picture: Option<&[u8]>,
    ) -> Result<String, Problem> {
        let picture = picture
            .map(|bytes| Masthead::read(bytes).map_err(|unusable| Problem::field("picture", unusable.to_string())))
            .transpose()?;
        let mut tx = self.write()?;
        let name = tx.find_publication(publication)?.ok_or(Problem::NotThere)?.name;
        let content = match &picture {
            Some(picture) => Some(tx.put_content(picture.png())?),
            None => None,
        };
        if tx.find_masthead(publication)? == content {
            return Ok(name);
        }
        let now = self.micros();
        tx.append_masthead(publication, content, now, who.account.0)?;
        let detail = match &picture {
            Some(picture) => format!("图片{}×{}像素", picture.size().0, picture.size().1),
            None => "改回文字".to_owned(),
        };
        record(&mut tx, who, now, "变更刊头", &format!("《{name}》"), &detail)?;
        tx.commit()?;
        Ok(name)
    }

    /// The picture of a publication, as PNG.
    pub fn masthead_picture(&self, _who: &Administrator, publication: PublicationId) -> Result<Vec<u8>, Problem> {
        let mut tx = self.read()?;
        let content = tx.find_masthead(publication)?.ok_or(Problem::NotThere)?;
        Ok(tx.content(content)?)
    }
}
