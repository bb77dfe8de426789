//! The map a font carries from its codes to letters (ToUnicode).

/// Codes to letters, as ranges: a hostile map may claim four thousand million codes in one line.
#[derive(Debug, Default)]
pub(crate) struct CMap {
    /// Lengths of codes in bytes with the codes they hold, as declared.
    spaces: Vec<(usize, u32, u32)>,
    ranges: Vec<Range>,
}

#[derive(Debug)]
struct Range {
    from: u32,
    to: u32,
    text: To,
}

#[derive(Debug)]
enum To {
    /// UTF-16 of the first code; the last unit counts up.
    Counting(Vec<u16>),
    /// A text for each code.
    Each(Vec<Vec<u16>>),
}

/// More than every character there is.
const MAX_RANGES: usize = 100_000;

impl CMap {
    /// Reads the parts of a CMap that say what codes mean.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut map = Self::default();
        let mut held: Vec<Token> = Vec::new();
        let mut list: Option<Vec<Vec<u8>>> = None;
        let mut tokens = Tokens { bytes, at: 0 };
        while let Some(token) = tokens.next() {
            match (&mut list, token) {
                (Some(items), Token::Hex(hex)) => items.push(hex),
                (Some(_), Token::Close) => held.extend(list.take().map(Token::List)),
                (Some(_), _) => {}
                (None, Token::Open) => list = Some(Vec::new()),
                (None, Token::Word(word)) => {
                    match word {
                        b"endcodespacerange" => map.take_spaces(&held),
                        b"endbfchar" => map.take_chars(&held),
                        b"endbfrange" => map.take_ranges(&held),
                        _ => {}
                    }
                    held.clear();
                }
                (None, token) => held.push(token),
            }
            if map.ranges.len() > MAX_RANGES || held.len() > MAX_RANGES {
                break;
            }
        }
        map.ranges.sort_by_key(|range| range.from);
        map
    }

    fn take_spaces(&mut self, held: &[Token]) {
        for pair in held.chunks_exact(2) {
            if let [Token::Hex(from), Token::Hex(to)] = pair
                && (1..=4).contains(&from.len())
            {
                self.spaces.push((from.len(), number(from), number(to)));
            }
        }
    }

    fn take_chars(&mut self, held: &[Token]) {
        for pair in held.chunks_exact(2) {
            if let [Token::Hex(code), Token::Hex(text)] = pair {
                let code = number(code);
                self.ranges.push(Range { from: code, to: code, text: To::Counting(units(text)) });
            }
        }
    }

    fn take_ranges(&mut self, held: &[Token]) {
        for three in held.chunks_exact(3) {
            let text = match three {
                [_, _, Token::Hex(text)] => To::Counting(units(text)),
                [_, _, Token::List(texts)] => To::Each(texts.iter().map(|text| units(text)).collect()),
                _ => continue,
            };
            if let [Token::Hex(from), Token::Hex(to), _] = three {
                self.ranges.push(Range { from: number(from), to: number(to), text });
            }
        }
    }

    /// The code `bytes` begin with and its length; `usual` where the map does not say how long codes are.
    pub(crate) fn code(&self, bytes: &[u8], usual: usize) -> Option<(u32, usize)> {
        for length in 1..=4.min(bytes.len()) {
            let code = number(&bytes[..length]);
            if self.spaces.iter().any(|(l, from, to)| *l == length && (*from..=*to).contains(&code)) {
                return Some((code, length));
            }
        }
        let length = usual.min(bytes.len());
        (length > 0).then(|| (number(&bytes[..length]), length))
    }

    /// What a code means.
    pub(crate) fn text(&self, code: u32) -> Option<String> {
        let after = self.ranges.partition_point(|range| range.from <= code);
        // Ranges may overlap; the nearest that holds the code is meant.
        let range = self.ranges[..after].iter().rev().take(4).find(|range| code <= range.to)?;
        let offset = code - range.from;
        let units = match &range.text {
            To::Each(texts) => texts.get(usize::try_from(offset).ok()?)?.clone(),
            To::Counting(first) => {
                let mut units = first.clone();
                let last = units.last_mut()?;
                *last = last.wrapping_add(u16::try_from(offset & 0xFFFF).unwrap_or(0));
                units
            }
        };
        let text: String = char::decode_utf16(units).filter_map(Result::ok).filter(|c| *c != '\0').collect();
        (!text.is_empty() && !text.contains('\u{FFFD}')).then_some(text)
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |all, byte| all << 8 | u32::from(*byte))
}

fn units(bytes: &[u8]) -> Vec<u16> {
    if let [one] = bytes {
        return vec![u16::from(*one)];
    }
    bytes.chunks_exact(2).take(64).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}

enum Token<'b> {
    Hex(Vec<u8>),
    List(Vec<Vec<u8>>),
    Open,
    Close,
    Word(&'b [u8]),
    Other,
}

struct Tokens<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Tokens<'b> {
    fn next(&mut self) -> Option<Token<'b>> {
        let rest = self.bytes.get(self.at..)?;
        let skip = rest.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == 0).count();
        self.at += skip;
        let rest = &rest[skip..];
        let first = *rest.first()?;
        let until = |end: u8| rest.iter().position(|byte| *byte == end).unwrap_or(rest.len() - 1) + 1;
        let is_word = |byte: &u8| !byte.is_ascii_whitespace() && !b"<>[]()/%".contains(byte);
        match first {
            b'<' if rest.get(1) == Some(&b'<') => self.at += 2,
            b'<' => {
                let length = until(b'>');
                self.at += length;
                return Some(Token::Hex(hex(&rest[1..length])));
            }
            b'[' => {
                self.at += 1;
                return Some(Token::Open);
            }
            b']' => {
                self.at += 1;
                return Some(Token::Close);
            }
            b'%' => self.at += until(b'\n'),
            b'(' => self.at += until(b')'),
            b'/' => self.at += 1 + rest[1..].iter().take_while(|byte| is_word(byte)).count(),
            _ => {
                let length = rest.iter().take_while(|byte| is_word(byte)).count().max(1);
                self.at += length;
                let word = &rest[..length];
                let counted = word.iter().all(|byte| byte.is_ascii_digit());
                return Some(if counted { Token::Other } else { Token::Word(word) });
            }
        }
        Some(Token::Other)
    }
}

fn hex(text: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> =
        text.iter().filter_map(|c| char::from(*c).to_digit(16)).filter_map(|d| u8::try_from(d).ok()).collect();
    // A missing last digit is nought.
    digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
}
