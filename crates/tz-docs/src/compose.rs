//! The lines of a paper set as the official layout wants them: what stands between them, what holds together, what is
//! numbered, and where the end matter goes.

use jiff::civil::Date;
use tz_model::ItemCode;

use crate::{
    page::{CHARACTER, END_AFTER, Form, HEAD_POINTS, TEXT_WIDTH},
    paper::{Element, Paper},
    paragraph::{Align, Indent, Para, RedLine, Run},
    parts::{
        Block, Numbering, Start, addressees_fit, annex_head, annex_notes, blank, body, both_ends, end_matter,
        hold_to_next, number_line, paragraphs, push, receivers_text, red_head, signature_with_seal,
        signature_without_seal, titled_table,
    },
    style::{Font, Style},
    table::Table,
    template::{Directive, Laid, LaidTable, Look},
    text::{half_width, one_line},
    title::title_lines,
};

/// Whose paper it is, and of which day.
pub(crate) struct Origin {
    pub(crate) office: String,
    pub(crate) date: Date,
    /// How the kind of paper is called, for a template that names no title.
    pub(crate) kind: &'static str,
    /// A proof sheet (清样): its lines to sign may stand alone, so that its pages break where the issue's will.
    pub(crate) proof: bool,
}

/// Sets the lines as a paper.
pub(crate) fn compose(look: Look, laid: &[Laid], origin: Origin) -> Paper {
    let lines = |wanted: Directive| {
        laid.iter().filter_map(move |line| match line {
            Laid::Line(directive, text) if *directive == wanted => Some(text.as_str()),
            _ => None,
        })
    };
    let title = lines(Directive::Title).next().unwrap_or_default().to_owned();
    let file_name = lines(Directive::FileName).next().map(one_line).filter(|name| !name.is_empty());
    let name = file_name.unwrap_or_else(|| title_lines(&title).concat());
    let composer = Composer {
        look,
        annexes: lines(Directive::Annex).map(one_line).collect(),
        alone: lines(Directive::ItemTitle).count() == 1,
        urgent: lines(Directive::Urgency).next().is_some(),
        numbered: lines(Directive::Number).next().is_some(),
        noticed: lines(Directive::Notice).next().is_some(),
        title,
        proof: origin.proof,
        ..Composer::default()
    };
    let head = lines(Directive::Head).next().map(one_line).unwrap_or_default();
    let (elements, items) = composer.set(laid);
    let form = match look {
        Look::Letter => Form::Letter { body: head },
        Look::Document | Look::Publication | Look::Plain => Form::Standard,
    };
    let title = if name.is_empty() { origin.kind.to_owned() } else { name };
    Paper { title, creator: one_line(&origin.office), date: origin.date, form, elements, items }
}

#[derive(Default)]
struct Composer {
    look: Look,
    elements: Vec<Element>,
    title: String,
    /// Names of all annexes, known beforehand: they are listed before they come.
    annexes: Vec<String>,
    /// There is one item only.
    alone: bool,
    urgent: bool,
    numbered: bool,
    noticed: bool,
    numbering: Numbering,
    /// Where the text begins that a signature or byline holds on to.
    text_from: usize,
    /// The title of short news, to be run in with the next paragraph.
    run_in: Option<Run>,
    column: Option<String>,
    /// The code of the item that comes next.
    code: Option<ItemCode>,
    /// An item has begun.
    items: bool,
    /// Where the column of the item to come was named, and where each item begins.
    named_at: Option<usize>,
    begins: Vec<usize>,
    /// A column head stands right above.
    under_column: bool,
    annexes_begun: usize,
    /// The annex holds something already.
    in_annex: bool,
    tables: usize,
    /// The text is held by what follows it already.
    held: bool,
    end: Vec<Vec<Para>>,
    proof: bool,
}

impl Composer {
    fn set(mut self, laid: &[Laid]) -> (Vec<Element>, Vec<usize>) {
        for (at, line) in laid.iter().enumerate() {
            match line {
                Laid::Line(directive, text) => self.line(*directive, text, &laid[at + 1..]),
                Laid::Blocks(blocks) => self.blocks(blocks),
                Laid::Table(table) => self.table(table),
            }
        }
        self.end_run_in();
        if !self.end.is_empty() {
            if !self.proof {
                self.hold_to_end();
            }
            let rows = std::mem::take(&mut self.end);
            end_matter(&mut self.elements, rows, self.look != Look::Letter, !self.proof);
        }
        if matches!(self.elements.last(), Some(Element::Table(_))) {
            // A word processor wants a paragraph after the last table.
            self.push(Para::plain().line(END_AFTER));
        }
        (self.elements, self.begins)
    }

