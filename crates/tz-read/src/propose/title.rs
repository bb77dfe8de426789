//! Titles and categories as units write them in subjects, file names and first lines.

use super::fields;
use crate::document::Document;

/// What a subject, file name or first line says of an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Heading {
    /// The title; empty if the text says no more than 信息 or the unit's name.
    pub(crate) title: String,
    /// One of the scheme's categories.
    pub(crate) category: Option<String>,
    /// The number of the solicitation answered.
    pub(crate) solicitation: Option<String>,
    /// The number of the reporting topic it is about.
    pub(crate) topic: Option<String>,
}

impl Heading {
    /// Reads `【工作动态】标题`, `工作动态：标题`, `标题（经验亮点）`, `信息类别：工作动态 标题`, `单位+工作动态+标题`,
    /// `报送信息：标题`, `报送《标题》` and plain titles.
    pub(crate) fn read(text: &str, categories: &[&str]) -> Self {
        let (solicitation, text) = fields::take_solicitation(text.trim());
        let (topic, text) = fields::take_topic(&text);
        let (mut category, mut rest) = take_category(&text, categories);
        if let Some(after) = without_sending_words(&rest) {
            rest = after;
        }
        if let Some(after) = without_bracketed_unit(&rest) {
            rest = after;
        }
        if category.is_none() {
            (category, rest) = take_category(&rest, categories);
        }
        if let Some(quoted) = in_title_marks(&rest) {
            rest = quoted;
        }
        let rest = rest.trim_matches(|c: char| c.is_whitespace() || is_joint(c)).to_owned();
        Self { title: if says_nothing(&rest) { String::new() } else { rest }, category, solicitation, topic }
    }
}

/// Pairs of brackets a category is put in.
const BRACKETS: [(char, char); 7] =
    [('【', '】'), ('[', ']'), ('［', '］'), ('（', '）'), ('(', ')'), ('〔', '〕'), ('「', '」')];

/// Marks that stand between a category, a unit and a title.
fn is_joint(c: char) -> bool {
    matches!(c, '：' | ':' | '-' | '—' | '–' | '_' | '+' | '＋' | '|' | '｜' | '/')
}

/// A subject without 回复, 转发, Re and Fwd before it, however many.
pub(crate) fn without_reply(subject: &str) -> &str {
    let words = ["re", "fw", "fwd", "回复", "答复", "转发", "自动转发", "回覆", "轉寄"];
    let mut rest = subject.trim();
    'again: loop {
        for word in words {
            let Some(after) =
                rest.get(..word.len()).filter(|w| w.eq_ignore_ascii_case(word)).map(|_| &rest[word.len()..])
            else {
                continue;
            };
            // Re[2]: counts how often.
            let after = after
                .trim_start()
                .trim_start_matches(|c: char| matches!(c, '[' | ']') || c.is_ascii_digit())
                .trim_start();
            if let Some(after) = after.strip_prefix([':', '：']) {
                rest = after.trim_start();
                continue 'again;
            }
        }
        return rest;
    }
}

/// A file's name without folder, extension and what says which version it is.
pub(crate) fn stem(name: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    let mut stem = match file.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 5 && extension.is_ascii() => stem,
        _ => file,
    }
    .trim();
    let endings = [
        "最终稿",
        "最终版",
        "终稿",
        "终版",
        "定稿",
        "修改稿",
        "修订稿",
        "修改版",
        "送审稿",
        "审定稿",
        "改后",
        "已改",
        "副本",
        "新",
        "改",
        "final",
    ];
    loop {
        let before = stem;
        for (open, close) in BRACKETS {
            let Some(from) = stem.ends_with(close).then(|| stem.rfind(open)).flatten() else { continue };
            let inside = stem[from + open.len_utf8()..stem.len() - close.len_utf8()].trim();
            if endings.contains(&inside) || inside.chars().all(|c| c.is_ascii_digit()) {
                stem = stem[..from].trim_end();
            }
        }
        // Unbracketed, only after a mark that parts it from the title, or as a word that is never a title's end.
        for ending in &endings {
            if let Some(rest) = stem.strip_suffix(ending) {
                let parted = rest.ends_with(|c: char| is_joint(c) || c.is_whitespace());
                if (parted || ending.chars().count() >= 3) && !rest.is_empty() {
                    stem = rest.trim_end_matches(|c: char| is_joint(c) || c.is_whitespace());
                }
            }
        }
        for first in ["附件：", "附件:"] {
            stem = stem.strip_prefix(first).unwrap_or(stem).trim_start();
        }
        let digits = stem.trim_start_matches(|c: char| c.is_ascii_digit());
        if digits.len() < stem.len() && stem.len() - digits.len() <= 2 {
            // 1、 and 02. number the files of a mail.
            stem = digits.strip_prefix(['、', '.', '．']).map_or(stem, str::trim_start);
        }
        if stem == before {
            return stem.to_owned();
        }
    }
}

