//! The lists of the directory as workbooks, out and in: units, people, registered mailboxes.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it must be")]

mod support;

use axum::http::StatusCode;
use support::{Browser, Office, Page};
use tz_app::Role;
use tz_tables::read_grid;

/// The value of a hidden field of a page.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap()
}

/// What stood in a page as it was before it was escaped.
fn plain(text: &str) -> String {
    text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}

/// A list of the directory, told by the address of its pages.
struct List<'a> {
    office: &'a Office,
    browser: Browser,
    at: &'static str,
}

impl List<'_> {
    /// The workbook as it is now, as rows of texts.
    async fn sheet(&self) -> Vec<Vec<String>> {
        let page = self.office.get(&format!("{}/list.xlsx", self.at), Some(&self.browser)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let mut rows = read_grid(&page.bytes).unwrap();
        let longest = rows.iter().map(Vec::len).max().unwrap_or(0);
        rows.iter_mut().for_each(|row| row.resize(longest, String::new()));
        rows
    }

    async fn look(&self, name: &str, bytes: &[u8]) -> Page {
        self.office.upload(&format!("{}/import", self.at), &self.browser, &[], (name, bytes)).await
    }

    /// Looks at rows, as a spreadsheet program saves them as CSV.
    async fn look_at(&self, rows: &[Vec<String>]) -> Page {
        let line = |row: &Vec<String>| row.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",");
        self.look("表.csv", rows.iter().map(line).collect::<Vec<_>>().join("\n").as_bytes()).await
    }

    /// Looks at the workbook as it went out.
    async fn look_again(&self) -> Page {
        let sheet = self.office.get(&format!("{}/list.xlsx", self.at), Some(&self.browser)).await;
        self.look("表.xlsx", &sheet.bytes).await
    }

    /// Presses the button of a page that showed what would change.
    async fn take(&self, looked: &Page) -> Page {
        let rows = plain(hidden(&looked.text, "seal-rows"));
        let fields = [("seal-rows", rows.as_str()), ("seal-seen", hidden(&looked.text, "seal-seen"))];
        self.office.upload(&format!("{}/import/take", self.at), &self.browser, &fields, ("", b"")).await
    }
}

fn list<'a>(office: &'a Office, at: &'static str) -> List<'a> {
    List { office, browser: office.browser(Role::Administrator), at }
}

fn set(row: &mut [String], heads: &[String], column: &str, text: &str) {
    let at = heads.iter().position(|head| head == column).unwrap();
    text.clone_into(&mut row[at]);
}

