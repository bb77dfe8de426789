//! The parts that documents are put together from: red head, title, body text with levels, signature, annexes and end
//! matter (版记). Measures are those of GB/T 9704-2012; lengths are twips.

use crate::{
    page::{CHARACTER, END_AFTER, END_GAP, HEAD_POINTS, LINE, LINE_CHARACTERS, TEXT_HEIGHT},
    paper::Element,
    paragraph::{Align, Indent, Para, RedLine, Run},
    style::{Font, Style},
    table::{Column, Table},
    text::{half_width, numeral, one_line},
    title::title_lines,
};

/// A piece of body text. Headings carry no number of their own: `一、` `（一）` `1.` `（1）` are set by the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Level 1, on a line of its own: `一、` in 黑体.
    Heading1(String),
    /// Level 2, on a line of its own: `（一）` in 楷体.
    Heading2(String),
    /// Level 3: `1.`; may be a whole paragraph.
    Heading3(String),
    /// Level 4: `（1）`; may be a whole paragraph.
    Heading4(String),
    /// Plain text; a line break in it begins a new paragraph.
    Text(String),
}

impl Block {
    /// What it says.
    pub fn text(&self) -> &str {
        match self {
            Self::Heading1(text)
            | Self::Heading2(text)
            | Self::Heading3(text)
            | Self::Heading4(text)
            | Self::Text(text) => text,
        }
    }
}

impl From<&str> for Block {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Block {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Counts headings, so that what the caller writes and what a document adds are one sequence.
#[derive(Debug, Default)]
pub(crate) struct Numbering {
    counts: [usize; 4],
}

impl Numbering {
    fn next(&mut self, level: usize) -> usize {
        self.counts[level] += 1;
        for deeper in &mut self.counts[level + 1..] {
            *deeper = 0;
        }
        self.counts[level]
    }
}

/// Body text as paragraphs.
pub(crate) fn body(blocks: &[Block], numbering: &mut Numbering) -> Vec<Para> {
    let heading = |text: &str| one_line(text).trim_end_matches(['。', '：', '；', '，', ':', ';']).to_owned();
    let mut paras = Vec::new();
    for block in blocks {
        match block {
            Block::Heading1(text) => {
                let number = numeral(numbering.next(0));
                paras.push(Para::of(Style::Level1, format!("{number}、{}", heading(text))).keep_next());
            }
            Block::Heading2(text) => {
                let number = numeral(numbering.next(1));
                paras.push(Para::of(Style::Level2, format!("（{number}）{}", heading(text))).keep_next());
            }
            Block::Heading3(text) => {
                let number = numbering.next(2);
                paras.push(Para::of(Style::Level3, format!("{number}.{}", one_line(text))));
            }
            Block::Heading4(text) => {
                let number = numbering.next(3);
                paras.push(Para::of(Style::Level4, format!("（{number}）{}", one_line(text))));
            }
            Block::Text(text) => {
                paras.extend(paragraphs(text).map(|line| Para::of(Style::Body, line)));
            }
        }
    }
    paras
}

/// The paragraphs of a text, without empty ones.
pub(crate) fn paragraphs(text: &str) -> impl Iterator<Item = String> + '_ {
    text.lines().map(one_line).filter(|line| !line.is_empty())
}

/// What may become of a text's first paragraph where a page ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// It stays where it begins: page 1 must show text.
    Stays,
    /// It may go to the next page as a whole, if it leaves no great gap.
    MayMove,
}

/// Lines of a paragraph that may go to the next page as a whole: half a page.
const MOVED_LINES: i32 = 11;

/// Makes the end of a text stay with what follows it (signature, byline): at least two of its lines move along.
///
/// LibreOffice moves a held paragraph as a whole, so a long one that begins the text is held by leave of `start` only.
pub(crate) fn hold_to_next(paras: &mut [Para], start: Start) {
    let mut lines = 0;
    for (index, para) in paras.iter_mut().enumerate().rev() {
        let own = para.body_lines();
        let free = match start {
            Start::Stays => 3,
            Start::MayMove => MOVED_LINES,
        };
        if lines >= 2 || (index == 0 && own > free) {
            break;
        }
        // A short paragraph goes as a whole; of a long one, two lines go by widow control.
        *para = if own <= 3 { para.clone().keep_next().keep_lines() } else { para.clone().keep_next() };
        lines += own;
    }
}

