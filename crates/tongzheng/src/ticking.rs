//! Jobs run by the calendar, and notices posted to robots, while the server runs.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tz_app::{App, Problem};

use crate::postbox::chain;

/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_secs(5);
/// How long a robot may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Posts taken up at once.
const MOST: i64 = 10;
/// Bytes of a robot's answer that are read.
const ANSWER: u64 = 64 << 10;

/// Looks every few seconds until the program ends. What is under way when it does is taken up again by whoever runs next.
pub(crate) async fn run_jobs(app: Arc<App>) {
    let mut mark = [0_u8; 8];
    // Only to tell servers that share a database apart; the process does as well where there is no randomness.
    let holder = match getrandom::fill(&mut mark) {
        Ok(()) => mark.iter().map(|byte| format!("{byte:02x}")).collect(),
        Err(_) => std::process::id().to_string(),
    };
    let holder: Arc<str> = Arc::from(String::as_str(&holder));
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .http_status_as_error(false)
        .build()
        .into();
    loop {
        let (app, holder, agent) = (Arc::clone(&app), Arc::clone(&holder), agent.clone());
        let looked = tokio::task::spawn_blocking(move || look(&app, &holder, &agent)).await;
        if let Err(failure) = looked {
            tracing::error!(%failure, "a round of jobs broke off");
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn look(app: &App, holder: &str, agent: &ureq::Agent) {
    match app.run_due_jobs(holder) {
        Ok(runs) => {
            for run in runs {
                if let Err(said) = run.outcome {
                    tracing::error!(job = run.kind.key(), said, "a job was not done");
                }
            }
        }
        Err(problem) => failed(&problem, "jobs could not be run"),
    }
    match app.claim_posts(MOST) {
        Ok(posts) => {
            for post in posts {
                let outcome = send(agent, post.url.text(), &post.json);
                if let Err(problem) = app.post_came_to(post.id, &outcome) {
                    failed(&problem, "what became of a post could not be kept");
                }
            }
        }
        Err(problem) => failed(&problem, "posts to robots could not be taken up"),
    }
}

/// Logged once, here, with its causes.
fn failed(problem: &Problem, what: &str) {
    match problem {
        Problem::Failed(failure) => tracing::error!(failure = chain(failure), "{what}"),
        other => tracing::error!(%other, "{what}"),
    }
}

/// Posts JSON to a robot; what went wrong is a Chinese sentence without the address, which holds a key.
fn send(agent: &ureq::Agent, url: &str, json: &str) -> Result<(), String> {
    let answer = agent.post(url).header("content-type", "application/json; charset=utf-8").send(json.as_bytes());
    let mut answer = answer.map_err(|failure| match failure {
        ureq::Error::Timeout(_) => "群机器人的服务器没有及时答复，稍后再试。".to_owned(),
        ureq::Error::HostNotFound => "找不到群机器人的服务器，请核对地址和网络。".to_owned(),
        ureq::Error::ConnectionFailed | ureq::Error::Io(_) => "连不上群机器人的服务器，请核对网络。".to_owned(),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => "群机器人服务器的证书不能确认，没有发送。".to_owned(),
        _ => "群机器人的地址不能使用，请核对后重新登记。".to_owned(),
    })?;
    let status = answer.status().as_u16();
    if !(200..300).contains(&status) {
        return Err(format!("群机器人的服务器答复{status}，没有接收。请核对地址。"));
    }
    let text = answer.body_mut().with_config().limit(ANSWER).read_to_string().unwrap_or_default();
    refusal(&text).map_or(Ok(()), Err)
}

/// A chat program says in its answer why it did not take a message: `errcode` with `errmsg`, or `code` with `msg`; 0 is well.
fn refusal(answer: &str) -> Option<String> {
    let said: Value = serde_json::from_str(answer).ok()?;
    let code = said.get("errcode").or_else(|| said.get("code"))?.as_i64().filter(|code| *code != 0)?;
    let why = said.get("errmsg").or_else(|| said.get("msg")).and_then(Value::as_str).unwrap_or_default();
    let why: String = why.chars().filter(|c| !c.is_control()).take(100).collect();
    Some(format!("群机器人没有接收（{code}）：{why}"))
}

#[cfg(test)]
mod tests {
    use super::refusal;

    #[test]
    fn what_a_robot_says_is_read_in_either_form() {
        for well in ["", "ok", "{}", "{\"errcode\":0,\"errmsg\":\"ok\"}", "{\"code\":0,\"msg\":\"success\"}"] {
            assert_eq!(refusal(well), None, "{well}");
        }
        let said = refusal("{\"errcode\":310000,\"errmsg\":\"keywords not in content\"}");
        assert_eq!(said.as_deref(), Some("群机器人没有接收（310000）：keywords not in content"));
        assert_eq!(
            refusal("{\"code\":19024,\"msg\":\"Key Words\"}").as_deref(),
            Some("群机器人没有接收（19024）：Key Words")
        );
    }
}
