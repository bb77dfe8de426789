//! How the office sends letters (发信设置): one mail account, looked after by an administrator.

use tz_store::audit::Act;
use tz_store::outgoing::MailOutRow;

use super::answering::queued;
use super::{OutgoingKind, OutgoingRow};
use crate::postbox::{Secret, is_this_machine};
use crate::problem::all_right;
use crate::{Administrator, App, FieldFault, Problem};

/// How the connection is kept from listeners (加密方式).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte, usually port 465.
    Tls,
    /// TLS after a greeting, usually port 587.
    StartTls,
    /// None: only to a mail server on this machine.
    Plain,
}

impl Security {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Tls, Self::StartTls, Self::Plain];

    /// As stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::Plain => "plain",
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tls => "SSL/TLS（一般用465端口）",
            Self::StartTls => "STARTTLS（一般用587端口）",
            Self::Plain => "不加密（只能连接本机）",
        }
    }

    /// The way stored under a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.key() == key)
    }
}

/// How the office sends letters, for whoever sends them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailOut {
    /// The mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept from listeners.
    pub security: Security,
    /// Authorities whose certificates are believed beside the public ones, in PEM.
    pub authorities: String,
    /// The account there; empty: no sign-in.
    pub login: String,
    /// Its password (授权码).
    pub password: Secret,
}

/// Settings as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailOutWish {
    /// OutgoingList are sent.
    pub enabled: bool,
    /// 服务器
    pub host: String,
    /// 端口
    pub port: String,
    /// 加密方式, a key.
    pub security: String,
    /// 自签CA证书, in PEM.
    pub authorities: String,
    /// 账号
    pub login: String,
    /// 授权码; empty: as it was.
    pub password: Secret,
    /// 发件地址
    pub address: String,
    /// 发件人名称
    pub name: String,
    /// 每分钟最多
    pub per_minute: String,
}

fn checked(wish: &MailOutWish, held: Option<&MailOutRow>) -> Result<(u16, Security, i64), Problem> {
    let mut faults = Vec::new();
    let host = wish.host.trim();
    if host.is_empty() || host.len() > 253 || host.chars().any(|c| c.is_whitespace() || c == '/' || c == '@') {
        faults.push(FieldFault::new("host", "请填写发信服务器的名称，例如 smtp.126.com。"));
    }
    let port = wish.port.trim().parse::<u16>().ok().filter(|port| *port > 0);
    if port.is_none() {
        faults.push(FieldFault::new("port", "端口是1到65535之间的数字，SSL/TLS 一般是465。"));
    }
    let security = Security::of_key(&wish.security);
    match security {
        None => faults.push(FieldFault::new("security", "请选择加密方式。")),
        Some(Security::Plain) if !is_this_machine(host) => {
            faults.push(FieldFault::new(
                "security",
                "不加密的连接只能用于本机的邮件服务器，请改选 SSL/TLS 或 STARTTLS。",
            ));
        }
        Some(_) => {}
    }
    let authorities = wish.authorities.trim();
    if authorities.len() > 64 << 10 || (!authorities.is_empty() && !authorities.contains("-----BEGIN CERTIFICATE-----"))
    {
        faults.push(FieldFault::new(
            "authorities",
            "请贴PEM格式的CA证书，以 -----BEGIN CERTIFICATE----- 开头；用公开邮箱的不必填。",
        ));
    }
    // Else whoever may change the address could have the kept password sent to a server of their own.
    if let Some(held) = held.filter(|held| !held.password_sealed.is_empty() && wish.password.text().is_empty())
        && (held.host != host
            || Some(held.port) != port.map(i64::from)
            || held.security != wish.security
            || held.authorities != authorities
            || held.login != wish.login.trim())
    {
        faults.push(FieldFault::new("password", "改了服务器、加密方式、证书或账号，请重新填写授权码。"));
    }
    let address = wish.address.trim();
    let sound = address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.len() > 2);
    if !sound
        || address.len() > 254
        || address.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c))
    {
        faults.push(FieldFault::new("address", "请填写发件地址，例如 tzxxk@126.com。"));
    }
    if wish.name.chars().count() > 60 || wish.name.chars().any(char::is_control) {
        faults.push(FieldFault::new("name", "发件人名称不超过60字。"));
    }
    let per_minute = wish.per_minute.trim().parse::<i64>().ok().filter(|count| (1..=600).contains(count));
    if per_minute.is_none() {
        faults.push(FieldFault::new("per_minute", "每分钟最多发出的封数是1到600之间的数字，一般填20。"));
    }
    all_right(faults)?;
    // All three are there: what is missing was a fault.
    Ok((port.unwrap_or(465), security.unwrap_or(Security::Tls), per_minute.unwrap_or(20)))
}

