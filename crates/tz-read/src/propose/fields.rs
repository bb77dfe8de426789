//! Labelled lines above and below an item's text: 报送单位：, 标题：, 联系人：, and the numbers of a solicitation and of a reporting
//! topic.

use crate::document::Document;

/// What the labelled lines of a text say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) unit: Option<String>,
    pub(super) contact: Option<String>,
    pub(super) solicitation: Option<String>,
    pub(super) topic: Option<String>,
}

const UNIT: [&str; 5] = ["报送单位", "上报单位", "报送部门", "填报单位", "来稿单位"];
const TITLE: [&str; 5] = ["信息标题", "稿件标题", "标题", "题目", "信息题目"];
const CONTACT: [&str; 6] = ["联系人及电话", "联系人", "联系电话", "联系方式", "电话", "手机"];

/// A labelled line is short; a sentence that begins with such a word is none.
const LONGEST: usize = 60;

impl Fields {
    /// Takes the labelled lines out of the beginning and the end of a text; `标题：` becomes its title.
    pub(super) fn take(document: &mut Document) -> Self {
        let mut fields = Self::default();
        if let Some(title) = document.title.take() {
            // The first line may be a labelled one that looked like a title.
            match fields.take_line(&title) {
                Taken::No => document.title = Some(title),
                Taken::Yes => {}
                Taken::Title(named) => document.title = Some(named),
            }
        }
        let mut at = 0;
        while at < document.paragraphs.len() {
            let count = document.paragraphs.len();
            if at >= 4 && at + 4 < count {
                at = count - 4;
            }
            match fields.take_line(&document.paragraphs[at]) {
                Taken::No => at += 1,
                Taken::Yes => drop(document.paragraphs.remove(at)),
                Taken::Title(named) => {
                    document.paragraphs.remove(at);
                    document.title.get_or_insert(named);
                }
            }
        }
        if document.title.is_none() && fields != Self::default() && document.paragraphs.len() > 1 {
            // With the labelled lines gone the title may be the first line.
            let first = document.paragraphs[0].chars().count();
            let title = first <= 60
                && first < document.paragraphs[1].chars().count()
                && !document.paragraphs[0].ends_with('。');
            document.title = title.then(|| document.paragraphs.remove(0));
        }
        fields
    }

    fn take_line(&mut self, line: &str) -> Taken {
        if line.chars().count() > LONGEST {
            return Taken::No;
        }
        let labelled = |labels: &[&str]| labels.iter().find_map(|label| value(line, label));
        if let Some(title) = labelled(&TITLE) {
            return Taken::Title(title);
        }
        if let Some(unit) = labelled(&UNIT) {
            self.unit.get_or_insert(unit);
            return Taken::Yes;
        }
        if labelled(&CONTACT).is_some() {
            let said = line.trim_matches(['（', '）', '(', ')']).trim();
            match &mut self.contact {
                Some(contact) => {
                    contact.push('　');
                    contact.push_str(said);
                }
                None => self.contact = Some(said.to_owned()),
            }
            return Taken::Yes;
        }
        if let Some(code) = labelled(&["约稿编号", "约稿"])
            .and_then(|text| solicitation(&format!("约稿{text}")).or_else(|| solicitation(&text)))
        {
            self.solicitation.get_or_insert(code);
            return Taken::Yes;
        }
        if let Some(code) = labelled(&["要点编号", "对应要点", "报送要点", "要点"])
            .and_then(|text| topic(&format!("要点{text}")).or_else(|| topic(&text)))
        {
            self.topic.get_or_insert(code);
            return Taken::Yes;
        }
        Taken::No
    }
}

enum Taken {
    No,
    Yes,
    Title(String),
}

