//! Setting a postbox up, for an administrator.

use std::fmt;

use tz_model::{PostboxId, parse_date};
use tz_store::audit::Act;
use tz_store::postbox::PostboxRow;
use tz_store::{Tx, Write};

use super::{Checked, KeyFile, PostboxHealth, PostboxOrder};
use crate::problem::all_right;
use crate::{Administrator, App, FieldFault, Problem};

/// How a connection is kept safe: as stored, and as people call it.
pub const SECURITIES: [(&str, &str); 3] = [
    ("tls", "TLS（端口993，推荐）"),
    ("starttls", "STARTTLS（端口143）"),
    ("plain", "不加密（只用于本机的邮箱服务器）"),
];

/// A password. Cannot be printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// For the one who must send it.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a postbox is to be, as typed (收信邮箱).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostboxWish {
    /// 名称
    pub name: String,
    /// 服务器
    pub host: String,
    /// 端口
    pub port: String,
    /// One of [`SECURITIES`].
    pub security: String,
    /// 自签CA证书, in PEM.
    pub authorities: String,
    /// 也信任本机的证书颁发机构
    pub system_trust: bool,
    /// 登录名
    pub login: String,
    /// 授权码; empty: as before.
    pub password: Secret,
    /// 文件夹
    pub folder: String,
    /// 另收文件夹, one a line
    pub more_folders: String,
    /// 起始日期
    pub start_from: String,
    /// 服务商核验标识
    pub authserv_id: String,
    /// 收后标为已读
    pub mark_seen: bool,
    /// 启用
    pub enabled: bool,
}

/// A postbox as an administrator looks at it. Its password never comes along.
#[derive(Clone, Debug)]
pub struct PostboxPage {
    /// Its identity.
    pub id: PostboxId,
    /// Its settings, without the password.
    pub wish: PostboxWish,
    /// A password is there.
    pub has_password: bool,
    /// How it is doing.
    pub health: PostboxHealth,
    /// What the newest comparisons with the server found, newest first.
    pub checks: Vec<Checked>,
}

/// Folders that may be followed beside a postbox's own: each is looked into on every round.
const MORE_FOLDERS: usize = 10;

/// For what a password is sealed: the postbox it belongs to.
pub(super) fn about(office: i64, id: i64) -> String {
    format!("postbox {office}/{id}")
}

fn wish_of(row: &PostboxRow) -> PostboxWish {
    PostboxWish {
        name: row.name.clone(),
        host: row.host.clone(),
        port: row.port.to_string(),
        security: row.security.clone(),
        authorities: row.authorities.clone(),
        system_trust: row.system_trust,
        login: row.login.clone(),
        password: Secret::default(),
        folder: row.folder.clone(),
        more_folders: row.more_folders.clone(),
        start_from: row.start_from.clone(),
        authserv_id: row.authserv_id.clone(),
        mark_seen: row.mark_seen,
        enabled: row.enabled,
    }
}

fn one_line(field: &'static str, what: &str, text: &str, most: usize, needed: bool) -> Option<FieldFault> {
    let count = text.chars().count();
    let wrong = (needed && count == 0) || count > most || text.chars().any(char::is_control);
    wrong.then(|| FieldFault::new(field, format!("请填写{what}，{most}个字符以内，写成一行。")))
}

/// A folder as it is stored: the name of the inbox is the same however it is written (RFC 3501).
fn folder_named(text: &str) -> &str {
    let name = text.trim();
    if name.eq_ignore_ascii_case("INBOX") { "INBOX" } else { name }
}

