//! Paragraphs and runs, written in the order of elements that strict readers demand.

use crate::{
    style::{Font, Style},
    xml::Xml,
};

/// Alignment of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
    Center,
    Both,
}

impl Align {
    /// The value of `w:jc`.
    pub(crate) fn value(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
            Self::Center => "center",
            Self::Both => "both",
        }
    }
}

/// Indents in twips; the `_chars` ones in hundredths of a character, for programs that prefer them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Indent {
    pub(crate) left: Option<i32>,
    pub(crate) right_chars: Option<i32>,
    pub(crate) right: Option<i32>,
    pub(crate) hanging: Option<i32>,
    pub(crate) first_line_chars: Option<i32>,
    pub(crate) first_line: Option<i32>,
}

impl Indent {
    /// Hanging lines: the first begins at `left - hanging`.
    pub(crate) fn hanging(left: i32, hanging: i32) -> Self {
        Self { left: Some(left), hanging: Some(hanging), ..Self::default() }
    }

    /// Free space at the right in half characters of the body.
    pub(crate) fn right_halves(halves: i32) -> Self {
        let twips = (halves * crate::page::CHARACTER + 1) / 2;
        Self { right_chars: Some(halves * 50), right: Some(twips), ..Self::default() }
    }

    /// Writes `w:ind`.
    pub(crate) fn write(&self, xml: &mut Xml) {
        let fields = [
            ("w:left", self.left),
            ("w:rightChars", self.right_chars),
            ("w:right", self.right),
            ("w:hanging", self.hanging),
            ("w:firstLineChars", self.first_line_chars),
            ("w:firstLine", self.first_line),
        ];
        let given: Vec<(&str, i32)> = fields.iter().filter_map(|(name, value)| value.map(|v| (*name, v))).collect();
        let attributes: Vec<(&str, &dyn std::fmt::Display)> =
            given.iter().map(|(name, value)| (*name, value as &dyn std::fmt::Display)).collect();
        xml.leaf("w:ind", &attributes);
    }
}

/// A border above or below a paragraph: thickness in eighths of a point, space in points; always red, as only red lines
/// are drawn this way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RedLine {
    pub(crate) eighths: i32,
    pub(crate) space: i32,
}

/// One thing in a run.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    Text(String),
    Tab,
    Break,
    /// The number of the page it stands on.
    Page,
}

/// How a run looks, nothing left open: size in half-points, spacing in twips, width in per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RunFace {
    pub(crate) font: Font,
    pub(crate) half_points: i32,
    pub(crate) spacing: i32,
    pub(crate) scale: i32,
    pub(crate) red: bool,
}

/// How a paragraph stands, nothing left open, in twips.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stand {
    pub(crate) before: i32,
    pub(crate) line: i32,
    pub(crate) left: i32,
    pub(crate) right: i32,
    /// Of the first line, beyond `left`; negative where it hangs out.
    pub(crate) first: i32,
    pub(crate) align: Align,
    pub(crate) right_tab: Option<i32>,
    pub(crate) red_top: Option<RedLine>,
    pub(crate) red_line: Option<RedLine>,
    pub(crate) keep_next: bool,
    pub(crate) keep_lines: bool,
    pub(crate) page_break_before: bool,
}

/// A run: pieces of text in one face. What is not set comes from the paragraph's style.
#[derive(Debug, Clone, Default)]
pub(crate) struct Run {
    pieces: Vec<Piece>,
    font: Option<Font>,
    half_points: Option<i32>,
    spacing: Option<i32>,
    scale: Option<i32>,
    red: bool,
}

impl Run {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn text(mut self, text: impl Into<String>) -> Self {
        self.pieces.push(Piece::Text(text.into()));
        self
    }

    pub(crate) fn tab(mut self) -> Self {
        self.pieces.push(Piece::Tab);
        self
    }

