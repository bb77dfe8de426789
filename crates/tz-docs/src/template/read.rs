//! Reading a template, all faults at once.

use tz_model::Fault;

use super::{Directive, Look, Node, Piece, Place, Template, TemplateColumn};
use crate::{
    kinds::{Field, Holds, PaperKind},
    page::TEXT_WIDTH,
    paragraph::Align,
};

/// Fields every member of a list has besides its own.
pub(super) const COUNTED: [&str; 2] = ["序号", "中文序号"];
/// How deep blocks may stand in each other.
const DEEPEST: usize = 8;

/// A block not yet closed.
struct Open {
    place: Place,
    /// `None` is the template itself.
    head: Option<Head>,
    nodes: Vec<Node>,
}

enum Head {
    If { field: String, wanted: bool },
    Each { field: String },
}

/// A table whose columns are still being read.
struct OpenTable {
    place: Place,
    title: Vec<Piece>,
    columns: Vec<(Place, Vec<(usize, String)>)>,
    rows: Option<(Place, String)>,
}

/// A condition inside a line, not yet closed (field, whether a value is wanted, place), and its pieces; the line itself has
/// no condition.
type OpenPieces = (Option<(String, bool, Place)>, Vec<Piece>);

/// What the parts between braces say.
enum Tag {
    Field(String),
    If { field: String, wanted: bool },
    Each(String),
    End,
}

struct Reader {
    kind: PaperKind,
    faults: Vec<(Place, String)>,
    /// The fields that can be seen, the innermost list's last; `None` for a list that does not exist, whose fields nobody
    /// knows.
    scopes: Vec<Option<&'static [Field]>>,
    look: Option<Look>,
}

pub(super) fn read(kind: PaperKind, text: &str) -> Result<Template, Vec<Fault>> {
    let mut reader = Reader { kind, faults: Vec::new(), scopes: vec![Some(kind.fields())], look: None };
    let nodes = reader.nodes(text);
    if reader.look.is_none() && reader.faults.is_empty() {
        reader.fault(
            Place { line: 1, column: 1 },
            "没有写明版式。请在最前面加一行“@版式 公文”，也可以写“信函”“刊物”或“便函”。",
        );
    }
    match reader.look {
        Some(look) if reader.faults.is_empty() => Ok(Template { kind, look, nodes }),
        _ => {
            // A table is checked when it ends; people read from the top.
            let mut faults = reader.faults;
            faults.sort_by_key(|(place, _)| (place.line, place.column));
            Err(faults.into_iter().map(|(place, sentence)| Fault::new(place.to_string(), sentence)).collect())
        }
    }
}

impl Reader {
    fn fault(&mut self, place: Place, sentence: impl Into<String>) {
        self.faults.push((place, sentence.into()));
    }

    fn nodes(&mut self, text: &str) -> Vec<Node> {
        let start = Place { line: 1, column: 1 };
        let mut open = vec![Open { place: start, head: None, nodes: Vec::new() }];
        let mut table: Option<OpenTable> = None;
        for (index, raw) in text.lines().enumerate() {
            let line = raw.trim();
            let indent = raw.chars().take_while(|c| c.is_whitespace()).count();
            let place = Place { line: index + 1, column: indent + 1 };
            if line.is_empty() || (line.starts_with('#') && !line.starts_with("##")) {
                continue;
            }
            let table_line = ["@列", "@行"].iter().any(|name| directive_is(line, name));
            if !table_line && let Some(done) = table.take() {
                let node = self.table(done);
                push(&mut open, node);
            }
            if let Some(tag) = whole_tag(line) {
                match self.tag(tag, place) {
                    Some(Tag::Field(field)) if self.holds(&field).is_some_and(|h| matches!(h, Holds::Blocks)) => {
                        push(&mut open, Some(Node::Blocks { field }));
                        continue;
                    }
                    // Any other field on a line of its own is a paragraph, read as every other line.
                    Some(Tag::Field(_)) => {}
                    Some(Tag::If { field, wanted }) => {
                        self.check_known(&field, place);
                        open.push(Open { place, head: Some(Head::If { field, wanted }), nodes: Vec::new() });
                        self.check_depth(open.len(), place);
                        continue;
                    }
                    Some(Tag::Each(field)) => {
                        let inner = self.list(&field, place);
                        self.scopes.push(inner);
                        open.push(Open { place, head: Some(Head::Each { field }), nodes: Vec::new() });
                        self.check_depth(open.len(), place);
                        continue;
                    }
                    Some(Tag::End) => {
                        self.close(&mut open, place);
                        continue;
                    }
                    None => continue,
                }
            }
            self.line(line, place, &mut open, &mut table);
        }
        if let Some(done) = table {
            let node = self.table(done);
            push(&mut open, node);
        }
        while open.len() > 1 {
            let unclosed = open.pop().expect("there is more than one");
            let (what, field) = match &unclosed.head {
                Some(Head::If { field, wanted: true }) => ("有", field.clone()),
                Some(Head::If { field, wanted: false }) => ("无", field.clone()),
                Some(Head::Each { field }) => ("每个", field.clone()),
                None => continue,
            };
            self.fault(
                unclosed.place,
                format!("“{{{what} {field}}}”后面没有“{{完}}”。请在这一部分结束的地方加一行“{{完}}”。"),
            );
        }
        open.pop().map(|root| root.nodes).unwrap_or_default()
    }

