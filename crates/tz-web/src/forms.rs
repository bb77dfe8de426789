//! What a browser sent: fields and files, as typed. Nothing here fails on a missing field; the use case says what it needs.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use std::convert::Infallible;
use std::sync::Arc;

use tz_app::FieldFault;

/// A file of a form.
#[derive(Clone, Debug)]
pub(crate) struct SentFile {
    /// Its name as the browser gave it; only ever shown or stored as text.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// What is wrong with a form, as its page shows it (`faults.html`): each sentence at its field, and at the head how many there
/// are. What belongs to no field of the page stands at the head whole, so that no sentence is ever lost.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    /// What stands before the names in the page, where several things have fields of the same name.
    scope: String,
    at: Vec<FieldFault>,
    rest: Vec<String>,
    /// Fields that show their own faults: the scheme's further columns, by their ids in the page.
    others: Vec<String>,
}

impl Faults {
    /// The faults of a form that has these fields.
    pub(crate) fn of(found: Vec<FieldFault>, fields: &[&str]) -> Self {
        let (at, rest): (Vec<_>, Vec<_>) = found.into_iter().partition(|fault| fields.contains(&fault.field));
        let rest = rest.into_iter().map(|fault| fault.sentence).collect();
        Self { scope: String::new(), at, rest, others: Vec::new() }
    }

    /// The faults of one of several things in a form, which has these fields; the others are given back.
    pub(crate) fn about(id: i64, found: Vec<FieldFault>, fields: &[&str]) -> (Self, Vec<FieldFault>) {
        let (own, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|fault| fault.of == Some(id));
        (Self { scope: format!("{id}-"), ..Self::of(own, fields) }, others)
    }

    /// With faults that other fields show themselves.
    pub(crate) fn and(self, others: Vec<String>) -> Self {
        Self { others, ..self }
    }

    /// What stands before the names of its fields in the page.
    pub(crate) fn scope(&self) -> &str {
        &self.scope
    }

    /// True if nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.at.is_empty() && self.rest.is_empty() && self.others.is_empty()
    }

    /// What is wrong with a field, if anything.
    pub(crate) fn at(&self, field: &str) -> Option<String> {
        let of: Vec<&str> =
            self.at.iter().filter(|fault| fault.field == field).map(|fault| fault.sentence.as_str()).collect();
        Some(of.concat()).filter(|sentences| !sentences.is_empty())
    }

    /// True if something is wrong with a field.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.at.iter().any(|fault| fault.field == field)
    }

    /// How many faults stand at fields.
    pub(crate) fn count(&self) -> usize {
        self.at.len() + self.others.len()
    }

    /// The first field with a fault, to go to.
    pub(crate) fn first(&self) -> &str {
        let others = || self.others.first().map_or("", String::as_str);
        self.at.first().map_or_else(others, |fault| fault.field)
    }

    /// What stands at no field.
    pub(crate) fn rest(&self) -> &[String] {
        &self.rest
    }
}

/// The field that carries the text of a file through a new sign-in.
pub(crate) const FILE_TEXT: &str = "file-text";

/// A form as posted. Field names may repeat.
#[derive(Clone, Debug, Default)]
pub(crate) struct Posted {
    fields: Arc<Vec<(String, String)>>,
    files: Arc<Vec<SentFile>>,
}

impl Posted {
    /// Fields as if they had been sent: what a form shows before anybody typed.
    pub(crate) fn shown(fields: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self::of(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(), Vec::new())
    }

    /// The first value of a field, or nothing.
    pub(crate) fn one(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// True where the field was sent, be it empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }

    /// The first value of a field without the white space around it.
    pub(crate) fn trimmed(&self, name: &str) -> String {
        self.one(name).trim().to_owned()
    }

    /// Every value of a field, in order.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The month a list was showing, as its address writes it; empty for all.
    pub(crate) fn month(&self) -> String {
        self.one("month").trim().parse::<tz_model::Month>().map(|month| month.to_string()).unwrap_or_default()
    }

    /// A field as a number, if it is one.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.one(name).trim().parse().ok()
    }

