//! `tongzheng intranet`, and the folder that `tongzheng serve` keeps up to date: what is published as static pages.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tz_app::{App, Problem};

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

/// How long the server waits between two looks at what is published.
const EACH: Duration = Duration::from_secs(5);

/// Writes the folder when the server starts and again after each change of what is published, while the server runs.
pub(crate) async fn keep(app: Arc<App>, folder: PathBuf) {
    let mut written = String::new();
    loop {
        let (app, place, before) = (Arc::clone(&app), folder.clone(), written.clone());
        let looked = tokio::task::spawn_blocking(move || {
            let now = app.intranet_state()?;
            if now != before {
                let works = app.write_intranet(&place)?;
                tracing::info!(works, "The folder for the intranet was written.");
            }
            Ok::<_, Problem>(now)
        });
        match looked.await {
            Ok(Ok(now)) => written = now,
            // A folder that is full or gone is tried again: what stood there stays until then.
            Ok(Err(problem)) => tracing::error!(%problem, "the folder for the intranet could not be written"),
            Err(error) => {
                tracing::error!(%error, "writing the folder for the intranet panicked");
                return;
            }
        }
        tokio::time::sleep(EACH).await;
    }
}
