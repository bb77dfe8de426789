//! The faces of this machine (字体), for PDFs.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use fontdb::{Database, Source, Style, Weight};
use tz_app::FaceShelf;
use tz_docs::{FaceBytes, FaceName, Faces, NoFace};

/// The system's faces: looked through once, read when a PDF is made, and let go when none is being made, as the files
/// are larger than all else the server holds.
#[derive(Default)]
pub(crate) struct SystemFaces {
    database: OnceLock<Database>,
    read: Mutex<Weak<Faces>>,
}

impl FaceShelf for SystemFaces {
    fn faces(&self) -> Result<Arc<Faces>, NoFace> {
        // Nothing is half done while it is held: a panic elsewhere leaves it as it was.
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(faces) = read.upgrade() {
            return Ok(faces);
        }
        let database = self.database.get_or_init(|| {
            let mut database = Database::new();
            database.load_system_fonts();
            database
        });
        let names = Faces::choose(&|name| find(database, name).is_some())?;
        let bytes = names.into_iter().filter_map(|name| Some((name, read_face(database, name)?))).collect();
        let faces = Arc::new(Faces::new(bytes)?);
        *read = Arc::downgrade(&faces);
        Ok(faces)
    }
}

/// A face by its family, upright, of the weight that is meant.
fn find(database: &Database, name: FaceName) -> Option<&fontdb::FaceInfo> {
    let weight = if name.bold { Weight::BOLD } else { Weight::NORMAL };
    database.faces().find(|face| {
        face.weight == weight
            && face.style == Style::Normal
            && face.families.iter().any(|(family, _)| family == name.family)
    })
}

fn read_face(database: &Database, name: FaceName) -> Option<FaceBytes> {
    let face = find(database, name)?;
    let bytes = match &face.source {
        Source::File(path) | Source::SharedFile(path, _) => std::fs::read(path).ok()?,
        Source::Binary(bytes) => (**bytes).as_ref().to_vec(),
    };
    Some((Arc::new(bytes), face.index))
}
