//! A TOML text walked with its places, so that every fault is found at once and says where it stands.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use tz_model::{Clause, Fault, Name, Points, nearest};

/// Gathers faults while a text is walked.
pub(crate) struct Reader<'t> {
    text: &'t str,
    faults: Vec<(usize, String)>,
}

/// A value and where it begins (byte offset).
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<T> {
    pub value: T,
    pub at: usize,
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, faults: Vec::new() }
    }

    /// Notes a fault at a byte offset.
    pub fn fault(&mut self, at: usize, sentence: impl Into<String>) {
        self.faults.push((at, sentence.into()));
    }

    /// A name that is not among those known; offers the nearest.
    pub fn unknown<'k>(
        &mut self,
        at: usize,
        what: &str,
        given: &str,
        known: impl IntoIterator<Item = &'k str> + Clone,
    ) {
        let hint = match nearest(given, known.clone()) {
            Some(name) => format!("是不是“{name}”？"),
            None => match known.into_iter().collect::<Vec<_>>().join("、") {
                all if all.is_empty() => "这里还没有列出可以写的。".to_owned(),
                all => format!("可以写：{all}。"),
            },
        };
        self.fault(at, format!("没有名为“{given}”的{what}。{hint}"));
    }

    /// The line of a byte offset, from 1.
    pub fn line(&self, at: usize) -> usize {
        self.text[..at].matches('\n').count() + 1
    }

    /// True if nothing is wrong so far.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    /// All faults in the order of the text.
    pub fn finish(mut self) -> Vec<Fault> {
        self.faults.sort();
        self.faults.dedup();
        let place = |at: usize| {
            let before = &self.text[..at];
            let start = before.rfind('\n').map_or(0, |newline| newline + 1);
            format!("第{}行第{}列", before.matches('\n').count() + 1, before[start..].chars().count() + 1)
        };
        self.faults.iter().map(|(at, sentence)| Fault::new(place(*at), sentence.clone())).collect()
    }

    /// The text is no TOML: what to type instead, where that can be told.
    pub fn syntax(&mut self, error: &toml::de::Error) {
        let span: Range<usize> = error.span().unwrap_or(0..0);
        let mut at = span.start.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let bare = self.text[at..].chars().next().is_some_and(|letter| !letter.is_ascii());
        let word: String = self.text[at..]
            .chars()
            .take_while(|letter| letter.is_alphanumeric() && !letter.is_ascii_punctuation())
            .collect();
        if bare && !word.is_empty() {
            return self.fault(at, format!("中文“{word}”要加引号。请写成 \"{word}\"。"));
        }
        if error.message().contains("duplicate") {
            return self.fault(at, "同一段里这一项写了两次。请删去一个。");
        }
        self.fault(at, "此处不合 TOML 的写法。请检查这一行的引号、括号和等号是否成对、是否写全。");
    }
}

/// One table of the text, with the places of its keys.
pub(crate) struct Node<'a> {
    /// Where it begins.
    pub at: usize,
    /// What it is, for sentences: `规则`.
    what: &'static str,
    fields: BTreeMap<&'a str, (usize, &'a Spanned<DeValue<'a>>)>,
}

impl<'a> Node<'a> {
    pub fn new(table: &'a DeTable<'a>, at: usize, what: &'static str) -> Self {
        let fields = table.iter().map(|(key, value)| (&**key.get_ref(), (key.span().start, value))).collect();
        Self { at, what, fields }
    }

    /// Notes every key that has no meaning here.
    pub fn only(&self, reader: &mut Reader<'_>, known: &[&str]) {
        for (key, (at, _)) in &self.fields {
            if !known.contains(key) {
                let hint = match nearest(key, known.iter().copied()) {
                    Some(name) => format!("是不是“{name}”？"),
                    None => format!("可以写：{}。", known.join("、")),
                };
                reader.fault(*at, format!("“{key}”不是{}里能写的项。{hint}", self.what));
            }
        }
    }

