//! 内网发布: what is published as a folder, what is kept out, and when the folder has to be written again.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tz_app::intranet::IntranetWish;
use tz_app::{Administrator, Chief, Problem, Role};

use crate::house::{House, said};

/// Every file of a folder with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(place) = open.pop() {
        for entry in fs::read_dir(&place).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                open.push(entry);
            } else {
                let name = entry.strip_prefix(folder).expect("inside").display().to_string();
                found.insert(name, fs::read(&entry).expect("a file"));
            }
        }
    }
    found
}

#[test]
fn the_folder_holds_what_is_published_and_single_issues_are_kept_out() {
    let Some(house) = House::with_faces() else { return };
    let administrator = Administrator::of(&house.account("钱管理", Role::Administrator)).expect("an administrator");
    let chief = Chief::of(&house.account("孙科长", Role::Chief)).expect("a chief");
    let water = house.issue("政情专报", &[house.item("2018-0613-01", "农村饮水安全问题", &["滨湖镇"])]);
    house.issue("政情专报", &[house.item("2018-0613-02", "夏粮收购有序推进", &["张汪镇"])]);
    house.issue("政情专报", &[house.item("2018-0613-03", "本件属于机密★一年", &["张汪镇"])]);

    let place = tempfile::tempdir().expect("a temporary folder");
    let folder = place.path().join("内网");
    let before = house.app.intranet_state().expect("a state");
    assert_eq!(house.app.write_intranet(&folder).expect("written"), 2);
    let first = files(&folder);
    let names: Vec<&str> = first.keys().map(String::as_str).collect();
    let of = |names: &[&str], ending: &str| names.iter().filter(|name| name.ends_with(ending)).count();
    assert_eq!(of(&names, ".pdf"), 2, "{names:?}");
    assert!(names.contains(&"index.html") && names.contains(&"feed.xml"), "{names:?}");
    let room = house.app.intranet(&administrator).expect("the room");
    assert_eq!(room.marked.len(), 1, "{:?}", room.marked);
    let called: Vec<&str> = room.works.iter().map(|work| work.name.as_str()).collect();
    // Both of one moment: in the order of their files.
    assert_eq!(called, ["《政情专报》2018年第1期", "《政情专报》2018年第2期"]);
    // The same state is the same files, and needs not be written again.
    house.app.write_intranet(&folder).expect("written");
    assert_eq!(files(&folder), first);
    assert_eq!(house.app.intranet_state().expect("a state"), before);

    // One issue kept out: gone from the index, the feed and the pages, also where they are read in place.
    let open = IntranetWish { open: true, ..IntranetWish::default() };
    house.app.save_intranet(&administrator, &open).expect("saved");
    let key = room.works[0].key.clone();
    let page = format!("{key}.html");
    assert!(house.app.intranet_file(&page).is_ok());
    let name = house.app.withhold_from_intranet(&administrator, &key, true).expect("kept out");
    assert_eq!(name, "《政情专报》2018年第1期");
    assert_ne!(house.app.intranet_state().expect("a state"), before);
    assert!(matches!(house.app.intranet_file(&page), Err(Problem::NotThere)));
    house.app.write_intranet(&folder).expect("written");
    let without = files(&folder);
    assert!(!without.contains_key(&page));
    let text = |name: &str| String::from_utf8_lossy(&without[name]).into_owned();
    assert!(!text("index.html").contains("农村饮水") && !text("feed.xml").contains("农村饮水"));
    assert!(text("index.html").contains("夏粮收购"));
    // Saving the other choices leaves it out; publishing it again gives the first folder back.
    house.app.save_intranet(&administrator, &IntranetWish { open: false, ..open }).expect("saved");
    let room = house.app.intranet(&administrator).expect("the room");
    assert_eq!(room.withheld.iter().map(|work| work.key.as_str()).collect::<Vec<_>>(), [key.as_str()]);
    house.app.withhold_from_intranet(&administrator, &key, false).expect("published");
    house.app.write_intranet(&folder).expect("written");
    assert_eq!(files(&folder), first);
    assert!(matches!(house.app.withhold_from_intranet(&administrator, "2018/p9-9", true), Err(Problem::NotThere)));

    // What is withdrawn is gone with the next writing.
    house.app.withdraw_issue(&chief, water, "数据有误").expect("withdrawn");
    assert_ne!(house.app.intranet_state().expect("a state"), before);
    assert_eq!(house.app.write_intranet(&folder).expect("written"), 1);
    // A folder with somebody's files is never replaced.
    let theirs = place.path().join("别人的");
    fs::create_dir(&theirs).expect("a folder");
    fs::write(theirs.join("通知.txt"), "勿删").expect("a file");
    assert!(said(house.app.write_intranet(&theirs)).contains("有别的文件"));
    assert!(theirs.join("通知.txt").is_file());
}
