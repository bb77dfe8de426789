//! What follows a close among people: interviews, paired help, meetings; the warning before a second month among the last.

use tz_app::assessment::{InterviewPlan, InterviewRecord, InterviewState, ListedYear, Listing, NewMeeting};
use tz_app::{Editor, Problem, Reporter, Role};
use tz_model::AccountId;

use crate::closing::two_months;
use crate::house::{Office, person};

fn reporter(office: &Office, unit: &str) -> Reporter {
    let account = AccountId(office.chief.account.0);
    Reporter::of(&person(Role::Reporter, account, Some(office.unit(unit)))).unwrap()
}

/// The three of C类 that are last twice running are called.
#[test]
fn an_interview_is_called_by_the_close_moved_held_and_followed_by_the_next_months() {
    let office = Office::new("2018-06-30T04:00:00Z");
    two_months(&office);
    office.close("2018-07").unwrap();
    let editor = Editor::of(&office.chief).unwrap();
    let own = office.app.interviews(&reporter(&office, "气象局")).unwrap();
    let [called] = own.as_slice() else { panic!("one interview: {own:?}") };
    assert_eq!((called.state, &*called.period.chinese()), (InterviewState::Called, "2018年7月"));
    // Closed on Wednesday 1 August: ten working days later is the 15th.
    assert_eq!(called.date.unwrap().to_string(), "2018-08-15");
    assert!(office.app.interviews(&reporter(&office, "人民银行")).unwrap().is_empty());
    let other = office.app.interview(&reporter(&office, "人民银行"), called.id);
    assert!(matches!(other, Err(Problem::NotThere)));
    let plan = InterviewPlan {
        date: "2018-08-17".to_owned(),
        time: "下午3时".to_owned(),
        place: "第二会议室".to_owned(),
        chair: "李主任".to_owned(),
        reason: "主要负责同志外出".to_owned(),
    };
    office.app.plan_interview(&editor, called.id, called.revision, &plan).unwrap();
    let stale = office.app.plan_interview(&editor, called.id, called.revision, &plan);
    assert!(matches!(stale, Err(Problem::Refused(_))), "two people never overwrite each other");
    let paper = office.app.interview_paper(&editor, called.id, tz_app::PaperFormat::Docx).unwrap();
    let said = crate::closing::words(&paper.bytes);
    assert!(said.contains("2018年8月17日（星期五）下午3时，第二会议室") && said.contains("李主任"), "{said}");
    office.at("2018-08-18T04:00:00Z");
    let now = office.app.interview(&editor, called.id).unwrap();
    assert!(now.overdue);
    let record = InterviewRecord { held_on: "2018-08-19".to_owned(), ..InterviewRecord::default() };
    let Err(Problem::Faults(faults)) = office.app.hold_interview(&editor, now.id, now.revision, &record) else {
        panic!("a day to come")
    };
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["held_on", "attendants", "minutes"]);
    let record = InterviewRecord {
        held_on: "2018-08-17".to_owned(),
        attendants: "局长、分管副局长".to_owned(),
        minutes: "分析了原因。".to_owned(),
        promises: "每周报送两篇".to_owned(),
        promise_by: "2018-09-30".to_owned(),
    };
    office.app.hold_interview(&editor, now.id, now.revision, &record).unwrap();
    assert!(office.app.interview(&editor, called.id).unwrap().after.is_empty());
    // The one that was held is found by what it is looked for by; what still waits is always shown, of the group that is asked for.
    let found = |listing: &Listing| {
        let listed = office.app.interviews_listed(&editor, listing).unwrap();
        (listed.open.len(), listed.past.iter().map(|one| one.unit_name.clone()).collect::<Vec<_>>())
    };
    let of = |group: &str, state: InterviewState, year| Listing {
        group: group.to_owned(),
        state: state.key().to_owned(),
        year,
        ..Listing::default()
    };
    let all = office.app.interviews(&editor).unwrap().len();
    let (waiting, held) = found(&of("C类", InterviewState::Held, ListedYear::Every));
    assert!((1..all - 1).contains(&waiting), "{waiting} of {all}");
    assert_eq!(held, ["气象局"]);
    assert_eq!(found(&Listing::default()), (all - 1, vec!["气象局".to_owned()]));
    assert_eq!(found(&of("镇街", InterviewState::Held, ListedYear::Newest)).1, [""; 0]);
    assert_eq!(found(&of("C类", InterviewState::Cancelled, ListedYear::Newest)), (waiting, vec![]));
    assert_eq!(found(&of("C类", InterviewState::Held, ListedYear::Of(2017))), (waiting, vec![]));
    let own = office.app.interviews_listed(&reporter(&office, "人民银行"), &Listing::default()).unwrap();
    assert!(own.open.is_empty() && own.past.is_empty(), "another unit's are not there");
    // In August it reports its quota and the others do not.
    office.four_items("气象局", "2018-08");
    office.at("2018-09-03T01:00:00Z");
    office.close("2018-08").unwrap();
    let after = office.app.interview(&editor, called.id).unwrap().after;
    let [august] = after.as_slice() else { panic!("one month after: {after:?}") };
    assert_eq!((august.rank, august.last, august.total.to_string()), (1, false, "7".to_owned()));
    office.sound();
}

