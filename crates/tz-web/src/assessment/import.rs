//! Past years from the office's spreadsheets (导入往年): chosen, looked at with its comparison, recorded or put aside.

use askama::Template;
use tz_app::facts::{ImportPreview, Reconciled};
use tz_app::{Chief, FieldFault, Problem};

use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::gate::By;
use crate::problem::{Answer, Oops};
use crate::sheets;
use crate::{Allow, Routes};

const HERE: &str = "/assessment/import";
/// Faults, notes and units shown on the page; the workbook has them all.
const SHOWN: usize = 100;

/// Every route of the import with who may use it.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get(HERE, Allow::Chiefs, page)
        .upload(HERE, Allow::Chiefs, choose)
        .get("/assessment/import/check.xlsx", Allow::Chiefs, check)
        .post("/assessment/import/record", Allow::Chiefs, record)
        .post("/assessment/import/drop", Allow::Chiefs, drop_it)
}

struct UnitLine {
    unit: String,
    group: String,
    computed: String,
    own: String,
    apart: String,
}

impl UnitLine {
    fn of(unit: &Reconciled) -> Self {
        let apart = unit.difference().filter(|apart| !apart.is_zero());
        Self {
            unit: unit.unit.clone(),
            group: unit.group.clone(),
            computed: unit.computed.to_string(),
            own: unit.own.map(|own| own.to_string()).unwrap_or_default(),
            apart: apart.map(|apart| apart.signed()).unwrap_or_default(),
        }
    }
}

/// What a chosen workbook would bring.
struct Chosen {
    name: String,
    scheme: String,
    year: i16,
    /// Table, rows, new, changed.
    tables: Vec<(&'static str, usize, usize, usize)>,
    to_record: usize,
    compared: usize,
    different: usize,
    units: Vec<UnitLine>,
    faults: Vec<String>,
    all_faults: usize,
    notes: Vec<String>,
}

impl Chosen {
    fn of(preview: &ImportPreview) -> Self {
        let tables = preview.tables.iter().map(|(table, all, new, changed)| (table.name(), *all, *new, *changed));
        Self {
            name: preview.name.clone(),
            scheme: preview.scheme.clone(),
            year: preview.year,
            tables: tables.collect(),
            to_record: preview.to_record(),
            compared: preview.units.iter().filter(|unit| unit.own.is_some()).count(),
            different: preview.different(),
            units: preview.units.iter().take(SHOWN).map(UnitLine::of).collect(),
            faults: preview.faults.iter().take(SHOWN).map(ToString::to_string).collect(),
            all_faults: preview.faults.len(),
            notes: preview.notes.iter().take(SHOWN).map(ToString::to_string).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "assessment/import.html")]
struct ImportPage {
    frame: Frame,
    chosen: Option<Chosen>,
    faults: Faults,
}

async fn show(desk: &Desk, who: Chief, faults: Vec<FieldFault>) -> Result<ImportPage, Oops> {
    let preview = desk.run(move |app| app.import_preview(&who)).await?;
    Ok(ImportPage {
        frame: desk.frame(Room::Assessment, "导入往年"),
        chosen: preview.as_ref().map(Chosen::of),
        faults: Faults::of(faults, &["file"]),
    })
}

/// `GET /assessment/import`
async fn page(desk: Desk, By(who): By<Chief>) -> Answer {
    let page = show(&desk, who, Vec::new()).await?;
    desk.show(&page)
}

/// `POST /assessment/import`: the workbook.
async fn choose(desk: Desk, By(who): By<Chief>, posted: Posted) -> Answer {
    let file = posted.files().iter().find(|file| !file.bytes.is_empty());
    let (name, bytes) = file.map(|file| (file.name.clone(), file.bytes.clone())).unwrap_or_default();
    let by = who.clone();
    match desk.run(move |app| app.choose_import(&by, &name, &bytes)).await {
        Ok(()) => desk.done(HERE, "已读入，请核对后再导入。"),
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = show(&desk, who, faults).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}

/// `GET /assessment/import/check.xlsx`
async fn check(desk: Desk, By(who): By<Chief>) -> Answer {
    Ok(sheets::file(desk.run(move |app| app.import_sheet(&who)).await?))
}

/// `POST /assessment/import/record`
async fn record(desk: Desk, By(who): By<Chief>) -> Answer {
    let done = desk.run(move |app| app.record_import(&who)).await?;
    desk.done(HERE, &format!("已导入：新增{}条，更正{}条，原有{}条不变。", done.new, done.changed, done.known))
}

/// `POST /assessment/import/drop`
async fn drop_it(desk: Desk, By(who): By<Chief>) -> Answer {
    desk.run(move |app| app.drop_import(&who)).await?;
    desk.done(HERE, "已放弃，没有导入任何内容。")
}