    fn check_depth(&mut self, depth: usize, place: Place) {
        if depth == DEEPEST + 2 {
            self.fault(place, format!("“有”“无”“每个”一层套一层超过了{DEEPEST}层。请减少层数。"));
        }
    }

    fn close(&mut self, open: &mut Vec<Open>, place: Place) {
        if open.len() == 1 {
            self.fault(place, "这个“{完}”前面没有对应的“{有 ……}”“{无 ……}”或“{每个 ……}”。请去掉这一行，或者补上开头。");
            return;
        }
        let done = open.pop().expect("there is more than one");
        let node = match done.head {
            Some(Head::If { field, wanted }) => Node::If { field, wanted, nodes: done.nodes },
            Some(Head::Each { field }) => {
                self.scopes.pop();
                Node::Each { field, nodes: done.nodes }
            }
            None => return,
        };
        push(open, Some(node));
    }

    /// A line that is neither remark nor block.
    fn line(&mut self, line: &str, place: Place, open: &mut [Open], table: &mut Option<OpenTable>) {
        let (name, rest, rest_place) = match line.strip_prefix('@') {
            Some(after) if !after.starts_with('@') => {
                let name: String = after.chars().take_while(|c| !c.is_whitespace() && *c != '{').collect();
                let rest = &after[name.len()..];
                let text = rest.trim_start_matches([' ', '\t']);
                let skipped = rest.chars().count() - text.chars().count();
                let column = place.column + 1 + name.chars().count() + skipped;
                (name, text, Place { column, ..place })
            }
            _ => {
                let doubled = line.starts_with("@@") || line.starts_with("##");
                let text = if doubled { &line[1..] } else { line };
                let column = place.column + usize::from(doubled);
                let pieces = self.pieces(text, Place { column, ..place });
                push(open, Some(Node::Line { directive: Directive::Text, pieces }));
                return;
            }
        };
        match name.as_str() {
            "表" => {
                let title = self.pieces(rest, rest_place);
                *table = Some(OpenTable { place, title, columns: Vec::new(), rows: None });
            }
            "列" | "行" => match table {
                None => self.fault(place, format!("“@{name}”要写在“@表”的后面。请先写一行“@表 表的标题”。")),
                Some(table) if name == "列" => table.columns.push((place, split(rest, rest_place.column))),
                Some(table) if table.rows.is_none() => table.rows = Some((rest_place, rest.trim().to_owned())),
                Some(_) => self.fault(place, "一个表只能有一行“@行”。请去掉多余的。"),
            },
            "版式" => self.form(rest.trim(), rest_place),
            _ => match Directive::named(&name) {
                Some(directive) => {
                    let pieces = self.pieces(rest, rest_place);
                    push(open, Some(Node::Line { directive, pieces }));
                }
                None => {
                    let hint = nearest(&name, Directive::names().map(|(name, _)| name)).map_or_else(
                        || "可用的名称见模板的写法说明。".to_owned(),
                        |known| format!("是不是“@{known}”？"),
                    );
                    self.fault(Place { column: place.column + 1, ..place }, format!("没有“@{name}”这种行。{hint}"));
                }
            },
        }
    }

