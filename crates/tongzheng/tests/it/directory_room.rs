//! The directory in a real browser: units, people and mailboxes go out as workbooks and come back corrected; a unit asks for a mailbox;
//! the office sees who falls short, keeps its partner offices and the rights of officers.

use std::path::Path;

use tz_tables::{Cell, List, ListColumn, list_workbook, read_grid};

use crate::browser::Browser;
use crate::people::{account, first_administrator, sign_in, sign_out, welcome};
use crate::program::{Running, get};

/// A list of the directory as a person keeps it: heads, and rows as long as these.
struct Kept {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Kept {
    /// The workbook that the link of this page gives.
    async fn download(browser: &Browser, address: &str) -> Self {
        let link = browser.find("main .do a[href$='list.xlsx']").await;
        let path = link.attr("href").await.expect("an attribute").expect("an address");
        let cookie = browser.window.get_named_cookie("tongzheng").await.expect("the session's cookie");
        let answer = get(address, &path, cookie.value());
        let body = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head ends") + 4;
        let mut grid = read_grid(&answer[body..]).expect("a workbook").into_iter().skip(1);
        let heads = grid.next().expect("heads under the title");
        let whole = |mut row: Vec<String>| {
            row.resize(heads.len(), String::new());
            row
        };
        Self { rows: grid.map(whole).collect(), heads: heads.clone() }
    }

    fn place(&self, column: &str) -> usize {
        self.heads.iter().position(|head| head == column).unwrap_or_else(|| panic!("no column {column}"))
    }

    /// Writes into the row of a name, or into a new one under the last.
    fn set(&mut self, name: &str, cells: &[(&str, &str)]) {
        let row = match self.rows.iter().position(|row| row[0] == name) {
            Some(row) => row,
            None => {
                self.rows.push(vec![String::new(); self.heads.len()]);
                self.rows.len() - 1
            }
        };
        self.rows[row][0] = name.to_owned();
        for (column, text) in cells {
            let at = self.place(column);
            self.rows[row][at] = (*text).to_owned();
        }
    }

