//! Who wrote an item, as its last or first lines say (撰稿).

const LABELS: [&str; 10] = ["撰稿人", "撰稿", "作者", "供稿人", "供稿", "报送人", "信息员", "拟稿人", "拟稿", "执笔"];

/// The authors named near the beginning or the end of a text, in order, each once. Checkers and editors are none.
pub(crate) fn authors(paragraphs: &[String]) -> Vec<String> {
    let count = paragraphs.len();
    let mut found: Vec<String> = Vec::new();
    for (i, line) in paragraphs.iter().enumerate().filter(|(i, _)| *i < 3 || *i + 4 >= count) {
        // In a long paragraph only the end can name its author.
        let names = if line.chars().count() > 120 && i < 3 && count > 4 { Vec::new() } else { in_line(line) };
        for name in names {
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}

fn in_line(line: &str) -> Vec<String> {
    for label in LABELS {
        for (at, _) in line.match_indices(label) {
            let after = line[at + label.len()..].trim_start();
            if let Some(rest) = after.strip_prefix([':', '：']) {
                let names = names(rest);
                if !names.is_empty() {
                    return names;
                }
            }
        }
    }
    Vec::new()
}

fn names(text: &str) -> Vec<String> {
    let is_part = |c: char| is_han(c) || matches!(c, '·' | '、' | '，' | ',') || c.is_whitespace();
    let end = text.find(|c: char| !is_part(c)).unwrap_or(text.len());
    let mut tokens: Vec<&str> = text[..end].split(|c: char| !is_han(c) && c != '·').filter(|t| !t.is_empty()).collect();
    // 审核： after the names begins something else.
    if text[end..].starts_with([':', '：']) {
        tokens.pop();
    }
    let mut names: Vec<String> = Vec::new();
    let mut single: Option<&str> = None;
    for token in tokens {
        match (token.chars().count(), single.take()) {
            // 张　三 is spread to be as wide as three characters.
            (1, None) => single = Some(token),
            (1, Some(before)) => names.push(format!("{before}{token}")),
            (2..=4, None) => names.push(token.to_owned()),
            (_, None) if token.contains('·') => names.push(token.to_owned()),
            _ => break,
        }
    }
    names
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '\u{20000}'..='\u{3FFFF}')
}
