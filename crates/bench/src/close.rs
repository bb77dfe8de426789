//! Closing a month of a county office of 103 units: statement, bulletin (DOCX, XLSX, page), results, letters in one transaction,
//! then the bulletin's PDF. Run twice in two fresh houses: every byte must be the same.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use tz_app::{App, Chief, Editor, FaceShelf, FixedClock, Role};
use tz_docs::{FaceBytes, Faces, NoFace};
use tz_model::Month;
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::content::sha256;

use crate::facts::county_year;
use crate::live::{fill, morning, the_chief};
use crate::{median, ms};

const YEAR: i16 = 2018;
const REPORTS: usize = 10_000;
const ROUNDS: usize = 2;

/// The machine's faces, read once.
struct Machine(Result<Arc<Faces>, NoFace>);

impl Machine {
    fn look() -> Self {
        let face = |family: &'static str, bold| tz_testkit::system_face(family, bold);
        let faces = Faces::choose(&|name| face(name.family, name.bold).is_some()).map(|names| {
            let bytes = names.into_iter().filter_map(|name| {
                let (bytes, index) = face(name.family, name.bold)?;
                let bytes: FaceBytes = (Arc::new(bytes), index);
                Some((name, bytes))
            });
            bytes.collect()
        });
        Self(faces.and_then(Faces::new).map(Arc::new))
    }
}

impl FaceShelf for Machine {
    fn faces(&self) -> Result<Arc<Faces>, NoFace> {
        self.0.clone()
    }
}

/// Prints how long a close takes, and fails unless two closes of the same facts give the same bytes.
pub(crate) fn run() {
    let shelf: Arc<dyn FaceShelf> = Arc::new(Machine::look());
    let mut closes = Vec::new();
    let mut pdfs = Vec::new();
    let mut made: Vec<Vec<(String, String)>> = Vec::new();
    for _ in 0..ROUNDS {
        let (close, pdf, papers) = once(&shelf);
        closes.push(close);
        pdfs.extend(pdf);
        made.push(papers);
    }
    assert!(made.windows(2).all(|two| two[0] == two[1]), "two closes of the same facts differ: {made:?}");
    let letters = made[0].iter().filter(|(name, _)| name.contains("反馈函") || name.contains("约谈通知")).count();
    let slowest = closes.iter().max().copied().unwrap_or_default();
    println!(
        "close: 103 units, {} papers of which {letters} letters: {} (slowest {}), the bulletin's PDF {} | together to reach: 2 s | {ROUNDS} runs, the same bytes",
        made[0].len() - 1,
        ms(median(&mut closes)),
        ms(slowest),
        if pdfs.is_empty() { "not set, no faces".to_owned() } else { ms(median(&mut pdfs)) },
    );
}

/// June closed in a fresh house: how long, how long the PDF took, and every paper with its hash, the statement's last.
fn once(shelf: &Arc<dyn FaceShelf>) -> (Duration, Option<Duration>, Vec<(String, String)>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Arc::new(Store::open_folder(folder.path()).expect("a fresh folder opens"));
    let scheme = Scheme::builtin("tengzhou-2018").expect("the built-in scheme is there");
    let clock = Arc::new(FixedClock::at(morning(Date::constant(YEAR, 1, 1))));
    let app = App::open_or_set_up(Arc::clone(&store), clock.clone(), scheme, Date::constant(YEAR, 1, 1))
        .expect("a fresh office")
        .with_faces(Arc::clone(shelf));
    let account =
        app.add_account_with_password("chief", "王科长", Role::Chief, None, "Bench-2018").expect("an account");
    let person = the_chief(account);
    let (chief, editor) = (Chief::of(&person).expect("a chief"), Editor::of(&person).expect("an editor too"));
    fill(&store, &app, &clock, &chief, &[county_year(scheme, YEAR, REPORTS)], (YEAR, 6));
    clock.set(morning(Date::constant(YEAR, 7, 2)));
    let month = Month::new(YEAR, 6).expect("a month");
    let start = Instant::now();
    let closed = app.close_month(&chief, month).expect("closed");
    let close = start.elapsed();
    let paper = |name: &str| app.statement_paper(&editor, month, name);
    let start = Instant::now();
    let pdf = paper(&closed.papers[0].replace(".docx", ".pdf")).ok().map(|_| start.elapsed());
    let hash = |name: &String| (name.clone(), sha256(&paper(name).expect("a paper").bytes));
    let mut papers: Vec<(String, String)> = closed.papers.iter().map(hash).collect();
    papers.push(("statement".to_owned(), closed.sha256));
    (close, pdf, papers)
}
