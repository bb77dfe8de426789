//! Opening databases: new, known, newer, damaged, in places where none can be; transactions and numbers.

use std::fs;

use tempfile::TempDir;
use tz_model::OfficeId;
use tz_store::audit::Act;
use tz_store::content::sha256;
use tz_store::item::{EventRow, Sight};
use tz_store::ledger::FactRow;
use tz_store::{DatabaseKind, NEWEST, OpenFailure, Store};

use crate::house::{House, NOW, Place, each_database, each_place};

fn act<'a>(what: &'a str, object: &'a str) -> Act<'a> {
    Act { at: NOW, account: None, who: "通政", act: what, object, done: true, detail: "" }
}

#[test]
fn a_database_opened_again_keeps_its_rows_and_runs_no_step_twice() {
    each_database(|house| {
        let mut tx = house.write();
        tx.set_setting("公开排名", "是").unwrap();
        tx.commit().unwrap();
        for _ in 0..2 {
            let again = house.place.open().unwrap();
            assert_eq!(again.offices().unwrap().len(), 1);
            let kept = again.read(house.office).unwrap().find_setting("公开排名").unwrap();
            assert_eq!(kept.as_deref(), Some("是"));
        }
    });
}

fn six_open_at_once(place: &Place) {
    let opened: Vec<bool> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(|| place.open().map_err(|f| f.to_string()))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap().unwrap().offices().is_ok()).collect()
    });
    assert_eq!(opened, [true; 6]);
}

#[test]
fn several_processes_may_open_an_empty_database_at_once() {
    each_place(six_open_at_once);
    // A file more often: who comes first in each step of it is another one every time.
    for _ in 0..20 {
        let folder = TempDir::new().unwrap();
        six_open_at_once(&Place::Folder(folder.path().join("data")));
    }
}

#[test]
fn a_step_that_cannot_run_to_its_end_changes_nothing() {
    each_database(|house| {
        // The first step again, on a database that has forgotten that it ran.
        house.tamper("DELETE FROM migration");
        let Err(failure) = house.place.open() else { panic!("a step ran on tables that are there already") };
        assert!(matches!(failure, OpenFailure::Open { .. }), "{failure}");
        assert_eq!(house.store.offices().unwrap().len(), 1);
    });
}

#[test]
fn a_database_of_a_newer_program_is_refused_with_a_sentence() {
    each_database(|house| {
        house.tamper("INSERT INTO migration (number, name) VALUES (99, 'future')");
        let Err(failure) = house.place.open() else { panic!("a newer database was opened") };
        let sentence = failure.to_string();
        assert!(
            sentence.contains(&format!("由更新版本的通政建立（结构第99版，本程序只认到第{NEWEST}版）")),
            "{sentence}"
        );
        assert!(sentence.ends_with("请使用新版程序打开。"), "{sentence}");
    });
}