/// Empty lines.
pub(crate) fn blank(elements: &mut Vec<Element>, count: usize) {
    elements.extend(std::iter::repeat_n(Element::Para(Para::plain()), count));
}

/// Adds paragraphs.
pub(crate) fn push(elements: &mut Vec<Element>, paras: impl IntoIterator<Item = Para>) {
    elements.extend(paras.into_iter().map(Element::Para));
}

/// The red head (发文机关标志): 48 pt, narrowed to no less than 60 % when wider than 152 mm, then made smaller. Its
/// ink begins 35 mm under the text area's top, whether a line with the urgency stands above it or not.
pub(crate) fn red_head(name: &str, after_urgency: bool) -> Para {
    let (half_points, scale) = fit_head(half_width(name), 96);
    Para::plain()
        .before(if after_urgency { 1405 } else { 1984 })
        .line(half_points * 10)
        .align(Align::Center)
        .run(Run::new().font(Font::Title).size(half_points).scale(scale).spacing(0).red().text(name))
}

/// Size in half-points and width in per cent at which a name of so many half characters fits into 152 mm.
fn fit_head(halves: i32, half_points: i32) -> (i32, i32) {
    let characters = f64::from(halves) / 2.0;
    let natural = characters * f64::from(half_points) / 2.0;
    if natural <= HEAD_POINTS {
        return (half_points, 100);
    }
    let scale = (HEAD_POINTS / natural * 100.0).round();
    if scale >= 60.0 {
        return (half_points, scale as i32);
    }
    let shrunk = (HEAD_POINTS / (characters * 0.6) * 2.0).floor();
    ((shrunk as i32).max(2), 60)
}

/// The line with the document's number and the red line under it.
pub(crate) fn number_line(number: &str) -> Para {
    let para = Para::plain().align(Align::Center).red_line(RedLine { eighths: 12, space: 8 });
    if number.is_empty() { para } else { para.run(Run::new().text(number)) }
}

/// A centred title of several lines (公文标题); `size` other than 2号 is set on its runs.
pub(crate) fn title(text: &str, size: Option<i32>) -> Para {
    let mut para = Para::new(Style::Title);
    if size.is_some() {
        para = para.line(LINE);
    }
    let face = size.map_or_else(Run::new, |size| Run::new().size(size));
    for (number, line) in title_lines(text).into_iter().enumerate() {
        let run = if number > 0 { face.clone().line_break() } else { face.clone() };
        para = para.run(run.text(line));
    }
    para
}

/// Whether page 1 has room for body text when the addressees stand on it; if not they move to the end matter.
pub(crate) fn addressees_fit(title_line_count: usize, addressees: &str) -> bool {
    // Head with its space, number and its border, two blank lines twice, one blank line, then two lines of body.
    let fixed = 1984 + 960 + 3 * LINE + 190 + 2 * LINE + LINE + 2 * LINE;
    let title = 700 * i32::try_from(title_line_count).unwrap_or(i32::MAX / 1400);
    let lines = body_line_count(addressees, 0);
    lines < 22 && fixed + title + lines * LINE <= TEXT_HEIGHT
}

/// How many body lines a text takes, its first line indented by so many half characters. An estimate by widths.
pub(crate) fn body_line_count(text: &str, indent_halves: i32) -> i32 {
    let halves = half_width(text).saturating_add(indent_halves);
    (halves.saturating_add(2 * LINE_CHARACTERS - 1) / (2 * LINE_CHARACTERS)).max(1)
}

/// The lines under the body that name the annexes (附件说明), without the blank line above them.
pub(crate) fn annex_notes(names: &[String]) -> Vec<Para> {
    let note = |text: String, left: i32, hanging: i32| {
        Para::of(Style::AnnexNote, text).keep_next().keep_lines().indent(Indent::hanging(left, hanging))
    };
    match names {
        [] => Vec::new(),
        [single] => vec![note(format!("附件：{single}"), 5 * CHARACTER, 3 * CHARACTER)],
        several => several
            .iter()
            .enumerate()
            .map(|(index, name)| match index {
                0 => note(format!("附件：1.{name}"), 6 * CHARACTER, 4 * CHARACTER),
                _ => note(format!("{}.{name}", index + 1), 6 * CHARACTER, CHARACTER),
            })
            .collect(),
    }
}

