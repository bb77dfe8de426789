//! Rows changed past the program are found, every one of them (the check of reliability 26).

use tz_store::audit::Act;
use tz_store::ledger::FactRow;
use tz_store::mail::MailRow;

use crate::house::{House, NOW, each_database};
use crate::records::{close, enter};

/// An office with something in every table that is checked.
fn furnish(house: &House) {
    let unit = house.unit("界河镇");
    enter(house, "2018-0604-01", &[unit]).unwrap();
    let may = close(house, 1, "2018-05", "{\"month\":\"2018-05\"}", "").unwrap();
    close(house, 2, "2018-06", "{\"month\":\"2018-06\"}", &may).unwrap();
    let mut tx = house.write();
    tx.append_fact(FactRow::new("采用", &[unit.0], "2018-06-04", "每日要情采用")).unwrap();
    let content_id = Some(tx.put_content(b"From: binhu@126.com").unwrap());
    tx.insert_mail(MailRow {
        id: 0,
        office_id: 0,
        source: "1.eml".to_owned(),
        message_id: None,
        sha256: "hash".to_owned(),
        content_id,
        received_at: NOW,
        sender: "binhu@126.com".to_owned(),
        subject: "信息".to_owned(),
        fate: "quarantine".to_owned(),
        reason: "发件人未登记。".to_owned(),
        unit_id: None,
        same_as: None,
        settled_at: None,
        settled_by: None,
        held_as: String::new(),
        held_why: String::new(),
        tries: 0,
        signed_by: String::new(),
        head_sha256: None,
    })
    .unwrap();
    for object in ["wang", "li", "zhao"] {
        tx.record_act(&Act { at: NOW, account: None, who: "通政", act: "登录", object, done: true, detail: "" })
            .unwrap();
    }
    tx.commit().unwrap();
}

#[test]
fn every_changed_row_is_found_and_a_mended_one_is_sound_again() {
    let changes = [
        ("UPDATE audit SET who = '某人' WHERE seq = 2", "UPDATE audit SET who = '通政' WHERE seq = 2", "审计记录第2条"),
        ("UPDATE audit SET at = at + 1 WHERE seq = 1", "UPDATE audit SET at = at - 1 WHERE seq = 1", "审计记录第1条"),
        (
            "UPDATE audit SET outcome = '失败' WHERE seq = 3",
            "UPDATE audit SET outcome = '成功' WHERE seq = 3",
            "审计记录第3条",
        ),
        (
            "UPDATE audit SET account_id = 1 WHERE seq = 3",
            "UPDATE audit SET account_id = NULL WHERE seq = 3",
            "审计记录第3条",
        ),
        (
            "UPDATE statement SET content = '{}' WHERE number = 1",
            "UPDATE statement SET content = '{\"month\":\"2018-05\"}' WHERE number = 1",
            "计分表第1号（2018-05）的内容",
        ),
        (
            "UPDATE statement SET number = 3 WHERE number = 2",
            "UPDATE statement SET number = 2 WHERE number = 3",
            "计分表缺第2号",
        ),
        ("UPDATE content SET size = size + 1", "UPDATE content SET size = size - 1", "号存件的内容与其校验值不符"),
        ("UPDATE mail SET fate = 'item'", "UPDATE mail SET fate = 'quarantine'", "号来信的去向“item”"),
        ("UPDATE item SET revision = 2", "UPDATE item SET revision = 1", "稿件2018-0604-01的版本不连续"),
        ("UPDATE fact SET date = '2018-07-01'", "UPDATE fact SET date = '2018-06-04'", "现行索引与台账不一致"),
        ("UPDATE fact_now SET seq = seq + 1", "UPDATE fact_now SET seq = seq - 1", "现行索引与台账不一致"),
    ];
    each_database(|house| {
        furnish(house);
        assert_eq!(house.verify(), Vec::<String>::new());
        for (change, mend, said) in changes {
            house.tamper(change);
            let faults = house.verify();
            assert!(faults.iter().any(|fault| fault.contains(said)), "{change} on {:?}: {faults:?}", house.kind());
            house.tamper(mend);
            assert_eq!(house.verify(), Vec::<String>::new(), "{mend} on {:?}", house.kind());
        }
    });
}

#[test]
fn a_deleted_act_is_found_wherever_it_stood() {
    for (change, said) in [
        ("DELETE FROM audit WHERE seq = 1", "审计记录缺第1条"),
        ("DELETE FROM audit WHERE seq = 2", "审计记录缺第2条"),
        ("DELETE FROM audit WHERE seq = 3", "审计记录缺第3条"),
        ("DELETE FROM audit", "审计记录缺第1条"),
    ] {
        each_database(|house| {
            furnish(house);
            house.tamper(change);
            let faults = house.verify();
            assert!(faults.iter().any(|fault| fault.contains(said)), "{change} on {:?}: {faults:?}", house.kind());
        });
    }
}