    pub(crate) fn line_break(mut self) -> Self {
        self.pieces.push(Piece::Break);
        self
    }

    /// The number of the page.
    pub(crate) fn page(mut self) -> Self {
        self.pieces.push(Piece::Page);
        self
    }

    pub(crate) fn font(mut self, font: Font) -> Self {
        self.font = Some(font);
        self
    }

    /// Size in half-points.
    pub(crate) fn size(mut self, half_points: i32) -> Self {
        self.half_points = Some(half_points);
        self
    }

    /// Letter spacing in twips.
    pub(crate) fn spacing(mut self, twips: i32) -> Self {
        self.spacing = Some(twips);
        self
    }

    /// Width of the characters in per cent; 100 is not written.
    pub(crate) fn scale(mut self, percent: i32) -> Self {
        self.scale = (percent != 100).then_some(percent);
        self
    }

    pub(crate) fn red(mut self) -> Self {
        self.red = true;
        self
    }

    /// What it holds, in order.
    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// How it looks inside a paragraph of a style.
    pub(crate) fn face(&self, style: Style) -> RunFace {
        let own = self.half_points.unwrap_or(style.half_points());
        let look = style.look();
        // Only 3号 is tightened: a run of another size is not, unless it says so.
        let plain = if own == 32 { -5 } else { 0 };
        RunFace {
            font: self.font.or(look.font).unwrap_or(Font::Body),
            half_points: own,
            spacing: self.spacing.unwrap_or(plain),
            scale: self.scale.unwrap_or(100),
            red: self.red || look.red,
        }
    }

    fn plain_text(&self) -> String {
        self.pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Text(text) => Some(text.as_str()),
                Piece::Tab | Piece::Break | Piece::Page => None,
            })
            .collect()
    }

    /// “ ” — … · are narrow in Latin faces: the hint makes programs take the Chinese face.
    fn needs_hint(&self) -> bool {
        self.pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Text(text) if text.contains(['“', '”', '‘', '’', '—', '…', '·'])))
    }

    fn write(&self, xml: &mut Xml, style: Style) {
        let page = self.pieces.iter().any(|piece| matches!(piece, Piece::Page));
        if page {
            xml.element("w:fldSimple", &[("w:instr", &" PAGE ")], |xml| self.write_run(xml, style));
        } else {
            self.write_run(xml, style);
        }
    }

    fn write_run(&self, xml: &mut Xml, style: Style) {
        xml.element("w:r", &[], |xml| {
            self.write_properties(xml, style);
            for piece in &self.pieces {
                match piece {
                    Piece::Text(text) => {
                        xml.element("w:t", &[("xml:space", &"preserve")], |xml| xml.text(text));
                    }
                    Piece::Tab => xml.leaf("w:tab", &[]),
                    Piece::Break => xml.leaf("w:br", &[]),
                    // What a program shows before it has counted pages.
                    Piece::Page => xml.element("w:t", &[], |xml| xml.text("1")),
                }
            }
        });
    }

    fn write_properties(&self, xml: &mut Xml, style: Style) {
        let hint = self.needs_hint();
        let size = self.half_points.unwrap_or(style.half_points());
        // Only 3号 is tightened; every run of another size says so itself, should the style be changed.
        let spacing = self.spacing.or((size != 32).then_some(0));
        if !hint && self.font.is_none() && self.half_points.is_none() && spacing.is_none() && !self.red {
            return;
        }
        xml.element("w:rPr", &[], |xml| {
            match (self.font, hint) {
                (Some(font), hint) => font.write(xml, hint),
                (None, true) => xml.leaf("w:rFonts", &[("w:hint", &"eastAsia")]),
                (None, false) => {}
            }
            if self.red {
                xml.leaf("w:color", &[("w:val", &"FF0000")]);
            }
            if let Some(spacing) = spacing {
                xml.leaf("w:spacing", &[("w:val", &spacing)]);
            }
            if let Some(scale) = self.scale {
                xml.leaf("w:w", &[("w:val", &scale)]);
            }
            if let Some(size) = self.half_points {
                xml.leaf("w:sz", &[("w:val", &size)]);
                xml.leaf("w:szCs", &[("w:val", &size)]);
            }
        });
    }
}

