//! Mails no person wrote: they are answered by nobody and become no items.

use crate::mail::Mailbox;
use crate::mail::header::{Field, Parameters};

/// What kind of automatic mail it is (自动邮件).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AutoKind {
    /// A report that a mail was not, or not yet, delivered (退信).
    Bounce,
    /// A read receipt (已读回执).
    ReadReceipt,
    /// An abuse report of a provider (投诉报告).
    FeedbackReport,
    /// An out-of-office or other automatic answer (自动回复).
    AutoReply,
    /// From a mailing list or a bulk sender (群发邮件).
    MailingList,
}

impl std::fmt::Display for AutoKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Bounce => "退信",
            Self::ReadReceipt => "已读回执",
            Self::FeedbackReport => "投诉报告",
            Self::AutoReply => "自动回复",
            Self::MailingList => "群发邮件",
        })
    }
}

/// Tells automatic mails by their header lines, the surest signs first.
pub(crate) fn recognise(fields: &[Field], from: Option<&Mailbox>, subject: &str) -> Option<AutoKind> {
    let value = |name: &str| fields.iter().find(|f| f.is(name)).map(|f| f.value.trim().to_ascii_lowercase());
    let has = |name: &str| fields.iter().any(|f| f.is(name));
    let content = Parameters::read(&value("Content-Type").unwrap_or_default());
    if content.main == "multipart/report" {
        return Some(match content.get("report-type").as_deref() {
            Some("disposition-notification") => AutoKind::ReadReceipt,
            Some("feedback-report") => AutoKind::FeedbackReport,
            Some(_) | None => AutoKind::Bounce,
        });
    }
    let sender = from.map(|m| m.address.to_ascii_lowercase()).unwrap_or_default();
    let robot = ["mailer-daemon", "postmaster"].iter().any(|name| sender.split('@').next() == Some(name));
    let bounced =
        ["退信", "未送达", "undeliver", "delivery status", "delivery failure", "returned mail", "failure notice"];
    let lower = subject.trim().to_lowercase();
    if robot && (value("Return-Path").as_deref() == Some("<>") || bounced.iter().any(|b| lower.contains(b))) {
        return Some(AutoKind::Bounce);
    }
    let read = ["已读：", "已读:", "read:", "阅读回执", "已读回执"];
    if read.iter().any(|r| lower.starts_with(r)) {
        return Some(AutoKind::ReadReceipt);
    }
    let answers =
        ["自动回复", "自动答复", "automatic reply", "auto reply", "autoreply", "out of office", "外出自动回复"];
    let marked = value("Auto-Submitted").is_some_and(|v| v != "no" && !v.starts_with("no;"));
    let precedence = value("Precedence").unwrap_or_default();
    let replies = ["X-Autoreply", "X-Autorespond", "X-Autoresponder"].iter().any(|name| has(name));
    if marked || replies || precedence == "auto_reply" || answers.iter().any(|a| lower.starts_with(a)) {
        return Some(AutoKind::AutoReply);
    }
    let listed = ["List-ID", "List-Unsubscribe", "List-Post"].iter().any(|name| has(name));
    (listed || precedence == "list").then_some(AutoKind::MailingList)
}
