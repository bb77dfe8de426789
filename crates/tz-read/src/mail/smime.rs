//! Signed content (CMS, RFC 5652): the mail within. The signature itself is not checked, nothing is decrypted.

/// The content a signed package encloses, if it is one. Both definite and indefinite lengths are in use.
pub(crate) fn signed_content(bytes: &[u8]) -> Option<Vec<u8>> {
    const SIGNED: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
    let mut outer = Items { rest: enter(bytes, 0x30)? };
    if outer.next()?.of(0x06)? != SIGNED {
        return None;
    }
    let explicit = outer.next()?.of(0xA0)?;
    let mut signed = Items { rest: enter(explicit, 0x30)? };
    let _version = signed.next()?.of(0x02)?;
    let _digests = signed.next()?.of(0x31)?;
    let mut enclosed = Items { rest: signed.next()?.of(0x30)? };
    let _kind = enclosed.next()?.of(0x06)?;
    let content = Items { rest: enclosed.next()?.of(0xA0)? }.next()?;
    let mut text = Vec::new();
    match content.tag {
        0x04 => text.extend_from_slice(content.value),
        // A string in pieces.
        0x24 => {
            let mut pieces = Items { rest: content.value };
            while let Some(piece) = pieces.next() {
                text.extend_from_slice(piece.of(0x04)?);
            }
        }
        _ => return None,
    }
    Some(text)
}

/// A tagged value.
struct Item<'b> {
    tag: u8,
    value: &'b [u8],
}

impl<'b> Item<'b> {
    fn of(&self, tag: u8) -> Option<&'b [u8]> {
        (self.tag == tag).then_some(self.value)
    }
}

struct Items<'b> {
    rest: &'b [u8],
}

impl<'b> Items<'b> {
    /// The next value; none at the end, and none where it cannot be followed.
    fn next(&mut self) -> Option<Item<'b>> {
        let (item, after) = item(self.rest, 0)?;
        self.rest = after;
        Some(item)
    }
}

fn enter(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    item(bytes, 0)?.0.of(tag)
}

/// The value `bytes` begin with and what comes after it.
fn item(bytes: &[u8], depth: usize) -> Option<(Item<'_>, &[u8])> {
    const INDEFINITE: u8 = 0x80;
    let [tag, first, rest @ ..] = bytes else { return None };
    // Two nulls end what began without a length; larger tags are not used here.
    if (*tag == 0 && *first == 0) || tag & 0x1F == 0x1F {
        return None;
    }
    match *first {
        INDEFINITE => {
            let length = until_end(rest, depth)?;
            Some((Item { tag: *tag, value: &rest[..length] }, rest.get(length + 2..)?))
        }
        short @ 0..=0x7F => {
            let length = usize::from(short);
            Some((Item { tag: *tag, value: rest.get(..length)? }, &rest[length..]))
        }
        long => {
            let count = usize::from(long & 0x7F);
            let digits = rest.get(..count).filter(|_| count <= 4)?;
            let length = digits.iter().fold(0_usize, |all, digit| all << 8 | usize::from(*digit));
            let rest = &rest[count..];
            Some((Item { tag: *tag, value: rest.get(..length)? }, &rest[length..]))
        }
    }
}

/// The length of the values up to the two nulls that end them.
fn until_end(bytes: &[u8], depth: usize) -> Option<usize> {
    if depth > 16 {
        return None;
    }
    let mut rest = bytes;
    while !rest.starts_with(&[0, 0]) {
        rest = item(rest, depth + 1)?.1;
    }
    Some(bytes.len() - rest.len())
}
