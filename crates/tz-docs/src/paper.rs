//! A paper (文件): what stands on its pages, once, whatever it is written as; and the parts of its DOCX.

use jiff::civil::Date;
use tz_model::ItemCode;

use crate::{
    code::{self, Pictures},
    faces::Faces,
    layout::{self, Layout},
    masthead::Masthead,
    package::{Part, pack},
    page::Form,
    pages,
    paragraph::Para,
    pdf::{self, Pdf, UnusableFace},
    picture, site,
    style::{self, Style},
    table::Table,
    text::one_line,
    web, workbook,
    xml::Xml,
};

const MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// One thing on the page.
#[derive(Debug, Clone)]
pub(crate) enum Element {
    Para(Para),
    Table(Table),
    /// The code of an item, in the margin beside the paragraph that follows.
    Code(ItemCode),
    /// A picture in place of a publication's name, which the paragraph says.
    Masthead(Para, Masthead),
}

/// A paper (文件), ready to be written as DOCX or PDF; its tables also as a workbook.
///
/// Made by the functions of this crate from plain values. The same paper gives the same bytes.
#[derive(Debug, Clone)]
pub struct Paper {
    pub(crate) title: String,
    pub(crate) creator: String,
    /// Stands for the time of making, so that the same facts are the same bytes.
    pub(crate) date: Date,
    pub(crate) form: Form,
    pub(crate) elements: Vec<Element>,
    /// Where among them each item (稿件) of an issue begins.
    pub(crate) items: Vec<usize>,
}

impl Paper {
    /// The title as the file's own properties say it: one line, without a full stop.
    pub fn title(&self) -> String {
        one_line(&self.title)
    }

    /// The same paper with a picture in place of the publication's name (刊头图片); another paper has no such place.
    #[must_use]
    pub fn with_masthead(mut self, picture: &Masthead) -> Self {
        for element in &mut self.elements {
            if let Element::Para(para) = element
                && para.style() == Style::Masthead
            {
                *element = Element::Masthead(para.clone(), picture.clone());
            }
        }
        self
    }

    fn masthead(&self) -> Option<&Masthead> {
        self.elements.iter().find_map(|element| match element {
            Element::Masthead(_, picture) => Some(picture),
            Element::Para(_) | Element::Table(_) | Element::Code(_) => None,
        })
    }

    /// The PDF, set with these faces.
    ///
    /// # Errors
    /// A face is broken and cannot be embedded.
    pub fn pdf(&self, faces: &Faces) -> Result<Pdf, UnusableFace> {
        pdf::write(self, faces)
    }

    /// The codes of the items that stand on each page, in whole or in part, as set with these faces.
    pub fn codes_by_page(&self, faces: &Faces) -> Vec<Vec<ItemCode>> {
        pages::codes(self, faces)
    }

    /// How the items of an issue fall on its pages, set with these faces as the PDF is.
    pub fn layout(&self, faces: &Faces) -> Layout {
        layout::of(self, faces)
    }

    /// The pages as pictures (SVG, A4, sizes in points), character by character where the PDF has them. What a page shows
    /// is text; a machine without the faces shows others in the same places.
    pub fn pictures(&self, faces: &Faces) -> Vec<String> {
        picture::write(self, faces)
    }

    /// What it says, a paragraph or a cell a line.
    pub fn words(&self) -> String {
        web::words(self)
    }

    /// What it says as the inside of an HTML element; every text in it is escaped.
    pub fn markup(&self) -> String {
        web::write(self)
    }

    /// The paper as one HTML file that stands by itself: no script, nothing from elsewhere.
    pub fn page(&self) -> String {
        site::alone(self)
    }

    /// The tables of figures as a workbook (XLSX), a sheet a table; `None` where the paper has none.
    pub fn workbook(&self) -> Option<Vec<u8>> {
        workbook::write(self)
    }

    /// The bytes of the DOCX.
    pub fn docx(&self) -> Vec<u8> {
        let codes = self.elements.iter().filter_map(|element| match element {
            Element::Code(code) => Some(*code),
            Element::Para(_) | Element::Table(_) | Element::Masthead(..) => None,
        });
        let pictures = Pictures::of(codes, self.masthead().cloned());
        let mut parts = vec![
            Part::text("[Content_Types].xml", content_types(&self.form, &pictures)),
            Part::text("_rels/.rels", package_relations()),
            Part::text("docProps/core.xml", self.core()),
            Part::text("word/document.xml", self.body()),
            Part::text("word/_rels/document.xml.rels", document_relations(&self.form, &pictures)),
            Part::text("word/styles.xml", part("w:styles", style::write_styles)),
            Part::text("word/settings.xml", part("w:settings", write_settings)),
            Part::text("word/fontTable.xml", part("w:fonts", style::write_fonts)),
        ];
        parts.extend(self.form.edges().into_iter().map(|edge| {
            let text = part(edge.side.root(), |xml| edge.paras.iter().for_each(|para| para.write(xml)));
            Part::text(edge.part, text)
        }));
        parts.extend(pictures.parts().into_iter().map(|(name, bytes)| Part { name, bytes }));
        pack(&parts)
    }

