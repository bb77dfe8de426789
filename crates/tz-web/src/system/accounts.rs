//! Accounts (账号): opened with a one-time link that is shown once, reset, disabled, enabled.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderMap, header};
use tz_app::account::{AccountState, NewAccount, account_state};
use tz_app::{Administrator, Problem, Role};
use tz_model::{AccountId, UnitId};

use super::{Choices, Field, Tab, Typed, faults_of, moment, number, tabs};
use crate::desk::{Desk, Frame, Room};
use crate::forms::Posted;
use crate::gate::By;
use crate::problem::{Answer, Oops};

#[derive(Template)]
#[template(path = "system/accounts.html")]
struct AccountsPage {
    frame: Frame,
    tabs: Vec<Tab>,
    accounts: Vec<AccountLine>,
    login: Field,
    name: Field,
    roles: Choices,
    units: Choices,
}

struct AccountLine {
    id: i64,
    login: String,
    name: String,
    role: &'static str,
    unit: String,
    state: &'static str,
    /// The class of the state's tag.
    tag: &'static str,
    seen: String,
    own: bool,
    disabled: bool,
}

#[derive(Template)]
#[template(path = "system/link.html")]
struct LinkPage {
    frame: Frame,
    tabs: Vec<Tab>,
    login: String,
    link: String,
}

async fn show(desk: &Desk, who: Administrator, typed: &Typed) -> Result<AccountsPage, Oops> {
    let own = who.account;
    let (accounts, choices, now) =
        desk.run(move |app| Ok((app.accounts(&who)?, app.unit_choices(&who)?, app.now().as_microsecond()))).await?;
    let unit_name = |id: i64| choices.units.iter().find(|(unit, _)| *unit == id).map(|(_, name)| name.clone());
    let lines = accounts
        .into_iter()
        .map(|account| {
            let state = account_state(&account, now);
            let tag = match state {
                AccountState::Well => "good",
                AccountState::Locked | AccountState::Fresh => "warn",
                AccountState::Disabled => "",
            };
            AccountLine {
                id: account.id,
                role: Role::of_key(&account.role).map_or("", Role::name),
                unit: account.unit_id.and_then(unit_name).unwrap_or_default(),
                login: account.login,
                name: account.name,
                state: state.name(),
                tag,
                seen: account.last_seen_at.map_or_else(|| "从未登录".to_owned(), moment),
                own: account.id == own.0,
                disabled: account.disabled,
            }
        })
        .collect();
    let roles = Role::ALL.map(|role| (role.key().to_owned(), role.name().to_owned()));
    let units = choices.units.iter().map(|(id, name)| (id.to_string(), name.clone()));
    Ok(AccountsPage {
        frame: desk.frame(Room::System, "账号"),
        tabs: tabs("/system/accounts"),
        accounts: lines,
        login: typed.field("login"),
        name: typed.field("name"),
        roles: Choices::of(typed, "role", roles),
        units: Choices::of(typed, "unit", units),
    })
}

/// `GET /system/accounts`
pub(super) async fn list(desk: Desk, By(who): By<Administrator>) -> Answer {
    let page = show(&desk, who, &Typed::default()).await?;
    desk.show(&page)
}

/// The page with the link. It is an answer to the form itself: the token stands in no address, cookie or log of ours.
fn link_page(desk: &Desk, headers: &HeaderMap, login: &str, token: &str) -> Answer {
    let scheme = if desk.server.settings.tls { "https" } else { "http" };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let site = host.map(|host| format!("{scheme}://{host}")).unwrap_or_default();
    desk.show(&LinkPage {
        frame: desk.frame(Room::System, "一次性链接"),
        tabs: tabs("/system/accounts"),
        login: login.to_owned(),
        link: format!("{site}/welcome/{token}"),
    })
}

/// `POST /system/accounts`: opens an account and shows its one-time link, once.
pub(super) async fn create(desk: Desk, headers: HeaderMap, By(who): By<Administrator>, posted: Posted) -> Answer {
    let new = NewAccount {
        login: posted.trimmed("login"),
        name: posted.trimmed("name"),
        role: posted.trimmed("role"),
        unit: posted.number("unit").map(UnitId),
    };
    let (by, login) = (who.clone(), new.login.clone());
    match desk.run(move |app| app.create_account(&by, &new)).await {
        Ok(token) => link_page(&desk, &headers, &login, &token),
        Err(oops) => {
            let typed = Typed { faults: faults_of(oops)?, posted };
            let page = show(&desk, who, &typed).await?;
            desk.show_faulty(&page)
        }
    }
}

/// `POST /system/accounts/{account}/reset`: ends the old password and shows a new one-time link, once.
pub(super) async fn reset(
    desk: Desk,
    headers: HeaderMap,
    By(who): By<Administrator>,
    Path(account): Path<String>,
) -> Answer {
    let id = number(&account)?;
    let reset = move |app: &tz_app::App| {
        let account = app.accounts(&who)?.into_iter().find(|account| account.id == id).ok_or(Problem::NotThere)?;
        Ok((account.login, app.reset_account(&who, AccountId(id))?))
    };
    let (login, token) = desk.run(reset).await?;
    link_page(&desk, &headers, &login, &token)
}

/// `POST /system/accounts/{account}/disable`
pub(super) async fn disable(desk: Desk, By(who): By<Administrator>, Path(account): Path<String>) -> Answer {
    let account = AccountId(number(&account)?);
    desk.run(move |app| app.set_account_disabled(&who, account, true)).await?;
    desk.done("/system/accounts", "账号已停用，其登录已全部退出。")
}

/// `POST /system/accounts/{account}/enable`
pub(super) async fn enable(desk: Desk, By(who): By<Administrator>, Path(account): Path<String>) -> Answer {
    let account = AccountId(number(&account)?);
    desk.run(move |app| app.set_account_disabled(&who, account, false)).await?;
    desk.done("/system/accounts", "账号已重新启用。")
}
