//! Tables of figures (everywhere the same look) and the one-column table that holds the end matter.

use crate::{
    page::TEXT_WIDTH,
    paragraph::{Align, Para, Run},
    style::{Font, Style},
    text::{figure, one_line},
    xml::Xml,
};

/// One column of a table of figures.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// `得分`; columns that stand beside each other under one head are `报送/篇数`, `报送/任务`.
    pub(crate) head: String,
    /// Twips; the columns of a table add up to [`TEXT_WIDTH`].
    pub(crate) width: i32,
    /// One way for the whole column.
    pub(crate) align: Align,
    /// Figures get `-` for minus, and are numbers in a workbook.
    pub(crate) figures: bool,
}

impl Column {
    /// The head over several columns, if there is one, and the column's own.
    pub(crate) fn heads(&self) -> (Option<&str>, &str) {
        match self.head.split_once('/') {
            Some((group, own)) if !group.is_empty() && !own.is_empty() => (Some(group), own),
            _ => (None, &self.head),
        }
    }
}

/// Which table stands here.
#[derive(Debug, Clone)]
pub(crate) enum Table {
    /// A table of figures: head rows, repeated on every page, and rows of cells. `title` is what stands above it.
    /// Where it is `held`, its last row stays with what follows it.
    Data { title: String, columns: Vec<Column>, rows: Vec<Vec<String>>, held: bool },
    /// The end matter (版记) at the foot of the last page: one column, one cell a row. A letter's has no lines.
    /// One that is `held` stands under the last lines of the text, never alone on a page.
    End { rows: Vec<Vec<Para>>, lined: bool, held: bool },
}

/// How a cell goes on below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Merge {
    None,
    /// The first of two cells above each other.
    Begins,
    /// The second, which shows nothing.
    GoesOn,
}

/// One cell of a row.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// Twips.
    pub(crate) width: i32,
    /// Columns it covers.
    pub(crate) span: usize,
    pub(crate) merge: Merge,
    pub(crate) para: Para,
}

/// One row of a table of figures.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Repeated on every page.
    pub(crate) head: bool,
    pub(crate) cells: Vec<Cell>,
}

/// Least height of a row, 8 mm.
pub(crate) const ROW: i32 = 454;
/// Free space in a cell: above and below, left and right. Nothing is asked for above and below; half a millimetre
/// keeps a cell of several lines off its border.
pub(crate) const CELL_MARGINS: (i32, i32) = (28, 57);
/// Thickness of the borders of a table of figures in eighths of a point.
pub(crate) const BORDER: i32 = 4;
/// First and last line of the end matter, and those between, in eighths of a point.
pub(crate) const END_BORDERS: (i32, i32) = (8, 6);

/// The rows of a table of figures, heads first.
pub(crate) fn data_rows(columns: &[Column], rows: &[Vec<String>], held: bool) -> Vec<Row> {
    // 小4号, and 5号 where more than nine columns must fit.
    let size = if columns.len() > 9 { 21 } else { 24 };
    let mut all = head_rows(columns, size, !rows.is_empty());
    for (number, row) in rows.iter().enumerate() {
        // Head plus two rows stay together, so only the first row holds on to the next one.
        let keep = (number == 0 && rows.len() > 1) || (held && number + 1 == rows.len());
        let cells = columns.iter().enumerate().map(|(index, column)| {
            let cell = row.get(index).map_or("", String::as_str);
            let text = if column.figures { figure(cell) } else { one_line(cell) };
            let run = if size == 24 { Run::new() } else { Run::new().size(size) };
            let para = Para::new(Style::TableText).align(column.align).run(run.text(text));
            let para = if keep { para.keep_next() } else { para };
            Cell { width: column.width, span: 1, merge: Merge::None, para }
        });
        all.push(Row { head: false, cells: cells.collect() });
    }
    all
}

fn head_rows(columns: &[Column], size: i32, keep: bool) -> Vec<Row> {
    let para = |text: &str| {
        let run = Run::new().font(Font::Hei).size(size).text(one_line(text));
        let para = Para::new(Style::TableText).align(Align::Center).run(run);
        if keep { para.keep_next() } else { para }
    };
    let grouped = columns.iter().any(|column| column.heads().0.is_some());
    let own = columns.iter().map(|column| {
        let (group, own) = column.heads();
        let below = grouped && group.is_none();
        let merge = if below { Merge::GoesOn } else { Merge::None };
        Cell { width: column.width, span: 1, merge, para: para(if below { "" } else { own }) }
    });
    let own = Row { head: true, cells: own.collect() };
    if !grouped {
        return vec![own];
    }
    let mut above: Vec<Cell> = Vec::new();
    let mut open = None;
    for column in columns {
        let (group, own) = column.heads();
        match (above.last_mut(), group) {
            (Some(last), Some(_)) if open == group => {
                last.width += column.width;
                last.span += 1;
            }
            (_, Some(group)) => {
                above.push(Cell { width: column.width, span: 1, merge: Merge::None, para: para(group) });
            }
            (_, None) => {
                above.push(Cell { width: column.width, span: 1, merge: Merge::Begins, para: para(own) });
            }
        }
        open = group;
    }
    vec![Row { head: true, cells: above }, own]
}