/// A paragraph. What is not set comes from its style.
#[derive(Debug, Clone)]
pub(crate) struct Para {
    style: Style,
    keep_next: bool,
    keep_lines: bool,
    page_break_before: bool,
    red_top: Option<RedLine>,
    red_line: Option<RedLine>,
    right_tab: Option<i32>,
    before: Option<i32>,
    after: Option<i32>,
    line: Option<i32>,
    indent: Option<Indent>,
    align: Option<Align>,
    runs: Vec<Run>,
}

impl Para {
    pub(crate) fn new(style: Style) -> Self {
        Self {
            style,
            keep_next: false,
            keep_lines: false,
            page_break_before: false,
            red_top: None,
            red_line: None,
            right_tab: None,
            before: None,
            after: None,
            line: None,
            indent: None,
            align: None,
            runs: Vec::new(),
        }
    }

    /// A paragraph of the Normal style.
    pub(crate) fn plain() -> Self {
        Self::new(Style::Normal)
    }

    /// A paragraph of one run in the style's own face.
    pub(crate) fn of(style: Style, text: impl Into<String>) -> Self {
        Self::new(style).run(Run::new().text(text))
    }

    pub(crate) fn run(mut self, run: Run) -> Self {
        self.runs.push(run);
        self
    }

    /// An empty line, without a line drawn under it.
    pub(crate) fn is_blank(&self) -> bool {
        self.runs.is_empty() && self.red_line.is_none() && self.red_top.is_none() && !self.page_break_before
    }

    /// A run ahead of the others.
    pub(crate) fn run_first(mut self, run: Run) -> Self {
        self.runs.insert(0, run);
        self
    }

    /// How many body lines its text takes, about, with an indent of two characters.
    pub(crate) fn body_lines(&self) -> i32 {
        crate::parts::body_line_count(&self.plain_text(), 4)
    }

    pub(crate) fn keep_next(mut self) -> Self {
        self.keep_next = true;
        self
    }

    pub(crate) fn keep_lines(mut self) -> Self {
        self.keep_lines = true;
        self
    }

    pub(crate) fn page_break_before(mut self) -> Self {
        self.page_break_before = true;
        self
    }

    /// A red line above.
    pub(crate) fn red_top(mut self, line: RedLine) -> Self {
        self.red_top = Some(line);
        self
    }

    /// A red line below.
    pub(crate) fn red_line(mut self, line: RedLine) -> Self {
        self.red_line = Some(line);
        self
    }

    pub(crate) fn right_tab(mut self, twips: i32) -> Self {
        self.right_tab = Some(twips);
        self
    }

    pub(crate) fn before(mut self, twips: i32) -> Self {
        self.before = Some(twips);
        self
    }

    pub(crate) fn after(mut self, twips: i32) -> Self {
        self.after = Some(twips);
        self
    }

    /// Exact line height in twips.
    pub(crate) fn line(mut self, twips: i32) -> Self {
        self.line = Some(twips);
        self
    }

    pub(crate) fn indent(mut self, indent: Indent) -> Self {
        self.indent = Some(indent);
        self
    }

    pub(crate) fn align(mut self, align: Align) -> Self {
        self.align = Some(align);
        self
    }

    /// Its runs, in order.
    pub(crate) fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The style its runs look up to.
    pub(crate) fn style(&self) -> Style {
        self.style
    }

    /// What it says, without breaks.
    pub(crate) fn plain_text(&self) -> String {
        self.runs.iter().map(Run::plain_text).collect()
    }

