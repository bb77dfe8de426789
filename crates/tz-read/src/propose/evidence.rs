//! Signed and stamped pages (签字页, 盖章页) sent beside a text: evidence that somebody approved it, and no item.

use super::title;

/// Whether a file's name says that it is a signed or stamped page.
pub(super) fn is_named(name: &str) -> bool {
    let words = [
        "签字页",
        "签字版",
        "签字件",
        "签名页",
        "签发页",
        "签发单",
        "签发稿",
        "盖章页",
        "盖章版",
        "盖章件",
        "盖章扫描件",
        "审签单",
        "审签表",
        "审签页",
        "审核单",
        "审核表",
        "审批单",
        "审批表",
        "呈批单",
        "呈批表",
        "报送单",
        "报送审批",
        "发文稿纸",
    ];
    let stem = title::stem(name);
    words.iter().any(|word| stem.contains(word))
}

/// What a person is told of such a file.
pub(super) fn sentence(name: &str) -> String {
    format!("附件“{name}”像是签字或盖章的凭据，作为附件保留，未列为稿件。")
}