    fn form(&mut self, name: &str, place: Place) {
        match Look::NAMES.iter().find(|(known, _)| *known == name) {
            Some(_) if self.look.is_some() => self.fault(place, "版式只能写一次。请去掉多余的“@版式”。"),
            Some((_, look)) => self.look = Some(*look),
            None => {
                let names = Look::NAMES.map(|(name, _)| name);
                let hint = nearest(name, names).map_or_else(String::new, |known| format!("是不是“{known}”？"));
                self.fault(place, format!("没有“{name}”这种版式。{hint}可以写“公文”“信函”“刊物”“便函”。"));
            }
        }
    }

    /// A table, its columns and rows known.
    fn table(&mut self, table: OpenTable) -> Option<Node> {
        let Some((place, rows)) = table.rows else {
            self.fault(table.place, "这个表没有写明每一行取自哪一组内容。请在各“@列”后面加一行，例如“@行 单位”。");
            return None;
        };
        let inner = self.list(&rows, place);
        if table.columns.is_empty() {
            self.fault(table.place, "这个表没有列。请在“@行”前面写出各列，例如“@列 得分 | 1100 居中 数字 | {得分}”。");
            return None;
        }
        let mut columns = Vec::new();
        for (place, parts) in table.columns {
            let [(head_at, head), (look_at, look), (cell_at, cell)] = parts.as_slice() else {
                self.fault(
                    place,
                    "一列要写三项，用“|”分开：列名 | 宽度和对齐 | 内容，例如“@列 得分 | 1100 居中 数字 | {得分}”。",
                );
                continue;
            };
            let head = self.pieces(head, Place { column: *head_at, ..place });
            let (width, align, figures) = self.column_look(look, Place { column: *look_at, ..place });
            self.scopes.push(inner);
            let cell = self.pieces(cell, Place { column: *cell_at, ..place });
            self.scopes.pop();
            columns.push(TemplateColumn { head, width, align, figures, cell });
        }
        fit(&mut columns);
        Some(Node::Table { title: table.title, columns, rows })
    }

    /// `1100 居中 数字`
    fn column_look(&mut self, text: &str, place: Place) -> (i32, Align, bool) {
        let (mut width, mut align, mut figures) = (None, None, false);
        for word in text.split_whitespace() {
            match word {
                "居左" => align = Some(Align::Left),
                "居中" => align = Some(Align::Center),
                "居右" => align = Some(Align::Right),
                "数字" => figures = true,
                other => match other.trim_start_matches('宽').parse::<i32>() {
                    Ok(number) if (1..=100_000).contains(&number) => width = Some(number),
                    _ => {
                        let hint = nearest(other, ["居左", "居中", "居右", "数字"])
                            .map_or_else(String::new, |known| format!("是不是“{known}”？"));
                        self.fault(
                            place,
                            format!("不认识列的写法“{other}”。{hint}可以写宽度（整数）、居左、居中、居右、数字。"),
                        );
                    }
                },
            }
        }
        let align = align.unwrap_or(if figures { Align::Center } else { Align::Left });
        (width.unwrap_or(1000), align, figures)
    }