    fn push(&mut self, para: Para) {
        self.elements.push(Element::Para(para));
    }

    fn blank(&mut self, count: usize) {
        blank(&mut self.elements, count);
    }

    fn line(&mut self, directive: Directive, text: &str, rest: &[Laid]) {
        let line = one_line(text);
        match directive {
            Directive::Form | Directive::FileName => {}
            Directive::Urgency => self.push(Para::plain().run(Run::new().font(Font::Hei).text(line))),
            // A letter's stands in its header.
            Directive::Head if self.look == Look::Letter => {}
            Directive::Head => self.push(red_head(&line, self.urgent)),
            Directive::Number => self.number(&line),
            Directive::Masthead => self.masthead(&line),
            Directive::Notice => self.notice(text),
            Directive::IssueNumber => {
                let place = Para::plain().before(200).align(Align::Center);
                self.push(if line.is_empty() { place } else { place.run(Run::new().text(line)) });
            }
            Directive::Total => {
                let place = Para::plain().line(440);
                let run = Run::new().size(28).text(&line);
                self.push(if line.is_empty() { place } else { place.align(Align::Center).run(run) });
            }
            Directive::EditedBy => {
                let (left, right) = halves(text);
                let run = Run::new().text(format!("　{left}")).tab().text(right);
                let para = Para::plain().red_line(RedLine { eighths: 18, space: 4 });
                self.push(para.right_tab(TEXT_WIDTH - CHARACTER).align(Align::Left).run(run));
                self.blank(1);
            }
            Directive::Column => {
                self.end_run_in();
                self.named_at = Some(self.elements.len());
                self.column(&line, rest);
            }
            // What an office's template makes of it may be no code: then none is printed.
            Directive::Code => self.code = line.parse().ok(),
            Directive::ItemTitle => {
                self.end_run_in();
                self.begin_item();
                self.item_title(text);
            }
            Directive::ShortNews => {
                self.end_run_in();
                self.set_code();
                self.begin_text();
                self.begin_item();
                self.run_in = Some(Run::new().font(Font::Hei).text(one_end(&line)));
                self.items = true;
                self.under_column = false;
            }
            Directive::Byline => self.byline(&line),
            Directive::Title => self.title(text),
            Directive::Addressees => self.addressees(&line),
            Directive::Heading(level) => {
                let block = match level {
                    1 => Block::Heading1(line),
                    2 => Block::Heading2(line),
                    3 => Block::Heading3(line),
                    _ => Block::Heading4(line),
                };
                self.blocks(&[block]);
            }
            Directive::Text => self.blocks(&[Block::Text(text.to_owned())]),
            Directive::AnnexNotes => {
                if !self.annexes.is_empty() {
                    self.hold(Start::Stays);
                    self.push(Para::plain().keep_next());
                    let notes = annex_notes(&self.annexes);
                    push(&mut self.elements, notes);
                }
            }
            Directive::Signature | Directive::Sealed => self.signature(text, directive == Directive::Sealed),
            Directive::Note => {
                let note = line.trim_start_matches('（').trim_end_matches('）');
                self.push(Para::of(Style::Body, format!("（{note}）")));
            }
            Directive::Annex => {
                self.annexes_begun += 1;
                let number = (self.annexes.len() > 1).then_some(self.annexes_begun);
                annex_head(&mut self.elements, number, &line);
                self.in_annex = false;
                self.begin_text();
            }
            Directive::End => {
                let para = match text.split_once('：') {
                    _ if line.is_empty() => Para::new(Style::EndMatter),
                    Some((label, names)) => receivers_text(&format!("{}：", one_line(label)), &one_line(names)),
                    None => receivers_text("", &line),
                };
                self.end_row().push(para);
            }
            Directive::EndBoth => {
                let (left, right) = halves(text);
                let para = both_ends(&left, &right);
                self.end_row().push(para);
            }
            // Two lines of the end matter never follow each other: a list left out takes its line along.
            Directive::EndLine => {
                if self.end.last().is_some_and(|row| !row.is_empty()) {
                    self.end.push(Vec::new());
                }
            }
            Directive::Blank => self.blank(1),
        }
    }

    fn end_row(&mut self) -> &mut Vec<Para> {
        if self.end.is_empty() {
            self.end.push(Vec::new());
        }
        self.end.last_mut().expect("there is a row")
    }

    fn begin_text(&mut self) {
        self.end_run_in();
        self.numbering = Numbering::default();
        self.text_from = self.elements.len();
        self.held = false;
    }

