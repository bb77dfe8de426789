//! What a kind of notice says and how it is mailed: built in, or as the office set it (消息规则).

use tz_model::nearest;
use tz_store::Tx;

use super::NoticeKind;
use super::choosing::MailChoice;
use crate::{FieldFault, Problem};

/// Under which names the office's own rules stand among its settings; the kind follows. First line how it is mailed, second line
/// the head, then the text.
const SETTING: &str = "notice-";

/// How a kind is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) mail: MailChoice,
    pub(super) title: String,
    pub(super) body: String,
    /// It is the office's own.
    pub(super) own: bool,
}

impl Rule {
    /// The rule built in.
    pub(super) fn usual(kind: NoticeKind) -> Self {
        let (title, body) = kind.wording();
        Self { mail: kind.mail(), title: title.to_owned(), body: body.to_owned(), own: false }
    }

    /// The wording with what its places stand for.
    pub(super) fn say(&self, values: &[(&str, &str)]) -> (String, String) {
        (filled(&self.title, values), filled(&self.body, values))
    }

    pub(super) fn stored(&self) -> String {
        format!("{}\n{}\n{}", self.mail.key(), self.title, self.body)
    }
}

/// How a kind is told in this office.
pub(super) fn rule(tx: &mut Tx, kind: NoticeKind) -> Result<Rule, Problem> {
    let kept = tx.find_setting(&setting(kind))?;
    Ok(kept.and_then(|text| read(&text)).unwrap_or_else(|| Rule::usual(kind)))
}

/// Under which name the rule of a kind stands among the settings.
pub(super) fn setting(kind: NoticeKind) -> String {
    format!("{SETTING}{}", kind.key())
}

fn read(text: &str) -> Option<Rule> {
    let mut lines = text.splitn(3, '\n');
    let mail = MailChoice::of_key(lines.next()?)?;
    Some(Rule { mail, title: lines.next()?.to_owned(), body: lines.next()?.to_owned(), own: true })
}

/// A wording with its places filled, in one pass: what a value says is never taken for a place.
fn filled(text: &str, values: &[(&str, &str)]) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        said.push_str(&rest[..at]);
        let place = rest[at + 1..].split_once('}').and_then(|(name, after)| {
            values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value, after))
        });
        match place {
            Some((value, after)) => {
                said.push_str(value);
                rest = after;
            }
            None => {
                said.push('{');
                rest = &rest[at + 1..];
            }
        }
    }
    said.push_str(rest);
    said
}

/// A rule as typed, or everything that is wrong with it.
pub(super) fn checked(kind: NoticeKind, mail: &str, title: &str, body: &str) -> Result<Rule, Problem> {
    let mut faults = Vec::new();
    let mail = MailChoice::of_key(mail);
    if mail.is_none() {
        faults.push(FieldFault::new("mail", "请选择邮件的发送方式。"));
    }
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let body = body.trim();
    for (field, text, most) in [("title", title.as_str(), 60), ("body", body, 500)] {
        if text.is_empty() || text.chars().count() > most {
            faults.push(FieldFault::new(field, format!("请填写，不超过{most}字。")));
        }
        for name in text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)) {
            if !kind.places().contains(&name) {
                let like = nearest(name, kind.places().iter().copied());
                let advice = match like {
                    Some(like) => format!("是不是“{{{like}}}”？"),
                    None => format!(
                        "可以用的有{}。",
                        kind.places().iter().map(|place| format!("{{{place}}}")).collect::<Vec<_>>().join("")
                    ),
                };
                faults.push(FieldFault::new(field, format!("没有“{{{name}}}”这个填空。{advice}")));
            }
        }
        if text.matches('{').count() != text.matches('}').count() {
            faults.push(FieldFault::new(field, "填空的花括号没有成对，请写成“{题目}”这样。"));
        }
    }
    crate::problem::all_right(faults)?;
    let mail = mail.expect("a missing choice was a fault above");
    Ok(Rule { mail, title, body: body.to_owned(), own: true })
}

#[cfg(test)]
mod tests {
    use super::{NoticeKind, Rule, checked, filled, read};
    use crate::Problem;

    #[test]
    fn a_value_is_never_taken_for_a_place() {
        let values = [("题目", "{编号}和{"), ("编号", "约稿2018-01")];
        assert_eq!(filled("{编号}《{题目}》{不知}{", &values), "约稿2018-01《{编号}和{》{不知}{");
    }

    #[test]
    fn every_built_in_wording_passes_its_own_check_and_is_read_back() {
        for kind in NoticeKind::ALL {
            let usual = Rule::usual(kind);
            let checked = checked(kind, usual.mail.key(), &usual.title, &usual.body).expect("it is sound");
            assert_eq!(read(&checked.stored()), Some(Rule { own: true, ..usual }));
        }
    }

    #[test]
    fn a_place_that_is_not_there_is_named_with_the_nearest() {
        let wrong = checked(NoticeKind::Returned, "often", "{题 目}退回", "{编码}{原因");
        let Err(Problem::Faults(faults)) = wrong else { panic!("it is full of faults") };
        let said: Vec<&str> = faults.iter().map(|fault| fault.sentence.as_str()).collect();
        assert_eq!(
            said,
            [
                "请选择邮件的发送方式。",
                "没有“{题 目}”这个填空。是不是“{题目}”？",
                "没有“{编码}”这个填空。可以用的有{编号}{题目}{原因}。",
                "填空的花括号没有成对，请写成“{题目}”这样。",
            ]
        );
    }
}
