//! The blank file: it reads as it stands, and with each of its blocks uncommented.

use tz_model::sentences;

use super::{here, read};
use crate::Scheme;
use crate::language::TOP;

/// The lines of the blank file in blocks parted by empty lines, each with whether it is commented out.
fn blocks(text: &str) -> Vec<(bool, Vec<&str>)> {
    text.split("\n\n").map(|block| (block.lines().any(is_commented), block.lines().collect())).collect()
}

fn is_commented(line: &str) -> bool {
    line.starts_with('#') && !line.starts_with("##")
}

fn uncommented(line: &str) -> &str {
    if is_commented(line) { line[1..].strip_prefix(' ').unwrap_or(&line[1..]) } else { line }
}

#[test]
fn every_block_of_the_blank_file_reads_once_it_is_uncommented() {
    let text = read(&here("../../schemes/template.toml"));
    assert_eq!(Scheme::parse(&text).map(|_| ()).map_err(|faults| sentences(&faults)), Ok(()));
    let blocks = blocks(&text);
    let mut wrong = Vec::new();
    let commented = blocks.iter().filter(|(commented, _)| *commented).count();
    for chosen in 0..blocks.len() {
        let (true, lines) = &blocks[chosen] else { continue };
        let whole: Vec<String> = blocks
            .iter()
            .enumerate()
            .map(|(at, (_, lines))| {
                let line = |line: &&str| if at == chosen { uncommented(line).to_owned() } else { (*line).to_owned() };
                lines.iter().map(line).collect::<Vec<_>>().join("\n")
            })
            .collect();
        if let Err(faults) = Scheme::parse(&whole.join("\n\n")) {
            wrong.push(format!("{}\n{}", lines.join("\n"), sentences(&faults)));
        }
        assert!(lines.iter().any(|line| line.starts_with("## ")), "a block says when to use it: {lines:?}");
    }
    assert!(commented > 30 && wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn the_blank_file_has_every_kind_of_rule() {
    let text = read(&here("../../schemes/template.toml"));
    let kinds = TOP.fields.iter().filter_map(|field| field.takes.shape()?.kinds.as_ref()).flat_map(|kinds| kinds.all);
    for kind in kinds {
        assert!(text.contains(&format!("kind = \"{}\"", kind.name)), "no {}", kind.name);
    }
}
