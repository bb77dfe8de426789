/// The columns a text takes in a terminal: two for a full-width character, none for a combining mark.
///
/// ```
/// assert_eq!(tz_model::terminal_width("镇街 A类"), 8);
/// ```
pub fn terminal_width(text: &str) -> usize {
    text.chars()
        .map(|c| match u32::from(c) {
            0..0x20 | 0x7f..0xa0 | 0x300..0x370 | 0x200b..0x2010 | 0xfe00..0xfe10 | 0xfeff => 0,
            0x1100..0x1160
            | 0x2e80..0x303f
            | 0x3041..0x4dc0
            | 0x4e00..0xa4d0
            | 0xac00..0xd7a4
            | 0xf900..0xfb00
            | 0xfe30..0xfe70
            | 0xff01..0xff61
            | 0xffe0..0xffe7
            | 0x1f300..0x1f650
            | 0x1f900..0x1fa00
            | 0x20000..0x3fffe => 2,
            _ => 1,
        })
        .sum()
}
