//! A whole document: what it holds and the parts of its package.

use jiff::civil::Date;

use crate::{
    package::{Part, pack},
    page,
    paragraph::Para,
    style,
    table::Table,
    text::one_line,
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
}

/// What a document holds.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) title: String,
    pub(crate) creator: String,
    /// Stands for the time of making, so that the same facts are the same bytes.
    pub(crate) date: Date,
    pub(crate) elements: Vec<Element>,
}

impl Document {
    /// The bytes of the DOCX.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        pack(&[
            Part { name: "[Content_Types].xml", text: content_types() },
            Part { name: "_rels/.rels", text: package_relations() },
            Part { name: "docProps/core.xml", text: self.core() },
            Part { name: "word/document.xml", text: self.body() },
            Part { name: "word/_rels/document.xml.rels", text: document_relations() },
            Part { name: "word/styles.xml", text: part("w:styles", style::write_styles) },
            Part { name: "word/settings.xml", text: part("w:settings", write_settings) },
            Part { name: "word/fontTable.xml", text: part("w:fonts", style::write_fonts) },
            Part { name: "word/footer1.xml", text: part("w:ftr", |xml| page::page_number(false).write(xml)) },
            Part { name: "word/footer2.xml", text: part("w:ftr", |xml| page::page_number(true).write(xml)) },
        ])
    }

    fn body(&self) -> String {
        part("w:document", |xml| {
            xml.element("w:body", &[], |xml| {
                for element in &self.elements {
                    match element {
                        Element::Para(para) => para.write(xml),
                        Element::Table(table) => table.write(xml),
                    }
                }
                page::write_section(xml);
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

fn content_types() -> String {
    let mut xml = Xml::new();
    let namespace = format!("{PACKAGE}/content-types");
    xml.element("Types", &[("xmlns", &namespace)], |xml| {
        let relations = "application/vnd.openxmlformats-package.relationships+xml";
        xml.leaf("Default", &[("Extension", &"rels"), ("ContentType", &relations)]);
        xml.leaf("Default", &[("Extension", &"xml"), ("ContentType", &"application/xml")]);
        let core = "application/vnd.openxmlformats-package.core-properties+xml".to_owned();
        for (name, kind) in [
            ("/docProps/core.xml", core),
            ("/word/document.xml", format!("{WORD}.document.main+xml")),
            ("/word/styles.xml", format!("{WORD}.styles+xml")),
            ("/word/settings.xml", format!("{WORD}.settings+xml")),
            ("/word/fontTable.xml", format!("{WORD}.fontTable+xml")),
            ("/word/footer1.xml", format!("{WORD}.footer+xml")),
            ("/word/footer2.xml", format!("{WORD}.footer+xml")),
        ] {
            xml.leaf("Override", &[("PartName", &name), ("ContentType", &kind)]);
        }
    });
    xml.finish()
}

fn package_relations() -> String {
    relations(&[
        ("rId1", &format!("{RELATIONS}/officeDocument"), "word/document.xml"),
        ("rId2", &format!("{PACKAGE}/relationships/metadata/core-properties"), "docProps/core.xml"),
    ])
}

fn document_relations() -> String {
    relations(&[
        ("rId1", &format!("{RELATIONS}/styles"), "styles.xml"),
        ("rId2", &format!("{RELATIONS}/settings"), "settings.xml"),
        ("rId3", &format!("{RELATIONS}/fontTable"), "fontTable.xml"),
        (page::FOOTER_ODD, &format!("{RELATIONS}/footer"), "footer1.xml"),
        (page::FOOTER_EVEN, &format!("{RELATIONS}/footer"), "footer2.xml"),
    ])
}

fn relations(list: &[(&str, &str, &str)]) -> String {
    let mut xml = Xml::new();
    let namespace = format!("{PACKAGE}/relationships");
    xml.element("Relationships", &[("xmlns", &namespace)], |xml| {
        for (id, kind, target) in list {
            xml.leaf("Relationship", &[("Id", id), ("Type", kind), ("Target", target)]);
        }
    });
    xml.finish()
}
