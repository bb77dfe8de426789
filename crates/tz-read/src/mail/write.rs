//! The few things this crate writes: a mail around a file, so that a file given by hand takes the way of every mail.

/// The line by which a mail says that it was made around a file (直接读入的文件). Anybody can write it; it only chooses words.
pub const FILE_LINE: &str = "X-Tongzheng-File";

/// A mail without a sender, with one file attached. Same file, same bytes.
pub fn as_message(name: &str, bytes: &[u8]) -> Vec<u8> {
    let title = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let codes: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    // A base64 line never holds an underscore, so the boundary stands in no part.
    let head = format!(
        "Subject: {}\r\n{FILE_LINE}: 1\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_tongzheng_file\"\r\n\r\n--=_tongzheng_file\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename*=UTF-8''{codes}\r\n\r\n",
        words(title)
    );
    let mut mail = head.into_bytes();
    mail.extend(base64_lines(bytes).into_bytes());
    mail.extend(b"\r\n--=_tongzheng_file--\r\n");
    mail
}

/// A text as encoded words of at most 75 characters, cut between characters.
pub(crate) fn words(text: &str) -> String {
    if text.is_ascii() && !text.contains("=?") && !text.contains(char::is_control) {
        return text.to_owned();
    }
    let mut pieces: Vec<String> = vec![String::new()];
    for c in text.chars() {
        match pieces.last_mut() {
            Some(last) if last.len() + c.len_utf8() <= 45 => last.push(c),
            _ => pieces.push(c.to_string()),
        }
    }
    let words: Vec<String> = pieces.iter().map(|p| format!("=?UTF-8?B?{}?=", base64(p.as_bytes()))).collect();
    words.join("\r\n ")
}

pub(crate) fn base64_lines(bytes: &[u8]) -> String {
    let lines: Vec<String> = bytes.chunks(57).map(base64).collect();
    lines.join("\r\n")
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len() / 3 * 4 + 4);
    for group in bytes.chunks(3) {
        let byte = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * i) & 63) as usize];
            text.push(if i <= group.len() { char::from(letter) } else { '=' });
        }
    }
    text
}
