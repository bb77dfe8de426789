//! What is looked at before an item is sent, and said to both sides.

use tz_read::FileKind;
use tz_scheme::Scheme;
use tz_text::secrecy::{Mark, Place, Strength, Wordings, find_mark_with};

use super::entering::{NewFile, NewItem, Text, repeated};
use crate::system::wordings;
use crate::{App, FieldFault, Problem, Reporter, scheme_on};

/// The longest title, in characters.
pub(super) const TITLE: usize = 200;

/// The longest text, in characters.
const BODY: usize = 100_000;

/// The strongest mark of secrecy of what somebody typed (N3.1).
pub(crate) fn mark_in(title: &str, body: &str, authors: &str, wordings: &Wordings) -> Option<Mark> {
    find_mark_with([(Place::Subject, title), (Place::Body, body), (Place::Subject, authors)], wordings)
}

/// 字数 of a text, as stored.
pub(crate) fn words(text: &str) -> i64 {
    i64::try_from(tz_text::word_count(text)).unwrap_or(i64::MAX)
}

/// The warning of a text over its category's limit (N3.3, R15).
pub fn over_limit(scheme: &Scheme, category: &str, words: i64) -> Option<String> {
    let limit = i64::from(scheme.limit(category)?);
    (words > limit)
        .then(|| format!("{category}原则上不超过{limit}字，本稿{words}字，超{}字。", words.saturating_sub(limit)))
}

/// What was read from an uploaded file, to fill the form.
#[derive(Clone, Debug, Default)]
pub struct ReadFile {
    /// Its title, if it begins with one.
    pub title: String,
    /// Its text.
    pub body: String,
    /// What was noticed, or why it cannot be read.
    pub notes: Vec<String>,
}

/// What can be said of a text before it is sent (报送前检查): sentences with `true` where all is well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Nothing to look at.
    pub good: bool,
    /// The sentence.
    pub text: String,
}

impl Check {
    pub(crate) fn good(text: impl Into<String>) -> Self {
        Self { good: true, text: text.into() }
    }

    pub(crate) fn look(text: impl Into<String>) -> Self {
        Self { good: false, text: text.into() }
    }
}

/// Faults of typed texts that no door lets through.
pub(crate) fn text_faults(title: &str, body: &str, files: &[NewFile]) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    if title.chars().count() > TITLE {
        faults.push(FieldFault::new("title", format!("标题太长，不超过{TITLE}字。请把多出的部分移到正文。")));
    }
    if body.chars().count() > BODY {
        faults.push(FieldFault::new("body", format!("正文太长，不超过{BODY}个字符。请拆分，或作为附件报送。")));
    }
    if title.trim().is_empty() && body.trim().is_empty() && files.is_empty() {
        faults.push(FieldFault::new("body", "标题、正文和附件都是空的。请填写标题和正文，或选择附件。"));
    }
    faults
}

/// What a file is, by its content: `Word文档（docx）`.
pub fn file_kind(name: &str, bytes: &[u8]) -> String {
    FileKind::of(name, bytes).to_string()
}

impl App {
    /// Reads an uploaded file to fill the form (读取附件). What cannot be read says why.
    pub fn read_file(&self, name: &str, bytes: &[u8]) -> ReadFile {
        match self.reader.text(name, bytes) {
            Ok(told) => ReadFile {
                title: told.title,
                body: told.body,
                notes: told.notes.iter().map(|note| format!("{name}：{note}")).collect(),
            },
            Err(why) => ReadFile { notes: vec![format!("{name}：{why}")], ..ReadFile::default() },
        }
    }

    /// The strongest mark of secrecy of what somebody typed or uploaded (N3.1).
    pub(crate) fn mark_of(&self, new: &NewItem, wordings: &Wordings) -> Option<Mark> {
        let typed = mark_in(&new.title, &new.body, &new.authors, wordings);
        let certain = typed.as_ref().is_some_and(|mark| mark.strength == Strength::Strong);
        if certain || new.files.is_empty() {
            return typed;
        }
        let files: Vec<(&str, &[u8])> = new.files.iter().map(|file| (file.name.as_str(), &*file.bytes)).collect();
        // What cannot be read is kept as a file all the same: nothing is known of its marks, as of a scan's.
        let uploaded = self.reader.mark(&files, wordings).unwrap_or_default();
        [typed, uploaded].into_iter().flatten().max_by_key(|mark| mark.strength)
    }

    /// What can be said of a text before it is sent (报送前检查). Only a strong mark of secrecy would stop it.
    pub fn check_before_sending(
        &self,
        who: &Reporter,
        title: &str,
        body: &str,
        category: &str,
    ) -> Result<Vec<Check>, Problem> {
        let mut tx = self.read()?;
        let scheme = scheme_on(&mut tx, self.today())?;
        let count = words(body);
        let mut checks = Vec::new();
        checks.push(match (over_limit(&scheme, category, count), scheme.limit(category)) {
            (Some(over), _) => Check::look(over),
            (None, Some(limit)) => Check::good(format!("字数 {count} / {limit}")),
            (None, None) => Check::good(format!("字数 {count}，本类别不限")),
        });
        if title.trim().is_empty() {
            checks.push(Check::look("还没有标题"));
        }
        checks.push(match mark_in(title, body, "", &wordings(&mut tx)?) {
            None => Check::good("未见密级标志"),
            Some(mark) if mark.strength == Strength::Strong => {
                Check::look("带有密级标志，不能通过本系统报送，请由专人携带存储设备报送")
            }
            Some(mark) => Check::look(format!("见“{}”字样，请核对是否适合报送", mark.found)),
        });
        checks.push(match repeated(&mut tx, &[who.unit().0], &Text::of(body), None)? {
            None => Check::good("未见本单位相同稿件"),
            Some(earlier) => {
                Check::look(format!("与已报的{}《{}》正文相同，再报不计篇数", earlier.number, earlier.title))
            }
        });
        Ok(checks)
    }
}