impl Table {
    /// Writes `w:tbl`.
    pub(crate) fn write(&self, xml: &mut Xml) {
        match self {
            Self::Data { columns, rows, held, .. } => write_data(xml, columns, rows, *held),
            Self::End { rows, lined, .. } => write_end(xml, rows, *lined),
        }
    }
}

fn write_data(xml: &mut Xml, columns: &[Column], rows: &[Vec<String>], held: bool) {
    debug_assert_eq!(columns.iter().map(|column| column.width).sum::<i32>(), TEXT_WIDTH);
    xml.element("w:tbl", &[], |xml| {
        xml.element("w:tblPr", &[], |xml| {
            xml.leaf("w:tblW", &[("w:w", &TEXT_WIDTH), ("w:type", &"dxa")]);
            xml.leaf("w:jc", &[("w:val", &"center")]);
            xml.element("w:tblBorders", &[], |xml| {
                for side in ["w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"] {
                    write_border(xml, side, BORDER);
                }
            });
            xml.leaf("w:tblLayout", &[("w:type", &"fixed")]);
            write_margins(xml, CELL_MARGINS.0, CELL_MARGINS.1);
        });
        // WPS takes the widths of the grid, Word those of the cells: both, and equal.
        xml.element("w:tblGrid", &[], |xml| {
            for column in columns {
                xml.leaf("w:gridCol", &[("w:w", &column.width)]);
            }
        });
        for row in data_rows(columns, rows, held) {
            write_row(xml, &row);
        }
    });
}

fn write_row(xml: &mut Xml, row: &Row) {
    xml.element("w:tr", &[], |xml| {
        xml.element("w:trPr", &[], |xml| {
            xml.leaf("w:cantSplit", &[]);
            xml.leaf("w:trHeight", &[("w:val", &ROW), ("w:hRule", &"atLeast")]);
            if row.head {
                xml.leaf("w:tblHeader", &[]);
            }
        });
        for cell in &row.cells {
            xml.element("w:tc", &[], |xml| {
                xml.element("w:tcPr", &[], |xml| {
                    xml.leaf("w:tcW", &[("w:w", &cell.width), ("w:type", &"dxa")]);
                    if cell.span > 1 {
                        xml.leaf("w:gridSpan", &[("w:val", &cell.span)]);
                    }
                    match cell.merge {
                        Merge::None => {}
                        Merge::Begins => xml.leaf("w:vMerge", &[("w:val", &"restart")]),
                        Merge::GoesOn => xml.leaf("w:vMerge", &[]),
                    }
                    xml.leaf("w:vAlign", &[("w:val", &"center")]);
                });
                cell.para.write(xml);
            });
        }
    });
}

fn write_end(xml: &mut Xml, rows: &[Vec<Para>], lined: bool) {
    xml.element("w:tbl", &[], |xml| {
        xml.element("w:tblPr", &[], |xml| {
            xml.leaf(
                "w:tblpPr",
                &[
                    ("w:vertAnchor", &"margin"),
                    ("w:horzAnchor", &"margin"),
                    ("w:tblpXSpec", &"left"),
                    ("w:tblpYSpec", &"bottom"),
                ],
            );
            xml.leaf("w:tblW", &[("w:w", &TEXT_WIDTH), ("w:type", &"dxa")]);
            if lined {
                xml.element("w:tblBorders", &[], |xml| {
                    write_border(xml, "w:top", END_BORDERS.0);
                    write_border(xml, "w:bottom", END_BORDERS.0);
                    write_border(xml, "w:insideH", END_BORDERS.1);
                });
            }
            xml.leaf("w:tblLayout", &[("w:type", &"fixed")]);
            write_margins(xml, 0, 0);
        });
        xml.element("w:tblGrid", &[], |xml| xml.leaf("w:gridCol", &[("w:w", &TEXT_WIDTH)]));
        for (at, row) in rows.iter().enumerate() {
            let last = at + 1 == rows.len();
            xml.element("w:tr", &[], |xml| {
                xml.element("w:trPr", &[], |xml| xml.leaf("w:cantSplit", &[]));
                xml.element("w:tc", &[], |xml| {
                    xml.element("w:tcPr", &[], |xml| {
                        xml.leaf("w:tcW", &[("w:w", &TEXT_WIDTH), ("w:type", &"dxa")]);
                    });
                    // Its rows stay together.
                    for para in row {
                        if last { para.write(xml) } else { para.clone().keep_next().write(xml) }
                    }
                });
            });
        }
    });
}

fn write_border(xml: &mut Xml, side: &str, eighths: i32) {
    xml.leaf(side, &[("w:val", &"single"), ("w:sz", &eighths), ("w:space", &0), ("w:color", &"auto")]);
}

fn write_margins(xml: &mut Xml, ends: i32, sides: i32) {
    xml.element("w:tblCellMar", &[], |xml| {
        for (side, width) in [("w:top", ends), ("w:left", sides), ("w:bottom", ends), ("w:right", sides)] {
            xml.leaf(side, &[("w:w", &width), ("w:type", &"dxa")]);
        }
    });
}