#[test]
fn a_data_folder_that_cannot_be_is_refused_with_a_sentence() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a-file");
    fs::write(&file, "not a folder").unwrap();
    for place in [file.clone(), file.join("below")] {
        let Err(failure) = Store::open_folder(&place) else { panic!("{} was opened", place.display()) };
        let sentence = failure.to_string();
        let said = format!("数据文件夹“{}”无法写入：路径中有一段是文件，不是文件夹。", place.display());
        assert!(sentence.starts_with(&said), "{sentence}");
        assert!(sentence.ends_with("请检查权限和剩余空间，或用 --data 另指定一个文件夹。"), "{sentence}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "not a folder");
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("tongzheng.db");
    let text = "这不是数据库。".repeat(200);
    fs::write(&file, &text).unwrap();
    let Err(failure) = Store::open_folder(folder.path()) else { panic!("a text was opened as a database") };
    let sentence = failure.to_string();
    assert!(sentence.contains("无法打开：这个文件不是通政的数据库，或者已经损坏，请从备份恢复。"), "{sentence}");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn an_address_where_no_database_answers_is_refused_without_its_password() {
    let Err(failure) = Store::open_postgres("postgres://office:geheim@127.0.0.1:1/tongzheng") else {
        panic!("nothing answers at port 1")
    };
    let sentence = failure.to_string();
    assert!(sentence.contains("无法打开"), "{sentence}");
    assert!(!sentence.contains("geheim"), "{sentence}");
}

#[test]
fn the_embedded_database_is_free_of_the_wal_reset_fault_and_can_search() {
    use diesel::prelude::*;
    #[derive(QueryableByName)]
    struct Said {
        #[diesel(sql_type = diesel::sql_types::Text)]
        said: String,
    }
    let mut memory = SqliteConnection::establish(":memory:").unwrap();
    let version: Said = diesel::sql_query("SELECT sqlite_version() AS said").get_result(&mut memory).unwrap();
    let parts: Vec<u32> = version.said.split('.').map(|part| part.parse().unwrap()).collect();
    assert!(parts >= vec![3, 51, 3], "{}", version.said);
    diesel::sql_query("CREATE VIRTUAL TABLE found USING fts5(text)").execute(&mut memory).unwrap();
}

#[test]
fn the_embedded_database_is_built_as_the_configuration_says() {
    use diesel::prelude::*;
    #[derive(QueryableByName)]
    struct Built {
        #[diesel(sql_type = diesel::sql_types::Text)]
        compile_options: String,
    }
    let mut memory = SqliteConnection::establish(":memory:").unwrap();
    let built: Vec<Built> = diesel::sql_query("PRAGMA compile_options").load(&mut memory).unwrap();
    let has = |option: &str| built.iter().any(|one| one.compile_options == option);
    // Without the first, every statement with a limit would be planned anew each time it is run.
    assert!(has("ENABLE_QPSG") && has("THREADSAFE=2") && has("DEFAULT_MEMSTATUS=0"));
    assert!(!has("ENABLE_STAT4") && !has("ENABLE_MEMORY_MANAGEMENT") && !has("ENABLE_API_ARMOR"));
}

#[test]
fn a_database_says_what_it_is() {
    each_database(|house| {
        let said = house.read().database_version().unwrap();
        let start = match house.kind() {
            DatabaseKind::Sqlite => "SQLite 3.",
            DatabaseKind::Postgres => "PostgreSQL 1",
        };
        assert!(said.starts_with(start), "{said}");
    });
}

#[test]
fn what_is_not_committed_leaves_no_trace() {
    each_database(|house| {
        let mut tx = house.write();
        tx.set_setting("公开排名", "否").unwrap();
        tx.record_act(&act("设置", "公开排名")).unwrap();
        let (first, content) = (tx.next_number("稿件").unwrap(), tx.put_content(b"a paper").unwrap());
        drop(tx);
        let mut tx = house.write();
        assert_eq!(tx.find_setting("公开排名").unwrap(), None);
        assert!(tx.list_audit(None, 10).unwrap().is_empty());
        assert_eq!((first, content), (1, 1));
        assert_eq!(tx.next_number("稿件").unwrap(), 1);
        assert!(tx.content(content).unwrap_err().is_absent());
    });
}

#[test]
fn a_reader_sees_one_state_from_first_query_to_last() {
    each_database(|house| {
        let mut reader = house.read();
        assert_eq!(reader.find_setting("公开排名").unwrap(), None);
        let mut tx = house.write();
        tx.set_setting("公开排名", "是").unwrap();
        tx.commit().unwrap();
        assert_eq!(reader.find_setting("公开排名").unwrap(), None);
        drop(reader);
        assert_eq!(house.read().find_setting("公开排名").unwrap().as_deref(), Some("是"));
    });
}

#[test]
fn an_office_sees_no_row_of_another() {
    each_database(|house| {
        let unit = house.unit("滨湖镇");
        let mut tx = house.store.write(OfficeId(0)).unwrap();
        let other = tx.insert_office("薛城区人民政府办公室", NOW).unwrap();
        assert_ne!(other, house.office);
        tx.set_setting("公开排名", "是").unwrap();
        tx.commit().unwrap();
        let mut theirs = house.store.read(other).unwrap();
        assert!(theirs.list_units(None).unwrap().is_empty());
        assert_eq!(theirs.find_unit(unit).unwrap(), None);
        assert_eq!(house.read().find_setting("公开排名").unwrap(), None);
    });
}

/// Runs `work` in eight threads at once and gathers what they give.
fn eight_at_once<T: Send>(house: &House, work: impl Fn(&tz_store::Store, usize) -> Vec<T> + Sync) -> Vec<T> {
    let (store, work) = (&house.store, &work);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|thread| scope.spawn(move || work(store, thread))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn eight_threads_take_numbers_without_gaps_though_some_give_up() {
    each_database(|house| {
        let office = house.office;
        let mut taken = eight_at_once(house, |store, thread| {
            let mut taken = Vec::new();
            for turn in 0..20 {
                let mut tx = store.write(office).unwrap();
                let number = tx.next_number("期号").unwrap();
                tx.record_act(&act("取号", &number.to_string())).unwrap();
                if (turn + thread) % 5 != 0 {
                    tx.commit().unwrap();
                    taken.push(number);
                }
            }
            taken
        });
        taken.sort_unstable();
        assert_eq!(taken, (1..=8 * 16).collect::<Vec<i64>>());
        assert_eq!(house.read().list_audit(None, 1000).unwrap().len(), 8 * 16);
    });
}

#[test]
fn two_programs_on_one_database_take_numbers_without_gaps() {
    each_database(|house| {
        let office = house.office;
        let other = house.place.open().unwrap();
        let take = |store: &tz_store::Store| {
            let mut tx = store.write(office).unwrap();
            let two = [tx.next_number("期号").unwrap(), tx.next_number("期号").unwrap()];
            tx.record_act(&act("取号", "两个")).unwrap();
            tx.record_act(&act("取号", "又记一笔")).unwrap();
            tx.commit().unwrap();
            two
        };
        // In turns: what one held is out of date once the other has written.
        assert_eq!([take(&house.store), take(&other), take(&house.store)].concat(), [1, 2, 3, 4, 5, 6]);
        let mut taken = eight_at_once(house, |store, thread| {
            (0..10).flat_map(|_| take(if thread % 2 == 0 { store } else { &other })).collect()
        });
        taken.sort_unstable();
        assert_eq!(taken, (7..=6 + 8 * 20).collect::<Vec<i64>>());
    });
}

#[test]
fn a_transaction_sees_what_it_holds_itself() {
    each_database(|house| {
        let unit = house.unit("龙阳镇");
        let item = crate::records::enter(house, "2018-0604-01", &[unit]).unwrap();
        let mut tx = house.write();
        let before = tx.ledger_end().unwrap();
        let fact = tx.append_fact(FactRow::new("采用", &[unit.0], "2018-06-04", "每日要情采用")).unwrap();
        assert_eq!(tx.ledger_end().unwrap().0, before.0 + 1);
        assert_eq!(fact.seq, before.0 + 1);
        for kind in ["claimed", "released"] {
            tx.append_event(EventRow {
                item_id: item.0,
                position: 0,
                at: NOW,
                account_id: None,
                kind: kind.to_owned(),
                text: String::new(),
                for_unit: false,
            })
            .unwrap();
        }
        let places: Vec<i64> =
            tx.list_events(Sight::Office, item).unwrap().into_iter().map(|event| event.position).collect();
        assert_eq!(places, [1, 2]);
        drop(tx);
        assert_eq!(house.read().ledger_end().unwrap(), before);
        assert!(house.read().list_events(Sight::Office, item).unwrap().is_empty());
    });
}

#[test]
fn the_same_bytes_are_stored_once_even_by_eight_threads() {
    each_database(|house| {
        let office = house.office;
        let places = eight_at_once(house, |store, thread| {
            let put = |bytes: &[u8]| {
                let mut tx = store.write(office).unwrap();
                let place = tx.put_content(bytes).unwrap();
                tx.commit().unwrap();
                place
            };
            let own = put(format!("of thread {thread}").as_bytes());
            let shared: Vec<i64> = (0..10).map(|turn| put(format!("paper {turn}").as_bytes())).collect();
            vec![(own, shared)]
        });
        let shared = &places[0].1;
        assert!(places.iter().all(|(_, theirs)| theirs == shared));
        let mut own: Vec<i64> = places.iter().map(|(own, _)| *own).collect();
        own.sort_unstable();
        own.dedup();
        assert_eq!(own.len(), 8);
        assert_eq!(house.read().content(shared[3]).unwrap(), b"paper 3");
    });
}

#[test]
fn a_database_of_the_first_structure_keeps_its_schemes() {
    each_place(|place| {
        let hash = |text: &str| sha256(text.as_bytes());
        let (old, new) = (hash("旧办法"), hash("新办法"));
        if let Place::Folder(folder) = place {
            fs::create_dir(folder).unwrap();
        }
        place.sql(include_str!("../../migrations/0001_house.sql"));
        place.sql("CREATE TABLE migration (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)");
        place.sql(&format!(
            "INSERT INTO migration (number, name) VALUES (1, 'house');
             INSERT INTO office (id, name, created_at) VALUES (1, '滕州市人民政府办公室', 0);
             INSERT INTO scheme (office_id, hash, scheme_id, text, from_date, adopted_at) VALUES
                 (1, '{new}', 'new', '新办法', '2019-01-01', 6),
                 (1, '{old}', 'old', '旧办法', '2018-01-01', 5),
                 (1, '{old}', 'old', '旧办法', '2020-01-01', 7);"
        ));
        let store = place.open().unwrap();
        let mut tx = store.write(OfficeId(1)).unwrap();
        let held: Vec<(i64, String, String)> =
            tx.list_schemes().unwrap().into_iter().map(|row| (row.seq, row.scheme_id, row.from_date)).collect();
        let want = [(3, "old", "2020-01-01"), (2, "new", "2019-01-01"), (1, "old", "2018-01-01")];
        assert_eq!(held, want.map(|(seq, id, from)| (seq, id.to_owned(), from.to_owned())));
        assert_eq!(tx.find_scheme_text(&old).unwrap().as_deref(), Some("旧办法"));
        // Numbers go on where the old rows end.
        let row = tx.list_schemes().unwrap().swap_remove(0);
        assert_eq!(tx.append_scheme(row).unwrap(), 4);
        assert_eq!(tx.verify_records().unwrap(), Vec::<String>::new());
    });
}