/// What stands after a label and its colon, the label's characters perhaps spread.
fn value(line: &str, label: &str) -> Option<String> {
    let mut rest = line.trim_start_matches(['（', '(', '【', '［', '[']).trim_start();
    for c in label.chars() {
        rest = rest.strip_prefix(c)?.trim_start();
    }
    let value = rest.strip_prefix([':', '：'])?.trim().trim_end_matches(['】', '］', ']']).trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// The first number of a solicitation in a text, as the office prints it: 约稿, the year, a hyphen, figures.
pub(super) fn solicitation(text: &str) -> Option<String> {
    find_code(text, SOLICITATION).map(|(_, _, code)| code)
}

/// The first number of reporting points in a text: 要点, the year, figures, and those of a topic of them, parted by hyphens.
pub(super) fn topic(text: &str) -> Option<String> {
    find_code(text, TOPIC).map(|(_, _, code)| code)
}

/// A heading's number of a solicitation, and the heading without it and its brackets.
pub(super) fn take_solicitation(heading: &str) -> (Option<String>, String) {
    take_code(heading, SOLICITATION)
}

/// A heading's number of a reporting topic, and the heading without it and its brackets.
pub(super) fn take_topic(heading: &str) -> (Option<String>, String) {
    take_code(heading, TOPIC)
}

/// What a number begins with, and how many groups of figures may follow the year.
type Form = (&'static str, usize);

const SOLICITATION: Form = ("约稿", 1);
const TOPIC: Form = ("要点", 2);

fn take_code(heading: &str, form: Form) -> (Option<String>, String) {
    let Some((from, to, code)) = find_code(heading, form) else { return (None, heading.to_owned()) };
    let before = heading[..from].trim_end_matches(|c: char| "【[［（(〔「".contains(c) || c.is_whitespace());
    let answering = ["答复", "应答", "回应"].iter().find_map(|word| before.strip_suffix(word));
    let before = answering.unwrap_or(before);
    let after = heading[to..].trim_start_matches(|c: char| "】]］）)〕」：:、，-—_ ".contains(c) || c.is_whitespace());
    (Some(code), format!("{before}{after}"))
}

/// The first number of a form: where it stands, and how the office writes it.
fn find_code(text: &str, (begins, most): Form) -> Option<(usize, usize, String)> {
    text.match_indices(begins).find_map(|(from, word)| {
        let mut code = word.to_owned();
        // Figures of the year and of each group after it.
        let mut parts = [0_usize; 3];
        let mut part = 0;
        let mut to = text.len();
        for (at, c) in text[from + word.len()..].char_indices() {
            let half = match c {
                '０'..='９' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
                '－' | '—' | '–' => '-',
                c => c,
            };
            match half {
                '0'..='9' => parts[part] += 1,
                '-' if part == 0 && parts[0] == 4 => part = 1,
                '-' if part > 0 && part < most && parts[part] > 0 => part += 1,
                ' ' | '〔' | '【' | '（' | '(' if code == word => continue,
                _ => {
                    to = from + word.len() + at;
                    break;
                }
            }
            code.push(half);
        }
        if part > 1 && parts[part] == 0 {
            // The hyphen parts the number from what follows it.
            code.pop();
        }
        let sound = parts[0] == 4 && (1..=4).contains(&parts[1]) && parts[2] <= 3;
        sound.then_some((from, to, code))
    })
}

#[cfg(test)]
mod tests {
    use super::{solicitation, take_solicitation, take_topic, topic};

    #[test]
    fn a_number_of_a_solicitation_is_taken_out_of_a_heading() {
        let taken = |text: &str| take_solicitation(text);
        let code = Some("约稿2018-01".to_owned());
        for text in [
            "约稿2018-01：秋收进度",
            "【约稿2018-01】秋收进度",
            "约稿２０１８－０１ 秋收进度",
            "秋收进度（约稿2018-01）",
        ] {
            assert_eq!(taken(text), (code.clone(), "秋收进度".to_owned()), "{text}");
        }
        for text in ["约稿通知", "约稿2018年度安排", "约稿2018-", "约稿18-01"] {
            assert_eq!(solicitation(text), None, "{text}");
            assert_eq!(taken(text).1, text);
        }
    }

    #[test]
    fn a_number_of_a_reporting_topic_is_taken_out_of_a_heading() {
        for text in [
            "要点2018-01-3：秋收进度",
            "【要点2018-01-3】秋收进度",
            "要点２０１８－０１－３ 秋收进度",
            "秋收进度（要点 2018-01-3）",
        ] {
            assert_eq!(take_topic(text), (Some("要点2018-01-3".to_owned()), "秋收进度".to_owned()), "{text}");
        }
        for text in ["要点2018-01：秋收进度", "要点2018-01-秋收进度"] {
            assert_eq!(take_topic(text), (Some("要点2018-01".to_owned()), "秋收进度".to_owned()), "{text}");
        }
        for text in ["6月报送要点", "2018年工作要点", "要点2018年", "要点2018-", "要点2018-12345", "要点2018-01-2345"]
        {
            assert_eq!(topic(text), None, "{text}");
            assert_eq!(take_topic(text).1, text);
        }
        assert_eq!(solicitation("约稿2018-01-3"), Some("约稿2018-01".to_owned()));
    }
}
