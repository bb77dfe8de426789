//! No text makes the reader panic, and no fault stands outside the text.

use proptest::prelude::*;
use tz_model::Fault;

use super::{here, read};
use crate::{BUILTIN_IDS, Scheme, diff, show};

/// What reading leads to: the pages of a scheme, or faults that stand within the text.
fn read_and_print(text: &str) {
    match Scheme::parse(text) {
        Ok(scheme) => {
            assert!(show(&scheme).ends_with('\n'));
            assert!(diff(&scheme, &scheme).is_empty());
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            let lines = text.matches('\n').count() + 1;
            assert!(faults.iter().all(|fault| line_of(fault).is_some_and(|line| line <= lines)), "{faults:?}");
        }
    }
}

fn line_of(fault: &Fault) -> Option<usize> {
    fault.place.strip_prefix('第')?.split_once('行')?.0.parse().ok()
}

/// Pieces that turn a good file into many sorts of bad ones.
const PIECES: [&str; 30] = [
    "[[rule]]\n",
    "of = []\n",
    "kind = \"combine\"\n",
    "kind = 5\n",
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    "=",
    "，",
    "中文",
    "\u{feff}",
    "= 99999999999999999999\n",
    "= \"1/0\"\n",
    "= \"999999999999/999999999999\"\n",
    "= -5\n",
    "= 1e400\n",
    "= true\n",
    "= []\n",
    "= [[]]\n",
    "= {}\n",
    "when = [\" 或 \"]\n",
    "when = [\"= = =\"]\n",
    "when = [\"字数 < 9 或 \"]\n",
    "months = [[1,2,3,4,5,6,7,8,9,10,11,12]]\n",
    "year_begins = { month = 255, of = \"this-year\" }\n",
    "\0",
    "\r",
];

fn files() -> Vec<String> {
    let mut all: Vec<String> =
        BUILTIN_IDS.iter().map(|id| Scheme::builtin(id).expect("listed").text().to_owned()).collect();
    all.push(read(&here("cases/base.toml")));
    let template = read(&here("../../schemes/template.toml"));
    all.push(template.lines().map(|line| format!("{}\n", line.strip_prefix("# ").unwrap_or(line))).collect());
    all
}

proptest! {
    #![proptest_config(tz_testkit::property(400))]

    #[test]
    fn any_text_is_read_without_panic(text in any::<String>()) {
        read_and_print(&text);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_and_print(&String::from_utf8_lossy(&bytes));
    }

    /// A good file with stretches cut out, doubled, moved or replaced by nonsense.
    #[test]
    fn any_spoilt_file_is_read_without_panic(
        file in 0..files().len(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..60usize, 0..PIECES.len() + 2), 1..6),
    ) {
        let mut text = files().swap_remove(file);
        for (place, length, piece) in cuts {
            let from = text.floor_char_boundary(place.index(text.len() + 1));
            let to = text.floor_char_boundary((from + length).min(text.len()));
            let cut = text[from..to].to_owned();
            let put = match PIECES.get(piece) {
                Some(put) => (*put).to_owned(),
                None if piece == PIECES.len() => String::new(),
                None => cut.repeat(2),
            };
            text.replace_range(from..to, &put);
        }
        read_and_print(&text);
    }

    /// Values alone are changed, so that the text stays TOML and what the file means is what breaks.
    #[test]
    fn any_file_with_strange_values_is_read_without_panic(
        file in 0..files().len(),
        line in any::<prop::sample::Index>(),
        value in prop::sample::select(vec![
            "0", "-1", "1", "999999999999", "\"999999999999.999999999999\"", "\"1/999999999999\"", "\"\"", "\" \"", "[]", "[1]",
            "[\"\"]", "[[\"a\"]]", "{}", "true", "\"采用\"", "\"分\"", "\"year\"", "\"none\"", "2018-06-04", "[\"被采用\"]", "[\"字数 = 5\"]",
        ]),
    ) {
        let text = files().swap_remove(file);
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let keyed: Vec<usize> =
            lines.iter().enumerate().filter(|(_, line)| line.contains(" = ") && !line.trim_start().starts_with(['{', '#'])).map(|(at, _)| at).collect();
        let at = keyed[line.index(keyed.len())];
        let key = lines[at].split(" = ").next().unwrap_or_default().to_owned();
        lines[at] = format!("{key} = {value}");
        read_and_print(&lines.join("\n"));
    }
}

#[test]
fn deep_and_long_files_end() {
    read_and_print(&format!("a = {}", "[".repeat(100_000)));
    read_and_print(&format!("a = {}", "{a=".repeat(100_000)));
    read_and_print(&"[[rule]]\nid = \"a\"\n".repeat(500));
    read_and_print(&format!("id = \"{}\"", "长".repeat(100_000)));
}
