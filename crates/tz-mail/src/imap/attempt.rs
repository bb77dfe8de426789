//! Trying a postbox (试一试): every step with what came of it.

use std::sync::Arc;

use super::{Account, Limits, Security, Session, Step, Trouble};

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
        (Ok(waiting), Some(last)) => last.words = format!("自{}起有{waiting}封来信。", account.since),
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

async fn try_all(account: &Account, limits: &Arc<Limits>, steps: &mut Vec<Step>) -> Result<usize, Trouble> {
    let mut session = Session::begin(account, limits, |step| steps.push(step)).await?;
    steps.push(Step::Open);
    session.open(&account.folder, account.mark_seen).await?;
    let found = session.list(1, account.since, false).await?;
    session.end().await;
    Ok(found.len())
}
