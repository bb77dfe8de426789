use std::fmt;

/// Something wrong in what a person gave us (差错): where, what, and what to do. Readers find all of them at once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where, as the person sees it: `工作表“采用”D14 单元格`, `第12行第3列`, `标题`.
    pub place: String,
    /// What is wrong and what to do, as one or more Chinese sentences.
    pub sentence: String,
}

impl Fault {
    /// A fault at a place.
    pub fn new(place: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { place: place.into(), sentence: sentence.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            f.write_str(&self.sentence)
        } else {
            write!(f, "{}：{}", self.place, self.sentence)
        }
    }
}

/// All faults, one a line.
pub fn sentences(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n")
}

/// The known name most like `given`, if any is like it at all: fewer than half of its characters would have to change.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given: Vec<char> = given.chars().collect();
    known
        .into_iter()
        .filter(|name| !name.trim().is_empty())
        .map(|name| (distance(&given, &name.chars().collect::<Vec<_>>()), name))
        .filter(|(away, name)| away * 2 < given.len().max(name.chars().count()).max(1))
        .min()
        .map(|(_, name)| name)
}

/// Insertions, deletions and replacements between two texts.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let replaced = before + usize::from(a != b);
            before = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(before + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_offered_only_when_it_is_near() {
        let known = ["枣庄普刊采用", "枣庄市专报采用", "每日要情采用"];
        assert_eq!(nearest("枣庄普刊采纳", known), Some("枣庄普刊采用"));
        assert_eq!(nearest("每日要请采用", known), Some("每日要情采用"));
        assert_eq!(nearest("完成年度培训", known), None);
        assert_eq!(nearest("", known), None);
    }
}
