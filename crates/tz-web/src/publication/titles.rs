//! The publications themselves (刊物设置).

use askama::Template;
use axum::extract::Path;
use tz_app::network::UnitGroup;
use tz_app::publication::{Choices, PublicationWish, UnitReaders};
use tz_app::{Chief, FieldFault, Problem};
use tz_model::{PublicationId, UnitId};

use super::{editor, id_of};
use crate::desk::{Desk, Frame, Room};
use crate::forms::{Faults, Posted};
use crate::gate::By;
use crate::network::{PickGroup, PickUnit, picked};
use crate::problem::Answer;
use crate::words;

/// A kind of adoption to choose: name, words, chosen.
struct KindChoice {
    heading: String,
    kinds: Vec<(String, String, bool)>,
}

struct TitleForm {
    /// Where it is posted.
    action: String,
    heading: String,
    wish: PublicationWish,
    choices: Vec<KindChoice>,
    /// Key, words, chosen.
    readers: [(&'static str, &'static str, bool); 3],
    groups: Vec<PickGroup>,
    /// The form's own faults.
    faults: Faults,
    open: bool,
}

#[derive(Template)]
#[template(path = "publication/titles.html")]
struct TitlesPage {
    frame: Frame,
    forms: Vec<TitleForm>,
}

/// The fields of a title's settings, where their faults stand.
const TITLE_FIELDS: [&str; 10] = [
    "name",
    "adoption_kind",
    "editing_office",
    "copies",
    "page_limit",
    "columns",
    "report_to",
    "send_to",
    "distribute_to",
    "unit",
];

fn wish_of(posted: &Posted) -> PublicationWish {
    let field = |name: &str| posted.one(name).to_owned();
    PublicationWish {
        name: field("name"),
        adoption_kind: field("adoption_kind"),
        editing_office: field("editing_office"),
        report_to: field("report_to"),
        send_to: field("send_to"),
        distribute_to: field("distribute_to"),
        copies: field("copies"),
        short_news: posted.one("layout") == "short",
        columns: field("columns"),
        page_limit: field("page_limit"),
        unit_readers: UnitReaders::of_key(posted.one("unit_readers")),
        units: picked(posted),
    }
}

/// The units to tick, those that are listed ticked.
fn pick(groups: &[UnitGroup], listed: &[UnitId]) -> Vec<PickGroup> {
    let units = |group: &UnitGroup| -> Vec<PickUnit> {
        let one = |unit: &tz_app::network::UnitChoice| PickUnit {
            id: unit.id.0,
            name: unit.name.clone(),
            ticked: listed.contains(&unit.id),
        };
        group.units.iter().map(one).collect()
    };
    groups
        .iter()
        .map(|group| {
            let units = units(group);
            PickGroup { name: group.name.clone(), open: units.iter().any(|unit| unit.ticked), whole: false, units }
        })
        .collect()
}

fn title_form(
    id: Option<PublicationId>,
    wish: PublicationWish,
    choices: &[Choices],
    units: &[UnitGroup],
    faults: Vec<FieldFault>,
) -> TitleForm {
    let groups = pick(units, &wish.units);
    let choices = choices
        .iter()
        .map(|level| KindChoice {
            heading: level.heading.clone(),
            kinds: level
                .names
                .iter()
                .map(|(name, worth)| (name.clone(), words::priced(name, worth), *name == wish.adoption_kind))
                .collect(),
        })
        .collect();
    TitleForm {
        action: id.map_or_else(|| "/publication/titles".to_owned(), |id| format!("/publication/titles/{id}")),
        heading: if id.is_some() { format!("《{}》", wish.name) } else { "新增刊物".to_owned() },
        readers: [(UnitReaders::None, "不发单位"), (UnitReaders::All, "全部单位"), (UnitReaders::Listed, "勾选的单位")]
            .map(|(readers, name)| (readers.key(), name, readers == wish.unit_readers)),
        groups,
        wish,
        choices,
        open: !faults.is_empty(),
        faults: Faults::of(faults, &TITLE_FIELDS),
    }
}

/// The settings of all titles; one of them as typed, with its faults.
async fn titles_page(
    desk: &Desk,
    who: Chief,
    typed: Option<(Option<PublicationId>, PublicationWish, Vec<FieldFault>)>,
) -> Result<TitlesPage, crate::problem::Oops> {
    let (known, choices, units) = desk
        .run(move |app| {
            let by = editor(&who);
            Ok((app.publication_settings(&who)?, app.adoption_choices(&by)?, app.unit_groups(&by)?))
        })
        .await?;
    let office = known.first().map(|(_, wish)| wish.editing_office.clone()).unwrap_or_default();
    let fresh = PublicationWish { editing_office: office, copies: "0".to_owned(), ..PublicationWish::default() };
    let all = known.into_iter().map(|(id, wish)| (Some(id), wish)).chain([(None, fresh)]);
    let forms = all
        .map(|(id, wish)| match &typed {
            Some((at, typed, faults)) if *at == id => title_form(id, typed.clone(), &choices, &units, faults.clone()),
            Some(_) | None => title_form(id, wish, &choices, &units, Vec::new()),
        })
        .collect();
    Ok(TitlesPage { frame: desk.frame(Room::Publication, "刊物设置"), forms })
}

/// `GET /publication/titles`
pub(super) async fn titles(desk: Desk, By(who): By<Chief>) -> Answer {
    let page = titles_page(&desk, who, None).await?;
    desk.show(&page)
}

/// `POST /publication/titles`
pub(super) async fn add_title(desk: Desk, who: By<Chief>, posted: Posted) -> Answer {
    set_title(desk, who, None, posted).await
}

/// `POST /publication/titles/{publication}`
pub(super) async fn save_title(desk: Desk, who: By<Chief>, Path(id): Path<String>, posted: Posted) -> Answer {
    let id = id_of(&id)?;
    set_title(desk, who, Some(id), posted).await
}

async fn set_title(desk: Desk, By(who): By<Chief>, id: Option<PublicationId>, posted: Posted) -> Answer {
    let (wish, by) = (wish_of(&posted), who.clone());
    let saved = desk
        .run(move |app| {
            app.save_publication(&by, id, &wish)?;
            app.publication_notices(&by, &wish)
        })
        .await;
    match saved {
        Ok(notices) => {
            let said = format!("刊物设置已保存，从下一次刊发起执行。{}", notices.concat());
            desk.done("/publication/titles", &said)
        }
        Err(oops) => match oops.into_problem()? {
            Problem::Faults(faults) => {
                let page = titles_page(&desk, who, Some((id, wish_of(&posted), faults))).await?;
                desk.show_faulty(&page)
            }
            other => Err(other.into()),
        },
    }
}
