//! A year's notice (放假通知) read as it is worded: `春节：2月15日至21日放假调休，共7天。2月11日（星期日）、2月24日（星期六）上班。`

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::Fault;

/// The longest holiday: a longer one is a slip of the pen. 2020's 春节 was ten days.
const LONGEST: i32 = 16;
/// Fewer statutory days off a year than there ever were (全国年节及纪念日放假办法) mean that something is missing.
const FEWEST: usize = 11;
/// What every year has.
const EVERY_YEAR: [&str; 7] = ["元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆"];

/// One holiday of a notice: its days off and the days worked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// 春节; two that fall together as the notice names them: 国庆节、中秋节.
    pub name: Arc<str>,
    /// 放假, by day.
    pub off: Vec<Date>,
    /// 调休上班, by day.
    pub made_up: Vec<Date>,
}

/// The notice of one year. Its days may lie in the December before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The year it arranges.
    pub year: i16,
    /// 文号; empty where it was not given.
    pub number: String,
    /// In the notice's order.
    pub holidays: Vec<Holiday>,
}

impl Notice {
    /// Reads a notice as the State Council's office words it, whole or only its numbered lines. Everything wrong in it is said
    /// at once; with faults the notice is not to be used.
    pub fn read(year: i16, text: &str) -> (Self, Vec<Fault>) {
        let mut notice = Self { year, number: String::new(), holidays: Vec::new() };
        let mut faults = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = without_asides(line.trim());
            if notice.number.is_empty()
                && let Some(number) = line.find("国办发明电").map(|from| line[from..].trim())
                && number.chars().count() <= 60
            {
                number.clone_into(&mut notice.number);
                continue;
            }
            let Some((name, said)) = line.split_once(['：', ':']) else { continue };
            // Lines that arrange nothing (各省、自治区……：) stand around those that do.
            if !said.contains("放假") && !said.contains("上班") {
                continue;
            }
            let name =
                name.rsplit_once(['、', '.', '．']).filter(|(mark, _)| is_mark(mark)).map_or(name, |(_, name)| name);
            let mut holiday = Holiday { name: name.trim().into(), off: Vec::new(), made_up: Vec::new() };
            if let Err(what) = read_days(year, said, &mut holiday) {
                faults.push(Fault::new(format!("第{}行", at + 1), what));
            }
            notice.holidays.push(holiday);
        }
        faults.extend(notice.check());
        (notice, faults)
    }

    /// The notice in the words it is read from, a holiday a line.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if !self.number.is_empty() {
            let _ = writeln!(text, "文号：{}", self.number);
        }
        for holiday in &self.holidays {
            let _ = writeln!(text, "{}：{}", holiday.name, holiday.words(self.year));
        }
        text
    }

    fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let year = self.year;
        let missing: Vec<&str> = EVERY_YEAR
            .into_iter()
            .filter(|name| !self.holidays.iter().any(|holiday| holiday.name.contains(name)))
            .collect();
        if !missing.is_empty() {
            faults.push(Fault::new(
                String::new(),
                format!("没有见到{}的安排。请把通知中七个节日的安排全部粘贴进来，一个节日一行。", missing.join("、")),
            ));
        }
        let off: Vec<Date> = self.holidays.iter().flat_map(|holiday| holiday.off.iter().copied()).collect();
        if missing.is_empty() && off.len() < FEWEST {
            faults.push(Fault::new(
                String::new(),
                format!("全年放假合计只有{}天，法定节假日不少于{FEWEST}天，请与通知核对。", off.len()),
            ));
        }
        for holiday in &self.holidays {
            let place = holiday.name.to_string();
            if holiday.off.is_empty() && !holiday.made_up.is_empty() {
                faults.push(Fault::new(place.clone(), "只写了上班的日期，没有写放假的日期。"));
            }
            for day in holiday.off.iter().chain(&holiday.made_up) {
                let near = day.year() == year || (day.year() == year - 1 && day.month() == 12);
                if !near {
                    faults.push(Fault::new(place.clone(), format!("{day}不在{year}年内，请核对年份。")));
                }
            }
            for day in &holiday.made_up {
                if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
                    faults.push(Fault::new(
                        place.clone(),
                        format!("{}月{}日不是周末，不需要调休上班，请核对。", day.month(), day.day()),
                    ));
                }
                if off.contains(day) {
                    faults.push(Fault::new(
                        place.clone(),
                        format!("{}月{}日既写了放假又写了上班，请核对。", day.month(), day.day()),
                    ));
                }
            }
        }
        faults
    }
}