#[test]
fn help_is_proposed_from_the_ranks_agreed_once_and_its_effect_is_shown() {
    let office = Office::new("2018-06-30T04:00:00Z");
    two_months(&office);
    office.close("2018-07").unwrap();
    let editor = Editor::of(&office.chief).unwrap();
    let room = office.app.help_room(&editor).unwrap();
    // Only C类 has anybody who stands above its last three.
    let helped: Vec<&str> = room.proposals.iter().map(|one| &*one.helped.1).collect();
    assert_eq!(helped.len(), 3);
    for unit in ["气象局", "地震局", "墨研办"] {
        assert!(helped.contains(&unit), "{helped:?}");
    }
    let helpers: std::collections::BTreeSet<_> = room.proposals.iter().map(|one| one.helper.0).collect();
    assert_eq!(helpers.len(), 3, "nobody helps two");
    let one = room.proposals.iter().find(|one| one.helped.1 == "气象局").unwrap();
    let id = office.app.agree_help(&editor, one.helper.0, one.helped.0, "每月会商选题").unwrap();
    let again = office.app.agree_help(&editor, one.helper.0, one.helped.0, "再来一次");
    assert!(matches!(again, Err(Problem::Faults(_))));
    let itself = office.app.agree_help(&editor, one.helper.0, one.helper.0, "自助");
    assert!(matches!(itself, Err(Problem::Faults(_))));
    office.four_items("气象局", "2018-08");
    office.at("2018-09-03T01:00:00Z");
    office.close("2018-08").unwrap();
    let room = office.app.help_room(&editor).unwrap();
    let pair = room.pairs.iter().find(|pair| pair.id == id).unwrap();
    let (before, since) = (pair.before.as_ref().unwrap(), pair.since.as_ref().unwrap());
    assert_eq!((before.periods, before.points.to_string()), (2, "0".to_owned()));
    assert_eq!((since.periods, since.points.to_string(), since.rank.to_string()), (1, "7".to_owned(), "1".to_owned()));
    office.app.end_help(&editor, id, "已完成任务").unwrap();
    assert!(matches!(office.app.end_help(&editor, id, "再结束"), Err(Problem::Refused(_))));
    let wrong = office.app.record_meeting(&editor, &NewMeeting::default());
    assert!(matches!(wrong, Err(Problem::Faults(faults)) if faults.len() == 4));
    let meeting = NewMeeting {
        date: "2018-09-03".to_owned(),
        place: "会议室".to_owned(),
        topic: "三季度选题会商".to_owned(),
        attendants: "市委办公室、市人大常委会办公室".to_owned(),
        minutes: "交换选题12个。".to_owned(),
    };
    office.app.record_meeting(&editor, &meeting).unwrap();
    assert_eq!(office.app.help_room(&editor).unwrap().meetings.len(), 1);
    office.sound();
}

#[test]
fn a_unit_on_the_way_to_its_second_month_among_the_last_is_warned_once_from_the_20th() {
    let office = Office::new("2018-06-30T04:00:00Z");
    two_months(&office);
    // July stands unclosed; in it the three of C类 and everybody of the other groups are last again.
    office.at("2018-07-19T04:00:00Z");
    assert_eq!(office.app.warn_of_runs().unwrap(), 0, "not before the 20th");
    office.at("2018-07-20T04:00:00Z");
    let warned = office.app.warn_of_runs().unwrap();
    // 21 towns, 31 A and 31 B have nothing at all and are tied at the edge (R9).
    assert_eq!(warned, 21 + 31 + 31 + 3);
    assert_eq!(office.app.warn_of_runs().unwrap(), 0, "once");
    assert!(office.app.open_warning(&reporter(&office, "人民银行")).unwrap().is_none());
    let own = reporter(&office, "气象局");
    let warning = office.app.open_warning(&own).unwrap().unwrap();
    for said in ["2018年6月你单位排名靠后", "20个单位中列第18名", "报送任务还差3篇，其中工作动态2篇", "列入约谈"]
    {
        assert!(warning.words.contains(said), "{said}: {}", warning.words);
    }
    office.app.note_warning(&own, &warning.month).unwrap();
    assert!(office.app.open_warning(&own).unwrap().is_none());
    // What filling the quota would bring: +5 and nothing taken; those who reported four have 7 and stay above.
    let own = reporter(&office, "地震局");
    let foresight = office.app.foresight(&own).unwrap().unwrap();
    assert_eq!(foresight.now.points.to_string(), "0");
    let filled = foresight.filled.unwrap();
    assert_eq!((filled.points.to_string(), filled.rank, foresight.size), ("5".to_owned(), Some(18), 20));
    office.sound();
}
