//! 内网发布: bulletins and published issues as a folder of static pages, a zip of it, or read in place.
//!
//! Everything published is in it but what the office leaves out; what carries a mark of secrecy, or a wording for which the office
//! holds material for a person, never is; what was withdrawn is gone the next time it is written.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tz_docs::{Paper, Site, SiteWork};
use tz_model::{Month, PublicationId, parse_date};
use tz_store::audit::Act;
use tz_store::content::sha256;
use tz_store::issue_room::ArchiveFilter;
use tz_store::{Tx, Write};
use tz_text::secrecy::{Place, Wordings, find_with};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::assessment::{bulletin_in_force, closed_row};
use crate::publication::kept;
use crate::system::wordings;
use crate::{Administrator, App, PaperFormat, Problem};

/// Under which name the choice stands among the office's settings.
const SETTING: &str = "intranet";
/// By this file a folder is known to be one of ours, which may be replaced.
const SIGN: &str = "tongzheng.txt";
const SIGN_TEXT: &str = "本文件夹由通政“内网发布”生成，每次发布整个替换。请不要在里面存放其他文件。\n";
/// More issues than any office prints in all its years.
const MOST: i64 = 100_000;

/// What the office chose to publish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntranetWish {
    /// Whoever reaches this server may read the pages under `/intranet/` without signing in.
    pub open: bool,
    /// Bulletins are published.
    pub bulletins: bool,
    /// Publications that are not.
    pub left_out: Vec<i64>,
    /// Single bulletins and issues that are not, by [`Work::key`].
    #[serde(default)]
    pub withheld: BTreeSet<String>,
}

/// A bulletin or an issue that is published or could be (一期).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// What it is known by among the published: `2018/p1-3`.
    pub key: String,
    /// `《每日要情》2018年第3期`
    pub name: String,
    /// Its date.
    pub date: Date,
}

impl Default for IntranetWish {
    fn default() -> Self {
        Self { open: false, bulletins: true, left_out: Vec::new(), withheld: BTreeSet::new() }
    }
}

/// What the office publishes, as its administrator sees it.
#[derive(Clone, Debug)]
pub struct IntranetRoom {
    /// The choice.
    pub wish: IntranetWish,
    /// Every publication by identity and name.
    pub publications: Vec<(i64, String)>,
    /// Bulletins and issues that are in it, newest first.
    pub works: Vec<Work>,
    /// Those kept out one by one, newest first.
    pub withheld: Vec<Work>,
    /// What is kept out because of a mark in it, by its name.
    pub marked: Vec<String>,
}

/// How to make a work's paper.
#[derive(Clone, Copy, Debug)]
enum Source {
    Bulletin(Month),
    /// What an issue was made of.
    Issue(i64),
}

/// Everything that is published now.
struct Shelf {
    site: Site,
    sources: Vec<Source>,
    withheld: Vec<Work>,
    marked: Vec<String>,
}

/// How people call a work.
fn called(work: &SiteWork) -> Work {
    let name = if work.contents.is_empty() {
        work.title.clone()
    } else {
        format!("《{}》{}年{}", work.series, work.year, work.title)
    };
    Work { key: key(work), name, date: work.date }
}

fn key(work: &SiteWork) -> String {
    format!("{}/{}", work.year, work.file)
}

