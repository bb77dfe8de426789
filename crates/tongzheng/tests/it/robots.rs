//! A notice reaches the robot of a chat group as JSON over HTTP, through the real program; what the robot says is kept.

use std::io::{Read, Write};
use std::net::TcpListener;

use tz_app::notice::RobotWish;
use tz_app::postbox::Secret;
use tz_app::{Administrator, Person, Role};
use tz_model::AccountId;

use crate::answers::{Serving, until};
use crate::letters::{office, serve};
use crate::program::tongzheng;

/// Answers one request with this and gives its body.
pub fn answer(listener: &TcpListener, with: &str) -> String {
    let (mut stream, _) = listener.accept().expect("the program connects");
    let mut request = Vec::new();
    let mut part = [0_u8; 4096];
    loop {
        let read = stream.read(&mut part).expect("the program sends");
        request.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length.expect("the program says how long it is") {
                let body = body.to_owned();
                let answer =
                    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{with}", with.len());
                stream.write_all(answer.as_bytes()).expect("the program reads");
                return body;
            }
        }
        assert!(read > 0, "the request broke off: {text}");
    }
}

#[test]
fn a_trial_reaches_the_robot_and_what_it_says_is_shown() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let (_, app) = office(&data);
    let person = Person {
        account: AccountId(1),
        name: "满建国".to_owned(),
        role: Role::Administrator,
        unit: None,
        must_change: false,
    };
    let who = Administrator::of(&person).expect("an administrator is one");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let wish = RobotWish {
        name: "信息员工作群".to_owned(),
        url: Secret::new(format!("http://{}/send?key=abc", listener.local_addr().expect("an address"))),
        kinds: vec!["solicited".to_owned()],
    };
    app.add_robot(&who, &wish).expect("a sound address");
    app.try_robot(&who, 1).expect("it is enabled");
    let _serving = Serving(serve(&mut tongzheng(), &data));
    let json: serde_json::Value = serde_json::from_str(&answer(&listener, "{\"errcode\":0}")).expect("JSON");
    assert_eq!(json["msgtype"], "text");
    assert!(json["text"]["content"].as_str().is_some_and(|text| text.contains("这是一条试发的消息")), "{json}");
    let state = |words: &str| {
        let (_, posts) = app.robots(&who).expect("the page");
        posts[0].state == words || posts[0].trouble.contains(words)
    };
    until("the first post is sent", || state("sent"));
    app.try_robot(&who, 1).expect("it is enabled");
    answer(&listener, "{\"errcode\":310000,\"errmsg\":\"关键词不匹配\"}");
    until("the second post is refused", || state("关键词不匹配"));
}
