//! Trying a postbox (试一试): every step with what came of it.

use std::sync::Arc;

use super::reconcile::is_passed_over;
use super::{Account, Kind, Limits, Security, Session, Step, Trouble};

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The step.
    pub step: Step,
    /// Why it failed; only ever of the last one.
    pub trouble: Option<Trouble>,
    /// What to do about it, or what was found: a Chinese sentence, or nothing.
    pub words: String,
}

impl Tried {
    fn well(step: Step) -> Self {
        Self { step, trouble: None, words: String::new() }
    }
}

/// Tries a postbox up to opening its folder. Changes nothing there.
pub async fn attempt(account: &Account, limits: Limits) -> Vec<Tried> {
    let limits = Arc::new(limits);
    let mut steps = Vec::new();
    let done = try_all(account, &limits, &mut steps).await;
    let mut tried: Vec<Tried> = steps.into_iter().map(Tried::well).collect();
    match (done, tried.last_mut()) {
        (Ok(found), Some(last)) => last.words = found.words(account),
        (Err(trouble), Some(last)) => {
            last.step = trouble.step;
            last.words = trouble.advice(&account.host);
            last.trouble = Some(trouble);
        }
        (_, None) => {}
    }
    if account.security == Security::Plain
        && let Some(connect) = tried.iter_mut().find(|tried| tried.step == Step::Connect && tried.trouble.is_none())
    {
        connect.words = "连接没有加密，密码和来信会明文传送。除非邮箱服务器就在本机，请改用加密连接。".to_owned();
    }
    tried
}

/// What is found in a postbox that can be read.
struct Found {
    waiting: usize,
    /// Letters in the further folders that are followed, by folder.
    more: Vec<(String, usize)>,
    /// Folders that could be followed and are not, by name and how many letters lie there.
    others: Vec<(String, usize)>,
}

impl Found {
    fn words(&self, account: &Account) -> String {
        let mut words = format!("自{}起有{}封来信。", account.since, self.waiting);
        for (folder, count) in &self.more {
            words.push_str(&format!("文件夹“{folder}”有{count}封。"));
        }
        let others: Vec<String> = self.others.iter().map(|(folder, count)| format!("{folder}（{count}封）")).collect();
        if !others.is_empty() {
            let others = others.join("、");
            words.push_str(&format!("没有收取的文件夹：{others}。其中有报送来信的，请填入“另收文件夹”。"));
        }
        words
    }
}

/// Folders looked into for what might be missed there; somebody waits for the answer.
const LOOKED_INTO: usize = 12;

async fn try_all(account: &Account, limits: &Arc<Limits>, steps: &mut Vec<Step>) -> Result<Found, Trouble> {
    let mut session = Session::begin(account, limits, |step| steps.push(step)).await?;
    steps.push(Step::Open);
    session.open(&account.folder, account.mark_seen).await?;
    let waiting = session.list(1, account.since, false).await?.len();
    let mut more = Vec::new();
    for folder in &account.more_folders {
        session.open(folder, account.mark_seen).await?;
        more.push((folder.clone(), session.list(1, account.since, false).await?.len()));
    }
    let mut others = Vec::new();
    let folders = session.folders().await?;
    let free = folders.into_iter().filter(|folder| !account.follows(&folder.name) && !is_passed_over(folder));
    for folder in free.take(LOOKED_INTO) {
        match session.open(&folder.name, false).await {
            Ok(_) => {}
            Err(trouble) if matches!(trouble.kind, Kind::Refused | Kind::Garbled) => continue,
            Err(trouble) => return Err(trouble),
        }
        let count = session.list(1, account.since, false).await?.len();
        if count > 0 {
            others.push((folder.name, count));
        }
    }
    session.end().await;
    Ok(Found { waiting, more, others })
}
