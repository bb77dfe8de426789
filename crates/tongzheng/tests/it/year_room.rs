//! A direct point proposed at the year's end (直报点末位淘汰, N2.4), decided upon in a real browser.

use std::path::Path;
use std::sync::Arc;

use jiff::civil::date;
use tz_app::{App, Chief, FixedClock, Person, Role};
use tz_model::{AccountId, Table};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_store::ledger::FactRow;

use crate::browser::Browser;
use crate::people::{account, first_administrator, sign_in, sign_out, welcome};
use crate::program::Running;

/// Closes December, the only month with facts, in the data folder of a server that does not run.
fn close_the_year(data: &Path) {
    let store = Arc::new(Store::open_folder(data).expect("the folder opens"));
    let clock = Arc::new(FixedClock::at("2018-12-10T01:00:00Z".parse().expect("a moment")));
    let scheme = Scheme::builtin("tengzhou-2018").expect("the scheme is built in");
    let shared: Arc<FixedClock> = Arc::clone(&clock);
    let app = App::open_or_set_up(Arc::clone(&store), shared, scheme, date(2018, 1, 1)).expect("the office");
    let mut tx = store.write(app.office()).expect("the database can be written");
    let unit = tx.list_units(None).expect("units")[0].unit_id;
    tx.append_fact(FactRow::new(Table::Events.name(), &[unit], "2018-12-05", "完成年度培训")).expect("a fact");
    tx.commit().expect("committed");
    clock.set("2019-01-03T01:00:00Z".parse().expect("a moment"));
    let person =
        Person {
            account: AccountId(2), name: "孔立新".to_owned(), role: Role::Chief, unit: None, must_change: false
        };
    let chief = Chief::of(&person).expect("a chief");
    app.close_month(&chief, "2018-12".parse().expect("a month")).expect("nothing stands in the way");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_direct_point_proposed_at_the_years_end_is_kept_or_lost_as_the_chief_decides() {
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let server = Running::serve(&data, "2018-12-01T09:00");
    first_administrator(&browser, &server).await;
    let link = account(&browser, &server.address, "kezhang", "孔立新", "科长", None).await;
    sign_out(&browser).await;
    welcome(&browser, &link).await;
    drop(server);
    close_the_year(&data);

    let server = Running::serve(&data, "2019-01-03T10:00");
    let address = server.address.clone();
    sign_in(&browser, &address, "kezhang").await;
    browser.go(&format!("{address}/assessment/year?year=2018")).await;
    browser.says("取消直报点").await;
    browser.picture("直报点末位").await;
    let name = browser.at("//form[contains(@action, 'direct-point')]/ancestor::tr/td[2]").await;
    let name = name.text().await.expect("a unit's name");
    let row = format!("//tr[td[2][normalize-space(.)='{name}'] and .//summary]");
    for (reason, decision) in [("新成立不满一年", "keep"), ("经研究取消", "lose")] {
        browser.at(&format!("{row}//summary")).await.click().await.expect("the form opens");
        let field = browser.at(&format!("{row}//input[@name='reason']")).await;
        field.send_keys(reason).await.expect("the field takes text");
        let button = browser.at(&format!("{row}//button[@value='{decision}']")).await;
        button.click().await.expect("the button can be pressed");
        if decision == "keep" {
            browser.says("保留：新成立不满一年").await;
        }
    }
    browser.window.accept_alert().await.expect("the question can be answered");
    browser.says(&format!("{name}已取消直报点资格。")).await;
    browser.picture("直报点决定").await;
    // From now on the directory knows it as no direct point.
    browser.go(&format!("{address}/network")).await;
    let line = browser.at(&format!("//tr[.//span[normalize-space(.)='{name}']]")).await;
    assert!(!line.text().await.expect("a text").contains("直报点"));
}
