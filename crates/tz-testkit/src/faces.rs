//! The faces of this machine, for tests that set PDFs.

use std::sync::LazyLock;

use fontdb::{Database, Source, Style, Weight};

/// The file of a face and its place in it, found by family and whether the bold cut is meant; `None` where the machine
/// does not have it.
pub fn system_face(family: &str, bold: bool) -> Option<(Vec<u8>, u32)> {
    static DATABASE: LazyLock<Database> = LazyLock::new(|| {
        let mut database = Database::new();
        database.load_system_fonts();
        database
    });
    let weight = if bold { Weight::BOLD } else { Weight::NORMAL };
    let face = DATABASE.faces().find(|face| {
        face.weight == weight && face.style == Style::Normal && face.families.iter().any(|(known, _)| known == family)
    })?;
    match &face.source {
        Source::File(path) | Source::SharedFile(path, _) => Some((std::fs::read(path).ok()?, face.index)),
        Source::Binary(bytes) => Some(((**bytes).as_ref().to_vec(), face.index)),
    }
}