fn chosen(tx: &mut Tx) -> Result<IntranetWish, Problem> {
    let text = tx.find_setting(SETTING)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Whether a paper may be read by everybody: nothing in it is a mark.
fn free(words: &str, wordings: &Wordings) -> bool {
    find_with(Place::Body, words, wordings).is_empty()
}

fn id(parts: &[&str]) -> String {
    sha256(parts.join("\n").as_bytes())[..32].to_owned()
}

fn paper(tx: &mut Tx, source: Source) -> Result<Paper, Problem> {
    match source {
        Source::Bulletin(month) => {
            let row = closed_row(tx, month)?;
            bulletin_in_force(tx, &row)
        }
        Source::Issue(content) => {
            let bytes = tx.content(content)?;
            let (values, dress) = kept::read_dressed(tx, &bytes)?;
            Ok(dress.paper(&values))
        }
    }
}

fn moment(micros: i64) -> Timestamp {
    tz_store::moment(micros)
}

fn shelf(tx: &mut Tx) -> Result<Shelf, Problem> {
    let (wish, wordings) = (chosen(tx)?, wordings(tx)?);
    let office = tx.office_row()?;
    let made = office.created_at.to_string();
    let mut all: Vec<(SiteWork, Source)> = Vec::new();
    let mut marked = Vec::new();
    if wish.bulletins {
        for head in tx.list_statement_heads()?.iter() {
            let Ok(month) = head.month.parse::<Month>() else { continue };
            let source = Source::Bulletin(month);
            let paper = paper(tx, source)?;
            if !free(&paper.words(), &wordings) {
                marked.push(paper.title());
                continue;
            }
            let published = moment(head.closed_at);
            let work = SiteWork {
                file: format!("bulletin-{}", head.month),
                year: month.year(),
                series: "政务信息采用情况通报".to_owned(),
                title: paper.title(),
                contents: Vec::new(),
                date: tz_model::shanghai_date(published),
                published,
                id: id(&[&office.name, &made, "bulletin", &head.month]),
            };
            all.push((work, source));
        }
    }
    for publication in tx.list_publications()? {
        if wish.left_out.contains(&publication.id) {
            continue;
        }
        let of = Some(PublicationId(publication.id));
        let filter = ArchiveFilter { of, published: true, limit: MOST, ..ArchiveFilter::default() };
        for issue in tx.search_issues(&filter)? {
            let (Some(values), Some(year), Some(number)) = (issue.values_id, issue.year, issue.number) else {
                continue;
            };
            let (Ok(year), Some(Ok(date))) = (i16::try_from(year), issue.date.as_deref().map(parse_date)) else {
                continue;
            };
            let kept = kept::read(&tx.content(values)?)?;
            let mut words = String::new();
            for item in &kept.items {
                words.push_str(&format!("{}\n", item.title));
                item.paragraphs.iter().for_each(|block| words.push_str(&format!("{}\n", block.text())));
            }
            let name = format!("《{}》{year}年第{number}期", publication.name);
            if !free(&words, &wordings) {
                marked.push(name);
                continue;
            }
            let issue_id = issue.id.to_string();
            let work = SiteWork {
                file: format!("p{}-{number}", publication.id),
                year,
                series: kept.name.clone(),
                title: format!("第{number}期"),
                contents: kept.items.iter().map(|item| item.title.lines().collect()).collect(),
                date,
                published: moment(issue.published_at.unwrap_or_default()),
                id: id(&[&office.name, &made, "issue", &issue_id]),
            };
            all.push((work, Source::Issue(values)));
        }
    }
    all.sort_by(|(one, _), (other, _)| {
        (other.date, other.published, &one.file).cmp(&(one.date, one.published, &other.file))
    });
    let (withheld, all): (Vec<_>, Vec<_>) = all.into_iter().partition(|(work, _)| wish.withheld.contains(&key(work)));
    let withheld = withheld.iter().map(|(work, _)| called(work)).collect();
    let (works, sources) = all.into_iter().unzip();
    let site = Site { id: id(&[&office.name, &made, "feed"]), office: office.name, works };
    Ok(Shelf { site, sources, withheld, marked })
}

/// The same, remembered until anybody commits: every page that is read asks for it.
fn known_shelf(tx: &mut Tx) -> Result<Arc<Shelf>, Problem> {
    tx.remembered(("intranet", String::new()), shelf)
}

fn record(tx: &mut Write, who: &Administrator, now: i64, detail: &str) -> Result<(), Problem> {
    Ok(tx.record_act(&Act {
        at: now,
        account: Some(who.account.0),
        who: &who.name,
        act: "变更内网发布",
        object: "内网发布",
        done: true,
        detail,
    })?)
}

fn keep(tx: &mut Write, wish: &IntranetWish) -> Result<(), Problem> {
    Ok(tx.set_setting(SETTING, &serde_json::to_string(wish).expect("numbers, names and flags are JSON"))?)
}

impl App {
    /// What is published, and what could be.
    pub fn intranet(&self, _who: &Administrator) -> Result<IntranetRoom, Problem> {
        let mut tx = self.read()?;
        let shelf = known_shelf(&mut tx)?;
        let publications = tx.list_publications()?.into_iter().map(|one| (one.id, one.name)).collect();
        Ok(IntranetRoom {
            wish: chosen(&mut tx)?,
            publications,
            works: shelf.site.works.iter().map(called).collect(),
            withheld: shelf.withheld.clone(),
            marked: shelf.marked.clone(),
        })
    }

    /// Changes what is published (变更内网发布); single works stay as they were.
    pub fn save_intranet(&self, who: &Administrator, wish: &IntranetWish) -> Result<(), Problem> {
        let mut tx = self.write()?;
        let held = chosen(&mut tx)?;
        let wish = IntranetWish { withheld: held.withheld.clone(), ..wish.clone() };
        if held == wish {
            return Ok(());
        }
        keep(&mut tx, &wish)?;
        let detail = if wish.open { "开放不登录阅读" } else { "不开放不登录阅读" };
        record(&mut tx, who, self.micros(), detail)?;
        tx.commit()?;
        Ok(())
    }

    /// Keeps one bulletin or issue out (不发布), or publishes it again; says which.
    ///
    /// # Errors
    /// [`Problem::NotThere`] for a work that is neither published nor kept out.
    pub fn withhold_from_intranet(&self, who: &Administrator, of: &str, out: bool) -> Result<String, Problem> {
        let mut tx = self.write()?;
        let shelf = shelf(&mut tx)?;
        let mut all = shelf.site.works.iter().map(called).chain(shelf.withheld);
        let work = all.find(|work| work.key == of).ok_or(Problem::NotThere)?;
        let mut wish = chosen(&mut tx)?;
        let changed = if out { wish.withheld.insert(work.key) } else { wish.withheld.remove(&work.key) };
        if changed {
            keep(&mut tx, &wish)?;
            let detail = format!("{}{}", if out { "不发布" } else { "恢复发布" }, work.name);
            record(&mut tx, who, self.micros(), &detail)?;
            tx.commit()?;
        }
        Ok(work.name)
    }

    /// What tells whether a written folder still holds what is published: another text after anything was published, withdrawn or
    /// chosen.
    pub fn intranet_state(&self) -> Result<String, Problem> {
        let shelf = known_shelf(&mut self.read()?)?;
        let works: Vec<String> = shelf.site.works.iter().map(|work| format!("{} {work:?}", work.id)).collect();
        Ok(sha256(works.join("\n").as_bytes()))
    }

    /// Every file of the folder in turn: its path, with `/` between, and its bytes. The same state gives the same files.
    ///
    /// # Errors
    /// The machine has no Chinese face for the PDFs, the store fails, or whoever takes the files says so.
    pub fn each_intranet_file(
        &self,
        mut take: impl FnMut(&str, &[u8]) -> Result<(), Problem>,
    ) -> Result<usize, Problem> {
        self.faces()?;
        let shelf = known_shelf(&mut self.read()?)?;
        for (path, bytes) in shelf.site.frame() {
            take(&path, &bytes)?;
        }
        for (work, source) in shelf.site.works.iter().zip(&shelf.sources) {
            let paper = paper(&mut self.read()?, *source)?;
            take(&work.page(), shelf.site.work(work, &paper).as_bytes())?;
            take(&work.pdf(), &self.write_paper(&paper, PaperFormat::Pdf)?)?;
        }
        Ok(shelf.site.works.len())
    }

    /// One file of the folder, for whoever reaches the server; absent unless the office has opened it.
    pub fn intranet_file(&self, path: &str) -> Result<Vec<u8>, Problem> {
        let mut tx = self.read()?;
        if !chosen(&mut tx)?.open {
            return Err(Problem::NotThere);
        }
        let shelf = known_shelf(&mut tx)?;
        if let Some((_, bytes)) = shelf.site.frame().into_iter().find(|(known, _)| known == path) {
            return Ok(bytes);
        }
        let found =
            shelf.site.works.iter().zip(&shelf.sources).find(|(work, _)| work.page() == path || work.pdf() == path);
        let (work, source) = found.ok_or(Problem::NotThere)?;
        let paper = paper(&mut tx, *source)?;
        drop(tx);
        if work.page() == path {
            Ok(shelf.site.work(work, &paper).into_bytes())
        } else {
            self.write_paper(&paper, PaperFormat::Pdf)
        }
    }

    /// The folder as a zip.
    pub fn intranet_zip(&self, _who: &Administrator) -> Result<Vec<u8>, Problem> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(0o644);
        let mut zip = ZipWriter::new(io::Cursor::new(Vec::new()));
        self.each_intranet_file(|path, bytes| {
            zip.start_file(path, options).expect("paths of ours are names in a zip");
            zip.write_all(bytes).expect("writing into memory cannot fail");
            Ok(())
        })?;
        Ok(zip.finish().expect("writing into memory cannot fail").into_inner())
    }

    /// Writes the folder: whole beside it first, then in its place. Says how many works are in it.
    ///
    /// # Errors
    /// Refused where the folder holds anything that is not ours, or cannot be written.
    pub fn write_intranet(&self, folder: &Path) -> Result<usize, Problem> {
        let refuse = |doing: &str, cause: io::Error| {
            Problem::Refused(format!("{doing}文件夹“{}”没有成功：{cause}。", folder.display()))
        };
        let there = folder.exists();
        let filled = there && fs::read_dir(folder).map_err(|cause| refuse("读取", cause))?.next().is_some();
        if filled && !folder.join(SIGN).is_file() {
            return Err(Problem::Refused(format!(
                "文件夹“{}”里有别的文件，没有写入。内网发布每次会整个替换这个文件夹，请另指定一个空文件夹。",
                folder.display()
            )));
        }
        let beside = |ending: &str| -> PathBuf {
            let mut name = folder.file_name().unwrap_or_default().to_os_string();
            name.push(ending);
            folder.with_file_name(name)
        };
        let (new, old) = (beside(".new"), beside(".old"));
        for left in [&new, &old] {
            if left.exists() {
                fs::remove_dir_all(left).map_err(|cause| refuse("清理", cause))?;
            }
        }
        fs::create_dir_all(&new).map_err(|cause| refuse("建立", cause))?;
        fs::write(new.join(SIGN), SIGN_TEXT).map_err(|cause| refuse("写入", cause))?;
        let written = self.each_intranet_file(|path, bytes| {
            let file = new.join(path);
            let made = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&file, bytes));
            made.map_err(|cause| refuse("写入", cause))
        });
        let count = match written {
            Ok(count) => count,
            Err(problem) => {
                // What stood there stays; half a folder is taken away again as far as that goes.
                let _ = fs::remove_dir_all(&new);
                return Err(problem);
            }
        };
        if there {
            fs::rename(folder, &old).map_err(|cause| refuse("替换", cause))?;
        }
        if let Err(cause) = fs::rename(&new, folder) {
            if there {
                let _ = fs::rename(&old, folder);
            }
            return Err(refuse("替换", cause));
        }
        if there {
            fs::remove_dir_all(&old).map_err(|cause| refuse("清理", cause))?;
        }
        Ok(count)
    }
}
