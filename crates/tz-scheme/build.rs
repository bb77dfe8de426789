//! Lists the files of `schemes/`, so that each is built in. The blank one to start from is no scheme.

use std::path::Path;
use std::{env, fs};

fn main() {
    let folder =
        Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo says where the crate is")).join("../../schemes");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut ids: Vec<String> = fs::read_dir(&folder)
        .expect("the folder of schemes is there")
        .filter_map(|entry| {
            let name = entry.expect("the folder of schemes can be read").file_name().into_string().ok()?;
            name.strip_suffix(".toml").map(str::to_owned).filter(|id| id != "template")
        })
        .collect();
    ids.sort();
    let texts: Vec<String> = ids
        .iter()
        .map(|id| format!("include_str!({:?}),", folder.join(format!("{id}.toml")).display().to_string()))
        .collect();
    let list = format!(
        "/// Every built-in scheme's id.\npub const BUILTIN_IDS: &[&str] = &{ids:?};\n\nconst TEXTS: &[&str] = &[{}];\n",
        texts.concat()
    );
    let out = Path::new(&env::var("OUT_DIR").expect("cargo says where to write")).join("builtin.rs");
    fs::write(out, list).expect("the list can be written");
}
