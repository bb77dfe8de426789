//! 内部字样: the wordings for which the office holds material for a person (内部资料、工作秘密字样). They are the office's to say; the
//! marks of state secrets are the law's and always refused.

use tz_store::Tx;
use tz_text::secrecy::{Place, Strength, Wordings, find_with};

use super::record;
use crate::{Administrator, App, FieldFault, Problem};

/// Under which name the wordings stand among the office's settings, one a line.
const SETTING: &str = "secrecy-wordings";

/// How many wordings an office may have.
const MOST: usize = 50;
/// Characters of a wording without the commas between its parts: shorter ones are met everywhere.
const SHORTEST: usize = 4;
const LONGEST: usize = 40;

/// Usual words of official texts that name no mark; a wording that stands in one of them would hold half the mail.
const USUAL: [&str; 16] = [
    "保密协议",
    "保密制度",
    "保密工作责任制",
    "保密纪律和保密规定",
    "商业秘密和个人隐私",
    "国家秘密和工作秘密",
    "内部控制制度",
    "内部管理制度",
    "内部审计工作",
    "内部监督机制",
    "内部规范性文件",
    "单位内部资料室",
    "涉密人员管理",
    "机密文件柜管理",
    "党和国家机密文件",
    "保守国家秘密法",
];

/// The wordings of an office (内部字样), as its administrator sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordingsPage {
    /// Each wording, one a line.
    pub lines: Vec<String>,
    /// They are those that are usual.
    pub usual: bool,
}

/// What a text would be told as (试一试).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Met {
    /// Nothing is met: it is received like any other.
    Nothing,
    /// A wording of the office is met: it waits for a person.
    Held(String),
    /// A mark of secrecy is met: it is refused and not kept.
    Refused,
}

/// The wordings in force: the office's own, or those that are usual.
pub(crate) fn wordings(tx: &mut Tx) -> Result<Wordings, Problem> {
    Ok(tx.find_setting(SETTING)?.map_or_else(Wordings::default, |own| Wordings::new(own.lines())))
}

/// What a text with certain wordings is told as. Pure.
fn met(text: &str, wordings: &Wordings) -> Met {
    let marks = find_with(Place::Body, text, wordings);
    match marks.iter().max_by_key(|mark| mark.strength) {
        None => Met::Nothing,
        Some(mark) if mark.strength == Strength::Strong => Met::Refused,
        Some(mark) => Met::Held(mark.found.clone()),
    }
}

/// The wordings a text names, one a line, or every fault in it with its line.
fn checked(text: &str) -> Result<Wordings, Problem> {
    let lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
    let mut faults: Vec<String> = Vec::new();
    let mut good: Vec<String> = Vec::new();
    for (at, line) in lines {
        let one = Wordings::new([line]);
        let plain = one.lines().concat();
        let count = plain.chars().filter(|c| !"，".contains(*c)).count();
        let fault = if line.chars().any(char::is_control) {
            Some("含有不能使用的字符，请重新填写".to_owned())
        } else if count < SHORTEST {
            Some(format!("“{line}”太短，普通稿件里也常出现，请写完整的字样，至少{SHORTEST}个字"))
        } else if count > LONGEST {
            Some(format!("太长，请只写字样本身，不超过{LONGEST}个字"))
        } else if met(line, &Wordings::new::<&str>([])) == Met::Refused {
            Some(format!("“{line}”是国家秘密的密级标志，一律拒收，不必列入"))
        } else if let Some(word) = USUAL.iter().find(|word| met(word, &one) != Met::Nothing) {
            Some(format!("“{line}”在“{word}”这样的常用词里也有，会误拦正常稿件，请写完整的字样"))
        } else if good.contains(&plain) {
            Some(format!("“{line}”已经有了，请删去重复的一行"))
        } else {
            None
        };
        match fault {
            Some(fault) => faults.push(format!("第{}行：{fault}。", at + 1)),
            None => good.push(plain),
        }
    }
    if good.is_empty() && faults.is_empty() {
        faults.push("请至少填写一条字样，一行一条。".to_owned());
    }
    if good.len() > MOST {
        faults.push(format!("字样太多，请不超过{MOST}条。"));
    }
    if faults.is_empty() {
        Ok(Wordings::new(good))
    } else {
        Err(Problem::Faults(faults.into_iter().map(|fault| FieldFault::new("wordings", fault)).collect()))
    }
}

impl App {
    /// The wordings in force (内部字样).
    pub fn wordings(&self, _who: &Administrator) -> Result<WordingsPage, Problem> {
        let wordings = wordings(&mut self.read()?)?;
        Ok(WordingsPage { lines: wordings.lines(), usual: wordings == Wordings::default() })
    }

    /// Changes the wordings (变更内部字样): mails, forms and uploads are held to them from now on; what was received stays.
    pub fn save_wordings(&self, who: &Administrator, text: &str) -> Result<(), Problem> {
        let new = checked(text)?;
        let mut tx = self.write()?;
        if new != wordings(&mut tx)? {
            tx.set_setting(SETTING, &new.lines().join("\n"))?;
            record(&mut tx, who, self.micros(), "变更内部字样", "内部字样", &new.lines().join("；"))?;
            tx.commit()?;
        }
        Ok(())
    }

    /// What a text would be told as under the wordings in force (试一试). Nothing of it is kept.
    pub fn try_wordings(&self, _who: &Administrator, text: &str) -> Result<Met, Problem> {
        Ok(met(text, &wordings(&mut self.read()?)?))
    }
}

#[cfg(test)]
mod tests {
    use tz_text::secrecy::Wordings;

    use super::{Met, USUAL, checked, met};
    use crate::Problem;

    #[test]
    fn usual_words_of_official_texts_are_no_marks() {
        for word in USUAL {
            assert_eq!(met(&format!("各镇街要认真落实{word}，确保取得实效。"), &Wordings::default()), Met::Nothing);
        }
    }

    #[test]
    fn every_fault_of_a_list_is_told_with_its_line() {
        let Err(Problem::Faults(faults)) = checked(
            "内部资料，注意保存\n内部\n内部控制\n\n秘密★1年\n内部资料 注意保存\n仅供领导参阅，阅后退回\n保密工作责任",
        ) else {
            panic!("most lines are wrong")
        };
        let told: Vec<&str> =
            faults.iter().map(|fault| fault.sentence.split('：').next().unwrap_or_default()).collect();
        assert_eq!(told, ["第2行", "第3行", "第5行", "第6行", "第8行"], "{faults:?}");
        assert!(faults.iter().all(|fault| fault.field == "wordings" && fault.sentence.ends_with('。')));
        assert!(checked(" \n\n").is_err() && checked(&"一".repeat(41)).is_err());
        let good = checked("内部资料，注意保存\r\n  仅供领导参阅，阅后退回  ").expect("two sound lines");
        assert_eq!(good.lines(), ["内部资料，注意保存", "仅供领导参阅，阅后退回"]);
    }
}