/// The category a word names, 类 and 信息 after it allowed, a unit before it too.
fn category_of(word: &str, categories: &[&str]) -> Option<String> {
    let mut word = word.trim();
    for label in ["信息类别", "稿件类别", "信息类型", "类别", "栏目"] {
        if let Some(after) = word.strip_prefix(label) {
            word = after.trim_start_matches([':', '：', ' ']);
        }
    }
    let bare = ["类信息", "信息类", "信息", "类"].iter().find_map(|s| word.strip_suffix(s)).unwrap_or(word).trim();
    let names = |w: &str| categories.iter().find(|c| w.ends_with(**c)).map(|c| (*c).to_owned());
    if word.chars().count() > 16 {
        return None;
    }
    names(bare).or_else(|| names(word))
}

/// Takes a category out of a heading, wherever it was put.
fn take_category(text: &str, categories: &[&str]) -> (Option<String>, String) {
    let text = text.trim();
    let untouched = (None, text.to_owned());
    for (open, close) in BRACKETS {
        if let Some((inside, rest)) = text.strip_prefix(open).and_then(|t| t.split_once(close))
            && let Some(category) = category_of(inside, categories)
        {
            return (Some(category), rest.trim_start_matches(|c: char| is_joint(c) || c.is_whitespace()).to_owned());
        }
        if let Some((rest, inside)) = text.strip_suffix(close).and_then(|t| t.rsplit_once(open))
            && let Some(category) = category_of(inside, categories)
        {
            return (Some(category), rest.trim_end().to_owned());
        }
    }
    let labelled = ["信息类别", "稿件类别", "信息类型", "类别"]
        .iter()
        .find_map(|l| text.strip_prefix(l)?.strip_prefix([':', '：']));
    let after_label = labelled.unwrap_or(text).trim_start();
    // The category, perhaps after the unit's name, and a mark or white space after it.
    if let Some((head, rest)) = after_label.split_once(|c: char| is_joint(c) || c.is_whitespace())
        && let Some(category) = category_of(head, categories)
    {
        return (Some(category), rest.trim_start_matches(|c: char| is_joint(c) || c.is_whitespace()).to_owned());
    }
    if let Some(found) = joined_by_plus(text, categories).or_else(|| joined_by_dash(text, categories)) {
        return found;
    }
    if let Some((rest, tail)) = text.rsplit_once(|c: char| is_joint(c) || c.is_whitespace())
        && let Some(category) = category_of(tail, categories).filter(|c| tail.chars().count() <= c.chars().count() + 3)
    {
        return (Some(category), rest.trim_end_matches(|c: char| is_joint(c) || c.is_whitespace()).to_owned());
    }
    match category_of(after_label, categories) {
        Some(category) if after_label.chars().count() <= category.chars().count() + 3 => {
            (Some(category), String::new())
        }
        _ => untouched,
    }
}

/// 单位+类别+标题 in any order, or 单位+标题. A plus inside a title (“网格+信访”) is none of these.
fn joined_by_plus(text: &str, categories: &[&str]) -> Option<(Option<String>, String)> {
    let parts: Vec<&str> = text.split(['+', '＋']).map(str::trim).collect();
    let is_category = |p: &str| category_of(p, categories).filter(|c| p.chars().count() <= c.chars().count() + 3);
    let category = parts.iter().find_map(|p| is_category(p));
    let title = parts.iter().filter(|p| is_category(p).is_none()).max_by_key(|p| p.chars().count());
    let is_unit = |p: &str| p.chars().count() >= 3 && says_nothing(p) && !p.contains(['“', '"', '《']);
    let by_unit = parts.len() == 2 && is_unit(parts[0]) && parts[1].chars().count() >= 8;
    (parts.len() > 1 && (category.is_some() || by_unit))
        .then(|| (category, title.map_or(String::new(), |t| (*t).to_owned())))
}