    /// True if the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.fields.contains_key(key)
    }

    /// A value that must be there.
    fn needed(&self, reader: &mut Reader<'_>, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        let found = self.fields.get(key).map(|(_, value)| *value);
        if found.is_none() {
            reader.fault(self.at, format!("这里的{}缺少 {key}（{}）。请补上。", self.what, meaning(key)));
        }
        found
    }

    /// Words in quotes, not empty.
    pub fn words(&self, reader: &mut Reader<'_>, key: &str) -> Option<At<&'a str>> {
        let value = self.needed(reader, key)?;
        words(reader, key, value)
    }

    /// Words that may be absent.
    pub fn words_if_any(&self, reader: &mut Reader<'_>, key: &str) -> Option<At<&'a str>> {
        self.has(key).then(|| self.words(reader, key)).flatten()
    }

    /// A name.
    pub fn name(&self, reader: &mut Reader<'_>, key: &str) -> Option<At<Name>> {
        self.words(reader, key).map(|found| At { value: found.value.into(), at: found.at })
    }

    /// A clause id.
    pub fn clause(&self, reader: &mut Reader<'_>, key: &str) -> Option<Clause> {
        self.words(reader, key).map(|found| Clause::new(found.value))
    }

    /// A whole number above zero.
    pub fn count(&self, reader: &mut Reader<'_>, key: &str) -> Option<u32> {
        let value = self.needed(reader, key)?;
        let number = value.get_ref().as_integer().filter(|number| number.radix() == 10);
        let number = number.and_then(|number| number.as_str().parse::<u32>().ok()).filter(|number| *number > 0);
        if number.is_none() {
            wrong_kind(reader, key, value, "大于零的整数，不加引号");
        }
        number
    }

    /// Points: a whole number, or a decimal or fraction in quotes.
    pub fn points(&self, reader: &mut Reader<'_>, key: &str) -> Option<At<Points>> {
        let value = self.needed(reader, key)?;
        let at = value.span().start;
        let read = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse::<Points>().ok(),
            DeValue::String(text) => text.parse::<Points>().ok(),
            DeValue::Float(number) => {
                reader.fault(at, format!("分值有小数时要加引号。请写成 {key} = \"{}\"。", number.as_str()));
                return None;
            }
            _ => None,
        };
        if read.is_none() {
            wrong_kind(reader, key, value, "整数，或加引号的小数、分数，例如 5、\"2.5\"、\"1/3\"");
        }
        read.map(|value| At { value, at })
    }

    /// A list of words.
    pub fn list(&self, reader: &mut Reader<'_>, key: &str) -> Option<Vec<At<Name>>> {
        let value = self.needed(reader, key)?;
        let Some(array) = value.get_ref().as_array() else {
            wrong_kind(reader, key, value, "一列名称，写在方括号里，例如 [\"滨湖镇\", \"张汪镇\"]");
            return None;
        };
        let all = array.iter().map(|value| words(reader, key, value)).collect::<Vec<_>>();
        all.into_iter().map(|found| found.map(|found| At { value: found.value.into(), at: found.at })).collect()
    }

    /// One table.
    pub fn table(&self, reader: &mut Reader<'_>, key: &str, what: &'static str) -> Option<Node<'a>> {
        let value = self.needed(reader, key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Node::new(table, value.span().start, what)),
            _ => {
                wrong_kind(reader, key, value, "一段，例如 { name = \"…\", points = 5 }");
                None
            }
        }
    }

    /// A list of tables that must be there.
    pub fn tables(&self, reader: &mut Reader<'_>, key: &str, what: &'static str) -> Vec<Node<'a>> {
        match self.needed(reader, key) {
            Some(value) => tables(reader, key, value, what),
            None => Vec::new(),
        }
    }

    /// A list of tables that may be absent.
    pub fn tables_if_any(&self, reader: &mut Reader<'_>, key: &str, what: &'static str) -> Vec<Node<'a>> {
        if self.has(key) { self.tables(reader, key, what) } else { Vec::new() }
    }
}

fn words<'a>(reader: &mut Reader<'_>, key: &str, value: &'a Spanned<DeValue<'a>>) -> Option<At<&'a str>> {
    match value.get_ref() {
        DeValue::String(text) if !text.trim().is_empty() => Some(At { value: text, at: value.span().start }),
        _ => {
            wrong_kind(reader, key, value, "文字，写在引号里，不能为空");
            None
        }
    }
}

fn tables<'a>(
    reader: &mut Reader<'_>,
    key: &str,
    value: &'a Spanned<DeValue<'a>>,
    what: &'static str,
) -> Vec<Node<'a>> {
    let Some(array) = value.get_ref().as_array() else {
        wrong_kind(reader, key, value, &format!("若干段，每段以 [[{key}]] 开头"));
        return Vec::new();
    };
    let mut nodes = Vec::new();
    for value in array.iter() {
        match value.get_ref() {
            DeValue::Table(table) => nodes.push(Node::new(table, value.span().start, what)),
            _ => wrong_kind(reader, key, value, "一段，写在大括号里"),
        }
    }
    nodes
}

fn wrong_kind(reader: &mut Reader<'_>, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
    let given = reader.text[value.span()].lines().next().unwrap_or_default();
    let given: String = given.chars().take(20).collect();
    reader.fault(value.span().start, format!("{key}（{}）应当是{wanted}；现在写的是 {given} 。", meaning(key)));
}

/// What a key means, for a person who has not read the language's page.
fn meaning(key: &str) -> &'static str {
    match key {
        "id" => "编号",
        "name" => "名称",
        "office" => "机关",
        "source" => "出处",
        "clause" => "条款编号",
        "sentence" => "原文",
        "kind" => "规则的做法",
        "table" => "事实表",
        "prices" => "分值表",
        "points" => "分值",
        "level" => "所属层级",
        "answer" => "约稿完成情况",
        "key" => "理解的事项",
        "value" => "现行的理解",
        "note" => "理由",
        "reading" => "理解",
        "rule" => "规则",
        "class" => "单位类别",
        "group" => "排名组",
        "category" => "信息类别",
        "limit" => "字数上限",
        "period" => "计分周期",
        "every" => "多久一结",
        "units" => "所列单位",
        "names" => "所列名称",
        "total" => "每期总篇数",
        "minimums" => "各类最低篇数",
        "items" => "篇数",
        "status" => "直报点级别",
        "direct_points" => "直报点",
        "last" => "后几位",
        "running" | "then_running" => "连续几期",
        "outcome" | "then_outcome" => "后果",
        "letter" => "随附文书",
        "of" => "所指规则",
        "how" => "怎样合并",
        "own_groups" => "分数留在自己名下的排名组",
        "met" => "完成",
        "over" => "多报",
        "short" => "少报",
        "event" => "事项",
        "done" => "已完成",
        "undone" => "未完成",
        _ => "必填项",
    }
}
