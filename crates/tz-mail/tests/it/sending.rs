//! Mail handed over to a real mail server, and to one that behaves badly.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tz_mail::imap::{KeepFailure, Password, Security, Trust};
use tz_mail::smtp::{Account, Outbox, Outgoing, Refusal, send_batch};
use tz_testkit::MailServer;

/// A queue in memory, and what became of each mail.
struct Queue {
    account: Account,
    waiting: Mutex<VecDeque<Outgoing>>,
    outcomes: Mutex<Vec<(i64, Result<(), Refusal>)>>,
}

impl Outbox for Queue {
    fn claim(&self, most: usize) -> Result<Vec<Outgoing>, KeepFailure> {
        let mut waiting = self.waiting.lock().unwrap();
        let most = most.min(waiting.len());
        Ok(waiting.drain(..most).collect())
    }

    fn account(&self) -> Result<Account, String> {
        Ok(self.account.clone())
    }

    fn came_to(&self, id: i64, outcome: &Result<(), Refusal>) -> Result<(), KeepFailure> {
        self.outcomes.lock().unwrap().push((id, outcome.clone()));
        Ok(())
    }
}

fn account(server: &MailServer) -> Account {
    Account {
        host: "localhost".to_owned(),
        port: server.tls_port(),
        security: Security::Tls,
        login: MailServer::LOGIN.to_owned(),
        password: Password::new(MailServer::PASSWORD),
        trust: Trust { system: false, pem: server.certificate().to_owned() },
    }
}

fn mail(id: i64, to: &str) -> Outgoing {
    Outgoing {
        id,
        from: "xxk@office.example".to_owned(),
        from_name: "市委办信息科".to_owned(),
        to: to.to_owned(),
        subject: format!("收稿回执：2018-0613-{id:02} 《滨湖镇夏粮收购开秤》"),
        body: "滨湖镇：\n\n你单位的邮件已收到。\n.\n结束\n".to_owned(),
        message_id: format!("tongzheng.{id}@office.example"),
        in_reply_to: Some("a1@unit.example".to_owned()),
        automatic: true,
    }
}

/// Sends everything; says what became of each.
async fn send(account: Account, mails: Vec<Outgoing>) -> Vec<(i64, Result<(), Refusal>)> {
    let queue = Arc::new(Queue { account, waiting: Mutex::new(mails.into()), outcomes: Mutex::default() });
    let outbox: Arc<dyn Outbox> = Arc::<Queue>::clone(&queue);
    while send_batch(&outbox).await.unwrap() > 0 {}
    let outcomes = queue.outcomes.lock().unwrap();
    outcomes.clone()
}

fn sentence(outcome: &(i64, Result<(), Refusal>)) -> &str {
    outcome.1.as_ref().map_or_else(|refusal| refusal.sentence.as_str(), |()| "")
}

#[tokio::test]
async fn a_mail_is_handed_over_as_programs_and_people_read_it() {
    let Some(server) = MailServer::start() else { return };
    let starttls = Account { port: server.port(), security: Security::StartTls, ..account(&server) };
    assert_eq!(send(account(&server), vec![mail(1, "bhz@unit.example")]).await, [(1, Ok(()))]);
    assert_eq!(send(starttls, vec![mail(2, "bhz@unit.example")]).await, [(2, Ok(()))]);
    let taken = server.taken();
    assert_eq!(taken.len(), 2);
    for raw in taken {
        let read = tz_read::read_message(&raw, &tz_read::Budget::default()).expect("a mail");
        let header = |name: &str| read.header(name).next().unwrap_or_default().to_owned();
        assert_eq!(header("X-Envelope-From"), "xxk@office.example");
        assert_eq!(header("X-Envelope-To"), "bhz@unit.example");
        assert_eq!(read.from.as_ref().map(|from| from.name.as_str()), Some("市委办信息科"));
        assert!(read.subject.starts_with("收稿回执：2018-0613-0") && read.subject.ends_with("《滨湖镇夏粮收购开秤》"));
        assert!(read.message_id.as_deref().is_some_and(|id| id.ends_with("@office.example")));
        assert_eq!(header("In-Reply-To"), "<a1@unit.example>");
        // Our own reader, like everybody else's, takes it for what no person wrote.
        assert_eq!(header("Auto-Submitted"), "auto-replied");
        assert_eq!(read.auto, Some(tz_read::AutoKind::AutoReply));
        assert_eq!(read.body_text, "滨湖镇：\n你单位的邮件已收到。\n.\n结束");
        assert!(raw.is_ascii(), "old servers take nothing else");
    }
}

