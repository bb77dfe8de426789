//! 《政务信息采用情况通报》 in red-head form: what it says comes from the caller, where it stands is decided here.

use jiff::civil::Date;

use crate::{
    document::Document,
    page::TEXT_WIDTH,
    paragraph::{Para, Run},
    parts::{
        Block, Numbering, Start, addressees_fit, annex_head, annex_notes, blank, body, both_ends, end_matter,
        hold_to_next, number_line, push, receivers, receivers_text, red_head, signature_with_seal,
        signature_without_seal, titled_table,
    },
    style::{Font, Style},
    table::Column,
    text::{date, one_line},
    title::title_lines,
};

/// A month's bulletin (采用情况通报, N2.7). Figures and sentences come formatted; empty lists leave no trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulletin {
    /// Full name of the issuing office, `滕州市人民政府办公室`; the head adds 文件.
    pub office: String,
    /// Urgency, if any; secrecy never, as the system holds nothing secret.
    pub urgency: Option<Urgency>,
    /// Number (发文字号); without one its line stays free.
    pub number: Option<BulletinNumber>,
    /// Title. A line break in it is kept, otherwise the lines are made by [`crate::title_lines`].
    pub title: String,
    /// Addressees (主送) as one text; the colon at the end is added. They move to the end matter if page 1 would have
    /// no body text.
    pub addressees: String,
    /// How tables and annexes name the period: `6月份`, `第三季度`.
    pub month_label: String,
    /// True if what closes together is a month: then months are spoken of, else periods (期).
    pub monthly: bool,
    /// The id of the ruling that late facts are entered by (R14); empty where the scheme names none.
    pub ruling: String,
    /// Body text; headings are numbered together with those added here (往月更正, 约谈, 通报批评).
    pub paragraphs: Vec<Block>,
    /// What stands behind the sections added here, such as demands (工作要求); numbered on with them.
    pub closing: Vec<Block>,
    /// One table of points for each ranking group (排名组), as the first annex.
    pub groups: Vec<GroupTable>,
    /// Items adopted, as the second annex.
    pub adopted: Vec<AdoptedRow>,
    /// Corrections of closed months (更正, R14), as an annex of their own.
    pub corrections: Vec<CorrectionRow>,
    /// Units called to an interview (约谈, R10).
    pub interviews: Vec<NamedUnit>,
    /// Units put forward for criticism by circular (通报批评, R10).
    pub criticisms: Vec<NamedUnit>,
    /// Whether room for a seal is left.
    pub signature: Signature,
    /// Date of the document (成文日期).
    pub date: Date,
    /// 报, in the end matter: higher leaders.
    pub report_to: Vec<String>,
    /// 发, in the end matter: lower units.
    pub issue_to: Vec<String>,
    /// 抄送, in the end matter.
    pub copies_to: Vec<String>,
    /// Date of printing (印发).
    pub printed: Date,
}

/// Urgency (紧急程度), above the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// 特急
    MostUrgent,
    /// 加急
    Urgent,
}

/// Number of an official document (发文字号): `滕政办字〔2018〕12号`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentNumber {
    /// Body code (机关代字): `滕政办字`.
    pub code: String,
    /// Year, in full.
    pub year: i16,
    /// Running number, written without leading zeros.
    pub number: u32,
}

/// What stands under the issuing body's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulletinNumber {
    /// The office gives it a number among its documents (发文字号).
    Document(DocumentNumber),
    /// It is numbered by itself, anew each year (期号): `2018年第5期`.
    Issue {
        /// Year, in full.
        year: i16,
        /// Running number within the year.
        number: u32,
    },
}

/// Whether a seal will be set on the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// Two lines free above it, the name centred on the date.
    Seal,
    /// One line free above it.
    NoSeal,
}

/// The table of one ranking group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupTable {
    /// Name: `镇街`, `A类`.
    pub name: String,
    /// Rows in the order in which they are printed.
    pub rows: Vec<RankRow>,
}

/// One unit in a table of points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankRow {
    /// 位次 (R9).
    pub rank: u32,
    /// Unit.
    pub unit: String,
    /// Items submitted in the month.
    pub submitted: u32,
    /// Items asked for (报送任务, F2).
    pub quota: u32,
    /// Items adopted.
    pub adopted: u32,
    /// Points, formatted.
    pub points: String,
}

/// One adopted item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptedRow {
    /// Title of the item.
    pub title: String,
    /// Unit or units.
    pub unit: String,
    /// Where it was used: `政务信息交流第12期`.
    pub used_in: String,
    /// Points, formatted.
    pub points: String,
}