    /// An item begins where its column was named, or else here.
    fn begin_item(&mut self) {
        let at = self.named_at.take().unwrap_or(self.elements.len());
        self.begins.push(at);
    }

    /// Short news without a text is its title alone.
    fn end_run_in(&mut self) {
        if let Some(head) = self.run_in.take() {
            self.push(Para::new(Style::Body).run(head));
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Text(text) => {
                    for (at, line) in paragraphs(text).enumerate() {
                        let para = Para::of(Style::Body, line);
                        let head = if at == 0 { self.run_in.take() } else { None };
                        self.push(match head {
                            Some(head) => para.run_first(head),
                            None => para,
                        });
                    }
                }
                heading => {
                    self.end_run_in();
                    let paras = body(std::slice::from_ref(heading), &mut self.numbering);
                    push(&mut self.elements, paras);
                }
            }
        }
        self.in_annex = true;
    }

    fn table(&mut self, table: &LaidTable) {
        self.end_run_in();
        self.tables += 1;
        // Under an annex's title a table needs no free line, so that one of 21 towns ends on its page.
        if self.in_annex && self.annexes_begun > 0 {
            self.blank(1);
        }
        let title = format!("表{}　{}", self.tables, one_line(&table.title));
        let title = if one_line(&table.title).is_empty() { String::new() } else { title };
        titled_table(&mut self.elements, &title, table.columns.clone(), table.rows.clone());
        self.in_annex = true;
    }

    fn number(&mut self, line: &str) {
        match self.look {
            Look::Document => {
                self.blank(2);
                self.push(number_line(line));
            }
            // 14 pt, 7/8 of a 3号 character, under the double line: with the line's own space 50 twips are missing.
            Look::Letter => {
                let para = Para::plain().before(50).align(Align::Right).run(Run::new().text(line));
                self.push(para);
            }
            Look::Publication | Look::Plain => {
                self.push(Para::plain().align(Align::Right).run(Run::new().text(line)));
            }
        }
    }

    fn title(&mut self, text: &str) {
        match self.look {
            Look::Document if !self.numbered => {
                // The line with the number and the red line under it keep their place.
                self.number("");
                self.blank(2);
            }
            Look::Letter if !self.numbered => {
                self.push(Para::plain().before(50));
                self.blank(2);
            }
            Look::Document | Look::Letter => self.blank(2),
            Look::Publication | Look::Plain if self.numbered => self.blank(1),
            Look::Publication | Look::Plain => {}
        }
        self.push(crate::parts::title(text, None));
        self.blank(1);
        self.begin_text();
    }

    fn addressees(&mut self, line: &str) {
        let names = line.trim_end_matches(['：', ':', '。']);
        if names.is_empty() {
            return;
        }
        if self.look != Look::Document || addressees_fit(title_lines(&self.title).len(), names) {
            self.push(Para::of(Style::Addressee, format!("{names}：")));
        } else {
            let moved = receivers_text("主送：", &format!("{names}。"));
            self.end_row().push(moved);
        }
        self.begin_text();
    }

    /// Name, letter-spaced or narrowed to fit.
    fn masthead(&mut self, name: &str) {
        let (spacing, scale) = fit_name(half_width(name));
        let para = Para::new(Style::Masthead).run(Run::new().spacing(spacing).scale(scale).text(name));
        // The line above takes the space above the name, so that the name stays where it is.
        self.push(if self.noticed { para.before(0) } else { para });
    }

    fn notice(&mut self, text: &str) {
        let (left, right) = halves(text);
        let run = Run::new().font(Font::Hei).text(left);
        let para = if right.is_empty() {
            Para::plain().run(run)
        } else {
            Para::plain().right_tab(TEXT_WIDTH).align(Align::Left).run(run.tab().text(right))
        };
        self.push(para);
    }

    fn column(&mut self, line: &str, rest: &[Laid]) {
        let own = Some(line.trim_start_matches('【').trim_end_matches('】').to_owned()).filter(|name| !name.is_empty());
        if own == self.column {
            return;
        }
        self.end_run_in();
        if let Some(name) = &own {
            let article = rest.iter().find_map(|line| match line {
                Laid::Line(Directive::ItemTitle, _) => Some(true),
                Laid::Line(Directive::ShortNews, _) => Some(false),
                _ => None,
            });
            if self.items && article == Some(true) {
                self.blank(1);
                self.under_column = true;
            }
            let head = Run::new().font(Font::Hei).text(format!("【{name}】"));
            self.push(Para::plain().keep_next().run(head));
        }
        self.column = own;
    }

    fn item_title(&mut self, text: &str) {
        self.end_run_in();
        if self.items && !self.under_column {
            self.blank(1);
        }
        self.under_column = false;
        self.items = true;
        self.set_code();
        // 2号 if it is the only item, else 小2号.
        self.push(crate::parts::title(text, if self.alone { None } else { Some(36) }));
        self.push(Para::plain().keep_next());
        self.begin_text();
    }

    /// The code stands level with what comes next.
    fn set_code(&mut self) {
        self.elements.extend(self.code.take().map(Element::Code));
    }

    fn byline(&mut self, line: &str) {
        self.end_run_in();
        let names = line.trim_start_matches('（').trim_end_matches('）');
        if names.is_empty() {
            return;
        }
        self.hold(Start::MayMove);
        let run = Run::new().font(Font::Kai).text(format!("（{names}）"));
        self.push(Para::plain().keep_lines().indent(Indent::right_halves(4)).align(Align::Right).run(run));
        self.begin_text();
    }

    /// The end of the text stays with what follows it.
    fn hold(&mut self, start: Start) {
        if std::mem::replace(&mut self.held, true) {
            return;
        }
        // Only paragraphs that follow each other: a table in between holds by itself.
        let tail = &self.elements[self.text_from..];
        let from = tail.iter().rposition(|element| matches!(element, Element::Table(_))).map_or(0, |at| at + 1);
        let from = self.text_from + from;
        let mut paras: Vec<Para> = self
            .elements
            .drain(from..)
            .filter_map(|element| match element {
                Element::Para(para) => Some(para),
                Element::Table(_) | Element::Code(_) | Element::Masthead(..) => None,
            })
            .collect();
        hold_to_next(&mut paras, start);
        push(&mut self.elements, paras);
    }

    /// The end matter never stands alone on a page (GB/T 9704: 版记 stands under text): the last lines go along with it.
    fn hold_to_end(&mut self) {
        // Empty lines at the end of a template never begin a page.
        while matches!(self.elements.last(), Some(Element::Para(para)) if para.is_blank()) {
            self.elements.pop();
        }
        self.text_from = self.text_from.min(self.elements.len());
        // A signature or a byline holds on to the text before it already.
        let ends = self.held || self.text_from == self.elements.len();
        match self.elements.last_mut() {
            Some(Element::Table(Table::Data { held, .. })) => *held = true,
            Some(Element::Para(para)) if ends => *para = para.clone().keep_next(),
            Some(Element::Para(_)) => self.hold(Start::MayMove),
            Some(Element::Table(Table::End { .. }) | Element::Code(_) | Element::Masthead(..)) | None => {}
        }
    }

    fn signature(&mut self, text: &str, seal: bool) {
        self.end_run_in();
        let (name, day) = halves(text);
        self.hold(Start::Stays);
        let (free, lines) =
            if seal { (2, signature_with_seal(&name, &day)) } else { (1, signature_without_seal(&name, &day)) };
        push(&mut self.elements, std::iter::repeat_n(Para::plain().keep_next(), free));
        push(&mut self.elements, lines);
        self.begin_text();
    }
}

