//! Robots of chat groups (群机器人): to which addresses notices are posted as JSON, what became of each post; and the table of rules.

use serde_json::json;
use tz_store::notice::{WebhookPostRow, WebhookRow};

use super::NoticeKind;
use super::choosing::MailChoice;
use super::wording::{self, Rule};
use crate::postbox::Secret;
use crate::problem::all_right;
use crate::system::record;
use crate::{Administrator, App, FieldFault, Problem, Role};

/// A minute in microseconds.
const MINUTE: i64 = 60_000_000;
/// How long to wait after the first, second, … failure; after the last one a post is given up.
const WAITS: [i64; 5] = [MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE, 480 * MINUTE];
/// After so long a server that took a post up is thought lost.
const LOST: i64 = 10 * MINUTE;

/// One kind in the table of rules (消息规则).
#[derive(Clone, Debug)]
pub struct RuleLine {
    /// The kind.
    pub kind: NoticeKind,
    /// How it is mailed unless a person chose otherwise.
    pub mail: MailChoice,
    /// Its head, with places.
    pub title: String,
    /// Its text, with places.
    pub body: String,
    /// The office worded it itself.
    pub own: bool,
    /// The robots that are told.
    pub robots: Vec<String>,
    /// How many people were told in the last thirty days, and how many of them read it.
    pub told: (i64, i64),
}

/// A robot as the administrator sees it.
#[derive(Clone, Debug)]
pub struct Robot {
    /// Its identity.
    pub id: i64,
    /// What the office calls it.
    pub name: String,
    /// The server of its address.
    pub host: String,
    /// What it is told.
    pub kinds: Vec<NoticeKind>,
    /// It is posted to.
    pub enabled: bool,
}

/// A post as the administrator sees it.
#[derive(Clone, Debug)]
pub struct RobotPost {
    /// To which robot.
    pub robot: String,
    /// What was posted.
    pub title: String,
    /// `waiting`, `sending`, `sent`, `failed`.
    pub state: String,
    /// What went wrong the last time.
    pub trouble: String,
    /// Since when, or when it was taken.
    pub at: jiff::Timestamp,
}

/// A robot as typed.
#[derive(Clone, Debug, Default)]
pub struct RobotWish {
    /// What the office calls it.
    pub name: String,
    /// Its address.
    pub url: Secret,
    /// Keys of kinds.
    pub kinds: Vec<String>,
}

/// A post that a server took up.
#[derive(Clone, Debug)]
pub struct TakenPost {
    /// Its identity.
    pub id: i64,
    /// Where to.
    pub url: Secret,
    /// What to post: JSON.
    pub json: String,
}

/// The kinds a stored list names.
pub(super) fn kinds_of(list: &str) -> Vec<NoticeKind> {
    list.split(',').filter_map(NoticeKind::of_key).collect()
}

/// The server of an address as it is posted to; nothing for what is none.
fn host_of(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next()?;
    let sound = !host.is_empty() && url.len() <= 2000 && !url.chars().any(|c| c.is_whitespace() || c.is_control());
    (sound && !host.contains('@')).then_some(host)
}

/// What a robot is sent. Each chat program reads its own keys (`msgtype` with `text.content`, `msg_type` with `content.text`) and
/// passes over the others; other programs read the last ones.
fn post(row: &WebhookPostRow) -> String {
    let text = format!("【政务信息】{}\n{}", row.title, row.body);
    json!({
        "msgtype": "text",
        "text": { "content": text },
        "msg_type": "text",
        "content": { "text": text },
        "kind": row.kind,
        "subject": row.subject,
        "title": row.title,
        "body": row.body,
        "path": row.href,
        "at": tz_store::moment(row.created_at).to_string(),
    })
    .to_string()
}

impl NoticeKind {
    /// Whether people of a role are ever told of it.
    pub(super) fn is_for(self, role: Role) -> bool {
        match self {
            Self::Solicited
            | Self::SolicitationDue
            | Self::Points
            | Self::Returned
            | Self::Adopted
            | Self::FollowDue
            | Self::PapersSent
            | Self::RunWarning
            | Self::ObjectionAnswered
            | Self::Training
            | Self::Rotation => role == Role::Reporter,
            Self::SolicitationMissed => matches!(role, Role::Reporter | Role::Editor | Role::Chief),
            Self::SolicitationRefused | Self::Objected => matches!(role, Role::Editor | Role::Chief),
            Self::HolidaysLacking => role == Role::Administrator,
        }
    }
}

