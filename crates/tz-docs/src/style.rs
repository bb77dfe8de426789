//! Faces and named styles: an office restyles a document in its word processor by these names.

use crate::{
    page::LINE,
    paragraph::{Align, Indent, write_spacing},
    xml::Xml,
};

/// A face by its role. The face is the weight: none of them is ever made bold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Font {
    /// 小标宋: heads and titles.
    Title,
    /// 仿宋: body.
    Body,
    /// 楷体: level 2, bylines.
    Kai,
    /// 黑体: level 1, table heads.
    Hei,
    /// 宋体: page numbers.
    Song,
}

impl Font {
    /// Every face a document may name.
    pub(crate) const ALL: [Self; 5] = [Self::Title, Self::Body, Self::Kai, Self::Hei, Self::Song];

    /// The name in the document.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Title => "方正小标宋简体",
            Self::Body => "仿宋_GB2312",
            Self::Kai => "楷体_GB2312",
            Self::Hei => "黑体",
            Self::Song => "宋体",
        }
    }

    /// What a desktop without the face takes instead (`w:altName`).
    pub(crate) fn alternatives(self) -> &'static str {
        match self {
            Self::Title => "方正小标宋_GBK;FZXiaoBiaoSong-B05S;华文中宋",
            Self::Body => "仿宋;FangSong;方正仿宋_GBK;华文仿宋",
            Self::Kai => "楷体;KaiTi;方正楷体_GBK;华文楷体",
            Self::Hei => "SimHei;方正黑体_GBK",
            Self::Song => "SimSun;方正书宋_GBK",
        }
    }

    /// Writes `w:rFonts` with the same face for Chinese and Latin, so that figures keep the grid.
    pub(crate) fn write(self, xml: &mut Xml, hint: bool) {
        let name = self.name();
        if hint {
            xml.leaf(
                "w:rFonts",
                &[("w:hint", &"eastAsia"), ("w:ascii", &name), ("w:eastAsia", &name), ("w:hAnsi", &name)],
            );
        } else {
            xml.leaf("w:rFonts", &[("w:ascii", &name), ("w:eastAsia", &name), ("w:hAnsi", &name)]);
        }
    }
}

/// A named paragraph style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Normal,
    /// 公文标题
    Title,
    /// 正文缩进
    Body,
    /// 一级标题
    Level1,
    /// 二级标题
    Level2,
    /// 三级标题
    Level3,
    /// 四级标题
    Level4,
    /// 主送
    Addressee,
    /// 附件说明
    AnnexNote,
    /// 署名
    Signature,
    /// 日期
    Date,
    /// 版记
    EndMatter,
    /// 表题
    TableTitle,
    /// 表文
    TableText,
    /// 刊名
    Masthead,
}

impl Style {
    const ALL: [Self; 15] = [
        Self::Normal,
        Self::Title,
        Self::Body,
        Self::Level1,
        Self::Level2,
        Self::Level3,
        Self::Level4,
        Self::Addressee,
        Self::AnnexNote,
        Self::Signature,
        Self::Date,
        Self::EndMatter,
        Self::TableTitle,
        Self::TableText,
        Self::Masthead,
    ];

