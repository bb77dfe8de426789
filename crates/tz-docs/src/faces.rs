//! Faces for the PDF: which of those a machine has are wanted, and the glyphs in them.
//!
//! This crate opens no file. A door asks [`Faces::choose`] which faces to fetch, given what it can say about the
//! machine, reads their bytes and makes [`Faces`] of them.

use std::sync::Arc;

use krilla::text::{Font as Embedded, GlyphId};
use skrifa::{
    FontRef, MetadataProvider, charmap::Charmap, instance::LocationRef, instance::Size, metrics::GlyphMetrics,
};

use crate::style::Font;

/// A face as fonts are named: family, and whether the bold cut is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FaceName {
    /// `Noto Serif CJK SC`, `仿宋_GB2312`.
    pub family: &'static str,
    /// The bold cut of the family. Never for the sake of emphasis: the heads' face is a bold one.
    pub bold: bool,
}

const fn plain(family: &'static str) -> FaceName {
    FaceName { family, bold: false }
}

const fn bold(family: &'static str) -> FaceName {
    FaceName { family, bold: true }
}

const TITLE: &[FaceName] = &[
    plain("方正小标宋简体"),
    plain("方正小标宋_GBK"),
    plain("FZXiaoBiaoSong-B05S"),
    plain("FZXiaoBiaoSong-B05"),
    plain("华文中宋"),
    plain("STZhongsong"),
    bold("Noto Serif CJK SC"),
    bold("Source Han Serif SC"),
    bold("思源宋体"),
];
const BODY: &[FaceName] = &[
    plain("仿宋_GB2312"),
    plain("FangSong_GB2312"),
    plain("仿宋"),
    plain("FangSong"),
    plain("方正仿宋_GBK"),
    plain("方正仿宋简体"),
    plain("华文仿宋"),
    plain("STFangsong"),
    plain("FandolFang"),
    plain("FandolFang R"),
];
const KAI: &[FaceName] = &[
    plain("楷体_GB2312"),
    plain("KaiTi_GB2312"),
    plain("楷体"),
    plain("KaiTi"),
    plain("方正楷体_GBK"),
    plain("方正楷体简体"),
    plain("华文楷体"),
    plain("STKaiti"),
    plain("LXGW WenKai"),
    plain("LXGW WenKai GB"),
    plain("AR PL UKai CN"),
];
const HEI: &[FaceName] = &[
    plain("黑体"),
    plain("SimHei"),
    plain("方正黑体_GBK"),
    plain("方正黑体简体"),
    plain("Noto Sans CJK SC"),
    plain("Source Han Sans SC"),
    plain("思源黑体"),
    plain("WenQuanYi Zen Hei"),
];
const SONG: &[FaceName] = &[plain("宋体"), plain("SimSun"), plain("方正书宋_GBK"), plain("方正书宋简体")];
/// What stands in, glyph by glyph, for what a face lacks, and for a whole face that is not there.
const STAND_IN: &[FaceName] = &[
    plain("Noto Serif CJK SC"),
    plain("Source Han Serif SC"),
    plain("思源宋体"),
    plain("宋体"),
    plain("SimSun"),
    plain("Noto Sans CJK SC"),
    plain("Source Han Sans SC"),
    plain("思源黑体"),
    plain("AR PL UMing CN"),
    plain("WenQuanYi Zen Hei"),
    plain("Droid Sans Fallback"),
    plain("SimSun-ExtB"),
];
/// How many faces stand in for glyphs; more would be read for nothing.
const STAND_INS: usize = 2;

/// No face on the machine can set Chinese text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "这台计算机上没有找到可以排印公文的中文字体，所以不能生成 PDF；DOCX 不受影响。请安装方正小标宋、仿宋_GB2312、楷体_GB2312、\
     黑体、宋体，或者安装免费的思源宋体和思源黑体（Debian、Ubuntu、麒麟、统信的软件包名是 fonts-noto-cjk），然后再试。"
)]
pub struct NoFace;

/// The bytes of a face, and which one it is where the file holds several.
pub type FaceBytes = (Arc<dyn AsRef<[u8]> + Send + Sync>, u32);

/// The faces a PDF is set with.
#[derive(Debug)]
pub struct Faces {
    faces: Vec<Face>,
    /// For each of [`Font::ALL`] the faces in the order in which a glyph is looked for.
    chains: [Vec<usize>; 5],
}

struct Face {
    name: FaceName,
    bytes: FaceBytes,
    embedded: Embedded,
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.name)
    }
}

/// A face's own and those that stand in for it, by what the machine has.
fn chain(font: Font, has: &dyn Fn(FaceName) -> bool) -> Vec<FaceName> {
    let own = match font {
        Font::Title => TITLE,
        Font::Body => BODY,
        Font::Kai => KAI,
        Font::Hei => HEI,
        Font::Song => SONG,
    };
    let mut names: Vec<FaceName> = own.iter().copied().find(|name| has(*name)).into_iter().collect();
    names.extend(STAND_IN.iter().copied().filter(|name| has(*name)).take(STAND_INS));
    let mut seen = Vec::new();
    names.retain(|name| {
        !seen.contains(name) && {
            seen.push(*name);
            true
        }
    });
    names
}

