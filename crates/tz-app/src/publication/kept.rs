//! What an issue was made of, as it is kept at publication: JSON of this module's own, so that the values may change
//! shape without what is kept changing with them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tz_docs::{Block, Issue, IssueItem, IssueNumber, ItemForm};

use tz_store::Tx;

use crate::Problem;
use crate::templates::Dress;

#[derive(Serialize, Deserialize)]
struct Kept {
    name: String,
    notice: Option<String>,
    number: Number,
    total: Option<u32>,
    office: String,
    /// `2018-06-29`
    date: String,
    short_news: bool,
    items: Vec<Item>,
    report_to: Vec<String>,
    send_to: Vec<String>,
    issue_to: Vec<String>,
    extra_to: Vec<String>,
    edited_by: String,
    reviewed_by: String,
    signed_by: String,
    copies: Option<u32>,
    /// SHA-256 of the wording; issues published before wordings were kept have none.
    #[serde(default)]
    template: Option<String>,
    /// The content of the picture in place of the name.
    #[serde(default)]
    masthead: Option<i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Number {
    Regular(u32),
    Supplement(u32),
    Proof,
}

#[derive(Serialize, Deserialize)]
struct Item {
    column: Option<String>,
    title: String,
    paragraphs: Vec<Paragraph>,
    byline: Option<String>,
    /// Issues published before there were codes have none.
    #[serde(default)]
    code: Option<String>,
}

/// A paragraph: 0 is plain text, 1 to 4 are headings.
#[derive(Serialize, Deserialize)]
struct Paragraph {
    level: u8,
    text: String,
}

/// The bytes to keep: the values, the hash of the wording, and the content of the picture in place of the name.
pub(super) fn write(issue: &Issue, template: Option<&str>, masthead: Option<i64>) -> Vec<u8> {
    let paragraph = |block: &Block| {
        let (level, text) = match block {
            Block::Text(text) => (0, text),
            Block::Heading1(text) => (1, text),
            Block::Heading2(text) => (2, text),
            Block::Heading3(text) => (3, text),
            Block::Heading4(text) => (4, text),
        };
        Paragraph { level, text: text.clone() }
    };
    let item = |item: &IssueItem| Item {
        column: item.column.clone(),
        title: item.title.clone(),
        paragraphs: item.paragraphs.iter().map(paragraph).collect(),
        byline: item.byline.clone(),
        code: item.code.map(|code| code.to_string()),
    };
    let Issue { name, notice, number, total, office, date, form, items, report_to, .. } = issue.clone();
    let Issue { send_to, issue_to, extra_to, edited_by, reviewed_by, signed_by, copies, .. } = issue.clone();
    let kept = Kept {
        name,
        notice,
        number: match number {
            IssueNumber::Regular(number) => Number::Regular(number),
            IssueNumber::Supplement(number) => Number::Supplement(number),
            IssueNumber::Proof => Number::Proof,
        },
        total,
        office,
        date: date.to_string(),
        short_news: form == ItemForm::ShortNews,
        items: items.iter().map(item).collect(),
        report_to,
        send_to,
        issue_to,
        extra_to,
        edited_by,
        reviewed_by,
        signed_by,
        copies,
        template: template.map(str::to_owned),
        masthead,
    };
    serde_json::to_vec(&kept).expect("texts and numbers are always JSON")
}

/// What was kept, and what it was made with.
pub(crate) fn read_dressed(tx: &mut Tx, bytes: &[u8]) -> Result<(Issue, Dress), Problem> {
    let values = read(bytes)?;
    let kept: Kept = serde_json::from_slice(bytes).expect("it was read just now");
    let dress = Dress::kept(tx, kept.template.as_deref(), kept.masthead)?;
    Ok((values, dress))
}

/// What was kept.
pub(crate) fn read(bytes: &[u8]) -> Result<Issue, Problem> {
    let damaged = || {
        Problem::Refused(
            "这一期刊发时保存的内容已经损坏，不能生成 PDF。请下载 Word 文本，并由系统管理员核验数据。".to_owned(),
        )
    };
    let kept: Kept = serde_json::from_slice(bytes).map_err(|_| damaged())?;
    let date: Date = kept.date.parse().map_err(|_| damaged())?;
    let block = |paragraph: Paragraph| match paragraph.level {
        1 => Block::Heading1(paragraph.text),
        2 => Block::Heading2(paragraph.text),
        3 => Block::Heading3(paragraph.text),
        4 => Block::Heading4(paragraph.text),
        _ => Block::Text(paragraph.text),
    };
    let item = |item: Item| IssueItem {
        column: item.column,
        title: item.title,
        paragraphs: item.paragraphs.into_iter().map(block).collect(),
        byline: item.byline,
        code: item.code.and_then(|code| code.parse().ok()),
    };
    Ok(Issue {
        name: kept.name,
        notice: kept.notice,
        number: match kept.number {
            Number::Regular(number) => IssueNumber::Regular(number),
            Number::Supplement(number) => IssueNumber::Supplement(number),
            Number::Proof => IssueNumber::Proof,
        },
        total: kept.total,
        office: kept.office,
        date,
        form: if kept.short_news { ItemForm::ShortNews } else { ItemForm::Articles },
        items: kept.items.into_iter().map(item).collect(),
        report_to: kept.report_to,
        send_to: kept.send_to,
        issue_to: kept.issue_to,
        extra_to: kept.extra_to,
        edited_by: kept.edited_by,
        reviewed_by: kept.reviewed_by,
        signed_by: kept.signed_by,
        copies: kept.copies,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_back_whole() {
        let item = |blocks: Vec<Block>| IssueItem {
            column: Some("经验亮点".into()),
            title: "题\n目".into(),
            paragraphs: blocks,
            byline: None,
            code: "TZ0000-1-1W".parse().ok(),
        };
        let issue = Issue {
            name: "每日要情".into(),
            notice: Some("内部资料".into()),
            number: IssueNumber::Supplement(3),
            total: Some(9),
            office: "办公室".into(),
            date: Date::constant(2018, 6, 29),
            form: ItemForm::ShortNews,
            items: vec![item(vec![
                Block::Text("正文".into()),
                Block::Heading1("一".into()),
                Block::Heading2("二".into()),
                Block::Heading3("三".into()),
                Block::Heading4("四".into()),
            ])],
            report_to: vec!["甲".into()],
            send_to: vec!["乙".into()],
            issue_to: vec!["丙".into()],
            extra_to: vec!["丁".into()],
            edited_by: "编".into(),
            reviewed_by: "审".into(),
            signed_by: "签".into(),
            copies: Some(120),
        };
        assert_eq!(read(&write(&issue, Some("0a"), Some(3))).unwrap(), issue);
        assert!(matches!(read(b"{}"), Err(Problem::Refused(_))));
    }
}