/// The first lines of an annex, on a new page: `附件1` (or `附件`), one line free, the title. No line is free under it,
/// so that the table of 21 towns ends on the page it begins on.
pub(crate) fn annex_head(elements: &mut Vec<Element>, number: Option<usize>, name: &str) {
    let label = number.map_or_else(|| "附件".to_owned(), |number| format!("附件{number}"));
    push(
        elements,
        [
            Para::plain().keep_next().page_break_before().run(Run::new().font(Font::Hei).text(label)),
            Para::plain().keep_next(),
            title(name, None).keep_next(),
        ],
    );
}

/// The signature without a seal: name two characters from the right, the date beginning two characters right of the
/// name's beginning; a longer date stands two from the right and the name moves left.
pub(crate) fn signature_without_seal(name: &str, day: &str) -> [Para; 2] {
    let (name_width, date_width) = (half_width(name), half_width(day));
    let (name_right, date_right) =
        if date_width > name_width { (8 + date_width - name_width, 4) } else { (4, name_width - date_width) };
    signature(name, name_right, day, date_right)
}

/// The signature with room for a seal: date four characters from the right, the name centred on it, one line above.
pub(crate) fn signature_with_seal(name: &str, day: &str) -> [Para; 2] {
    let name_right = (8 + (half_width(day) - half_width(name)) / 2).max(0);
    signature(name, name_right, day, 8)
}

fn signature(name: &str, name_right: i32, day: &str, date_right: i32) -> [Para; 2] {
    [
        Para::of(Style::Signature, name).keep_next().keep_lines().indent(Indent::right_halves(name_right)),
        Para::of(Style::Date, day).keep_lines().indent(Indent::right_halves(date_right)),
    ]
}

/// A list of receivers in the end matter: label, names, a hanging indent under the first name. Sizes are 4号, so a
/// character is 280.
pub(crate) fn receivers_text(label: &str, names: &str) -> Para {
    let hanging = half_width(label) * 140;
    let indent = Indent { right: Some(280), ..Indent::hanging(280 + hanging, hanging) };
    Para::of(Style::EndMatter, format!("{label}{names}")).indent(indent)
}

/// The last row of the end matter: one text one character from the left, one as far from the right.
pub(crate) fn both_ends(left: &str, right: &str) -> Para {
    let mut run = Run::new().text(left);
    if !right.is_empty() {
        run = run.tab().text(right);
    }
    Para::new(Style::EndMatter)
        .right_tab(8564)
        .indent(Indent { left: Some(280), ..Indent::default() })
        .align(Align::Left)
        .run(run)
}

/// The end matter, what keeps the text off it, and the tiny paragraph that a table at the end of a document needs after it.
/// One that is `held` stands under the last lines of the text.
pub(crate) fn end_matter(elements: &mut Vec<Element>, rows: Vec<Vec<Para>>, lined: bool, held: bool) {
    let rows: Vec<Vec<Para>> = rows.into_iter().filter(|row| !row.is_empty()).collect();
    if rows.is_empty() {
        return;
    }
    // LibreOffice parts an end matter from text that holds on to it where an empty line stands between.
    match elements.last_mut() {
        Some(Element::Para(para)) => *para = para.clone().after(END_GAP),
        _ => elements.push(Element::Para(Para::plain().line(END_GAP).keep_next())),
    }
    elements.push(Element::Table(Table::End { rows, lined, held }));
    elements.push(Element::Para(Para::plain().line(END_AFTER)));
}

/// A table with its title above: `表1　6月份镇街得分情况`.
pub(crate) fn titled_table(elements: &mut Vec<Element>, title: &str, columns: Vec<Column>, rows: Vec<Vec<String>>) {
    if !title.is_empty() {
        elements.push(Element::Para(Para::of(Style::TableTitle, title).keep_next()));
    } else if matches!(elements.last(), Some(Element::Table(_))) {
        // Two tables with nothing between are one table to a word processor.
        blank(elements, 1);
    }
    elements.push(Element::Table(Table::Data { title: title.to_owned(), columns, rows, held: false }));
}