    /// Chooses the list, as a spreadsheet program would have saved it, on the page of its import, and has it looked at.
    async fn send(&self, browser: &Browser, folder: &Path, page: &str) {
        let columns = self.heads.iter().map(|head| ListColumn::new(head.clone(), 14.0)).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(|cell| Cell::from(cell.as_str())).collect()).collect();
        let list = List { name: "表".to_owned(), title: "改过的表".to_owned(), columns, rows };
        let file = folder.join("改过的表.xlsx");
        std::fs::write(&file, list_workbook("表", &[list]).expect("a workbook")).expect("the file can be written");
        browser.go(page).await;
        let chooser = browser.find("#file").await;
        chooser.send_keys(&file.display().to_string()).await.expect("the file can be chosen");
        browser.press("读入并核对").await;
        browser.says("，没有变化的").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_directory_is_kept_by_workbooks_and_the_office_sees_who_falls_short() {
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Running::serve(&folder.path().join("data"), "2018-06-20T09:00");
    let address = server.address.clone();
    first_administrator(&browser, &server).await;
    let links = [
        account(&browser, &address, "bianji", "李文博", "编辑", None).await,
        account(&browser, &address, "binhu", "王静", "信息员", Some("滨湖镇")).await,
    ];

    // Units: a list with faults changes nothing, the right one shows what it would change, and is taken in.
    browser.go(&format!("{address}/system")).await;
    let mut units = Kept::download(&browser, &address).await;
    assert_eq!(units.rows.len(), 103);
    let page = format!("{address}/system/units/import");
    units.set("高铁新区管委会", &[("类别", "丁类"), ("变更原因", "重新分类")]);
    units.set("科创新区管委会", &[("类别", "A类"), ("排名组", "A类"), ("变更原因", "新设机构")]);
    units.set("滨湖镇", &[("主管单位", "科创新区"), ("变更原因", "划归新区")]);
    units.send(&browser, folder.path(), &page).await;
    browser.says("2处差错，改好才能导入").await;
    browser.says("“丁类”不是计分办法里的类别，可以填A类、B类、C类").await;
    browser.says("没有“科创新区”这个主管单位，是不是“科创新区管委会”？请改正。").await;
    browser.picture("导入单位表有差错").await;
    units.set("高铁新区管委会", &[("类别", "A类"), ("变更原因", "")]);
    units.set("滨湖镇", &[("主管单位", "科创新区管委会")]);
    units.send(&browser, folder.path(), &page).await;
    browser.says("新增1个单位，变更1个单位，没有变化的102行").await;
    browser.says("主管单位 空白 → 科创新区管委会").await;
    browser.picture("导入单位表核对").await;
    browser.press("导入2项").await;
    browser.says("已导入：新增1个单位，变更1个单位，没有变化的102行。").await;
    browser.says("共104个").await;
    units.send(&browser, folder.path(), &page).await;
    browser.says("与现有登记相同，没有要导入的").await;

    // People in their duties, and one who left.
    browser.go(&format!("{address}/system/people")).await;
    let mut people = Kept::download(&browser, &address).await;
    assert!(people.rows.is_empty());
    let page = format!("{address}/system/people/import");
    people.set("滨湖镇", &[("姓名", "王静"), ("职责", "信息干事"), ("任职日期", "2016-03-01")]);
    people.send(&browser, folder.path(), &page).await;
    browser.says("第3行“职责”：职责应为第一责任人、直接责任人、具体责任人、信息员。").await;
    people.set("滨湖镇", &[("职责", "信息员"), ("电话", "0632-5510000")]);
    people.send(&browser, folder.path(), &page).await;
    browser.says("滨湖镇 王静 信息员").await;
    browser.press("导入1项").await;
    browser.says("已导入：新增1人次").await;
    browser.press("王静").await;
    browser.choose("duty", "具体责任人").await;
    browser.press("变更").await;
    browser.says("2016-03-01 至 2018-06-20").await;
    browser.picture("任职记录").await;

    // Mailboxes.
    browser.go(&format!("{address}/system/mailboxes")).await;
    let mut mailboxes = Kept::download(&browser, &address).await;
    let page = format!("{address}/system/mailboxes/import");
    mailboxes.set("龙泉街道", &[("登记邮箱", "longquan")]);
    mailboxes.send(&browser, folder.path(), &page).await;
    browser.says("第3行“登记邮箱”：邮箱地址不完整").await;
    mailboxes.set("龙泉街道", &[("登记邮箱", "longquan@tengzhou.example")]);
    mailboxes.send(&browser, folder.path(), &page).await;
    browser.press("导入1项").await;
    browser.says("已导入：新增1个邮箱").await;
    browser.says("longquan@tengzhou.example").await;
    sign_out(&browser).await;
    for link in &links {
        welcome(&browser, link).await;
    }

    // The unit asks for its own, the administrator agrees.
    sign_in(&browser, &address, "binhu").await;
    browser.go(&format!("{address}/report/mailbox")).await;
    browser.fill("address", "binhu@tengzhou.example").await;
    browser.fill("reason", "镇政府统一邮箱").await;
    browser.press("提交申请").await;
    browser.says("等待审核").await;
    sign_out(&browser).await;
    sign_in(&browser, &address, "guanliyuan").await;
    browser.go(&format!("{address}/system/mailboxes")).await;
    browser.press("单位的变更申请").await;
    browser.says("镇政府统一邮箱").await;
    browser.press("同意").await;
    browser.says("没有等待审核的申请").await;
    sign_out(&browser).await;

    // The office sees who falls short, and keeps what is its own.
    sign_in(&browser, &address, "bianji").await;
    browser.go(&format!("{address}/network")).await;
    browser.says("104个单位，信息员不足的104个，未登记邮箱的102个").await;
    browser.says("binhu@tengzhou.example").await;
    browser.says("具体责任人：王静 0632-5510000").await;
    let network = Kept::download(&browser, &address).await.rows;
    assert!(network.iter().any(|row| row.contains(&"滨湖镇".to_owned())), "{network:?}");
    browser.go(&format!("{address}/network/partners")).await;
    browser.fill("name", "市委办公室信息科").await;
    browser.fill("contact", "孙涛").await;
    browser.press("登记").await;
    browser.says("协作单位已登记。").await;
    let partners = Kept::download(&browser, &address).await.rows;
    assert_eq!(&partners[0][..2], ["市委办公室信息科", "孙涛"]);
    browser.go(&format!("{address}/network/rights")).await;
    browser.find("input[aria-label='滨湖镇列席会议']").await.click().await.expect("the box can be ticked");
    browser.press("保存镇街").await;
    browser.says("已保存，变更1项。").await;
    let rights = Kept::download(&browser, &address).await;
    let (unit, meetings) = (rights.place("单位"), rights.place("列席会议"));
    let given = rights.rows.iter().find(|row| row[unit] == "滨湖镇").map(|row| row[meetings].as_str());
    assert_eq!(given, Some("已落实"));
}