    fn body(&self) -> String {
        part("w:document", |xml| {
            xml.element("w:body", &[], |xml| {
                let mut codes = 0;
                for element in &self.elements {
                    match element {
                        Element::Para(para) => para.write(xml),
                        Element::Table(table) => table.write(xml),
                        Element::Masthead(para, picture) => picture.write(xml, para),
                        Element::Code(code) => {
                            codes += 1;
                            code::write(xml, code, codes);
                        }
                    }
                }
                self.form.write_section(xml);
            });
        })
    }

    fn core(&self) -> String {
        let mut xml = Xml::new();
        let properties = format!("{PACKAGE}/metadata/core-properties");
        xml.element(
            "cp:coreProperties",
            &[
                ("xmlns:cp", &properties),
                ("xmlns:dc", &"http://purl.org/dc/elements/1.1/"),
                ("xmlns:dcterms", &"http://purl.org/dc/terms/"),
                ("xmlns:xsi", &"http://www.w3.org/2001/XMLSchema-instance"),
            ],
            |xml| {
                xml.element("dc:title", &[], |xml| xml.text(&one_line(&self.title)));
                xml.element("dc:creator", &[], |xml| xml.text(&one_line(&self.creator)));
                xml.element("dcterms:created", &[("xsi:type", &"dcterms:W3CDTF")], |xml| {
                    xml.text(&format!("{}T00:00:00Z", self.date));
                });
            },
        );
        xml.finish()
    }
}

fn part(root: &str, content: impl FnOnce(&mut Xml)) -> String {
    let mut xml = Xml::new();
    xml.element(root, &[("xmlns:w", &MAIN), ("xmlns:r", &RELATIONS)], content);
    xml.finish()
}

fn write_settings(xml: &mut Xml) {
    xml.leaf("w:evenAndOddHeaders", &[]);
    xml.leaf("w:characterSpacingControl", &[("w:val", &"compressPunctuation")]);
    xml.element("w:compat", &[], |xml| {
        xml.leaf(
            "w:compatSetting",
            &[("w:name", &"compatibilityMode"), ("w:uri", &"http://schemas.microsoft.com/office/word"), ("w:val", &15)],
        );
    });
}

fn content_types(form: &Form, pictures: &Pictures) -> String {
    let mut xml = Xml::new();
    let namespace = format!("{PACKAGE}/content-types");
    xml.element("Types", &[("xmlns", &namespace)], |xml| {
        let relations = "application/vnd.openxmlformats-package.relationships+xml";
        xml.leaf("Default", &[("Extension", &"rels"), ("ContentType", &relations)]);
        xml.leaf("Default", &[("Extension", &"xml"), ("ContentType", &"application/xml")]);
        if !pictures.is_empty() {
            xml.leaf("Default", &[("Extension", &"png"), ("ContentType", &"image/png")]);
        }
        let core = "application/vnd.openxmlformats-package.core-properties+xml".to_owned();
        let mut kinds = vec![
            ("/docProps/core.xml".to_owned(), core),
            ("/word/document.xml".to_owned(), format!("{WORD}.document.main+xml")),
            ("/word/styles.xml".to_owned(), format!("{WORD}.styles+xml")),
            ("/word/settings.xml".to_owned(), format!("{WORD}.settings+xml")),
            ("/word/fontTable.xml".to_owned(), format!("{WORD}.fontTable+xml")),
        ];
        kinds.extend(
            form.edges().iter().map(|edge| (format!("/{}", edge.part), format!("{WORD}.{}+xml", edge.side.word()))),
        );
        for (name, kind) in kinds {
            xml.leaf("Override", &[("PartName", &name), ("ContentType", &kind)]);
        }
    });
    xml.finish()
}

fn package_relations() -> String {
    relations(&[
        ("rId1".to_owned(), format!("{RELATIONS}/officeDocument"), "word/document.xml".to_owned()),
        (
            "rId2".to_owned(),
            format!("{PACKAGE}/relationships/metadata/core-properties"),
            "docProps/core.xml".to_owned(),
        ),
    ])
}

fn document_relations(form: &Form, pictures: &Pictures) -> String {
    let fixed = [("rId1", "styles"), ("rId2", "settings"), ("rId3", "fontTable")];
    let mut list: Vec<(String, String, String)> =
        fixed.map(|(id, name)| (id.to_owned(), format!("{RELATIONS}/{name}"), format!("{name}.xml"))).into();
    list.extend(form.edges().iter().map(|edge| {
        let target = edge.part.trim_start_matches("word/").to_owned();
        (edge.id.to_owned(), format!("{RELATIONS}/{}", edge.side.word()), target)
    }));
    list.extend(pictures.relations().into_iter().map(|(id, target)| (id, format!("{RELATIONS}/image"), target)));
    relations(&list)
}

fn relations(list: &[(String, String, String)]) -> String {
    let mut xml = Xml::new();
    let namespace = format!("{PACKAGE}/relationships");
    xml.element("Relationships", &[("xmlns", &namespace)], |xml| {
        for (id, kind, target) in list {
            xml.leaf("Relationship", &[("Id", id), ("Type", kind), ("Target", target)]);
        }
    });
    xml.finish()
}
