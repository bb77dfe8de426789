//! Faces for PDFs (字体): the application asks a door for them, which knows the machine.

use std::sync::Arc;

use tz_docs::{Faces, NoFace, Paper};

use crate::{App, Problem};

/// Where the faces for PDFs come from.
pub trait FaceShelf: Send + Sync {
    /// The faces, found and read when they are first asked for.
    ///
    /// # Errors
    /// The machine has no Chinese face; the sentence says what to install.
    fn faces(&self) -> Result<Arc<Faces>, NoFace>;
}

/// A shelf without faces: what an application has until a door hands it one.
pub(crate) struct EmptyShelf;

impl FaceShelf for EmptyShelf {
    fn faces(&self) -> Result<Arc<Faces>, NoFace> {
        Err(NoFace)
    }
}

/// What a paper is handed out as (格式).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperFormat {
    /// For a word processor.
    Docx,
    /// For printing and reading.
    Pdf,
}

impl PaperFormat {
    /// The ending of its files, without a dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Pdf => "pdf",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pdf => "application/pdf",
        }
    }
}

impl App {
    /// The same application with a shelf of faces.
    #[must_use]
    pub fn with_faces(self, shelf: Arc<dyn FaceShelf>) -> Self {
        Self { shelf, ..self }
    }

    /// The faces of the machine; refused with what to install where there are none.
    pub(crate) fn faces(&self) -> Result<Arc<Faces>, Problem> {
        self.shelf.faces().map_err(|no_face| Problem::Refused(no_face.to_string()))
    }

    /// A paper as a file.
    pub(crate) fn write_paper(&self, paper: &Paper, format: PaperFormat) -> Result<Vec<u8>, Problem> {
        match format {
            PaperFormat::Docx => Ok(paper.docx()),
            PaperFormat::Pdf => {
                let faces = self.faces()?;
                let pdf = paper.pdf(&faces).map_err(|unusable| Problem::Refused(unusable.to_string()))?;
                let names: Vec<&str> = pdf.faces.iter().map(|face| face.family).collect();
                tracing::info!(
                    pages = pdf.pages,
                    faces = names.join(", "),
                    missing = pdf.missing.len(),
                    "A PDF was set."
                );
                Ok(pdf.bytes)
            }
        }
    }
}