    /// True where a box is ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        !self.one(name).is_empty()
    }

    /// Every file that is not empty.
    pub(crate) fn files(&self) -> &[SentFile] {
        &self.files
    }

    /// Every field as typed, without the form token: to be carried through a new sign-in.
    pub(crate) fn typed(&self) -> Vec<(String, String)> {
        self.fields.iter().filter(|(name, _)| name != "csrf").cloned().collect()
    }

    /// As [`Self::typed`], with the text of the first file in the field [`FILE_TEXT`] where it is text: a file cannot be chosen
    /// again by a page, but what it says can go on.
    pub(crate) fn typed_with_file(&self) -> Vec<(String, String)> {
        let mut fields = self.typed();
        let text = self.files.first().and_then(|file| std::str::from_utf8(&file.bytes).ok());
        if let Some(text) = text.filter(|text| !text.contains('\0')) {
            fields.retain(|(name, _)| name != FILE_TEXT);
            fields.push((FILE_TEXT.to_owned(), text.trim_start_matches('\u{feff}').replace("\r\n", "\n")));
        }
        fields
    }

    /// What a person would know again as their own typing: texts, without the form's keys, numbers and choices by number.
    pub(crate) fn readable(fields: &[(String, String)]) -> Vec<String> {
        let technical = |name: &str| {
            matches!(name, "csrf" | "key" | "revision" | "do" | "act" | "mark" | "month" | "base" | "hash" | "against")
                || name.starts_with("seal-")
        };
        let text = |value: &str| !value.trim().is_empty() && (!value.is_ascii() || value.chars().count() > 6);
        fields.iter().filter(|(name, value)| !technical(name) && text(value)).map(|(_, value)| value.clone()).collect()
    }

    /// A form made of these fields.
    pub(crate) fn from_fields(fields: Vec<(String, String)>) -> Self {
        Self::of(fields, Vec::new())
    }

    /// These fields, and those of another form that this one does not have.
    pub(crate) fn over(&self, other: &Self) -> Self {
        let more = other.fields.iter().filter(|(name, _)| !self.has(name));
        Self::of(self.fields.iter().chain(more).cloned().collect(), Vec::new())
    }

    fn of(fields: Vec<(String, String)>, files: Vec<SentFile>) -> Self {
        Self { fields: Arc::new(fields), files: Arc::new(files) }
    }

    /// Reads a request's body within `limit` bytes.
    pub(crate) async fn read(
        headers: &HeaderMap,
        body: Body,
        limit: usize,
    ) -> Result<Self, (StatusCode, &'static str)> {
        const TOO_LARGE: (StatusCode, &str) =
            (StatusCode::PAYLOAD_TOO_LARGE, "提交的内容太大。表单文字不超过4MB，连同附件不超过64MB，请分次提交。");
        const BROKEN: (StatusCode, &str) =
            (StatusCode::BAD_REQUEST, "提交的内容不完整，可能是网络中断。请返回上一页再提交一次。");
        let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let bytes = axum::body::to_bytes(body, limit).await.map_err(|_| TOO_LARGE)?;
        if !kind.starts_with("multipart/form-data") {
            return Ok(Self::of(decode(&bytes), Vec::new()));
        }
        let mut parts = Request::new(Body::from(bytes));
        parts.headers_mut().extend(headers.get(header::CONTENT_TYPE).map(|kind| (header::CONTENT_TYPE, kind.clone())));
        let mut multipart = Multipart::from_request(parts, &()).await.map_err(|_| BROKEN)?;
        let (mut fields, mut files) = (Vec::new(), Vec::new());
        while let Some(part) = multipart.next_field().await.map_err(|_| BROKEN)? {
            let field = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::to_owned) {
                Some(name) => {
                    let bytes = part.bytes().await.map_err(|_| BROKEN)?;
                    if !bytes.is_empty() {
                        files.push(SentFile { name, bytes });
                    }
                }
                None => fields.push((field, part.text().await.map_err(|_| BROKEN)?)),
            }
        }
        Ok(Self::of(fields, files))
    }
}

/// `a=1&b=%E4%BD%A0+` as pairs. Bytes that are not UTF-8 are shown as such, never a reason to refuse.
fn decode(bytes: &[u8]) -> Vec<(String, String)> {
    let text = |part: &[u8]| -> String {
        let spaced: Vec<u8> = part.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
        percent_encoding::percent_decode(&spaced).decode_utf8_lossy().replace("\r\n", "\n")
    };
    bytes
        .split(|&byte| byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let at = pair.iter().position(|&byte| byte == b'=').unwrap_or(pair.len());
            (text(&pair[..at]), text(pair.get(at + 1..).unwrap_or_default()))
        })
        .collect()
}

impl<S: Sync> FromRequestParts<S> for Posted {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// What stands behind the question mark of an address, with the same readers as a posted form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked(pub Posted);

impl std::ops::Deref for Asked {
    type Target = Posted;
    fn deref(&self) -> &Posted {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Posted::of(decode(parts.uri.query().unwrap_or_default().as_bytes()), Vec::new())))
    }
}

/// True for a request that may change something.
pub(crate) fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}
