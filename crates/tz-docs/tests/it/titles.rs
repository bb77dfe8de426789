//! Titles in lines, against a file of hand-made breaks.

use tz_docs::title_lines;

/// Each block of the file is a title on one line, then the wanted lines, indented.
#[test]
fn titles_break_between_words_as_trapezium_or_diamond() {
    let cases = include_str!("../../cases/titles/lines.case");
    let mut wrong = Vec::new();
    let mut count = 0;
    for block in cases.split("\n\n") {
        let lines: Vec<&str> = block.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
        let Some((title, wanted)) = lines.split_first() else { continue };
        let wanted: Vec<&str> = wanted.iter().map(|line| line.trim()).collect();
        let made = title_lines(title);
        if made != wanted {
            wrong.push(format!("{title}\n  made {made:?}\n  want {wanted:?}"));
        }
        count += 1;
    }
    assert!(count > 10 && wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lines_an_editor_typed_are_kept() {
    assert_eq!(title_lines("滕州市人民政府办公室\n关于夏粮收购的通知"), ["滕州市人民政府办公室", "关于夏粮收购的通知"]);
}

#[test]
fn any_title_keeps_its_characters_and_the_width_of_twenty() {
    for title in [
        "测".repeat(41),
        "测".repeat(61),
        "测".repeat(1000),
        "a".repeat(500),
        "，".repeat(100),
        "《".repeat(100),
        format!("关于{}的通报", "2018".repeat(40)),
        String::new(),
        "。".into(),
    ] {
        let lines = title_lines(&title);
        assert_eq!(lines.concat(), title.trim_end_matches('。'));
        for line in &lines {
            let width: usize = line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
            assert!(width <= 40, "{line}");
            assert!(lines.len() == 1 || line.chars().count() > 1, "{line} stands alone in {title}");
        }
    }
}
