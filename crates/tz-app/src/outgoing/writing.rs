//! What a letter says, as things stand when it goes out.

use jiff::civil::Date;
use tz_model::{ItemId, MailId, UnitId};
use tz_store::item::Sight;
use tz_store::mail::MailRow;
use tz_store::outgoing::OutgoingRow;
use tz_store::{Tx, moment};

use super::OutgoingKind;
use crate::report::meter;
use crate::{Problem, scheme_on};

/// A written letter.
pub(super) struct Text {
    pub(super) subject: String,
    pub(super) body: String,
    /// The Message-ID of the message it answers.
    pub(super) in_reply_to: Option<String>,
}

const NOT_FOR_SECRETS: &str = "本系统不得存储、处理国家秘密。涉密信息请由专人携带存储设备报送。";
/// UTC+8, as every day of the office is counted (R1).
const SHANGHAI: jiff::tz::Offset = jiff::tz::offset(8);

const BY_MACHINE: &str = "这封邮件由系统自动发出，请不要直接回复。有疑问请与信息科联系。";

/// Writes a letter; nothing if what it was about is gone. `code` is for the letter that carries one.
pub(super) fn write(tx: &mut Tx, row: &OutgoingRow, today: Date, code: &str) -> Result<Option<Text>, Problem> {
    let office = tx.office_row()?.name;
    let mail = match row.mail_id {
        Some(id) => tx.find_mail(MailId(id))?,
        None => None,
    };
    let written = match (OutgoingKind::of_key(&row.kind), &mail) {
        (Some(OutgoingKind::Receipt), Some(mail)) => receipt(tx, mail, today)?,
        (Some(OutgoingKind::Stranger), Some(mail)) => Some(stranger(mail)),
        (Some(OutgoingKind::SecretRefused), Some(mail)) => Some(refused(mail)),
        (Some(OutgoingKind::Confirmation), _) => confirmation(tx, row, code)?,
        (Some(OutgoingKind::Trial), _) => {
            Some(("试发邮件".to_owned(), "这是一封试发邮件。您收到它，说明发信设置可以使用。\n".to_owned()))
        }
        (Some(OutgoingKind::Notice), _) => crate::notice::letter(tx, row.id)?,
        (Some(OutgoingKind::Receipt | OutgoingKind::Stranger | OutgoingKind::SecretRefused), None) | (None, _) => None,
    };
    Ok(written.map(|(subject, body)| Text {
        subject,
        body: format!("{body}\n{BY_MACHINE}\n{NOT_FOR_SECRETS}\n\n{office}\n"),
        in_reply_to: mail.and_then(|mail| mail.message_id),
    }))
}

/// When a message arrived, as people write it.
fn arrived(mail: &MailRow) -> String {
    let at = SHANGHAI.to_datetime(moment(mail.received_at));
    format!("{}月{}日{}时{:02}分", at.month(), at.day(), at.hour(), at.minute())
}