    /// The id that paragraphs refer to.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Title => "TzTitle",
            Self::Body => "TzBody",
            Self::Level1 => "TzLevel1",
            Self::Level2 => "TzLevel2",
            Self::Level3 => "TzLevel3",
            Self::Level4 => "TzLevel4",
            Self::Addressee => "TzAddressee",
            Self::AnnexNote => "TzAnnexNote",
            Self::Signature => "TzSignature",
            Self::Date => "TzDate",
            Self::EndMatter => "TzEndMatter",
            Self::TableTitle => "TzTableTitle",
            Self::TableText => "TzTableText",
            Self::Masthead => "TzMasthead",
        }
    }

    /// The name an office sees.
    fn name(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Title => "公文标题",
            Self::Body => "正文缩进",
            Self::Level1 => "一级标题",
            Self::Level2 => "二级标题",
            Self::Level3 => "三级标题",
            Self::Level4 => "四级标题",
            Self::Addressee => "主送",
            Self::AnnexNote => "附件说明",
            Self::Signature => "署名",
            Self::Date => "日期",
            Self::EndMatter => "版记",
            Self::TableTitle => "表题",
            Self::TableText => "表文",
            Self::Masthead => "刊名",
        }
    }

    /// Size in half-points.
    pub(crate) fn half_points(self) -> i32 {
        match self {
            Self::Title => 44,
            Self::EndMatter | Self::TableTitle => 28,
            Self::TableText => 24,
            Self::Masthead => 104,
            Self::Normal
            | Self::Body
            | Self::Level1
            | Self::Level2
            | Self::Level3
            | Self::Level4
            | Self::Addressee
            | Self::AnnexNote
            | Self::Signature
            | Self::Date => 32,
        }
    }

    /// What the style sets.
    pub(crate) fn look(self) -> Look {
        let body_indent = Indent { first_line_chars: Some(200), first_line: Some(630), ..Indent::default() };
        let flush = Indent { left: Some(0), first_line: Some(0), ..Indent::default() };
        let right = Indent::right_halves(4);
        let look = Look::default();
        match self {
            Self::Normal => Look { align: Some(Align::Both), font: Some(Font::Body), ..look },
            Self::Title => Look {
                keep_next: true,
                keep_lines: true,
                line: Some(700),
                align: Some(Align::Center),
                font: Some(Font::Title),
                ..look
            },
            Self::Body => Look { indent: Some(body_indent), align: Some(Align::Both), ..look },
            Self::Level1 => {
                Look { keep_next: true, font: Some(Font::Hei), indent: Some(body_indent), outline: Some(0), ..look }
            }
            Self::Level2 => {
                Look { keep_next: true, font: Some(Font::Kai), indent: Some(body_indent), outline: Some(1), ..look }
            }
            Self::Level3 => Look { font: Some(Font::Body), indent: Some(body_indent), outline: Some(2), ..look },
            Self::Level4 => Look { font: Some(Font::Body), indent: Some(body_indent), outline: Some(3), ..look },
            Self::Addressee => Look { indent: Some(flush), ..look },
            Self::AnnexNote => look,
            Self::Signature | Self::Date => Look { indent: Some(right), align: Some(Align::Right), ..look },
            Self::EndMatter => Look { line: Some(440), align: Some(Align::Both), ..look },
            Self::TableTitle => {
                Look { keep_next: true, line: Some(440), align: Some(Align::Center), font: Some(Font::Hei), ..look }
            }
            Self::TableText => Look { line: Some(320), indent: Some(flush), align: Some(Align::Left), ..look },
            Self::Masthead => Look {
                keep_next: true,
                before: Some(567),
                line: Some(1100),
                align: Some(Align::Center),
                font: Some(Font::Title),
                red: true,
                spacing: Some(200),
                ..look
            },
        }
    }

    fn write(self, xml: &mut Xml) {
        let normal = self == Self::Normal;
        let look = self.look();
        let attributes: &[(&str, &dyn std::fmt::Display)] = if normal {
            &[("w:type", &"paragraph"), ("w:default", &1), ("w:styleId", &self.id())]
        } else {
            &[("w:type", &"paragraph"), ("w:customStyle", &1), ("w:styleId", &self.id())]
        };
        xml.element("w:style", attributes, |xml| {
            xml.leaf("w:name", &[("w:val", &self.name())]);
            if !normal {
                xml.leaf("w:basedOn", &[("w:val", &Self::Normal.id())]);
            }
            xml.leaf("w:qFormat", &[]);
            xml.element("w:pPr", &[], |xml| look.write_paragraph(xml));
            xml.element("w:rPr", &[], |xml| look.write_run(xml, self.half_points(), normal));
        });
    }
}

