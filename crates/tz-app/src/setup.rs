//! Setting up an office: its name, its scheme, and (from the scheme's own lists) its units and publications.

use std::sync::Arc;

use jiff::civil::Date;
use tz_model::{OfficeId, UnitId};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::audit::Act;
use tz_store::directory::UnitVersionRow;
use tz_store::publication::PublicationRow;
use tz_store::scheme::SchemeRow;

use crate::{App, Clock, Problem};

/// The publications a new office starts with: name and the kind of adoption printing in it is (F1).
const PUBLICATIONS: [(&str, &str); 3] =
    [("每日要情", "每日要情采用"), ("政务信息交流", "政务信息交流采用"), ("政情专报", "政情专报采用")];

impl App {
    /// The office of an opened database, set up under a built-in scheme if the database is new.
    pub fn open_or_set_up(
        store: Arc<Store>,
        clock: Arc<dyn Clock>,
        scheme: &Scheme,
        from: Date,
    ) -> Result<Self, Problem> {
        if let Some(office) = store.offices()?.first() {
            return Ok(Self::new(store, clock, OfficeId(office.id)));
        }
        let now = clock.now().as_microsecond();
        let mut tx = store.write(OfficeId(0))?;
        let office = tx.insert_office(scheme.office(), now)?;
        let hash = tx.put_scheme_text(scheme.text())?;
        tx.append_scheme(SchemeRow {
            office_id: office.0,
            seq: 0,
            hash,
            scheme_id: scheme.id().to_string(),
            from_date: from.to_string(),
            recorded_at: now,
            recorded_by: None,
            withdraws: None,
            reason: String::new(),
        })?;
        let listed = scheme.listed_units();
        let ids: Vec<UnitId> = listed.iter().map(|_| tx.insert_unit(now)).collect::<Result<_, _>>()?;
        for (unit, id) in listed.iter().zip(&ids) {
            tx.append_unit_version(UnitVersionRow {
                office_id: office.0,
                seq: 0,
                unit_id: id.0,
                name: unit.name.to_string(),
                class: unit.class.to_string(),
                ranking_group: unit.group.to_string(),
                direct_point: unit.direct_point.as_ref().map(ToString::to_string),
                recorded_at: now,
                reason: "按计分办法所列单位建立".to_owned(),
                ..UnitVersionRow::default()
            })?;
        }
        for (place, (name, kind)) in PUBLICATIONS.iter().enumerate() {
            tx.insert_publication(PublicationRow {
                id: 0,
                office_id: office.0,
                name: (*name).to_owned(),
                adoption_kind: (*kind).to_owned(),
                editing_office: format!("{}编", scheme.office()),
                report_to: "市委、市人大、市政府、市政协各位领导同志".to_owned(),
                send_to: "市委办公室，市人大常委会办公室，市政协办公室".to_owned(),
                distribute_to: "各镇人民政府、街道办事处，市政府各部门".to_owned(),
                copies: 120,
                position: place as i64 + 1,
                page_limit: 0,
                unit_readers: "none".to_owned(),
            })?;
        }
        tx.record_act(&Act {
            at: now,
            account: None,
            who: "通政",
            act: "建立机关",
            object: scheme.office(),
            done: true,
            detail: scheme.name(),
        })?;
        tx.commit()?;
        Ok(Self::new(store, clock, office))
    }
}