impl Faces {
    /// Which faces of a machine are wanted: for every role the first one there is, and two that stand in for glyphs it
    /// lacks.
    ///
    /// # Errors
    /// The machine has none for some role.
    pub fn choose(has: &dyn Fn(FaceName) -> bool) -> Result<Vec<FaceName>, NoFace> {
        let mut names = Vec::new();
        for font in Font::ALL {
            let chain = chain(font, has);
            if chain.is_empty() {
                return Err(NoFace);
            }
            names.extend(chain);
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// The faces, read; a file that is no font is left out.
    ///
    /// # Errors
    /// Nothing that is left can set some role.
    pub fn new(read: Vec<(FaceName, FaceBytes)>) -> Result<Self, NoFace> {
        let faces: Vec<Face> = read
            .into_iter()
            .filter_map(|(name, bytes)| {
                FontRef::from_index((*bytes.0).as_ref(), bytes.1).ok()?.charmap().has_map().then_some(())?;
                let embedded = Embedded::new(krilla::Data::from(Arc::clone(&bytes.0)), bytes.1)?;
                Some(Face { name, bytes, embedded })
            })
            .collect();
        let place = |name: FaceName| faces.iter().position(|face| face.name == name);
        let chains = Font::ALL.map(|font| {
            chain(font, &|name| place(name).is_some()).into_iter().filter_map(place).collect::<Vec<usize>>()
        });
        if chains.iter().any(Vec::is_empty) { Err(NoFace) } else { Ok(Self { faces, chains }) }
    }

    /// The face to embed.
    pub(crate) fn embedded(&self, face: usize) -> &Embedded {
        &self.faces[face].embedded
    }

    /// The family of an embedded face.
    pub(crate) fn family_of(&self, embedded: &Embedded) -> Option<&'static str> {
        self.faces.iter().find(|face| face.embedded == *embedded).map(|face| face.name.family)
    }

    /// The name of a face.
    pub(crate) fn name(&self, face: usize) -> FaceName {
        self.faces[face].name
    }
}

/// A glyph and the face it is in; the width is in parts of the size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Glyph {
    pub(crate) face: usize,
    pub(crate) id: GlyphId,
    pub(crate) width: f64,
}

/// What measures glyphs while a paper is set.
pub(crate) struct Measure<'f> {
    faces: Vec<(Charmap<'f>, GlyphMetrics<'f>, f64)>,
    chains: &'f [Vec<usize>; 5],
}

/// What stands where no face has the character: the printers' 〓, never an empty box.
const MISSING: char = '〓';

impl<'f> Measure<'f> {
    pub(crate) fn new(faces: &'f Faces) -> Self {
        let read = |face: &'f Face| {
            let font = FontRef::from_index((*face.bytes.0).as_ref(), face.bytes.1).expect("read once when it came in");
            let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
            (font.charmap(), metrics, f64::from(face.embedded.units_per_em()))
        };
        Self { faces: faces.faces.iter().map(read).collect(), chains: &faces.chains }
    }

    /// The glyph of a character; `false` where it is the mark for a character no face has.
    pub(crate) fn glyph(&self, font: Font, c: char) -> (Glyph, bool) {
        if let Some(glyph) = self.find(font, c) {
            return (glyph, true);
        }
        let mark = [MISSING, '?', ' '].into_iter().find_map(|mark| self.find(font, mark));
        let first = Glyph { face: self.chains[font as usize][0], id: GlyphId::new(0), width: 1.0 };
        (mark.unwrap_or(first), false)
    }

    fn find(&self, font: Font, c: char) -> Option<Glyph> {
        self.chains[font as usize].iter().find_map(|face| {
            let (map, metrics, per_em) = &self.faces[*face];
            let id = map.map(c).filter(|id| id.to_u32() != 0)?;
            let width = f64::from(metrics.advance_width(id).unwrap_or(0.0)) / per_em;
            Some(Glyph { face: *face, id: GlyphId::new(id.to_u32()), width })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_chinese_face_the_sentence_says_what_to_install() {
        let sentence = Faces::choose(&|_| false).unwrap_err().to_string();
        assert!(sentence.contains("fonts-noto-cjk") && sentence.contains("DOCX"), "{sentence}");
    }

    #[test]
    fn the_official_face_is_taken_where_it_is_and_the_free_one_stands_in_for_its_glyphs() {
        let all = |name: FaceName| ["FandolFang", "Noto Serif CJK SC", "Noto Sans CJK SC"].contains(&name.family);
        assert_eq!(
            chain(Font::Body, &all),
            [plain("FandolFang"), plain("Noto Serif CJK SC"), plain("Noto Sans CJK SC")]
        );
        assert_eq!(chain(Font::Title, &all)[0], bold("Noto Serif CJK SC"));
        assert_eq!(chain(Font::Kai, &all)[0], plain("Noto Serif CJK SC"), "a face that is not there");
    }

    #[test]
    fn bytes_that_are_no_font_are_no_face() {
        let nothing: FaceBytes = (Arc::new(b"no font".to_vec()), 0);
        assert_eq!(Faces::new(vec![(plain("宋体"), nothing)]).unwrap_err(), NoFace);
    }
}
