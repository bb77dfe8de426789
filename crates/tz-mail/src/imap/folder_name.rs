//! Folder names as they travel: modified UTF-7 (RFC 3501, 5.1.3), where 垃圾邮件 is `&V4NXPpCuTvY-`.

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const CODE: GeneralPurpose = GeneralPurpose::new(
    &IMAP_MUTF7,
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A name as the server wants it.
pub(super) fn encode(name: &str) -> String {
    let mut out = String::new();
    let mut foreign: Vec<u8> = Vec::new();
    let flush = |foreign: &mut Vec<u8>, out: &mut String| {
        if !foreign.is_empty() {
            out.push('&');
            out.push_str(&CODE.encode(&*foreign));
            out.push('-');
            foreign.clear();
        }
    };
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            flush(&mut foreign, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            foreign.extend(c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut foreign, &mut out);
    out
}

/// A name as people read it; what is not rightly written stands as it came.
pub(super) fn decode(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let Some((inside, behind)) = after.split_once('-') else {
            out.push('&');
            rest = after;
            continue;
        };
        let text = CODE.decode(inside).ok().filter(|bytes| bytes.len() % 2 == 0).and_then(|bytes| {
            let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).ok()
        });
        match text {
            Some(text) if inside.is_empty() => {
                debug_assert!(text.is_empty());
                out.push('&');
            }
            Some(text) => out.push_str(&text),
            None => {
                out.push('&');
                out.push_str(inside);
                out.push('-');
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode, encode};

    #[test]
    fn names_of_known_servers() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("垃圾邮件", "&V4NXPpCuTvY-"),
            ("其他文件夹/信息", "&UXZO1mWHTvZZOQ-/&T+Fgbw-"),
            ("A&B", "A&-B"),
        ] {
            assert_eq!(encode(name), wire);
            assert_eq!(decode(wire), name);
        }
    }

    proptest! {
        #![proptest_config(tz_testkit::property(256))]

        #[test]
        fn any_name_comes_back(name in "\\PC{0,20}") {
            prop_assert_eq!(decode(&encode(&name)), name);
        }

        #[test]
        fn anything_can_be_shown(wire in ".{0,30}") {
            decode(&wire);
        }
    }
}
