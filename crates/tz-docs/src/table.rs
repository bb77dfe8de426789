//! Tables of figures (section by section the same look) and the one-column table that holds the end matter.

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
    pub(crate) head: String,
    /// Twips; the columns of a table add up to [`TEXT_WIDTH`].
    pub(crate) width: i32,
    /// One way for the whole column.
    pub(crate) align: Align,
    /// Figures get `-` for minus.
    pub(crate) figures: bool,
}

impl Column {
    pub(crate) fn text(head: &str, width: i32) -> Self {
        Self { head: head.to_owned(), width, align: Align::Left, figures: false }
    }

    pub(crate) fn figures(head: &str, width: i32) -> Self {
        Self { head: head.to_owned(), width, align: Align::Center, figures: true }
    }
}

/// Which table is written.
#[derive(Debug, Clone)]
pub(crate) enum Table {
    /// A table of figures: a repeated head row and rows of cells.
    Data { columns: Vec<Column>, rows: Vec<Vec<String>> },
    /// The end matter (版记) at the foot of the last page: one column, one cell a row.
    End { rows: Vec<Vec<Para>> },
}

impl Table {
    /// Writes `w:tbl`.
    pub(crate) fn write(&self, xml: &mut Xml) {
        match self {
            Self::Data { columns, rows } => write_data(xml, columns, rows),
            Self::End { rows } => write_end(xml, rows),
        }
    }
}

fn write_data(xml: &mut Xml, columns: &[Column], rows: &[Vec<String>]) {
    debug_assert_eq!(columns.iter().map(|column| column.width).sum::<i32>(), TEXT_WIDTH);
    // 小4号, and 5号 where more than nine columns must fit.
    let size = if columns.len() > 9 { 21 } else { 24 };
    xml.element("w:tbl", &[], |xml| {
        xml.element("w:tblPr", &[], |xml| {
            xml.leaf("w:tblW", &[("w:w", &TEXT_WIDTH), ("w:type", &"dxa")]);
            xml.leaf("w:jc", &[("w:val", &"center")]);
            xml.element("w:tblBorders", &[], |xml| {
                for side in ["w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"] {
                    write_border(xml, side, 4);
                }
            });
            xml.leaf("w:tblLayout", &[("w:type", &"fixed")]);
            // Nothing is asked for above and below; half a millimetre keeps a cell of several lines off its border.
            write_margins(xml, 28, 57);
        });
        // WPS takes the widths of the grid, Word those of the cells: both, and equal.
        xml.element("w:tblGrid", &[], |xml| {
            for column in columns {
                xml.leaf("w:gridCol", &[("w:w", &column.width)]);
            }
        });
        write_row(xml, true, columns, |column| {
            let run = Run::new().font(Font::Hei).size(size).text(one_line(&column.1.head));
            let para = Para::new(Style::TableText).align(Align::Center).run(run);
            if rows.is_empty() { para } else { para.keep_next() }
        });
        for (number, row) in rows.iter().enumerate() {
            // Head plus two rows stay together, so only the first row holds on to the next one.
            let keep = number == 0 && rows.len() > 1;
            write_row(xml, false, columns, |(index, column)| {
                let cell = row.get(index).map_or("", String::as_str);
                let text = if column.figures { figure(cell) } else { one_line(cell) };
                let run = if size == 24 { Run::new() } else { Run::new().size(size) };
                let para = Para::new(Style::TableText).align(column.align).run(run.text(text));
                if keep { para.keep_next() } else { para }
            });
        }
    });
}

fn write_row(xml: &mut Xml, head: bool, columns: &[Column], cell: impl Fn((usize, &Column)) -> Para) {
    xml.element("w:tr", &[], |xml| {
        xml.element("w:trPr", &[], |xml| {
            xml.leaf("w:cantSplit", &[]);
            xml.leaf("w:trHeight", &[("w:val", &454), ("w:hRule", &"atLeast")]);
            if head {
                xml.leaf("w:tblHeader", &[]);
            }
        });
        for (index, column) in columns.iter().enumerate() {
            xml.element("w:tc", &[], |xml| {
                xml.element("w:tcPr", &[], |xml| {
                    xml.leaf("w:tcW", &[("w:w", &column.width), ("w:type", &"dxa")]);
                    xml.leaf("w:vAlign", &[("w:val", &"center")]);
                });
                cell((index, column)).write(xml);
            });
        }
    });
}

fn write_end(xml: &mut Xml, rows: &[Vec<Para>]) {
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
            xml.element("w:tblBorders", &[], |xml| {
                write_border(xml, "w:top", 8);
                write_border(xml, "w:bottom", 8);
                write_border(xml, "w:insideH", 6);
            });
            xml.leaf("w:tblLayout", &[("w:type", &"fixed")]);
            write_margins(xml, 0, 0);
        });
        xml.element("w:tblGrid", &[], |xml| xml.leaf("w:gridCol", &[("w:w", &TEXT_WIDTH)]));
        for row in rows {
            xml.element("w:tr", &[], |xml| {
                xml.element("w:trPr", &[], |xml| xml.leaf("w:cantSplit", &[]));
                xml.element("w:tc", &[], |xml| {
                    xml.element("w:tcPr", &[], |xml| {
                        xml.leaf("w:tcW", &[("w:w", &TEXT_WIDTH), ("w:type", &"dxa")]);
                    });
                    for para in row {
                        para.write(xml);
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
