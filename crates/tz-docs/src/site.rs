//! 内网发布: bulletins and issues as a folder of static pages for an office's intranet: an index by year, a page and a PDF each, a
//! feed. No script, nothing from elsewhere; it works from a disk as from a server, and the same works give the same bytes.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::{paper::Paper, text::date, web, xml::Xml};

/// How many works the feed names.
const FEED: usize = 50;
/// The style sheet of every page.
const STYLE: &str = include_str!("site.css");

/// A bulletin or an issue, as the folder lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteWork {
    /// Its file without folder and ending: ASCII letters, figures and hyphens.
    pub file: String,
    /// The year it stands under.
    pub year: i16,
    /// What it is one of: the publication, 采用情况通报.
    pub series: String,
    /// What it is called.
    pub title: String,
    /// What stands in it, a line each.
    pub contents: Vec<String>,
    /// Its date.
    pub date: Date,
    /// When it came out.
    pub published: Timestamp,
    /// Its own for ever: 32 hexadecimal figures.
    pub id: String,
}

/// Everything that is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The office's name.
    pub office: String,
    /// The feed's own for ever: 32 hexadecimal figures.
    pub id: String,
    /// Newest first.
    pub works: Vec<SiteWork>,
}

impl SiteWork {
    /// Where its page stands in the folder; its PDF stands beside it.
    pub fn page(&self) -> String {
        format!("{}/{}.html", self.year, self.file)
    }

    /// Where its PDF stands.
    pub fn pdf(&self) -> String {
        format!("{}/{}.pdf", self.year, self.file)
    }
}

impl Site {
    /// The pages that are no works: path and bytes. The style sheet, the index of the newest year and of each, the feed.
    pub fn frame(&self) -> Vec<(String, Vec<u8>)> {
        let mut years: Vec<i16> = self.works.iter().map(|work| work.year).collect();
        years.sort_unstable_by(|one, other| other.cmp(one));
        years.dedup();
        let mut files = vec![
            ("style.css".to_owned(), STYLE.as_bytes().to_vec()),
            ("feed.xml".to_owned(), self.feed().into_bytes()),
            ("index.html".to_owned(), self.index(years.first().copied(), &years, "").into_bytes()),
        ];
        let of_year = |year: &i16| (format!("{year}/index.html"), self.index(Some(*year), &years, "../").into_bytes());
        files.extend(years.iter().map(of_year));
        files
    }

    fn index(&self, year: Option<i16>, years: &[i16], root: &str) -> String {
        let title = format!("{}政务信息", self.office);
        html(&title, root, Some(root), |xml| {
            xml.element("h1", &[], |xml| xml.text(&title));
            xml.element("nav", &[("aria-label", &"年份")], |xml| {
                for one in years {
                    let href = format!("{root}{one}/index.html");
                    let words = format!("{one}年");
                    if Some(*one) == year {
                        xml.element("a", &[("href", &href), ("aria-current", &"page")], |xml| xml.text(&words));
                    } else {
                        xml.element("a", &[("href", &href)], |xml| xml.text(&words));
                    }
                }
            });
            let works: Vec<&SiteWork> = self.works.iter().filter(|work| Some(work.year) == year).collect();
            if works.is_empty() {
                xml.element("p", &[("class", &"empty")], |xml| xml.text("还没有发布的内容。"));
            }
            let mut series: Vec<&str> = works.iter().map(|work| work.series.as_str()).collect();
            series.sort_unstable();
            series.dedup();
            for name in series {
                xml.element("section", &[], |xml| {
                    xml.element("h2", &[], |xml| xml.text(name));
                    xml.element("ul", &[], |xml| {
                        for work in works.iter().filter(|work| work.series == name) {
                            xml.element("li", &[], |xml| entry(xml, work, root));
                        }
                    });
                });
            }
        })
    }

    /// The page of a work.
    pub fn work(&self, work: &SiteWork, paper: &Paper) -> String {
        html(&format!("{}　{}", work.series, work.title), "../", None, |xml| {
            xml.element("nav", &[], |xml| {
                xml.element("a", &[("href", &"index.html")], |xml| xml.text(&format!("{}年", work.year)));
                let pdf = format!("{}.pdf", work.file);
                xml.element("a", &[("href", &pdf)], |xml| xml.text("PDF"));
            });
            xml.element("article", &[], |xml| xml.raw(&web::write(paper)));
        })
    }