impl Holiday {
    /// As the notice says it: `2月15日至21日放假。2月11日、2月24日上班。`
    pub fn words(&self, year: i16) -> String {
        let mut runs: Vec<(Date, Date)> = Vec::new();
        for day in &self.off {
            match runs.last_mut() {
                Some((_, last)) if last.saturating_add(1.day()) == *day => *last = *day,
                _ => runs.push((*day, *day)),
            }
        }
        let of_year = |day: Date| if day.year() == year { String::new() } else { format!("{}年", day.year()) };
        let whole = |day: Date| format!("{}{}月{}日", of_year(day), day.month(), day.day());
        let runs: Vec<String> = runs
            .into_iter()
            .map(|(first, last)| match (first == last, first.month() == last.month()) {
                (true, _) => whole(first),
                (false, true) => format!("{}至{}日", whole(first), last.day()),
                // Read without a year, the last day would be of the first one's.
                (false, false) if first.year() != last.year() => {
                    format!("{}至{}年{}月{}日", whole(first), last.year(), last.month(), last.day())
                }
                (false, false) => format!("{}至{}月{}日", whole(first), last.month(), last.day()),
            })
            .collect();
        let mut words = format!("{}放假。", runs.join("、"));
        if !self.made_up.is_empty() {
            let days: Vec<String> = self.made_up.iter().map(|day| whole(*day)).collect();
            let _ = write!(words, "{}上班。", days.join("、"));
        }
        words
    }
}

/// `一`, `（二）`, `3`: what may stand before a holiday's name.
fn is_mark(mark: &str) -> bool {
    !mark.is_empty() && mark.trim().chars().all(|c| c.is_ascii_digit() || "一二三四五六七八九十（）()".contains(c))
}

/// A line without what stands in brackets: weekdays and days of the farmers' calendar.
fn without_asides(line: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '（' | '(' => depth += 1,
            '）' | ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

/// The days said before each 放假 are off, those before each 上班 are worked.
fn read_days(year: i16, said: &str, holiday: &mut Holiday) -> Result<(), String> {
    let mut rest = said;
    loop {
        let (at, off) = match (rest.find("放假"), rest.find("上班")) {
            (Some(off), Some(work)) => (off.min(work), off < work),
            (Some(off), None) => (off, true),
            (None, Some(work)) => (work, false),
            (None, None) => break,
        };
        let days = read_runs(year, &rest[..at])?;
        if days.is_empty() {
            return Err(format!("“{}”前没有日期。请写成“2月15日至21日放假”。", if off { "放假" } else { "上班" }));
        }
        if off {
            holiday.off.extend(days)
        } else {
            holiday.made_up.extend(days)
        }
        rest = &rest[at + "放假".len()..];
    }
    holiday.off.sort_unstable();
    holiday.made_up.sort_unstable();
    let twice = holiday.off.windows(2).chain(holiday.made_up.windows(2)).find(|pair| pair[0] == pair[1]);
    match twice {
        Some(pair) => Err(format!("{}月{}日写了两次，请核对。", pair[0].month(), pair[0].day())),
        None => Ok(()),
    }
}

/// Every day of `2022年12月31日至2023年1月2日`, `2月11日、2月24日`, `4月5日至7日`.
fn read_runs(year: i16, text: &str) -> Result<Vec<Date>, String> {
    let mut days = Vec::new();
    // The day a run begins with, while its end is looked for; the year and month that hold for a bare day.
    let (mut first, mut to) = (None::<Date>, false);
    let (mut at_year, mut at_month) = (year, None::<i8>);
    let mut digits = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' => digits.push(c),
            '年' | '月' | '日' => {
                let number: i16 = digits.parse().map_err(|_| format!("“{}”中有写不全的日期。", text.trim()))?;
                digits.clear();
                match c {
                    '年' => at_year = number,
                    '月' => at_month = i8::try_from(number).ok(),
                    _ => {
                        let day = at_month
                            .zip(i8::try_from(number).ok())
                            .and_then(|(month, day)| Date::new(at_year, month, day).ok())
                            .ok_or_else(|| format!("“{}”中有不存在的日期，请核对。", text.trim()))?;
                        match first.filter(|_| to) {
                            Some(first) => {
                                let length = day.since(first).map_or(0, |span| span.get_days());
                                if !(1..LONGEST).contains(&length) {
                                    return Err(format!("“{}”的起止日期不对，请核对。", text.trim()));
                                }
                                days.extend((1..=length).map(|more| first.saturating_add(more.days())));
                            }
                            None => days.push(day),
                        }
                        (first, to) = (Some(day), false);
                    }
                }
            }
            '至' | '到' | '—' | '-' | '～' | '~' => to = first.is_some(),
            _ => digits.clear(),
        }
    }
    Ok(days)
}