#[tokio::test]
async fn a_receiver_that_is_refused_does_not_hold_up_the_others() {
    let Some(server) = MailServer::start() else { return };
    let mails = vec![
        mail(1, "full@unit.example"),
        mail(2, "gone@unit.example"),
        mail(3, "bhz@unit.example"),
        mail(4, "not an address"),
        mail(5, "bhz@unit.example"),
    ];
    let outcomes = send(account(&server), mails).await;
    assert_eq!(server.taken().len(), 2);
    let kinds: Vec<_> = outcomes
        .iter()
        .map(|(id, outcome)| (*id, outcome.as_ref().map_err(|refusal| (refusal.for_good, refusal.ours)).copied()))
        .collect();
    assert_eq!(
        kinds,
        [(1, Err((false, false))), (2, Err((true, false))), (3, Ok(())), (4, Err((true, false))), (5, Ok(()))]
    );
    assert_eq!(sentence(&outcomes[0]), "发信服务器不接受收件地址：452 4.2.2 mailbox full。稍后自动重试。");
    assert!(sentence(&outcomes[1]).contains("550 5.1.1 no such user") && sentence(&outcomes[1]).contains("请核对"));
}

#[tokio::test]
async fn a_lost_answer_leaves_the_mail_unsure_and_the_rest_waiting() {
    let Some(server) = MailServer::start() else { return };
    let mails = vec![mail(1, "silent@unit.example"), mail(2, "bhz@unit.example")];
    let outcomes = send(account(&server), mails).await;
    let refusal = outcomes[0].1.as_ref().unwrap_err();
    assert!(refusal.unsure && refusal.sentence.contains("不能确定对方是否收到"), "{refusal:?}");
    let next = outcomes[1].1.as_ref().unwrap_err();
    assert!(!next.unsure && !next.for_good, "{next:?}");
    assert_eq!(server.taken().len(), 1, "the server had taken it all the same");
}

#[tokio::test]
async fn what_is_wrong_with_the_account_is_said_in_words_and_is_nobodys_mails_fault() {
    let Some(server) = MailServer::start() else { return };
    let good = account(&server);
    let wrong = [
        (Account { password: Password::new("错"), ..good.clone() }, "登录发信服务器没有成功"),
        (Account { trust: Trust::default(), ..good.clone() }, "服务器的证书不受信任"),
        (Account { security: Security::Plain, port: server.port(), ..good.clone() }, "登录发信服务器没有成功"),
        (Account { port: 1, ..good.clone() }, "连不上localhost的1端口"),
        (Account { host: "smtp.invalid".to_owned(), ..good }, "smtp.invalid的"),
    ];
    for (account, words) in wrong {
        let outcomes = send(account, vec![mail(1, "bhz@unit.example"), mail(2, "bhz@unit.example")]).await;
        for outcome in &outcomes {
            assert!(sentence(outcome).contains(words), "{words}: {}", sentence(outcome));
            assert!(outcome.1.as_ref().is_err_and(|refusal| refusal.ours && !refusal.for_good && !refusal.unsure));
        }
        assert_eq!(outcomes.len(), 2);
    }
    assert_eq!(server.taken().len(), 0);
}
