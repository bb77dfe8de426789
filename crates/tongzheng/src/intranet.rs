//! `tongzheng intranet`: what is published as a folder of static pages.

use std::sync::Arc;

use crate::args::IntranetOptions;
use crate::faces::SystemFaces;
use crate::say::{self, Stop};
use crate::serve;

pub(crate) fn run(options: &IntranetOptions) -> Result<(), Stop> {
    let app = serve::open_existing(&options.place)?.with_faces(Arc::new(SystemFaces::default()));
    let count = app.write_intranet(&options.out)?;
    say::out(&format!("已在“{}”生成{count}期通报和刊物，从 index.html 打开。\n", options.out.display()));
    Ok(())
}
