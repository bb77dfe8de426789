//! The faces of this machine, found as the program finds them.

use std::sync::{Arc, LazyLock};

use fontdb::{Database, Source, Weight};
use tz_docs::{FaceBytes, FaceName, Faces};

/// The faces, or `None`, with a line that says so, where the machine has none.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub fn faces() -> Option<&'static Faces> {
    static FACES: LazyLock<Option<Faces>> = LazyLock::new(load);
    if FACES.is_none() {
        eprintln!("skipped: no Chinese face is installed");
    }
    FACES.as_ref()
}

fn load() -> Option<Faces> {
    let mut database = Database::new();
    database.load_system_fonts();
    let find = |name: FaceName| {
        database.faces().find(|face| {
            face.families.iter().any(|(family, _)| family == name.family)
                && (face.weight >= Weight::SEMIBOLD) == name.bold
                && (name.bold || face.weight == Weight::NORMAL)
        })
    };
    let read = |name: FaceName| -> Option<(FaceName, FaceBytes)> {
        let face = find(name)?;
        let Source::File(path) = &face.source else { return None };
        Some((name, (Arc::new(std::fs::read(path).ok()?), face.index)))
    };
    let names = Faces::choose(&|name| find(name).is_some()).ok()?;
    Faces::new(names.into_iter().filter_map(read).collect()).ok()
}