/// What stands left and right of `|`; wide spaces are kept, as they are room to write in.
fn halves(text: &str) -> (String, String) {
    let plain =
        |part: &str| part.chars().filter(|c| !c.is_control()).collect::<String>().trim_matches([' ', '\t']).to_owned();
    match text.split_once(['|', '｜']) {
        Some((left, right)) => (plain(left), plain(right)),
        None => (plain(text), String::new()),
    }
}

/// A sentence with one mark at its end: `推进会。。` is `推进会。`, `为何？。` is `为何？`.
fn one_end(line: &str) -> String {
    let mut text = line.to_owned();
    while let Some(shorter) = text.strip_suffix('。').filter(|rest| rest.ends_with(['。', '！', '？', '…'])) {
        text = shorter.to_owned();
    }
    text
}

/// Letter spacing in twips and width in per cent for a name at 52 pt: first the spacing gives way, then the width.
fn fit_name(halves: i32) -> (i32, i32) {
    let characters = f64::from(halves) / 2.0;
    let free = HEAD_POINTS - characters * 52.0;
    if free >= 0.0 {
        let spacing = (free / characters.max(1.0) * 20.0).floor();
        return ((spacing as i32).min(200), 100);
    }
    (0, ((HEAD_POINTS / (characters * 52.0) * 100.0).floor() as i32).max(1))
}