impl App {
    /// Who is told of what, and how (消息规则).
    pub fn notice_rules(&self, _who: &Administrator) -> Result<Vec<RuleLine>, Problem> {
        let mut tx = self.read()?;
        let since = self.micros() - 30 * 24 * 60 * MINUTE;
        let counts = tx.count_notices(since)?;
        let robots = tx.list_webhooks()?;
        let mut lines = Vec::new();
        for kind in NoticeKind::ALL {
            let rule = wording::rule(&mut tx, kind)?;
            let count = counts.iter().find(|(key, _, _)| key == kind.key());
            let told = robots.iter().filter(|robot| robot.enabled && kinds_of(&robot.kinds).contains(&kind));
            lines.push(RuleLine {
                kind,
                mail: rule.mail,
                title: rule.title,
                body: rule.body,
                own: rule.own,
                robots: told.map(|robot| robot.name.clone()).collect(),
                told: count.map_or((0, 0), |(_, told, read)| (*told, *read)),
            });
        }
        Ok(lines)
    }

    /// Changes what a kind says and how it is mailed (变更消息规则); the wording built in again where nothing is typed.
    pub fn save_notice_rule(
        &self,
        who: &Administrator,
        kind: NoticeKind,
        mail: &str,
        title: &str,
        body: &str,
    ) -> Result<(), Problem> {
        let usual = Rule::usual(kind);
        let blank = title.trim().is_empty() && body.trim().is_empty();
        let (title, body) = if blank { (usual.title.as_str(), usual.body.as_str()) } else { (title, body) };
        let rule = wording::checked(kind, mail, title, body)?;
        let mut tx = self.write()?;
        tx.set_setting(&wording::setting(kind), &rule.stored())?;
        let detail = format!("{}；{}；{}", rule.mail.name(), rule.title, rule.body);
        record(&mut tx, who, self.micros(), "变更消息规则", kind.name(), &detail)?;
        tx.commit()?;
        Ok(())
    }

    /// The robots, and what became of the newest thirty posts.
    pub fn robots(&self, _who: &Administrator) -> Result<(Vec<Robot>, Vec<RobotPost>), Problem> {
        let mut tx = self.read()?;
        let rows = tx.list_webhooks()?;
        let posts = tx.list_newest_webhook_posts(30)?;
        let name = |id: i64| rows.iter().find(|row| row.id == id).map(|row| row.name.clone()).unwrap_or_default();
        let posts = posts
            .into_iter()
            .map(|row| RobotPost {
                robot: name(row.webhook_id),
                title: row.title,
                state: row.state,
                trouble: row.trouble,
                at: tz_store::moment(row.sent_at.unwrap_or(row.created_at)),
            })
            .collect();
        let robots = rows
            .iter()
            .map(|row| Robot {
                id: row.id,
                name: row.name.clone(),
                host: row.host.clone(),
                kinds: kinds_of(&row.kinds),
                enabled: row.enabled,
            })
            .collect();
        Ok((robots, posts))
    }

    /// Adds a robot (登记群机器人). Its address holds a key: it is kept sealed and never shown again.
    pub fn add_robot(&self, who: &Administrator, wish: &RobotWish) -> Result<(), Problem> {
        let mut faults = Vec::new();
        let name = wish.name.trim();
        if name.is_empty() || name.chars().count() > 30 {
            faults.push(FieldFault::new("name", "请填写名称，30字以内，例如“信息员工作群”。"));
        }
        let host = host_of(wish.url.text().trim());
        if host.is_none() {
            faults.push(FieldFault::new(
                "url",
                "请填写完整的地址，以 https:// 或 http:// 开头，从群机器人的设置中复制。",
            ));
        }
        let kinds: Vec<&str> =
            wish.kinds.iter().filter_map(|key| NoticeKind::of_key(key)).map(NoticeKind::key).collect();
        if kinds.is_empty() {
            faults.push(FieldFault::new("kinds", "请至少选择一种消息。"));
        }
        all_right(faults)?;
        let sealed = self.keys()?.seal(&Secret::new(wish.url.text().trim()), &self.about_robots())?;
        let mut tx = self.write()?;
        let now = self.micros();
        let host = host.unwrap_or_default().to_owned();
        record(&mut tx, who, now, "登记群机器人", name, &host)?;
        tx.insert_webhook(WebhookRow {
            id: 0,
            office_id: 0,
            name: name.to_owned(),
            host,
            url_sealed: sealed,
            kinds: kinds.join(","),
            enabled: true,
            created_at: now,
        })?;
        tx.commit()?;
        Ok(())
    }

    /// Posts to a robot again, or no more (启用、停用).
    pub fn switch_robot(&self, who: &Administrator, id: i64, enabled: bool) -> Result<(), Problem> {
        let mut tx = self.write()?;
        let row = tx.list_webhooks()?.into_iter().find(|row| row.id == id).ok_or(Problem::NotThere)?;
        tx.enable_webhook(id, enabled)?;
        let act = if enabled { "启用群机器人" } else { "停用群机器人" };
        record(&mut tx, who, self.micros(), act, &row.name, &row.host)?;
        tx.commit()?;
        Ok(())
    }