    /// The text of a line in pieces, every field in it checked.
    fn pieces(&mut self, text: &str, place: Place) -> Vec<Piece> {
        let chars: Vec<char> = text.chars().collect();
        let mut stack: Vec<OpenPieces> = vec![(None, Vec::new())];
        let mut plain = String::new();
        let mut at = 0;
        while at < chars.len() {
            let here = Place { column: place.column + at, ..place };
            let doubled = chars.get(at + 1) == Some(&chars[at]);
            match chars[at] {
                c @ ('{' | '}') if doubled => {
                    plain.push(c);
                    at += 2;
                }
                '{' | '｛' => {
                    let Some(length) = chars[at + 1..].iter().position(|c| matches!(c, '}' | '｝')) else {
                        self.fault(here, "这个“{”后面没有“}”。请补上；如果要印出大括号本身，请写两遍“{{”。");
                        break;
                    };
                    let tag: String = chars[at + 1..at + 1 + length].iter().collect();
                    at += length + 2;
                    if !plain.is_empty() {
                        top(&mut stack).push(Piece::Text(std::mem::take(&mut plain)));
                    }
                    match self.tag(&tag, here) {
                        Some(Tag::Field(field)) => {
                            self.check_text(&field, here);
                            top(&mut stack).push(Piece::Field(field));
                        }
                        Some(Tag::If { field, wanted }) => {
                            self.check_known(&field, here);
                            stack.push((Some((field, wanted, here)), Vec::new()));
                        }
                        Some(Tag::Each(_)) => {
                            self.fault(here, "“{每个 ……}”要单独占一行，不能写在一行文字的中间。请另起一行。");
                        }
                        Some(Tag::End) => match stack.pop() {
                            Some((Some((field, wanted, _)), pieces)) => {
                                top(&mut stack).push(Piece::If { field, wanted, pieces });
                            }
                            other => {
                                stack.extend(other);
                                self.fault(
                                    here,
                                    "这个“{完}”前面没有对应的“{有 ……}”或“{无 ……}”。请去掉，或者补上开头。",
                                );
                            }
                        },
                        None => {}
                    }
                }
                '}' | '｝' => {
                    self.fault(here, "这个“}”前面没有“{”。请补上；如果要印出大括号本身，请写两遍“}}”。");
                    at += 1;
                }
                c => {
                    plain.push(c);
                    at += 1;
                }
            }
        }
        if !plain.is_empty() {
            top(&mut stack).push(Piece::Text(plain));
        }
        while stack.len() > 1 {
            if let Some((Some((field, wanted, here)), _)) = stack.pop() {
                let what = if wanted { "有" } else { "无" };
                self.fault(
                    here,
                    format!("“{{{what} {field}}}”后面没有“{{完}}”。写在一行里的，要在同一行里写“{{完}}”。"),
                );
            }
        }
        stack.pop().map(|(_, pieces)| pieces).unwrap_or_default()
    }

    /// What stands between braces.
    fn tag(&mut self, text: &str, place: Place) -> Option<Tag> {
        let text = text.trim();
        let mut words = text.split_whitespace();
        let (first, second, more) = (words.next(), words.next(), words.next());
        match (first, second, more) {
            (None, _, _) => {
                self.fault(place, "大括号里没有字段名。请写上字段名；如果要印出大括号本身，请写两遍。");
                None
            }
            (Some("完"), None, _) => Some(Tag::End),
            (Some("有"), Some(field), None) => Some(Tag::If { field: field.to_owned(), wanted: true }),
            (Some("无"), Some(field), None) => Some(Tag::If { field: field.to_owned(), wanted: false }),
            (Some("每个"), Some(field), None) => Some(Tag::Each(field.to_owned())),
            (Some(word @ ("有" | "无" | "每个")), None, _) => {
                self.fault(place, format!("“{word}”后面要空一格再写字段名，例如“{{{word} {}}}”。", self.example()));
                None
            }
            (Some(field), None, _) => Some(Tag::Field(field.to_owned())),
            (Some(word), Some(_), _) => {
                let hint = nearest(word, ["有", "无", "每个", "完"])
                    .map_or_else(String::new, |known| format!("是不是“{{{known} ……}}”？"));
                self.fault(
                    place,
                    format!(
                        "不认识“{{{text}}}”。{hint}可以写“{{字段}}”“{{有 字段}}”“{{无 字段}}”“{{每个 字段}}”“{{完}}”。"
                    ),
                );
                None
            }
        }
    }

