//! What the codes on a scanned page say: pure. A page is given to an item only where nothing speaks against it.

use tz_model::{ItemCode, NotACode, OfficeTag};

/// What is known of the codes of a page (识别结果).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// One item of ours, and no other stands on its printed page.
    One(ItemCode),
    /// Items of ours among which the pen's own is not known.
    Several(Vec<ItemCode>),
    /// A code of ours that names no item of a published issue: printed before a restore, or withdrawn.
    Unknown,
    /// Codes of another office only.
    Foreign,
    /// A code of some office was seen and misread.
    Misread,
    /// No code at all.
    None,
}

impl Verdict {
    /// As stored.
    pub fn key(&self) -> &'static str {
        match self {
            Self::One(_) => "one",
            Self::Several(_) => "several",
            Self::Unknown => "unknown",
            Self::Foreign => "foreign",
            Self::Misread => "unreadable",
            Self::None => "none",
        }
    }
}

/// Judges the texts read on one page. `beside` gives all codes on the printed page where a code stands, itself among them, or
/// nothing where the code is of no published issue.
pub fn judge(texts: &[String], own: OfficeTag, mut beside: impl FnMut(ItemCode) -> Option<Vec<ItemCode>>) -> Verdict {
    let (mut ours, mut foreign, mut misread, mut unknown) = (Vec::new(), false, false, false);
    for text in texts {
        match text.parse::<ItemCode>() {
            Ok(code) if code.office == own => match beside(code) {
                Some(neighbours) => {
                    for code in std::iter::once(code).chain(neighbours) {
                        if !ours.contains(&code) {
                            ours.push(code);
                        }
                    }
                }
                None => unknown = true,
            },
            Ok(_) => foreign = true,
            Err(NotACode::Misread) => misread = true,
            // A payment code or an address on the page means nothing here.
            Err(NotACode::Other) => {}
        }
    }
    match (ours.as_slice(), foreign || misread || unknown) {
        ([only], false) => Verdict::One(*only),
        ([], _) if unknown => Verdict::Unknown,
        ([], _) if misread => Verdict::Misread,
        ([], _) if foreign => Verdict::Foreign,
        ([], _) => Verdict::None,
        (_, _) => Verdict::Several(ours),
    }
}

#[cfg(test)]
mod tests {
    use tz_model::{IssueId, ItemId};

    use super::*;

    fn code(office: u64, issue: i64, item: i64) -> ItemCode {
        ItemCode { office: OfficeTag::of(office), issue: IssueId(issue), item: ItemId(item) }
    }

    /// Issue 1 has items 1 and 2 on one page, issue 2 has item 3 alone; others are not known.
    fn beside(code: ItemCode) -> Option<Vec<ItemCode>> {
        match (code.issue.0, code.item.0) {
            (1, 1 | 2) => Some(vec![self::code(7, 1, 1), self::code(7, 1, 2)]),
            (2, 3) => Some(vec![code]),
            _ => None,
        }
    }

    fn judged(codes: &[ItemCode], more: &[&str]) -> Verdict {
        let texts: Vec<String> =
            codes.iter().map(ToString::to_string).chain(more.iter().map(|text| (*text).to_owned())).collect();
        judge(&texts, OfficeTag::of(7), beside)
    }

    #[test]
    fn only_a_page_with_one_item_of_ours_and_nothing_else_is_given_to_it() {
        let (alone, first, second) = (code(7, 2, 3), code(7, 1, 1), code(7, 1, 2));
        assert_eq!(judged(&[alone], &[]), Verdict::One(alone));
        assert_eq!(judged(&[alone], &["https://pay.example/8"]), Verdict::One(alone));
        // The other code of the page was covered: the pen may have meant that one.
        assert_eq!(judged(&[first], &[]), Verdict::Several(vec![first, second]));
        assert_eq!(judged(&[alone, first], &[]), Verdict::Several(vec![alone, first, second]));
        assert_eq!(judged(&[alone, code(8, 1, 1)], &[]), Verdict::Several(vec![alone]));
        assert_eq!(judged(&[alone], &["TZ0007-1-1Z"]), Verdict::Several(vec![alone]));
        assert_eq!(judged(&[code(7, 9, 9)], &[]), Verdict::Unknown);
        assert_eq!(judged(&[code(8, 2, 3)], &[]), Verdict::Foreign);
        assert_eq!(judged(&[], &["TZ0007-1-1Z"]), Verdict::Misread);
        assert_eq!(judged(&[], &["二维码"]), Verdict::None);
        assert_eq!(judged(&[], &[]), Verdict::None);
    }
}