    /// Posts something to a robot to see whether it arrives (试发).
    pub fn try_robot(&self, who: &Administrator, id: i64) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let row = tx.list_webhooks()?.into_iter().find(|row| row.id == id).ok_or(Problem::NotThere)?;
        if !row.enabled {
            return Err(Problem::Refused(format!("“{}”已停用，请先启用再试发。", row.name)));
        }
        tx.insert_webhook_post(WebhookPostRow {
            id: 0,
            office_id: 0,
            webhook_id: id,
            kind: "trial".to_owned(),
            subject: now.to_string(),
            title: "试发消息".to_owned(),
            body: "这是一条试发的消息。看到它，说明群机器人可以使用。".to_owned(),
            href: "/system/notices".to_owned(),
            created_at: now,
            due_at: now,
            tries: 0,
            state: "waiting".to_owned(),
            trouble: String::new(),
            claimed_at: None,
            sent_at: None,
        })?;
        record(&mut tx, who, now, "试发群消息", &row.name, &row.host)?;
        tx.commit()?;
        Ok(())
    }

    /// Takes up posts that are due, at most `most`. One that a lost server took up is tried again: a robot that shows a line twice
    /// does less harm than one that shows none.
    pub fn claim_posts(&self, most: i64) -> Result<Vec<TakenPost>, Problem> {
        let now = self.micros();
        {
            // Looked at first: nobody is kept waiting for nothing.
            let mut tx = self.read()?;
            if tx.list_webhook_posts("waiting", now, 1)?.is_empty()
                && tx.list_webhook_posts("sending", now, 1)?.is_empty()
            {
                return Ok(Vec::new());
            }
        }
        let mut tx = self.write()?;
        for mut row in tx.list_webhook_posts("sending", now, 100)? {
            if row.claimed_at.is_some_and(|at| at < now - LOST) {
                row.state = "waiting".to_owned();
                tx.update_webhook_post(&row, "sending")?;
            }
        }
        let robots = tx.list_webhooks()?;
        let mut taken = Vec::new();
        for mut row in tx.list_webhook_posts("waiting", now, most)? {
            let robot = robots.iter().find(|robot| robot.id == row.webhook_id && robot.enabled);
            let url = match robot {
                Some(robot) => self.keys()?.open(&robot.url_sealed, &self.about_robots()),
                None => Err(Problem::Refused("这个群机器人已停用，不再发送。".to_owned())),
            };
            match url {
                Ok(url) => {
                    (row.state, row.claimed_at, row.tries) = ("sending".to_owned(), Some(now), row.tries + 1);
                    if tx.update_webhook_post(&row, "waiting")? {
                        taken.push(TakenPost { id: row.id, url, json: post(&row) });
                    }
                }
                Err(problem) => {
                    (row.state, row.trouble) = ("failed".to_owned(), problem.to_string());
                    tx.update_webhook_post(&row, "waiting")?;
                }
            }
        }
        tx.commit()?;
        Ok(taken)
    }

    /// What became of a post: taken by the robot, or why not, a Chinese sentence.
    pub fn post_came_to(&self, id: i64, outcome: &Result<(), String>) -> Result<(), Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        let mut row = tx.find_webhook_post(id)?.ok_or(Problem::NotThere)?;
        if row.state == "sending" {
            match outcome {
                Ok(()) => (row.state, row.sent_at, row.trouble) = ("sent".to_owned(), Some(now), String::new()),
                Err(why) => {
                    row.trouble.clone_from(why);
                    let tries = usize::try_from(row.tries).unwrap_or(0);
                    match WAITS.get(tries.saturating_sub(1)) {
                        Some(wait) => (row.state, row.due_at) = ("waiting".to_owned(), now + wait),
                        None => row.state = "failed".to_owned(),
                    }
                }
            }
            tx.update_webhook_post(&row, "sending")?;
        }
        tx.commit()?;
        Ok(())
    }

    /// What a sealed address is for, so that it opens nowhere else.
    fn about_robots(&self) -> String {
        format!("robots of office {}", self.office().0)
    }
}

#[cfg(test)]
mod tests {
    use super::host_of;

    #[test]
    fn only_a_whole_address_without_a_name_in_it_is_posted_to() {
        assert_eq!(host_of("https://oapi.example.cn/robot/send?access_token=abc"), Some("oapi.example.cn"));
        assert_eq!(host_of("http://10.1.2.3:8080/hook"), Some("10.1.2.3:8080"));
        for wrong in ["", "oapi.example.cn/x", "https://", "ftp://x/y", "https://a b/c", "https://me@host/x"] {
            assert_eq!(host_of(wrong), None, "{wrong}");
        }
    }
}
