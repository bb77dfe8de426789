//! Where the text is no TOML: what to type instead, as far as that can be told.

use toml::de::Error;

use super::Reader;
use crate::language;

/// Notes what is wrong where the text is no TOML. Where some mistakes can be named, the others are mostly their consequences
/// and are left unsaid.
pub(crate) fn note(reader: &mut Reader<'_>, errors: &[Error]) {
    let named: Vec<(usize, Option<String>)> = errors.iter().map(|error| name(reader.text(), error)).collect();
    let any = named.iter().any(|(_, sentence)| sentence.is_some());
    for (at, sentence) in named {
        match sentence {
            Some(sentence) => reader.fault(at, sentence),
            None if any => {}
            None => reader.fault(at, "此处不合 TOML 的写法。请检查这一行的引号、括号和等号是否成对、是否写全。"),
        }
    }
}

/// Where a mistake is, and what to type instead if that can be told.
fn name(text: &str, error: &Error) -> (usize, Option<String>) {
    let at = text.floor_char_boundary(error.span().map_or(0, |span| span.start).min(text.len()));
    let sentence = match text[at..].chars().next() {
        Some(mark @ ('“' | '”' | '‘' | '’' | '＂')) => {
            format!("这里的 {mark} 是中文引号。请改用英文引号，写成 \"…\"。")
        }
        Some(mark @ ('，' | '、' | '；')) => format!("这里的 {mark} 是中文标点。请改用英文逗号 , 。"),
        Some('＝') => "这里的 ＝ 是全角等号。请改用英文等号 = 。".to_owned(),
        Some(mark @ ('［' | '］' | '【' | '】' | '｛' | '｝')) => {
            format!("这里的 {mark} 是全角括号。请改用英文括号 [ ] 或 {{ }}。")
        }
        Some(letter) if !letter.is_ascii() && letter.is_alphanumeric() => bare(text, at),
        _ if error.message().contains("duplicate") => "同一段里这一项写了两次。请删去一个。".to_owned(),
        _ => return (at, None),
    };
    (at, Some(sentence))
}

/// A Chinese word without quotes: as a value it wants quotes, as a key it wants the key that means it.
fn bare(text: &str, at: usize) -> String {
    let rest = &text[at..];
    let word: String =
        rest.chars().take_while(|letter| letter.is_alphanumeric() && !letter.is_ascii_punctuation()).collect();
    let behind = rest[word.len()..].trim_start_matches([' ', '\t']);
    match behind.strip_prefix(['=', '＝']) {
        Some(value) => {
            let value: String =
                value.chars().take_while(|mark| !matches!(mark, ',' | '，' | '}' | '\n' | '#')).collect();
            match instead_of_key(&word, value.trim(), &around(text, at)) {
                Some(instead) => format!("中文“{word}”不能直接作项名。请写成 {instead}。"),
                None => format!("中文“{word}”不能直接作项名。项名用英文，名称写在引号里，例如 name = \"{word}\"。"),
            }
        }
        None => format!("中文“{word}”要加引号。请写成 \"{word}\"。"),
    }
}

/// What to type instead of a Chinese key, by the list it stands in.
pub(crate) fn instead_of_key(word: &str, value: &str, around: &str) -> Option<String> {
    let value = if value.is_empty() { "5" } else { value };
    if let Some(key) = language::key_meaning(word) {
        return Some(format!("{key} = {value}"));
    }
    Some(match around {
        "prices" => format!("{{ name = \"{word}\", points = {value} }}"),
        "steps" => format!("{{ from = \"100%\", name = \"{word}\", points = {value} }}"),
        "target" | "targets" => format!("targets = [{{ class = \"{word}\", items = {value} }}]"),
        "minimums" => format!("{{ category = \"{word}\", items = {value} }}"),
        "by_group" => format!("{{ group = \"{word}\", first = {value} }}"),
        _ => return None,
    })
}

/// The key whose value a place stands in, looking outwards through brackets; empty at the top.
fn around(text: &str, at: usize) -> String {
    let mut depth = 0usize;
    for (place, mark) in text[..at].char_indices().rev() {
        match mark {
            ']' | '}' => depth += 1,
            '[' | '{' if depth > 0 => depth -= 1,
            '[' | '{' => {
                let before = text[..place].trim_end();
                if let Some(key) = before.strip_suffix('=') {
                    let key: Vec<char> = key
                        .trim_end()
                        .chars()
                        .rev()
                        .take_while(|mark| mark.is_ascii_alphanumeric() || matches!(mark, '_' | '-'))
                        .collect();
                    return key.into_iter().rev().collect();
                }
            }
            _ => {}
        }
    }
    String::new()
}
