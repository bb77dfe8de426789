//! Transfer encodings, read leniently: what cannot be decoded is passed over, never an error.

/// Base64, whatever stands between its characters; several padded pieces in a row are read on.
pub(crate) fn base64(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    let mut rest = text;
    while let [first, after @ ..] = rest {
        // Whole groups, as nearly all of them are.
        if held == 0
            && let [a, b, c, d, next @ ..] = rest
        {
            let six = [a, b, c, d].map(|byte| SIXES[usize::from(*byte)]);
            if six.iter().all(|value| *value < 64) {
                let [a, b, c, d] = six.map(u32::from);
                let [_, group @ ..] = (a << 18 | b << 12 | c << 6 | d).to_be_bytes();
                bytes.extend_from_slice(&group);
                rest = next;
                continue;
            }
        }
        rest = after;
        match SIXES[usize::from(*first)] {
            PADDING => (bits, held) = (0, 0),
            OTHER => {}
            value => {
                bits = (bits << 6) | u32::from(value);
                held += 6;
                if held >= 8 {
                    held -= 8;
                    bytes.push((bits >> held & 0xFF) as u8);
                    bits &= (1 << held) - 1;
                }
            }
        }
    }
    bytes
}

const PADDING: u8 = 64;
const OTHER: u8 = 65;

/// What each byte means in base64: six bits, padding, or nothing.
const SIXES: [u8; 256] = {
    let mut table = [OTHER; 256];
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut at = 0;
    while at < letters.len() {
        table[letters[at] as usize] = at as u8;
        at += 1;
    }
    // The alphabet of addresses.
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table[b'=' as usize] = PADDING;
    table
};

/// Quoted-printable; a `=` that begins no code stays.
pub(crate) fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        let rest = &text[i + 1..];
        match (text[i], rest) {
            (b'=', [high, low, ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(hex(*high) << 4 | hex(*low));
                i += 3;
            }
            (b'=', [b'\r', b'\n', ..]) => i += 3,
            (b'=', [b'\n', ..]) => i += 2,
            (b'=', []) => i += 1,
            (b, _) => {
                bytes.push(b);
                i += 1;
            }
        }
    }
    bytes
}

/// Percent codes of RFC 2231.
pub(crate) fn percent(text: &str) -> Vec<u8> {
    let text = text.as_bytes();
    let mut bytes = Vec::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        match (text[i], &text[i + 1..]) {
            (b'%', [high, low, ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(hex(*high) << 4 | hex(*low));
                i += 3;
            }
            (b, _) => {
                bytes.push(b);
                i += 1;
            }
        }
    }
    bytes
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit.wrapping_sub(b'A').wrapping_add(10) & 0x0F,
    }
}

/// A file inside a text between `begin 644 name` and `end`.
pub(crate) struct UuFile {
    pub(crate) name: Vec<u8>,
    pub(crate) bytes: Vec<u8>,
}

/// Takes the uuencoded files out of a text: what is left, and the files.
pub(crate) fn take_uuencoded(text: &[u8]) -> (Vec<u8>, Vec<UuFile>) {
    let mut left = Vec::with_capacity(text.len());
    let mut files: Vec<UuFile> = Vec::new();
    let mut inside = false;
    for raw in text.split_inclusive(|b| *b == b'\n') {
        let line = super::header::trim_line_end(raw);
        if inside {
            match files.last_mut() {
                Some(file) if line != b"end" => uu_line(line, &mut file.bytes),
                _ => inside = false,
            }
        } else if let Some(name) = uu_begin(line) {
            files.push(UuFile { name: name.to_vec(), bytes: Vec::new() });
            inside = true;
        } else {
            left.extend_from_slice(raw);
        }
    }
    (left, files)
}

fn uu_begin(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"begin ")?;
    let space = rest.iter().position(|b| *b == b' ')?;
    let mode = &rest[..space];
    let good = (3..=4).contains(&mode.len()) && mode.iter().all(|b| matches!(b, b'0'..=b'7'));
    (good && rest.len() > space + 1).then(|| &rest[space + 1..])
}

fn uu_line(line: &[u8], bytes: &mut Vec<u8>) {
    let Some((first, data)) = line.split_first() else { return };
    let six = |b: &u8| b.wrapping_sub(32) & 0x3F;
    let length = usize::from(six(first));
    let from = bytes.len();
    for group in data.chunks(4) {
        let value = |i: usize| group.get(i).map_or(0, six);
        bytes.push(value(0) << 2 | value(1) >> 4);
        bytes.push(value(1) << 4 | value(2) >> 2);
        bytes.push(value(2) << 6 | value(3));
    }
    bytes.truncate(from + length);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::base64;
    use crate::mail::write;

    #[test]
    fn padded_pieces_in_a_row_and_the_alphabet_of_addresses_are_read() {
        assert_eq!(base64(b"Zm8=Zm9v\r\nZg==YmFy"), b"fofoofbar");
        assert_eq!(base64(b"-_-_"), base64(b"+/+/"));
        // A last character alone holds no byte.
        assert_eq!(base64(b"Zm9vY"), b"foo");
    }

    proptest! {
        /// Line ends, spaces and marks anywhere between the characters change nothing.
        #[test]
        fn whatever_stands_between_its_characters(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            between in prop::collection::vec((any::<prop::sample::Index>(), "[ \r\n!,.\u{4E00}]{1,4}"), 0..12),
        ) {
            let mut text = write::base64(&bytes);
            for (place, other) in between {
                let at = place.index(text.len() + 1);
                let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
                text.insert_str(at, &other);
            }
            prop_assert_eq!(base64(text.as_bytes()), bytes);
        }
    }
}