/// One correction of a closed month (R14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionRow {
    /// Unit.
    pub unit: String,
    /// The closed month: `2018年5月`.
    pub month: String,
    /// The fact.
    pub reason: String,
    /// Points entered now, formatted with their sign.
    pub points: String,
}

/// A unit and why it is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedUnit {
    /// Unit.
    pub unit: String,
    /// Reason, as a phrase: `连续两个月位列镇街后三位`.
    pub reason: String,
}

/// An annex: its name and what stands under it.
struct Annex {
    name: String,
    tables: Vec<(String, Vec<Column>, Vec<Vec<String>>)>,
}

/// The bytes of the bulletin's DOCX. The same bulletin gives the same bytes.
pub fn bulletin(bulletin: &Bulletin) -> Vec<u8> {
    let office = one_line(&bulletin.office);
    let annexes = annexes(bulletin);
    let mut elements = Vec::new();

    if let Some(urgency) = bulletin.urgency {
        let word = match urgency {
            Urgency::MostUrgent => "特急",
            Urgency::Urgent => "加急",
        };
        push(&mut elements, [Para::plain().run(Run::new().font(Font::Hei).text(word))]);
    }
    push(&mut elements, [red_head(&format!("{office}文件"), bulletin.urgency.is_some())]);
    blank(&mut elements, 2);
    push(&mut elements, [number_line(&bulletin.number.as_ref().map_or_else(String::new, number_text))]);
    blank(&mut elements, 2);
    push(&mut elements, [crate::parts::title(&bulletin.title, None)]);
    blank(&mut elements, 1);

    let addressees = one_line(&bulletin.addressees).trim_end_matches(['：', ':', '。']).to_owned();
    let above = addressees_fit(title_lines(&bulletin.title).len(), &addressees);
    if above && !addressees.is_empty() {
        push(&mut elements, [Para::of(Style::Addressee, format!("{addressees}："))]);
    }

    let mut text = body(&all_blocks(bulletin), &mut Numbering::default());
    hold_to_next(&mut text, Start::Stays);
    push(&mut elements, text);
    let names: Vec<String> = annexes.iter().map(|annex| annex.name.clone()).collect();
    if !names.is_empty() {
        push(&mut elements, [Para::plain().keep_next()]);
        push(&mut elements, annex_notes(&names));
    }
    let (free, signature) = match bulletin.signature {
        Signature::Seal => (2, signature_with_seal(&office, bulletin.date)),
        Signature::NoSeal => (1, signature_without_seal(&office, bulletin.date)),
    };
    push(&mut elements, std::iter::repeat_n(Para::plain().keep_next(), free));
    push(&mut elements, signature);

    let several = annexes.len() > 1;
    for (index, annex) in annexes.into_iter().enumerate() {
        annex_head(&mut elements, several.then_some(index + 1), &annex.name);
        for (place, (title, columns, rows)) in annex.tables.into_iter().enumerate() {
            if place > 0 {
                blank(&mut elements, 1);
            }
            titled_table(&mut elements, &title, columns, rows);
        }
    }

    blank(&mut elements, 1);
    let moved = (!above).then(|| receivers_text("主送：", &format!("{addressees}。")));
    let lists = [
        receivers("报：", &bulletin.report_to),
        receivers("发：", &bulletin.issue_to),
        receivers("抄送：", &bulletin.copies_to),
    ];
    let receivers = moved.into_iter().chain(lists.into_iter().flatten()).collect();
    let printed = both_ends(&office, &format!("{}印发", date(bulletin.printed)));
    end_matter(&mut elements, vec![receivers, vec![printed]]);

    let title = title_lines(&bulletin.title).concat();
    Document { title, creator: office, date: bulletin.date, elements }.to_bytes()
}

fn number_text(number: &BulletinNumber) -> String {
    match number {
        BulletinNumber::Document(number) => {
            format!("{}〔{}〕{}号", one_line(&number.code), number.year, number.number)
        }
        BulletinNumber::Issue { year, number } => format!("{year}年第{number}期"),
    }
}

impl Bulletin {
    /// The word for one like the period it speaks of.
    fn one(&self) -> &'static str {
        if self.monthly { "月" } else { "期" }
    }
}