/// What a style sets beyond Normal.
#[derive(Default)]
pub(crate) struct Look {
    pub(crate) keep_next: bool,
    pub(crate) keep_lines: bool,
    pub(crate) before: Option<i32>,
    pub(crate) line: Option<i32>,
    pub(crate) indent: Option<Indent>,
    pub(crate) align: Option<Align>,
    pub(crate) outline: Option<i32>,
    pub(crate) font: Option<Font>,
    pub(crate) red: bool,
    pub(crate) spacing: Option<i32>,
}

impl Look {
    fn write_paragraph(&self, xml: &mut Xml) {
        if self.keep_next {
            xml.leaf("w:keepNext", &[]);
        }
        if self.keep_lines {
            xml.leaf("w:keepLines", &[]);
        }
        write_spacing(xml, self.before, None, self.line);
        if let Some(indent) = &self.indent {
            indent.write(xml);
        }
        if let Some(align) = self.align {
            xml.leaf("w:jc", &[("w:val", &align.value())]);
        }
        if let Some(level) = self.outline {
            xml.leaf("w:outlineLvl", &[("w:val", &level)]);
        }
    }

    fn write_run(&self, xml: &mut Xml, half_points: i32, normal: bool) {
        if let Some(font) = self.font {
            font.write(xml, false);
        }
        if self.red {
            xml.leaf("w:color", &[("w:val", &"FF0000")]);
        }
        // 3号 is tightened by a quarter point so that 28 characters fit; no other size is.
        let tightened = if half_points == 32 { -5 } else { 0 };
        xml.leaf("w:spacing", &[("w:val", &self.spacing.unwrap_or(tightened))]);
        xml.leaf("w:sz", &[("w:val", &half_points)]);
        xml.leaf("w:szCs", &[("w:val", &half_points)]);
        if normal {
            xml.leaf("w:lang", &[("w:val", &"en-US"), ("w:eastAsia", &"zh-CN")]);
        }
    }
}

/// Writes the children of `w:styles`. The size stands in Normal, not in the defaults: programs count from there.
pub(crate) fn write_styles(xml: &mut Xml) {
    xml.element("w:docDefaults", &[], |xml| {
        xml.element("w:rPrDefault", &[], |xml| {
            xml.element("w:rPr", &[], |xml| {
                xml.leaf("w:lang", &[("w:val", &"en-US"), ("w:eastAsia", &"zh-CN")]);
            });
        });
        xml.element("w:pPrDefault", &[], |xml| {
            xml.element("w:pPr", &[], |xml| {
                // Else Word puts a quarter of a character between Chinese and figures, and lines lose the grid of 28.
                // LibreOffice 7.4 does not read it.
                xml.leaf("w:autoSpaceDE", &[("w:val", &0)]);
                xml.leaf("w:autoSpaceDN", &[("w:val", &0)]);
                // Without it LibreOffice moves every paragraph to the grid, the red head by 9 mm.
                xml.leaf("w:snapToGrid", &[("w:val", &0)]);
                xml.leaf(
                    "w:spacing",
                    &[("w:before", &0), ("w:after", &0), ("w:line", &LINE), ("w:lineRule", &"exact")],
                );
            });
        });
    });
    for style in Style::ALL {
        style.write(xml);
    }
}

/// Writes the children of `w:fonts`.
pub(crate) fn write_fonts(xml: &mut Xml) {
    for font in Font::ALL {
        xml.element("w:font", &[("w:name", &font.name())], |xml| {
            xml.leaf("w:altName", &[("w:val", &font.alternatives())]);
            xml.leaf("w:charset", &[("w:val", &"86")]);
            xml.leaf("w:family", &[("w:val", &"auto")]);
            xml.leaf("w:pitch", &[("w:val", &"variable")]);
        });
    }
}