/// Further folders, one a line: each once, and none the postbox's own.
fn checked_folders(text: &str, own: &str, faults: &mut Vec<FieldFault>) -> String {
    let mut folders: Vec<&str> = Vec::new();
    for folder in text.lines().map(folder_named).filter(|folder| !folder.is_empty()) {
        faults.extend(one_line("more_folders", "文件夹的名称", folder, 200, true));
        if folder == own {
            faults.push(FieldFault::new("more_folders", format!("“{folder}”就是收件的文件夹，不必再列。")));
        } else if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    if folders.len() > MORE_FOLDERS {
        let sentence = format!("另收文件夹不超过{MORE_FOLDERS}个，请只列会收到报送来信的。");
        faults.push(FieldFault::new("more_folders", sentence));
    }
    folders.join("\n")
}

/// True for this machine itself, where nothing can be overheard on the way.
pub(crate) fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The row a wish asks for, without password, or every fault in it.
fn checked(wish: &PostboxWish, before: Option<&PostboxRow>, others: &[PostboxRow]) -> Result<PostboxRow, Problem> {
    let mut faults = Vec::new();
    let name = wish.name.trim();
    faults.extend(one_line("name", "名称，例如“政务信息邮箱”", name, 40, true));
    if others.iter().any(|other| other.name == name && before.is_none_or(|before| before.id != other.id)) {
        faults.push(FieldFault::new("name", format!("已有名为“{name}”的收信邮箱，请换一个名称。")));
    }
    let host = wish.host.trim().trim_end_matches('.').to_lowercase();
    let plain = host.chars().all(|c| c.is_ascii_alphanumeric() || "-.:".contains(c));
    if host.is_empty() || host.len() > 253 || !plain {
        faults.push(FieldFault::new("host", "请填写邮箱服务器的地址，例如 imap.126.com，不带 http:// 和端口。"));
    }
    let port = wish.port.trim().parse::<u16>().ok().filter(|port| *port > 0);
    if port.is_none() {
        faults.push(FieldFault::new("port", "端口应是1至65535之间的整数，加密连接一般是993。"));
    }
    if !SECURITIES.iter().any(|(key, _)| *key == wish.security) {
        faults.push(FieldFault::new("security", "请从列表中选择加密方式。"));
    } else if wish.security == "plain" && !is_this_machine(&host) {
        faults.push(FieldFault::new(
            "security",
            "不加密只能用于本机（127.0.0.1）的邮箱服务器：否则授权码和来信会在网络上明文传送。请改用TLS。",
        ));
    }
    let authorities = wish.authorities.trim();
    if authorities.len() > 64 << 10 || (!authorities.is_empty() && !authorities.contains("-----BEGIN CERTIFICATE-----"))
    {
        faults.push(FieldFault::new(
            "authorities",
            "请贴PEM格式的CA证书，以 -----BEGIN CERTIFICATE----- 开头；用公开邮箱的不必填。",
        ));
    }
    let login = wish.login.trim();
    faults.extend(one_line("login", "登录名，多为完整的邮箱地址", login, 254, true));
    let password = wish.password.text();
    if password.len() > 1000 || password.chars().any(char::is_control) {
        faults.push(FieldFault::new("password", "授权码太长或含有换行，请重新粘贴。"));
    }
    let kept = before.filter(|before| !before.password.is_empty());
    match kept {
        None if password.is_empty() => {
            faults.push(FieldFault::new("password", "请填写授权码或密码。网易、QQ等邮箱要填授权码，不是登录密码。"));
        }
        // Else whoever may change the address could have the kept password sent to a server of their own.
        Some(before)
            if password.is_empty()
                && (before.host != host
                    || Some(before.port) != port.map(i64::from)
                    || before.security != wish.security
                    || before.authorities != authorities
                    || before.system_trust != wish.system_trust
                    || before.login != login) =>
        {
            faults.push(FieldFault::new("password", "改了服务器、加密方式、证书或登录名，请重新填写授权码。"));
        }
        None | Some(_) => {}
    }
    let folder = folder_named(&wish.folder);
    faults.extend(one_line("folder", "文件夹，收件箱写 INBOX", folder, 200, true));
    let more_folders = checked_folders(&wish.more_folders, folder, &mut faults);
    let start_from = match parse_date(&wish.start_from) {
        Ok(day) => day.to_string(),
        Err(wrong) => {
            faults.push(FieldFault::new("start_from", wrong.to_string()));
            String::new()
        }
    };
    let authserv_id = wish.authserv_id.trim();
    faults.extend(one_line("authserv_id", "服务商核验标识，例如 126.com", authserv_id, 200, false));
    all_right(faults)?;
    Ok(PostboxRow {
        id: before.map_or(0, |before| before.id),
        office_id: before.map_or(0, |before| before.office_id),
        name: name.to_owned(),
        host,
        port: port.map_or(0, i64::from),
        security: wish.security.clone(),
        authorities: authorities.to_owned(),
        system_trust: wish.system_trust,
        login: login.to_owned(),
        password: before.map(|before| before.password.clone()).unwrap_or_default(),
        folder: folder.to_owned(),
        start_from,
        authserv_id: authserv_id.to_owned(),
        mark_seen: wish.mark_seen,
        enabled: wish.enabled,
        revision: before.map_or(1, |before| before.revision),
        changed_at: 0,
        more_folders,
    })
}

fn record(tx: &mut Write, who: &Administrator, at: i64, act: &str, name: &str, detail: &str) -> Result<(), Problem> {
    let account = Some(who.account.0);
    Ok(tx.record_act(&Act { at, account, who: &who.name, act, object: name, done: true, detail })?)
}

impl App {
    pub(crate) fn keys(&self) -> Result<&KeyFile, Problem> {
        self.keys.as_ref().ok_or_else(|| Problem::Refused("这里没有数据文件夹，不能保存授权码。".to_owned()))
    }

    pub(super) fn page_of(&self, tx: &mut Tx, row: &PostboxRow, checks: i64) -> Result<PostboxPage, Problem> {
        let id = PostboxId(row.id);
        let state = self.unwritten.added_to(tx.postbox_state(id)?);
        let checks = tx.list_checks(id, checks)?.iter().map(Checked::of_row).collect::<Result<_, _>>()?;
        Ok(PostboxPage {
            id,
            wish: wish_of(row),
            has_password: !row.password.is_empty(),
            health: PostboxHealth::of(row, &state, self.micros()),
            checks,
        })
    }

    /// Every postbox of the office with how it is doing, by name.
    pub fn postboxes(&self, _who: &Administrator) -> Result<Vec<PostboxPage>, Problem> {
        let mut tx = self.read()?;
        let rows = tx.list_postboxes()?;
        rows.iter().map(|row| self.page_of(&mut tx, row, 1)).collect()
    }

    /// One postbox with its newest comparisons.
    pub fn postbox(&self, _who: &Administrator, id: PostboxId) -> Result<PostboxPage, Problem> {
        let mut tx = self.read()?;
        let row = tx.find_postbox(id)?.ok_or(Problem::NotThere)?;
        self.page_of(&mut tx, &row, 20)
    }

    /// Adds a postbox (新增收信邮箱), or changes one (变更收信邮箱). It is followed by the new settings within seconds.
    pub fn save_postbox(
        &self,
        who: &Administrator,
        id: Option<PostboxId>,
        wish: &PostboxWish,
    ) -> Result<PostboxId, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let before = match id {
            Some(id) => Some(tx.find_postbox(id)?.ok_or(Problem::NotThere)?),
            None => None,
        };
        let others = tx.list_postboxes()?;
        let mut row = checked(wish, before.as_ref(), &others)?;
        row.changed_at = now;
        let (id, act) = match &before {
            Some(before) => (PostboxId(before.id), "变更收信邮箱"),
            None => (tx.insert_postbox(row.clone())?, "新增收信邮箱"),
        };
        row.id = id.0;
        row.office_id = self.office.0;
        if !wish.password.text().is_empty() {
            row.password = self.keys()?.seal(&wish.password, &about(self.office.0, id.0))?;
        }
        tx.update_postbox(row.clone())?;
        let words = [
            Some(format!("{}@{}:{}", row.login, row.host, row.port)),
            (!wish.password.text().is_empty()).then(|| "更换授权码".to_owned()),
            Some(if row.enabled { "启用" } else { "停用" }.to_owned()),
        ];
        let detail = words.into_iter().flatten().collect::<Vec<_>>().join("；");
        record(&mut tx, who, now, act, &row.name, &detail)?;
        tx.commit()?;
        Ok(id)
    }

    /// A postbox's settings with its password, to be tried at once (试一试); that it was tried is recorded.
    pub fn postbox_to_try(&self, who: &Administrator, id: PostboxId) -> Result<PostboxOrder, Problem> {
        let mut tx = self.write()?;
        let row = tx.find_postbox(id)?.ok_or(Problem::NotThere)?;
        let order = self.order_of(&row)?;
        record(&mut tx, who, self.micros(), "试收信邮箱", &row.name, "")?;
        tx.commit()?;
        Ok(order)
    }

    /// Asks for a comparison of the ledger with the server (核对) as soon as possible.
    pub fn ask_for_check(&self, who: &Administrator, id: PostboxId) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.find_postbox(id)?.ok_or(Problem::NotThere)?;
        if !row.enabled {
            return Err(Problem::Refused("这个收信邮箱已停用，不会连接服务器。请先启用，再核对。".to_owned()));
        }
        let mut state = tx.postbox_state(id)?;
        state.check_asked_at = Some(now);
        tx.update_postbox_state(&state)?;
        record(&mut tx, who, now, "核对收信邮箱", &row.name, "")?;
        tx.commit()?;
        Ok(())
    }
}