#[tokio::test]
async fn units_go_out_and_come_back_and_nothing_is_taken_in_before_it_was_looked_at() {
    let office = Office::new();
    let units = list(&office, "/system/units");
    let before = units.sheet().await;
    assert_eq!(before.len(), 2 + 103);
    let heads = before[1].clone();
    assert_eq!(
        heads,
        [
            "单位",
            "原名称",
            "类别",
            "排名组",
            "直报点",
            "直报领域",
            "主管单位",
            "起始日期",
            "截止日期",
            "生效日期",
            "变更原因"
        ]
    );
    // As it went out it comes back, and nothing is to change.
    let same = units.look_again().await;
    assert_eq!(same.status, StatusCode::OK, "{}", same.text);
    assert!(same.text.contains("与现有登记相同") && same.text.contains("没有变化的103行"), "{}", same.text);
    assert!(!same.text.contains("seal-rows"), "nothing to press");

    let find = |rows: &[Vec<String>], name: &str| rows.iter().position(|row| row[0] == name).unwrap();
    let mut faulty = before.clone();
    let (renamed, moved) = (find(&before, "滕州经济开发区管委会"), find(&before, "滨湖镇"));
    set(&mut faulty[renamed], &heads, "类别", "丁类");
    set(&mut faulty[moved], &heads, "主管单位", "滨湖镇");
    set(&mut faulty[moved + 1], &heads, "起始日期", "2018-13-01");
    set(&mut faulty[moved + 1], &heads, "变更原因", "核对");
    let mut blank = vec![String::new(); heads.len()];
    set(&mut blank, &heads, "单位", "科创新区管委会");
    set(&mut blank, &heads, "生效日期", "2018-07-01");
    set(&mut blank, &heads, "主管单位", "市政府办");
    faulty.push(blank.clone());
    let page = units.look_at(&faulty).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let at = |row: usize, column: &str| format!("第{}行“{column}”：", row + 1);
    for said in [
        format!("{}“丁类”不是计分办法里的类别，可以填", at(renamed, "类别")),
        format!("{}请填写原因", at(renamed, "变更原因")),
        format!("{}主管单位不能是本单位", at(moved, "主管单位")),
        format!("{}“2018-13-01”不是日期", at(moved + 1, "起始日期")),
        format!("{}没有“市政府办”这个主管单位", at(faulty.len() - 1, "主管单位")),
        format!("{}没有填写排名组，可以填", at(faulty.len() - 1, "排名组")),
        format!("{}新增的单位请填起始日期，不填生效日期", at(faulty.len() - 1, "生效日期")),
    ] {
        assert!(page.text.contains(&said), "{said}: {}", page.text);
    }
    assert!(!page.text.contains("seal-rows"));

    // A rename, a move under a unit of the same list, a new unit; columns in another order, a date as people write it.
    let mut good = before.clone();
    set(&mut good[renamed], &heads, "单位", "滕州经开区管委会");
    set(&mut good[renamed], &heads, "原名称", "滕州经济开发区管委会");
    set(&mut good[renamed], &heads, "变更原因", "机构改革更名");
    set(&mut good[moved], &heads, "主管单位", "科创新区管委会");
    set(&mut good[moved], &heads, "起始日期", "2018/6/4");
    set(&mut good[moved], &heads, "变更原因", "划归新区");
    let (classed, later) = (
        find(&before, "财政局"),
        [("类别", "B类"), ("排名组", "B类"), ("生效日期", "2018/7/1"), ("变更原因", "重新分类")],
    );
    for (column, text) in later {
        set(&mut good[classed], &heads, column, text);
    }
    for (column, text) in
        [("主管单位", ""), ("生效日期", ""), ("类别", "A类"), ("排名组", "A类"), ("变更原因", "新设机构")]
    {
        set(&mut blank, &heads, column, text);
    }
    good.push(blank);
    for row in &mut good[1..] {
        row.rotate_left(3);
    }
    let page = units.look_at(&good).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("新增1个单位，变更3个单位，没有变化的100行"), "{}", page.text);
    for said in [
        "滕州经济开发区管委会</span> → 滕州经开区管委会",
        "空白</span> → 2018-06-04",
        "空白</span> → 2018-07-01",
        "导入4项",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    assert_eq!(units.sheet().await, before, "nothing is taken in by looking");

    // Somebody else renames the unit meanwhile: what was looked at is not what would happen.
    let fields = [("name", "经开区"), ("class", "A类"), ("group", "A类"), ("reason", "更名")];
    let renamed_meanwhile = office.post("/system/units/22", Some(&units.browser), &fields).await;
    assert_eq!(renamed_meanwhile.status, StatusCode::SEE_OTHER, "{}", renamed_meanwhile.text);
    let page = units.take(&page).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text.contains("没有“滕州经济开发区管委会”这个单位") && page.text.contains("还没有导入"),
        "{}",
        page.text
    );
    let back = [("name", "滕州经济开发区管委会"), ("class", "A类"), ("group", "A类"), ("reason", "改回")];
    office.post("/system/units/22", Some(&units.browser), &back).await;
    let page = units.look_at(&good).await;
    let done = units.take(&page).await;
    let after = office.followed(&units.browser, &done).await;
    assert!(after.contains("已导入：新增1个单位，变更3个单位，没有变化的100行。"), "{after}");
    assert!(after.contains("共104个") && after.contains("滕州经开区管委会"), "{after}");
    let now = units.sheet().await;
    assert_eq!(now[moved][6], "科创新区管委会");
    assert_eq!(now[moved][7], "2018-06-04");
    assert_eq!(
        (now[classed][2].as_str(), now[classed][9].as_str()),
        ("B类", ""),
        "the day is the change's, not the unit's"
    );
    // The same list again: it says what is recorded by now.
    let again = units.look_at(&good).await;
    assert!(again.text.contains("没有变化的104行"), "{}", again.text);
    let audit = office.get("/system/audit", Some(&units.browser)).await.text;
    assert!(audit.contains("滕州经开区管委会（原滕州经济开发区管委会）"), "{audit}");
    assert!(audit.contains("机构改革更名（导入）") && audit.contains("新设机构（导入）"), "{audit}");
}