    /// The feed (RFC 4287). Addresses are relative to its own: the folder may stand anywhere.
    fn feed(&self) -> String {
        let mut xml = Xml::document();
        let newest = self.works.iter().map(|work| work.published).max().unwrap_or(Timestamp::UNIX_EPOCH);
        xml.element("feed", &[("xmlns", &"http://www.w3.org/2005/Atom"), ("xml:lang", &"zh-CN")], |xml| {
            let text = |xml: &mut Xml, name: &str, text: &str| xml.element(name, &[], |xml| xml.text(text));
            text(xml, "id", &urn(&self.id));
            text(xml, "title", &format!("{}政务信息", self.office));
            text(xml, "updated", &newest.to_string());
            xml.element("author", &[], |xml| text(xml, "name", &self.office));
            xml.leaf("link", &[("rel", &"self"), ("type", &"application/atom+xml"), ("href", &"feed.xml")]);
            xml.leaf("link", &[("rel", &"alternate"), ("type", &"text/html"), ("href", &"index.html")]);
            for work in self.works.iter().take(FEED) {
                xml.element("entry", &[], |xml| {
                    text(xml, "id", &urn(&work.id));
                    text(xml, "title", &format!("{}　{}", work.series, work.title));
                    text(xml, "published", &work.published.to_string());
                    text(xml, "updated", &work.published.to_string());
                    xml.leaf("link", &[("rel", &"alternate"), ("type", &"text/html"), ("href", &work.page())]);
                    xml.leaf("link", &[("rel", &"enclosure"), ("type", &"application/pdf"), ("href", &work.pdf())]);
                    if !work.contents.is_empty() {
                        xml.element("summary", &[], |xml| xml.text(&work.contents.join("\n")));
                    }
                });
            }
        });
        xml.finish()
    }
}

/// 32 hexadecimal figures as the name of a thing that has no address.
fn urn(id: &str) -> String {
    let part = |from: usize, to: usize| id.get(from..to).unwrap_or_default();
    format!("urn:uuid:{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

fn entry(xml: &mut Xml, work: &SiteWork, root: &str) {
    let (page, pdf) = (format!("{root}{}", work.page()), format!("{root}{}", work.pdf()));
    xml.element("a", &[("href", &page)], |xml| xml.text(&work.title));
    xml.element("span", &[("class", &"day")], |xml| xml.text(&date(work.date)));
    xml.element("a", &[("href", &pdf), ("class", &"pdf")], |xml| xml.text("PDF"));
    if !work.contents.is_empty() {
        xml.element("p", &[], |xml| xml.text(&work.contents.join("；")));
    }
}

/// A paper as a page with its style sheet in it.
pub(crate) fn alone(paper: &Paper) -> String {
    let mut xml = Xml::inside();
    xml.raw("<!doctype html>\n");
    xml.element("html", &[("lang", &"zh-CN")], |xml| {
        xml.element("head", &[], |xml| {
            xml.leaf("meta", &[("charset", &"utf-8")]);
            xml.leaf("meta", &[("name", &"viewport"), ("content", &"width=device-width, initial-scale=1")]);
            xml.element("title", &[], |xml| xml.text(&paper.title()));
            xml.element("style", &[], |xml| xml.raw(STYLE));
        });
        xml.element("body", &[], |xml| {
            xml.element("main", &[], |xml| xml.element("article", &[], |xml| xml.raw(&web::write(paper))));
        });
    });
    xml.raw("\n");
    xml.finish()
}

/// A whole page; `feed` is the way to the folder's feed, on pages that are lists.
fn html(title: &str, root: &str, feed: Option<&str>, content: impl FnOnce(&mut Xml)) -> String {
    let mut xml = Xml::inside();
    xml.raw("<!doctype html>\n");
    xml.element("html", &[("lang", &"zh-CN")], |xml| {
        xml.element("head", &[], |xml| {
            xml.leaf("meta", &[("charset", &"utf-8")]);
            xml.leaf("meta", &[("name", &"viewport"), ("content", &"width=device-width, initial-scale=1")]);
            xml.element("title", &[], |xml| xml.text(title));
            xml.leaf("link", &[("rel", &"stylesheet"), ("href", &format!("{root}style.css"))]);
            if let Some(feed) = feed {
                let href = format!("{feed}feed.xml");
                xml.leaf("link", &[("rel", &"alternate"), ("type", &"application/atom+xml"), ("href", &href)]);
            }
        });
        xml.element("body", &[], |xml| xml.element("main", &[], content));
    });
    xml.raw("\n");
    xml.finish()
}
