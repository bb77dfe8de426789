//! The reading process as the server starts it, and what intake says of every file.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Stdio};

use tz_read::samples::{EmlSpec, docx, eml};

use crate::program::{printed, run, tongzheng};

/// A reading process under test.
struct Reading(Child);

impl Reading {
    fn start() -> Self {
        let child = tongzheng().arg("read-one").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        Self(child.expect("the program starts"))
    }

    fn ask(&mut self, task: &serde_json::Value, bytes: &[u8]) -> serde_json::Value {
        let json = task.to_string();
        let to = self.0.stdin.as_mut().expect("its input is piped");
        to.write_all(&u32::try_from(json.len()).expect("short").to_le_bytes()).expect("it listens");
        to.write_all(json.as_bytes()).and_then(|()| to.write_all(bytes)).expect("it listens");
        to.flush().expect("it listens");
        let from = self.0.stdout.as_mut().expect("its output is piped");
        let mut length = [0; 4];
        from.read_exact(&mut length).expect("it answers");
        let mut answer = vec![0; u32::from_le_bytes(length) as usize];
        from.read_exact(&mut answer).expect("it answers");
        serde_json::from_slice(&answer).expect("it answers in JSON")
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_reading_process_reads_one_mail_after_another_and_has_given_up_everything_else() {
    let mut reading = Reading::start();
    let text = "6月4日，滨湖镇组织召开夏季防汛工作会议，传达学习上级会议精神，安排部署今年的防汛抗旱工作。";
    for round in 1..=3 {
        let title = format!("滨湖镇第{round}次部署防汛");
        let mail = eml(&EmlSpec {
            from: "binhu@example.gov.cn".to_owned(),
            subject: "信息".to_owned(),
            attachments: vec![("信息.docx".to_owned(), docx(&title, &[text]))],
            ..EmlSpec::default()
        });
        let task = serde_json::json!({"Judge": {"categories": ["工作动态"], "wordings": [], "bytes": mail.len()}});
        let answer = reading.ask(&task, &mail);
        assert_eq!(answer["Judged"]["proposed"][0]["title"], title);
    }
    // It looks for the office's own wordings.
    let mail =
        eml(&EmlSpec { from: "a@b.example".to_owned(), body: "仅供领导参阅".to_owned(), ..EmlSpec::default() });
    let task = serde_json::json!({"Judge": {"categories": [], "wordings": ["仅供领导参阅"], "bytes": mail.len()}});
    assert_eq!(reading.ask(&task, &mail)["Judged"]["mark"]["found"], "仅供领导参阅");
    let refused = reading.ask(&serde_json::json!({"Text": {"name": "a.pdf", "bytes": 5}}), b"%PDF-");
    assert!(refused["Refused"].as_str().is_some_and(|sentence| sentence.ends_with('。')), "{refused}");
    if let Ok(limits) = std::fs::read_to_string(format!("/proc/{}/limits", reading.0.id())) {
        let soft = |name: &str| {
            let line = limits.lines().find(|line| line.starts_with(name)).expect("a limit of every system");
            line[name.len()..].split_whitespace().next().map(str::to_owned)
        };
        assert_eq!(soft("Max address space").as_deref(), Some("671088640"));
        assert_eq!(soft("Max open files").as_deref(), Some("3"));
        assert_eq!(soft("Max core file size").as_deref(), Some("0"));
        assert!(soft("Max cpu time").is_some_and(|seconds| seconds != "unlimited"));
    }
}

#[test]
fn every_file_of_the_public_material_has_one_fate_and_a_sentence() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    if !corpus.is_dir() {
        println!("skipped: the public material is not here");
        return;
    }
    let data = tempfile::tempdir().expect("a folder");
    let folder = data.path().to_str().expect("a plain path").to_owned();
    drop(crate::program::Running::serve(data.path(), "2018-06-13T09:00:00+08:00"));
    let (mails, office) = (corpus.join("mails"), corpus.join("office"));
    let output = run(&["intake", "--data", &folder, mails.to_str().expect("a path"), office.to_str().expect("a path")]);
    let table = printed(&output.stdout);
    assert!(output.status.success(), "{}", printed(&output.stderr));
    let rows: Vec<&str> = table.lines().skip(1).collect();
    // 59 mails and 30 office files; the index of each folder is passed over.
    assert_eq!(rows.len(), 90, "{table}");
    for row in &rows[..89] {
        assert!(row.ends_with('。') || row.starts_with("稿件"), "{row}");
        assert!(!row.contains("出了意外"), "{row}");
    }
}