impl App {
    /// How the office sends letters, as set, and whether a password is kept; the password itself is not among it.
    pub fn mail_out_settings(&self, _who: &Administrator) -> Result<Option<(MailOutRow, bool)>, Problem> {
        let row = self.read()?.find_mail_out()?;
        Ok(row.map(|row| {
            let kept = !row.password_sealed.is_empty();
            (MailOutRow { password_sealed: String::new(), ..row }, kept)
        }))
    }

    /// Sets how the office sends letters.
    pub fn set_mail_out(&self, who: &Administrator, wish: &MailOutWish) -> Result<(), Problem> {
        let mut tx = self.write()?;
        let held = tx.find_mail_out()?;
        let (port, security, per_minute) = checked(wish, held.as_ref())?;
        let password_sealed = match (wish.password.text(), &held) {
            ("", Some(held)) => held.password_sealed.clone(),
            ("", None) => String::new(),
            _ => self.keys()?.seal(&wish.password, &self.about_mail_out())?,
        };
        let row = MailOutRow {
            office_id: 0,
            enabled: wish.enabled,
            host: wish.host.trim().to_owned(),
            port: i64::from(port),
            security: security.key().to_owned(),
            authorities: wish.authorities.trim().to_owned(),
            login: wish.login.trim().to_owned(),
            password_sealed,
            address: wish.address.trim().to_owned(),
            name: wish.name.trim().to_owned(),
            per_minute,
            trouble: String::new(),
            troubled_at: None,
        };
        let detail =
            format!("{}:{}，{}，{}", row.host, row.port, row.address, if row.enabled { "启用" } else { "停用" });
        tx.set_mail_out(row)?;
        tx.record_act(&Act {
            at: self.micros(),
            account: Some(who.account.0),
            who: &who.name,
            act: "更改发信设置",
            object: "发信设置",
            done: true,
            detail: &detail,
        })?;
        tx.commit()?;
        Ok(())
    }

    /// Puts a letter to an address of the administrator's choice into the queue, to try the settings.
    pub fn try_mail_out(&self, who: &Administrator, address: &str) -> Result<i64, Problem> {
        let address = address.trim();
        if !address.contains('@')
            || address.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c))
        {
            return Err(Problem::field("to", "请填写一个邮箱地址，试发的邮件将寄到那里。"));
        }
        let now = self.micros();
        let mut tx = self.write()?;
        let Some(out) = tx.find_mail_out()?.filter(|out| out.enabled) else {
            return Err(Problem::Refused("发信还没有启用。请先填好设置并启用，再试发。".to_owned()));
        };
        let row = queued(OutgoingKind::Trial, format!("trial:{now}"), address, None, &out.address, now);
        let id = tx.insert_outgoing(row)?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "试发邮件",
            object: &format!("发信{id}"),
            done: true,
            detail: address,
        })?;
        tx.commit()?;
        Ok(id)
    }

    /// What became of a letter sent for trial.
    pub fn trial(&self, _who: &Administrator, id: i64) -> Result<OutgoingRow, Problem> {
        let row = self.read()?.find_outgoing(id)?;
        row.filter(|row| row.kind == OutgoingKind::Trial.key()).ok_or(Problem::NotThere)
    }

    /// How letters are to be sent just now; nothing while that is switched off.
    pub fn mail_out(&self) -> Result<Option<MailOut>, Problem> {
        let Some(row) = self.read()?.find_mail_out()?.filter(|row| row.enabled) else { return Ok(None) };
        Ok(Some(MailOut {
            port: u16::try_from(row.port).unwrap_or(465),
            security: Security::of_key(&row.security).unwrap_or(Security::Tls),
            password: match row.password_sealed.as_str() {
                "" => Secret::default(),
                sealed => self.keys()?.open(sealed, &self.about_mail_out())?,
            },
            authorities: row.authorities,
            host: row.host,
            login: row.login,
        }))
    }

    /// What a sealed password is for, so that it opens nowhere else.
    fn about_mail_out(&self) -> String {
        format!("mail out of {}", self.office.0)
    }

    pub(super) fn mail_out_is_well(&self) -> Result<(), Problem> {
        self.note_mail_out("")
    }

    pub(super) fn mail_out_is_ill(&self, trouble: &str) -> Result<(), Problem> {
        self.note_mail_out(trouble)
    }

    fn note_mail_out(&self, trouble: &str) -> Result<(), Problem> {
        let mut tx = self.write()?;
        let Some(mut row) = tx.find_mail_out()? else { return Ok(()) };
        if !(row.trouble.is_empty() && trouble.is_empty()) {
            row.troubled_at = (!trouble.is_empty()).then(|| self.micros());
            row.trouble = trouble.to_owned();
            tx.set_mail_out(row)?;
            tx.commit()?;
        }
        Ok(())
    }
}