/// The receipt: numbers, warnings, and where the unit stands this month (F2).
fn receipt(tx: &mut Tx, mail: &MailRow, today: Date) -> Result<Option<(String, String)>, Problem> {
    let items: Vec<_> =
        tx.list_items_of_mail(MailId(mail.id))?.into_iter().filter(|item| item.state != "withdrawn").collect();
    let (Some(first), Some(unit)) = (items.first(), mail.unit_id) else { return Ok(None) };
    let Some(unit_row) = tx.find_unit(UnitId(unit))? else { return Ok(None) };
    let title = |title: &str| if title.is_empty() { "（未见标题）".to_owned() } else { format!("《{title}》") };
    let subject = match items.len() {
        1 => format!("收稿回执：{} {}", first.number, title(&first.title)),
        count => format!("收稿回执：{} {}等{count}篇", first.number, title(&first.title)),
    };
    let mut body =
        format!("{}：\n\n你单位{}发来的邮件已收到，收为{}篇稿件：\n", unit_row.name, arrived(mail), items.len());
    for item in &items {
        let category = if item.category.is_empty() { "类别待定" } else { &item.category };
        body.push_str(&format!("\n{}　{}\n　　{category}，{}字。\n", item.number, title(&item.title), item.words));
        let warnings = tx.list_events(Sight::Unit(UnitId(unit)), ItemId(item.id))?;
        let warnings = warnings.iter().filter(|event| event.kind == "warning").map(|event| event.text.as_str());
        for warning in warnings.chain(item.doubts.lines()) {
            body.push_str(&format!("　　请注意：{warning}\n"));
        }
    }
    let scheme = scheme_on(tx, today)?;
    if let Some(meter) = meter(tx, &scheme, UnitId(unit), today)? {
        body.push_str(&format!(
            "\n{}你单位计入报送任务的稿件共{}篇，应报{}篇",
            meter.month, meter.received, meter.required
        ));
        let lines: Vec<String> =
            meter.lines.iter().map(|line| format!("{}{}/{}", line.category, line.received, line.required)).collect();
        if !lines.is_empty() {
            body.push_str(&format!("：{}", lines.join("，")));
        }
        body.push_str(&match meter.short {
            0 => "。报送任务已完成。\n".to_owned(),
            short => format!("。还差{short}篇，离期末还有{}天。\n", meter.days_left),
        });
    }
    Ok(Some((subject, body)))
}

/// The one polite answer to somebody who is not registered (N3.1). Nothing of what they wrote is repeated.
fn stranger(mail: &MailRow) -> (String, String) {
    let body = format!(
        "您好：\n\n您{}发来的邮件已收到。由于发件邮箱没有登记，暂时不能确定是哪个单位报送的，邮件已转请工作人员核对，没有丢失。\n\n\
         如果您是代表单位报送信息，请从本单位的登记邮箱重新发送，或者与信息科联系，办理邮箱登记。\n\
         如果您没有发过这封邮件，说明有人冒用了您的邮箱地址，请忽略本邮件。\n",
        arrived(mail)
    );
    ("来信已收到，发件邮箱尚未登记".to_owned(), body)
}

/// A message with a mark of secrecy was refused (N3.1). Its subject is not kept, so it is not repeated either.
fn refused(mail: &MailRow) -> (String, String) {
    let body = format!(
        "您好：\n\n您{}发来的邮件带有密级标志，没有接收，内容没有保存。\n\n\
         请注意：您的邮箱和收件邮箱中可能仍有这封邮件，请立即停止传递，并按照保密规定处理、报告。\n\
         如果确属涉密信息，请由专人携带存储设备报送；如果密级标志是误写，请更正后重新发送。\n",
        arrived(mail)
    );
    ("邮件带有密级标志，没有接收".to_owned(), body)
}

/// The code that proves that a unit reads an address (N3.1); nothing once the request has ended.
fn confirmation(tx: &mut Tx, row: &OutgoingRow, code: &str) -> Result<Option<(String, String)>, Problem> {
    let Some(id) = crate::mailbox::request_of(&row.about) else { return Ok(None) };
    let Some(request) = tx.find_mailbox_request(id)?.filter(|request| request.state == "coded") else {
        return Ok(None);
    };
    let Some(unit) = tx.find_unit(UnitId(request.unit_id))? else { return Ok(None) };
    let until = request.code_until.map(|until| SHANGHAI.to_datetime(moment(until)));
    let until = until.map(|until| format!("{}月{}日{}时前", until.month(), until.day(), until.hour()));
    let body = format!(
        "您好：\n\n{}申请把本邮箱登记为政务信息报送邮箱。确认码是：\n\n　　{}\n\n\
         请该单位信息员登录系统，在“报送”的“登记邮箱”页中填写，{}有效。请不要把确认码告诉他人。\n\
         如果这不是您单位的申请，请忽略本邮件，邮箱不会被登记。\n",
        unit.name,
        code,
        until.unwrap_or_default()
    );
    Ok(Some(("登记邮箱的确认码".to_owned(), body)))
}
