//! The faces of this machine, found as the program finds them.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

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
    let read: std::cell::RefCell<BTreeMap<FaceName, FaceBytes>> = std::cell::RefCell::default();
    let names = Faces::choose(&|name| {
        let found = tz_testkit::system_face(name.family, name.bold);
        found.is_some_and(|(bytes, index)| {
            read.borrow_mut().insert(name, (Arc::new(bytes), index));
            true
        })
    });
    let read = read.into_inner();
    Faces::new(names.ok()?.into_iter().filter_map(|name| Some((name, read.get(&name)?.clone()))).collect()).ok()
}
