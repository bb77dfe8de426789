//! `tongzheng scans`, and the folder that `tongzheng serve` looks into each minute: scans of commented pages into the office.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tz_app::comment::ScanSource;
use tz_app::{App, Problem};

use crate::args::ScansOptions;
use crate::faces::SystemFaces;
use crate::say::{self, Stop, file_fault};
use crate::serve;

/// How long the server waits between two looks into the folder.
const EACH: Duration = Duration::from_secs(60);

/// Endings of files that may be scans.
const ENDINGS: [&str; 6] = ["jpg", "jpeg", "png", "tif", "tiff", "pdf"];

/// The files of a folder that may be scans, in the order of their names.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        if ENDINGS.contains(&ending.as_str()) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn name_of(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Takes in every scan of a folder once and says what became of each.
pub(crate) fn run(options: &ScansOptions) -> Result<(), Stop> {
    let found = files(&options.folder).map_err(|cause| file_fault("读取", &options.folder, &cause))?;
    if found.is_empty() {
        return Err(Stop::one(format!(
            "文件夹“{}”里没有扫描件。请放入 PDF、JPG、PNG 或 TIFF 文件。",
            options.folder.display()
        )));
    }
    let app = serve::open_existing(&options.place)?.with_faces(Arc::new(SystemFaces::default()));
    let (mut attached, mut waiting, mut known, mut faults) = (0, 0, 0, Vec::new());
    for file in &found {
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(cause) => {
                faults.extend(file_fault("读取", file, &cause).0);
                continue;
            }
        };
        let name = name_of(file);
        match app.take_scan(None, ScanSource::Folder, &name, &bytes) {
            Ok(taken) if taken.known => {
                known += 1;
                say::out(&format!("{name}　以前收过\n"));
            }
            Ok(taken) => {
                attached += taken.attached;
                waiting += taken.waiting;
                say::out(&format!("{name}　认出稿件{}页，待认领{}页\n", taken.attached, taken.waiting));
            }
            Err(Problem::Refused(sentence)) => faults.push(sentence),
            Err(problem) => return Err(problem.into()),
        }
    }
    say::out(&format!("共{}个文件：认出稿件{attached}页，待认领{waiting}页，以前收过{known}个。\n", found.len()));
    if faults.is_empty() { Ok(()) } else { Err(Stop(faults)) }
}

/// What a file looked like: a scanner that is still writing changes it.
type Seen = BTreeMap<PathBuf, (u64, Option<SystemTime>, bool)>;

/// Looks into the folder again and again while the server runs.
pub(crate) async fn watch(app: Arc<App>, folder: PathBuf) {
    let mut seen = Seen::new();
    loop {
        let (app, place) = (Arc::clone(&app), folder.clone());
        let looked = tokio::task::spawn_blocking(move || {
            look(&app, &place, &mut seen);
            seen
        });
        match looked.await {
            Ok(after) => seen = after,
            Err(error) => {
                tracing::error!(%error, "looking into the folder of scans panicked");
                return;
            }
        }
        tokio::time::sleep(EACH).await;
    }
}

/// One look: a file that has stayed as it was since the look before is taken in, once.
fn look(app: &App, folder: &Path, seen: &mut Seen) {
    let found = match files(folder) {
        Ok(found) => found,
        Err(cause) => {
            tracing::warn!(%cause, "the folder of scans could not be read");
            return;
        }
    };
    seen.retain(|file, _| found.contains(file));
    for file in found {
        let Ok(about) = std::fs::metadata(&file) else { continue };
        let now = (about.len(), about.modified().ok());
        match seen.get(&file) {
            Some((length, changed, done)) if (*length, *changed) == now => {
                if *done {
                    continue;
                }
            }
            // New, or still being written.
            Some(_) | None => {
                seen.insert(file, (now.0, now.1, false));
                continue;
            }
        }
        let Ok(bytes) = std::fs::read(&file) else { continue };
        match app.take_scan(None, ScanSource::Folder, &name_of(&file), &bytes) {
            Ok(taken) if !taken.known => {
                tracing::info!(attached = taken.attached, waiting = taken.waiting, "A scan was taken in.");
            }
            Ok(_) => {}
            // What is no scan will be none in a minute.
            Err(Problem::Refused(_)) => tracing::warn!("a file in the folder of scans is no scan"),
            Err(problem) => {
                tracing::error!(%problem, "a scan could not be taken in; it is tried again");
                continue;
            }
        }
        seen.insert(file, (now.0, now.1, true));
    }
}