/// The caller's text, the sections that a bulletin adds for units it has to name, then the caller's closing.
fn all_blocks(bulletin: &Bulletin) -> Vec<Block> {
    let mut blocks = bulletin.paragraphs.clone();
    if !bulletin.corrections.is_empty() {
        blocks.push(Block::Heading1(format!("往{}计分更正", bulletin.one())));
        // The sentence names the ruling it rests on.
        let closed = if bulletin.monthly { "月份" } else { "各期" };
        let ruling = match bulletin.ruling.as_str() {
            "" => String::new(),
            ruling => format!("（计分办法解释{}）", one_line(ruling)),
        };
        blocks.push(Block::Text(format!(
            "已结账{closed}的计分表不再改动，此后查实的差额计入本{}得分，明细见附件{ruling}。",
            bulletin.one()
        )));
    }
    named_units(&mut blocks, "约谈单位", "以下单位列入约谈：", &bulletin.interviews);
    named_units(&mut blocks, "通报批评建议", "以下单位建议予以通报批评：", &bulletin.criticisms);
    blocks.extend(bulletin.closing.iter().cloned());
    blocks
}

fn named_units(blocks: &mut Vec<Block>, heading: &str, opening: &str, units: &[NamedUnit]) {
    if units.is_empty() {
        return;
    }
    blocks.push(Block::Heading1(heading.to_owned()));
    blocks.push(opening.into());
    for (index, named) in units.iter().enumerate() {
        let end = if index + 1 == units.len() { "。" } else { "；" };
        let reason = one_line(&named.reason);
        let reason = reason.trim_end_matches(['。', '；']);
        let unit = one_line(&named.unit);
        let sentence = if reason.is_empty() { format!("{unit}{end}") } else { format!("{unit}：{reason}{end}") };
        blocks.push(if units.len() == 1 { Block::Text(sentence) } else { Block::Heading3(sentence) });
    }
}

/// The annexes in order; tables are numbered through all of them.
fn annexes(bulletin: &Bulletin) -> Vec<Annex> {
    let month = one_line(&bulletin.month_label);
    let mut count = 0;
    let mut caption = |text: String| {
        count += 1;
        format!("表{count}　{text}")
    };
    let mut annexes = Vec::new();

    let groups: Vec<_> = bulletin
        .groups
        .iter()
        .filter(|group| !group.rows.is_empty())
        .map(|group| {
            (caption(format!("{month}{}得分情况", one_line(&group.name))), rank_columns(), rank_rows(&group.rows))
        })
        .collect();
    if !groups.is_empty() {
        annexes.push(Annex { name: format!("{month}各单位政务信息得分情况"), tables: groups });
    }
    if !bulletin.adopted.is_empty() {
        let columns = vec![
            // 采用刊物 takes `《政务信息交流》第22期` on one line, so that most rows are two lines high, by their titles.
            Column::figures("序号", 640),
            Column::text("稿件标题", 3004),
            Column::text("报送单位", 1700),
            Column::text("采用刊物", 2780),
            Column::figures("得分", 720),
        ];
        let rows = (1..)
            .zip(&bulletin.adopted)
            .map(|(number, row): (u32, _)| {
                let AdoptedRow { title, unit, used_in, points } = row.clone();
                vec![number.to_string(), title, unit, used_in, points]
            })
            .collect();
        let tables = vec![(caption(format!("{month}采用稿件")), columns, rows)];
        annexes.push(Annex { name: format!("{month}政务信息采用稿件目录"), tables });
    }
    if !bulletin.corrections.is_empty() {
        let columns = vec![
            Column::text("单位", 1700),
            Column::figures(if bulletin.monthly { "所属月份" } else { "所属周期" }, 1600),
            Column::text("更正事项", 4644),
            Column::figures("加减分", 900),
        ];
        let rows = bulletin
            .corrections
            .iter()
            .map(|row| {
                let CorrectionRow { unit, month, reason, points } = row.clone();
                vec![unit, month, reason, points]
            })
            .collect();
        let one = bulletin.one();
        let tables = vec![(caption(format!("往{one}计分更正")), columns, rows)];
        annexes.push(Annex { name: format!("往{one}计分更正明细"), tables });
    }
    annexes
}

fn rank_columns() -> Vec<Column> {
    let columns = vec![
        Column::figures("位次", 800),
        Column::text("单位", 3044),
        Column::figures("报送篇数", 1300),
        Column::figures("报送任务", 1300),
        Column::figures("采用篇数", 1300),
        Column::figures("得分", 1100),
    ];
    debug_assert_eq!(columns.iter().map(|column| column.width).sum::<i32>(), TEXT_WIDTH);
    columns
}

fn rank_rows(rows: &[RankRow]) -> Vec<Vec<String>> {
    rows.iter()
        .map(|row| {
            vec![
                row.rank.to_string(),
                row.unit.clone(),
                row.submitted.to_string(),
                row.quota.to_string(),
                row.adopted.to_string(),
                row.points.clone(),
            ]
        })
        .collect()
}