#[tokio::test]
async fn parents_in_a_ring_and_one_name_twice_are_refused_whatever_the_row() {
    let office = Office::new();
    let units = list(&office, "/system/units");
    let text = "单位,原名称,主管单位,变更原因\n滨湖镇,,龙泉街道,划转\n龙泉街道,,滨湖镇,划转\n荆河街道,,,\n荆河街道,,,\n\
                东郭镇,北辛街道,,更名";
    let page = units.look("表.csv", text.as_bytes()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in [
        "第2行“主管单位”：主管单位不能是本单位，也不能是本单位下属的单位",
        "第3行“主管单位”：主管单位不能是本单位，也不能是本单位下属的单位",
        "第5行“单位”：和第4行写的是同一个单位",
        "第6行“单位”：已有名为“东郭镇”的单位",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    for (name, bytes) in [("图.xlsx", &b"PK\x03\x04broken"[..]), ("空.csv", b""), ("无.csv", "姓名,单位\n".as_bytes())]
    {
        let page = units.look(name, bytes).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", page.text);
    }
    let nothing = office.upload("/system/units/import/take", &units.browser, &[], ("", b"")).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text.contains("没有收到要导入的内容"), "{}", nothing.text);
}

#[tokio::test]
async fn people_and_mailboxes_come_in_by_lists_and_go_out_with_their_days() {
    let office = Office::new();
    let people = list(&office, "/system/people");
    let text =
        "名册\n姓名,职责,单位,任职日期,电话\n王静,信息员,荆河街道,2016-03-01,0632-5500000\n李娜,信息员,荆河街道,,";
    let page = people.look("名册.csv", text.as_bytes()).await;
    assert!(page.text.contains("新增2人次，变更0人次"), "{}", page.text);
    let done = people.take(&page).await;
    let after = office.followed(&people.browser, &done).await;
    assert!(
        after.contains("已导入：新增2人次") && after.contains("在任2人") && after.contains("2016-03-01"),
        "{after}"
    );
    let audit = office.get("/system/audit", Some(&people.browser)).await.text;
    assert!(audit.contains("荆河街道 信息员，2016-03-01任职（导入）"), "{audit}");

    // A duty that ended by the list stays on record, and the workbook has a sheet for it.
    let mut rows = people.sheet().await;
    assert_eq!(rows[1], ["单位", "姓名", "职责", "任职日期", "离任日期", "电话", "邮箱"]);
    let heads = rows[1].clone();
    set(&mut rows[2], &heads, "离任日期", "2018-06-01");
    let mut next = rows[2].clone();
    for (column, text) in [("职责", "具体责任人"), ("任职日期", "2018-06-01"), ("离任日期", "")] {
        set(&mut next, &heads, column, text);
    }
    rows.push(next);
    let page = people.look_at(&rows).await;
    assert!(page.text.contains("新增1人次，变更1人次，没有变化的1行"), "{}", page.text);
    people.take(&page).await;
    let after = people.sheet().await;
    assert_eq!(after.iter().filter(|row| row[0] == "荆河街道").count(), 3, "{after:?}");
    assert!(people.look_again().await.text.contains("没有变化的3行"), "{after:?}");
    let unit = office.get("/system/units/1", Some(&people.browser)).await.text;
    assert!(unit.contains("历任 1 人次") && unit.contains("2016-03-01 至 2018-06-01"), "{unit}");
    assert!(office.get("/system", Some(&people.browser)).await.text.contains("1 / 3"), "only 李娜 counts");
    let duty = percent_encoding::utf8_percent_encode("信息员", percent_encoding::NON_ALPHANUMERIC).to_string();
    let officers = office.get(&format!("/system/people?unit=1&of={duty}"), Some(&people.browser)).await.text;
    assert!(officers.contains("李娜</a>") && !officers.contains("王静</a>"), "{officers}");
    let none = office.get("/system/people?unit=2", Some(&people.browser)).await.text;
    assert!(none.contains("在任2人") && none.contains("没有这样的人员"), "{none}");

    let mailboxes = list(&office, "/system/mailboxes");
    // The list of people has addresses too, but none that would become a unit's.
    let page = mailboxes.look_at(&after).await;
    assert!(page.text.contains("没有找到表头"), "{}", page.text);
    let text = "登记邮箱,单位\njinghe@126.com,荆河街道\njinghe2@126.com,荆河街\nlongquan,龙泉街道";
    let page = mailboxes.look("邮箱.csv", text.as_bytes()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in ["第3行“单位”：没有“荆河街”这个单位，是不是“荆河街道”", "第4行“登记邮箱”：邮箱地址不完整"]
    {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    let page = mailboxes.look("邮箱.csv", "登记邮箱,单位\njinghe@126.com,荆河街道".as_bytes()).await;
    let after = office.followed(&mailboxes.browser, &mailboxes.take(&page).await).await;
    assert!(after.contains("已导入：新增1个邮箱") && after.contains("jinghe@126.com"), "{after}");
    let sheet = mailboxes.sheet().await;
    assert_eq!(&sheet[2][..2], ["荆河街道", "jinghe@126.com"]);
    assert!(mailboxes.look_again().await.text.contains("没有变化的1行"));
}

#[tokio::test]
async fn a_change_of_duty_keeps_what_was_and_the_minimum_counts_who_is_in_duty() {
    let office = Office::new();
    let browser = office.browser(Role::Administrator);
    for name in ["张三", "李四", "王五"] {
        let fields =
            [("unit", "1"), ("name", name), ("duty", "信息员"), ("from", "2017-03-01"), ("phone", ""), ("mail", "")];
        let page = office.post("/system/people", Some(&browser), &fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    }
    let twice =
        [("unit", "1"), ("name", "张三"), ("duty", "信息员"), ("from", "2018-07-01"), ("phone", ""), ("mail", "")];
    let page = office.post("/system/people", Some(&browser), &twice).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("张三已登记为信息员") && page.text.contains("任职日期不能晚于今天"), "{}", page.text);
    let one = office.get("/system/people/1", Some(&browser)).await.text;
    assert!(one.contains("张三 信息员") && one.contains("2017-03-01 起"), "{one}");
    for (duty, day, said) in [
        ("信息员", "2018-06-01", "张三现在就是信息员"),
        ("科长", "2018-06-01", "职责应为"),
        ("具体责任人", "2018-06-21", "变更日期不能晚于今天"),
        ("具体责任人", "2017-02-01", "变更日期早于任职日期 2017-03-01"),
        ("具体责任人", "六月", "“六月”不是日期"),
    ] {
        let page = office.post("/system/people/1/duty", Some(&browser), &[("duty", duty), ("day", day)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}: {}", page.text);
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    let change = [("duty", "具体责任人"), ("day", "2018-06-01")];
    let page = office.post("/system/people/1/duty", Some(&browser), &change).await;
    let after = office.followed(&browser, &page).await;
    assert!(after.contains("张三 具体责任人") && after.contains("2017-03-01 至 2018-06-01"), "{after}");
    assert!(after.contains("2018-06-01 起"), "{after}");
    assert!(office.get("/system", Some(&browser)).await.text.contains("2 / 3"));
    let unit = office.get("/system/units/1", Some(&browser)).await.text;
    assert!(unit.contains("历任 1 人次"), "{unit}");
    // What ended is not changed to another duty, nor left again.
    assert_eq!(office.post("/system/people/1/duty", Some(&browser), &change).await.status, StatusCode::NOT_FOUND);
    let fix = [("name", "张三"), ("from", "2017-04-01"), ("phone", "0632-5500009"), ("mail", "")];
    let page = office.post("/system/people/1", Some(&browser), &fix).await;
    assert!(office.followed(&browser, &page).await.contains("2017-04-01 至 2018-06-01"));
    let none = office.post("/system/people/1", Some(&browser), &fix).await;
    assert!(none.text.contains("没有需要更正的内容"), "{}", none.text);
    let left = office.post("/system/people/2/left", Some(&browser), &[("day", "2017-02-01")]).await;
    assert_eq!(left.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(left.text.contains("离任日期早于任职日期"), "{}", left.text);
    let audit = office.get("/system/audit", Some(&browser)).await.text;
    assert!(audit.contains("信息员 → 具体责任人，2018-06-01任职"), "{audit}");
    assert!(audit.contains("任职日期 2017-03-01 → 2017-04-01，电话有变"), "{audit}");
    assert!(!audit.contains("5500009"), "how to reach a person is not copied into the audit");
}
