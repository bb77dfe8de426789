use std::path::PathBuf;

use proptest::prelude::*;

use crate::secrecy::{self, Mark, Place, Strength, Wordings};
use crate::{Piece, containment, coverage, difference, fingerprint, origins, similarity, without_source, word_count};

/// The lines of a case file that are not comments.
fn case_lines(name: &str) -> Vec<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cases").join(name);
    let text = std::fs::read_to_string(&path).expect("the case file is part of the crate");
    text.lines().filter(|l| !l.starts_with("# ") && !l.is_empty()).map(str::to_owned).collect()
}

/// The bodies of the public texts by number, or nothing where they are absent.
fn corpus_texts() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/texts");
    let mut texts = Vec::new();
    for number in 1..=50 {
        let id = format!("t{number:03}");
        let Ok(text) = std::fs::read_to_string(folder.join(format!("{id}.txt"))) else { continue };
        let body = text.splitn(3, "---\n").nth(2).expect("front matter stands before the body").to_owned();
        texts.push((id, body));
    }
    if texts.is_empty() {
        println!("skipped: the public texts are not here");
    }
    texts
}

#[test]
fn texts_are_counted_as_the_word_processor_does() {
    let mut wrong = Vec::new();
    for line in case_lines("word-count.case") {
        let (count, text) = line.split_once('\t').expect("a case is a count, a tab and the text");
        let counted = word_count(text);
        if counted.to_string() != count {
            wrong.push(format!("{text}: {counted}, not {count}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn shown(marks: &[Mark]) -> String {
    let each =
        marks.iter().map(|m| format!("{}{}", m.pattern, if m.strength == Strength::Strong { "强" } else { "弱" }));
    let all: Vec<String> = each.collect();
    if all.is_empty() { "-".to_owned() } else { all.join(" ") }
}

#[test]
fn marks_of_secrecy_are_found_and_near_misses_are_silent() {
    let mut wrong = Vec::new();
    for line in case_lines("secrecy.case") {
        let fields: Vec<&str> = line.splitn(3, '\t').collect();
        let [place, expected, text] = fields[..] else { panic!("a case has three fields: {line}") };
        let place = match place {
            "subject" => Place::Subject,
            "filename" => Place::FileName,
            "body" => Place::Body,
            "header" => Place::Header,
            other => panic!("no such place: {other}"),
        };
        let text = text.replace('⏎', "\n").replace("「20行」", &"样例正文。\n".repeat(20));
        let found = shown(&secrecy::find(place, &text));
        if found != expected {
            wrong.push(format!("{line}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_found_is_a_mark_and_what_is_not_is_none() {
    // Public texts carry no mark, so whatever is found in them is found wrongly; so is what is found in a near miss.
    let texts = corpus_texts();
    let in_texts = texts.iter().filter(|(_, text)| !secrecy::find(Place::Body, text).is_empty()).count();
    let (mut marks, mut found, mut misses, mut wrongly) = (0, 0, 0, 0);
    for line in case_lines("secrecy.case") {
        let fields: Vec<&str> = line.splitn(3, '\t').collect();
        let text = fields[2].replace('⏎', "\n").replace("「20行」", &"样例正文。\n".repeat(20));
        let place = match fields[0] {
            "subject" => Place::Subject,
            "filename" => Place::FileName,
            "header" => Place::Header,
            _ => Place::Body,
        };
        let told = usize::from(!secrecy::find(place, &text).is_empty());
        if fields[1] == "-" {
            misses += 1;
            wrongly += told;
        } else {
            marks += 1;
            found += told;
        }
    }
    let false_alarms = in_texts + wrongly;
    println!(
        "{} public texts: {in_texts} told as marked; {misses} near misses: {wrongly}; {marks} marks: {found} found; precision {:.3}",
        texts.len(),
        f64::from(found as u32) / f64::from((found + false_alarms) as u32)
    );
    assert_eq!((in_texts, wrongly, found), (0, 0, marks));
}

#[test]
fn which_wordings_are_held_is_the_offices_to_say() {
    let own = Wordings::new(["仅供领导参阅", "内部文件，请勿外传", "", "密"]);
    let found = |text: &str| shown(&secrecy::find_with(Place::Body, text, &own));
    assert_eq!(found("仅供 领导参阅"), "W弱");
    assert_eq!(found("内部文件 请勿外传"), "W弱");
    assert_eq!(found("内部文件。请勿外传"), "W弱");
    assert_eq!(found("内部资料，注意保存"), "-");
    assert_eq!(found("秘密★1年"), "P1强");
    // One character or none would be met everywhere.
    assert_eq!(found("保密工作"), "-");
}

#[test]
fn the_strongest_mark_of_a_mail_decides() {
    let texts = [(Place::Subject, "内部资料，注意保存"), (Place::FileName, "【秘密】样例.docx")];
    let mark = secrecy::find_mark(texts).expect("both carry a mark");
    assert_eq!((mark.strength, mark.found.as_str()), (Strength::Strong, "【秘密】"));
    assert_eq!(secrecy::find_mark([(Place::Subject, "样例")]), None);
}

fn drawn(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Same(t) => t.clone(),
            Piece::Gone(t) => format!("[-{t}-]"),
            Piece::New(t) => format!("{{+{t}+}}"),
        })
        .collect()
}

#[test]
fn changes_read_as_an_editor_would_mark_them() {
    let lines = case_lines("difference.case");
    let mut wrong = Vec::new();
    for case in lines.chunks(3) {
        let found = drawn(&difference(&case[0], &case[1]));
        if found != case[2] {
            wrong.push(format!("{}\n{found}", case[2]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The index's measured Jaccard and containment of pairs sent more than once, and of look-alikes, in hundredths.
const PAIRS: [(&str, &str, u16, u16); 9] = [
    ("t001", "t002", 85, 93),
    ("t003", "t004", 100, 100),
    ("t009", "t010", 67, 100),
    ("t038", "t039", 33, 61),
    ("t041", "t042", 42, 68),
    ("t043", "t044", 45, 65),
    ("t045", "t048", 13, 24),
    ("t013", "t014", 3, 11),
    ("t014", "t015", 2, 5),
];

#[test]
fn repeats_are_as_alike_as_was_measured_and_look_alikes_are_not() {
    let texts = corpus_texts();
    let text = |id: &str| &texts.iter().find(|(i, _)| i == id).expect("the index names it").1;
    for (a, b, jaccard, contained) in PAIRS.into_iter().filter(|_| !texts.is_empty()) {
        let (found, inside) = (similarity(text(a), text(b)).0, containment(text(a), text(b)).0);
        assert!(found.abs_diff(jaccard * 10) <= 6, "{a} {b}: {found}, measured {jaccard}0");
        assert!(inside.abs_diff(contained * 10) <= 6, "{a} {b}: {inside}, measured {contained}0");
    }
    if !texts.is_empty() {
        assert_eq!(fingerprint(text("t003")), fingerprint(text("t004")));
        assert_eq!(fingerprint(text("t011")), fingerprint(text("t012")));
        assert_ne!(fingerprint(text("t001")), fingerprint(text("t002")));
    }
}

#[test]
fn a_fingerprint_is_the_same_for_ever() {
    // FNV-1a of the four little-endian bytes of U+6ED5, worked by another program.
    assert_eq!(fingerprint(" “滕。").0, 0x8d01_3b1b_a21a_b2ea);
    assert_eq!(fingerprint("").0, 0xcbf2_9ce4_8422_2325);
    assert_eq!(fingerprint("ＡＢ１"), fingerprint("ab1"));
    assert_eq!(similarity("。", "，").0, 0);
}

#[test]
fn usual_han_characters_are_letters_as_they_stand() {
    for c in '\u{4E00}'..='\u{9FFF}' {
        assert!(c.is_alphanumeric() && c.to_lowercase().eq([c]) && !c.is_whitespace(), "{c:?}");
    }
}

/// What marks are made of, and what may stand between.
const PIECES: &[&str] = &[
    "绝密",
    "机密",
    "秘",
    "密",
    "密级",
    "：",
    ":",
    "★",
    " ",
    "\u{200B}",
    "\u{3000}",
    "【",
    "】",
    "(",
    ")",
    "内",
    "部",
    "资料",
    "使用",
    "注意保存",
    "不得外传",
    "工作",
    "不得外泄",
    "10年",
    "长期",
    "，",
    "样例",
    ".docx",
    "\n",
    "\r\n",
    "\u{C}",
];

/// Lines of these pieces, marks whole or with something missing.
fn any_marked_text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.concat())
}

/// Short texts over few characters, so that they often share stretches.
fn any_text() -> impl Strategy<Value = String> {
    prop::string::string_regex("[滕州市镇办12a,。\\n ★（）秘密级：　]{0,60}").expect("the pattern is well formed")
}

const GRAIN: &str = "全市夏粮收购开局良好，截至6月10日收购小麦12.6万吨，同比增长8%。\n设立收购点46处，预约收购平台每日放号1200个，农民平均等候时间由3小时缩短到40分钟。";
const WATER: &str =
    "滨湖镇对18公里湖堤逐段排查，加固险工3处，储备编织袋2万条。\n组建抢险队伍6支420人，汛前开展演练2次。";

#[test]
fn each_paragraph_of_a_merged_text_knows_what_it_was_made_of() {
    let sources = [vec![GRAIN], vec!["另一篇毫不相干的稿件", WATER]];
    let found = |paragraph: &str| origins(paragraph, &sources).iter().map(|one| one.source).collect::<Vec<_>>();
    // As it stands, trimmed, edited.
    assert_eq!(found("设立收购点46处，预约收购平台每日放号1200个，农民平均等候时间由3小时缩短到40分钟。"), [0]);
    assert_eq!(found("对18公里湖堤逐段排查，加固险工3处。"), [1]);
    assert_eq!(found("滨湖镇组建抢险队伍6支420人，汛前已开展两次演练。"), [1]);
    // One paragraph of both, and one of neither.
    let both = "一是抓夏粮收购，截至6月10日收购小麦12.6万吨，同比增长8%；二是抓防汛，加固险工3处，储备编织袋2万条。";
    assert_eq!(found(both), [0, 1]);
    assert!(found("近日，各镇街采取有力措施，取得明显成效。").is_empty());
    assert!(found("——").is_empty());
}

#[test]
fn a_source_taken_out_takes_its_paragraphs_with_it_and_leaves_what_an_editor_wrote() {
    let sources = [vec![GRAIN], vec![WATER]];
    let merged = format!("各镇街统筹夏收和防汛。\n{GRAIN}\n滨湖镇对18公里湖堤排查一遍，加固险工3处，储备编织袋2万条。");
    assert_eq!(without_source(&merged, &sources, 1), format!("各镇街统筹夏收和防汛。\n{GRAIN}"));
    assert_eq!(
        without_source(&merged, &sources, 0),
        "各镇街统筹夏收和防汛。\n滨湖镇对18公里湖堤排查一遍，加固险工3处，储备编织袋2万条。"
    );
}

proptest! {
    /// A difference loses nothing of either version.
    #[test]
    fn a_difference_holds_both_versions(old in any_text(), new in any_text()) {
        let pieces = difference(&old, &new);
        let side = |keep: fn(&Piece) -> Option<&String>| pieces.iter().filter_map(keep).map(String::as_str).collect::<String>();
        prop_assert_eq!(side(|p| match p { Piece::Same(t) | Piece::Gone(t) => Some(t), Piece::New(_) => None }), old);
        prop_assert_eq!(side(|p| match p { Piece::Same(t) | Piece::New(t) => Some(t), Piece::Gone(_) => None }), new);
        for two in pieces.windows(2) {
            prop_assert_ne!(std::mem::discriminant(&two[0]), std::mem::discriminant(&two[1]));
        }
    }

    /// Text counted in two halves at a line end counts the same.
    #[test]
    fn counts_add_up_over_lines(a in any_text(), b in any_text()) {
        prop_assert_eq!(word_count(&format!("{a}\n{b}")), word_count(&a) + word_count(&b));
    }

    /// Whatever is written, looking for marks ends, and what is found is short.
    #[test]
    fn looking_for_marks_never_fails(text in any_text(), any in ".{0,80}") {
        for mark in secrecy::find(Place::Body, &text).into_iter().chain(secrecy::find(Place::FileName, &any)) {
            prop_assert!(mark.found.chars().count() <= 40);
        }
    }

    /// A line passed over without a closer look holds no mark, and counts as a line of its page all the same.
    #[test]
    fn no_mark_is_passed_over(text in any_marked_text(), lines in 0..25_usize) {
        let text = "\u{200B}样例\n\u{3000}\n".repeat(lines) + &text;
        for place in [Place::Subject, Place::FileName, Place::Body] {
            prop_assert_eq!(secrecy::find(place, &text), secrecy::find_in(place, &text, &Wordings::default(), |_| true));
        }
    }

    /// What is taken out of a text is wholly covered by it, whatever stands around.
    #[test]
    fn a_part_is_covered_by_its_whole(before in any_text(), part in any_text(), after in any_text()) {
        if part.chars().any(char::is_alphanumeric) {
            prop_assert_eq!(coverage(&part, &format!("{before}{part}{after}")).0, 1000);
        }
    }

    /// Likeness has no direction, and a text is wholly like itself.
    #[test]
    fn likeness_is_even_handed(a in any_text(), b in any_text()) {
        prop_assert_eq!(similarity(&a, &b), similarity(&b, &a));
        if a.chars().any(char::is_alphanumeric) {
            prop_assert_eq!(similarity(&a, &a).0, 1000);
        }
    }
}