    /// What its style and its own settings come to.
    pub(crate) fn stand(&self) -> Stand {
        let look = self.style.look();
        let own = self.indent.unwrap_or_default();
        let base = look.indent.unwrap_or_default();
        let first = match (own.hanging.or(base.hanging), own.first_line.or(base.first_line)) {
            (Some(hanging), _) => -hanging,
            (None, first) => first.unwrap_or(0),
        };
        Stand {
            before: self.before.or(look.before).unwrap_or(0),
            line: self.line.or(look.line).unwrap_or(crate::page::LINE),
            left: own.left.or(base.left).unwrap_or(0),
            right: own.right.or(base.right).unwrap_or(0),
            first,
            align: self.align.or(look.align).unwrap_or(Align::Both),
            right_tab: self.right_tab,
            red_top: self.red_top,
            red_line: self.red_line,
            keep_next: self.keep_next || look.keep_next,
            keep_lines: self.keep_lines || look.keep_lines,
            page_break_before: self.page_break_before,
        }
    }

    /// Writes `w:p`.
    pub(crate) fn write(&self, xml: &mut Xml) {
        xml.element("w:p", &[], |xml| {
            self.write_properties(xml);
            for run in &self.runs {
                run.write(xml, self.style);
            }
        });
    }

    fn write_properties(&self, xml: &mut Xml) {
        let plain = matches!(self.style, Style::Normal)
            && !(self.keep_next || self.keep_lines || self.page_break_before)
            && self.red_top.is_none()
            && self.red_line.is_none()
            && self.right_tab.is_none()
            && self.before.is_none()
            && self.after.is_none()
            && self.line.is_none()
            && self.indent.is_none()
            && self.align.is_none();
        if plain {
            return;
        }
        xml.element("w:pPr", &[], |xml| {
            if self.style != Style::Normal {
                xml.leaf("w:pStyle", &[("w:val", &self.style.id())]);
            }
            for (set, name) in [
                (self.keep_next, "w:keepNext"),
                (self.keep_lines, "w:keepLines"),
                (self.page_break_before, "w:pageBreakBefore"),
            ] {
                if set {
                    xml.leaf(name, &[]);
                }
            }
            if self.red_top.is_some() || self.red_line.is_some() {
                xml.element("w:pBdr", &[], |xml| {
                    for (side, line) in [("w:top", self.red_top), ("w:bottom", self.red_line)] {
                        if let Some(line) = line {
                            xml.leaf(
                                side,
                                &[
                                    ("w:val", &"single"),
                                    ("w:sz", &line.eighths),
                                    ("w:space", &line.space),
                                    ("w:color", &"FF0000"),
                                ],
                            );
                        }
                    }
                });
            }
            if let Some(position) = self.right_tab {
                xml.element("w:tabs", &[], |xml| {
                    xml.leaf("w:tab", &[("w:val", &"right"), ("w:pos", &position)]);
                });
            }
            write_spacing(xml, self.before, self.after, self.line);
            if let Some(indent) = &self.indent {
                indent.write(xml);
            }
            if let Some(align) = self.align {
                xml.leaf("w:jc", &[("w:val", &align.value())]);
            }
        });
    }
}

/// Writes `w:spacing` of a paragraph where there is something to say.
pub(crate) fn write_spacing(xml: &mut Xml, before: Option<i32>, after: Option<i32>, line: Option<i32>) {
    let fields = [("w:before", before), ("w:after", after), ("w:line", line)];
    let given: Vec<(&str, i32)> = fields.iter().filter_map(|(name, value)| value.map(|v| (*name, v))).collect();
    if given.is_empty() {
        return;
    }
    let mut attributes: Vec<(&str, &dyn std::fmt::Display)> =
        given.iter().map(|(name, value)| (*name, value as &dyn std::fmt::Display)).collect();
    if line.is_some() {
        attributes.push(("w:lineRule", &"exact"));
    }
    xml.leaf("w:spacing", &attributes);
}