    fn example(&self) -> &'static str {
        self.kind.fields().first().map_or("字段", |field| field.name)
    }

    fn find(&self, name: &str) -> Option<&'static Field> {
        self.scopes.iter().rev().flatten().find_map(|fields| fields.iter().find(|field| field.name == name))
    }

    fn counted(&self, name: &str) -> bool {
        self.scopes.len() > 1 && COUNTED.contains(&name)
    }

    fn holds(&self, name: &str) -> Option<Holds> {
        if self.counted(name) { Some(Holds::Text) } else { self.find(name).map(|field| field.holds) }
    }

    /// Whether there is such a field; if not, the nearest one is offered.
    fn check_known(&mut self, name: &str, place: Place) -> Option<Holds> {
        let holds = self.holds(name);
        // In a list that does not exist nothing more is asked: its own fault comes first.
        if holds.is_none() && self.scopes.iter().all(Option::is_some) {
            let fields = self.scopes.iter().rev().flatten();
            let known: Vec<&str> = fields.flat_map(|fields| fields.iter().map(|field| field.name)).collect();
            let hint = match nearest(name, known.iter().copied()) {
                Some(near) => format!("是不是“{near}”？"),
                None => format!("这里可以用：{}。", known.join("、")),
            };
            let place = Place { column: place.column + 1, ..place };
            self.fault(place, format!("没有“{name}”这个字段。{hint}"));
        }
        holds
    }

    fn check_text(&mut self, name: &str, place: Place) {
        match self.check_known(name, place) {
            None | Some(Holds::Text) => {}
            Some(Holds::Blocks) => {
                self.fault(place, format!("“{name}”是整段的文字，要单独占一行写“{{{name}}}”，前后不能有别的字。"));
            }
            Some(Holds::Flag) => {
                self.fault(
                    place,
                    format!("“{name}”只有“是”和“否”，不能印出来，只能写“{{有 {name}}}”或“{{无 {name}}}”。"),
                );
            }
            Some(Holds::List(_)) => {
                let end = "{完}";
                self.fault(place, format!("“{name}”是一组内容，不能直接印出来。请单独写一行“{{每个 {name}}}”，写出每个要印的内容，最后写“{end}”。"));
            }
        }
    }

    /// The fields of a list's members.
    fn list(&mut self, name: &str, place: Place) -> Option<&'static [Field]> {
        match self.check_known(name, place) {
            Some(Holds::List(inner)) => Some(inner),
            None => None,
            Some(_) => {
                let lists: Vec<&str> = self
                    .scopes
                    .iter()
                    .flatten()
                    .flat_map(|fields| fields.iter())
                    .filter(|field| matches!(field.holds, Holds::List(_)))
                    .map(|field| field.name)
                    .collect();
                let hint =
                    if lists.is_empty() { String::new() } else { format!("可以用：{}。", lists.join("、")) };
                self.fault(place, format!("“{name}”不是一组内容，不能逐个印出。{hint}"));
                None
            }
        }
    }
}

fn top(stack: &mut [OpenPieces]) -> &mut Vec<Piece> {
    &mut stack.last_mut().expect("the line itself stays").1
}

fn push(open: &mut [Open], node: Option<Node>) {
    open.last_mut().expect("the template itself stays").nodes.extend(node);
}

fn directive_is(line: &str, name: &str) -> bool {
    line.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

/// What stands between the braces of a line that is nothing but one tag.
fn whole_tag(line: &str) -> Option<&str> {
    let inner = line.strip_prefix('{').or_else(|| line.strip_prefix('｛'))?;
    let inner = inner.strip_suffix('}').or_else(|| inner.strip_suffix('｝'))?;
    (!inner.contains(['{', '}', '｛', '｝'])).then_some(inner)
}

/// The parts of a line between `|`, each with the column it begins in.
pub(super) fn split(text: &str, column: usize) -> Vec<(usize, String)> {
    let mut parts = Vec::new();
    let mut at = column;
    for part in text.split(['|', '｜']) {
        let length = part.chars().count();
        let trimmed = part.trim_start_matches([' ', '\t']);
        parts.push((at + length - trimmed.chars().count(), trimmed.trim_end_matches([' ', '\t']).to_owned()));
        at += length + 1;
    }
    parts
}

/// Makes widths add up to the text area: given ones are shares.
fn fit(columns: &mut [TemplateColumn]) {
    let sum: i64 = columns.iter().map(|column| i64::from(column.width)).sum();
    let mut left = TEXT_WIDTH;
    for column in columns.iter_mut() {
        column.width = i32::try_from(i64::from(column.width) * i64::from(TEXT_WIDTH) / sum).unwrap_or(1).max(1);
        left -= column.width;
    }
    if let Some(widest) = columns.iter_mut().max_by_key(|column| column.width) {
        widest.width += left;
    }
}

/// The known name most like a given one. Names of two characters are common here: one of them right is near enough.
fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let known: Vec<&str> = known.into_iter().collect();
    let shares = |name: &&str| {
        name.chars().count() == 2 && given.chars().count() <= 2 && given.chars().any(|c| name.contains(c))
    };
    tz_model::nearest(given, known.iter().copied()).or_else(|| known.into_iter().find(shares))
}