/// 单位-类别-标题, as files are named; a dash inside a title (2018-2020) parts nothing unless a piece is a category.
fn joined_by_dash(text: &str, categories: &[&str]) -> Option<(Option<String>, String)> {
    let parts: Vec<&str> = text.split(['-', '－', '—', '–', '_']).map(str::trim).filter(|p| !p.is_empty()).collect();
    let at = parts
        .iter()
        .position(|p| category_of(p, categories).is_some_and(|c| p.chars().count() <= c.chars().count() + 3))?;
    let category = category_of(parts[at], categories);
    // After it the title, dashes and all; else the longest of what stands before.
    let after = parts[at + 1..].join("-");
    let before = parts[..at].iter().filter(|p| !says_nothing(p)).max_by_key(|p| p.chars().count());
    let title = if after.is_empty() { before.map_or(String::new(), |t| (*t).to_owned()) } else { after };
    (parts.len() >= 3).then_some((category, title))
}

/// What follows 报送信息：, 某镇信息：and the like.
fn without_sending_words(text: &str) -> Option<String> {
    let (head, rest) = text.split_once([':', '：'])?;
    let sends = ["信息", "报送", "上报", "投稿", "约稿", "来稿"].iter().any(|w| head.contains(w));
    (head.chars().count() <= 20 && sends && says_nothing(head) && !rest.trim().is_empty())
        .then(|| rest.trim().to_owned())
}

/// What follows 【滨湖镇】, 【信息】 and the like.
fn without_bracketed_unit(text: &str) -> Option<String> {
    let (inside, rest) = text.strip_prefix('【')?.split_once('】')?;
    (says_nothing(inside) && !rest.trim().is_empty()).then(|| rest.trim().to_owned())
}

/// The title in 《》, where nothing else is said.
fn in_title_marks(text: &str) -> Option<String> {
    let (before, rest) = text.split_once('《')?;
    let (inside, after) = rest.rsplit_once('》')?;
    let around = format!("{before}{after}");
    (says_nothing(&around) && !inside.is_empty() && !inside.contains('》')).then(|| inside.trim().to_owned())
}

/// Whether a heading says no more than that something is sent, by whom and when.
pub(crate) fn says_nothing(text: &str) -> bool {
    let mut rest: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let words = [
        "政务信息",
        "工作信息",
        "信息",
        "稿件",
        "来稿",
        "投稿",
        "约稿",
        "报送",
        "上报",
        "材料",
        "附件",
        "请查收",
        "关于",
        "无主题",
        "新建文本文档",
        "新建MicrosoftWord文档",
        "文档",
        "月份",
        "本周",
        "本月",
        "今日",
        "正文",
        "稿",
        "的",
    ];
    for word in words {
        rest = rest.replace(word, "");
    }
    let filler = |c: char| c.is_ascii_digit() || "一二三四五六七八九十〇零年月日篇份条第期路段".contains(c);
    let rest: String = rest.chars().filter(|c| !filler(*c)).collect();
    let unit_ends = [
        "镇",
        "街道",
        "乡",
        "局",
        "办",
        "委",
        "办公室",
        "中心",
        "公司",
        "政府",
        "院",
        "校",
        "所",
        "站",
        "会",
        "处",
        "科",
    ];
    let length = rest.chars().count();
    length == 0 || (length <= 12 && unit_ends.iter().any(|e| rest.ends_with(e)) && !rest.contains(['了', '开']))
}

/// Whether two titles are one, whatever their punctuation and white space.
pub(crate) fn same_title(a: &str, b: &str) -> bool {
    let letters = |t: &str| t.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (a, b) = (letters(a), letters(b));
    !a.is_empty() && a == b
}

/// Takes a line that only names the category (信息类别：工作动态) out of a document's beginning or end.
pub(crate) fn take_category_line(document: &mut Document, categories: &[&str]) -> Option<String> {
    if let Some(title) = &document.title {
        let heading = Heading::read(title, categories);
        if heading.category.is_some() && heading.title.is_empty() {
            // The first line was the category, so the title is the next, if that is short.
            let next = document.paragraphs.first().is_some_and(|p| p.chars().count() <= 60 && !p.ends_with('。'));
            document.title = (next && document.paragraphs.len() > 1).then(|| document.paragraphs.remove(0));
            return heading.category;
        }
    }
    let count = document.paragraphs.len();
    let near_ends = (0..count).filter(|i| *i < 3 || *i + 3 >= count);
    let labels = ["信息类别", "稿件类别", "信息类型", "类别"];
    let (at, category) = near_ends.into_iter().find_map(|i| {
        let line = document.paragraphs[i].trim_matches(|c: char| BRACKETS.iter().any(|(o, e)| c == *o || c == *e));
        let named = labels.iter().any(|l| line.starts_with(l)) || line.chars().count() <= 6;
        Some((i, category_of(line, categories).filter(|_| named)?))
    })?;
    document.paragraphs.remove(at);
    Some(category)
}
