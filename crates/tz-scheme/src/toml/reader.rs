use tz_model::{Fault, nearest};

/// Gathers faults while a text is walked.
pub(crate) struct Reader<'t> {
    text: &'t str,
    faults: Vec<(usize, String)>,
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, faults: Vec::new() }
    }

    /// The whole text.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Notes a fault at a byte offset.
    pub fn fault(&mut self, at: usize, sentence: impl Into<String>) {
        self.faults.push((at, sentence.into()));
    }

    /// A name that is not among those known; offers the nearest.
    pub fn unknown<'k>(
        &mut self,
        at: usize,
        what: &str,
        given: &str,
        known: impl IntoIterator<Item = &'k str> + Clone,
    ) {
        let hint = hint(given, known);
        self.fault(at, format!("没有名为“{given}”的{what}。{hint}"));
    }

    /// The line of a byte offset, from 1.
    pub fn line(&self, at: usize) -> usize {
        self.before(at).matches('\n').count() + 1
    }

    /// True if nothing is wrong so far.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    /// All faults in the order of the text.
    pub fn finish(mut self) -> Vec<Fault> {
        self.faults.sort();
        self.faults.dedup();
        let place = |at: usize| {
            let before = self.before(at);
            let start = before.rfind('\n').map_or(0, |newline| newline + 1);
            format!("第{}行第{}列", before.matches('\n').count() + 1, before[start..].chars().count() + 1)
        };
        self.faults.iter().map(|(at, sentence)| Fault::new(place(*at), sentence.clone())).collect()
    }

    /// The text before a place; a place within a character is its beginning.
    fn before(&self, at: usize) -> &'t str {
        &self.text[..self.text.floor_char_boundary(at)]
    }
}

/// Where in its text a fault of a scheme file stands: line and column, from 1; `None` for a fault of something else.
///
/// ```
/// let fault = tz_model::Fault::new("第12行第3列", "没有键“pionts”。");
/// assert_eq!(tz_scheme::line_and_column(&fault), Some((12, 3)));
/// ```
pub fn line_and_column(fault: &Fault) -> Option<(usize, usize)> {
    let (line, column) = fault.place.strip_prefix('第')?.strip_suffix('列')?.split_once("行第")?;
    Some((line.parse().ok()?, column.parse().ok()?))
}

/// The known name most like `given`. Of two letters one may differ, if only one name is so like it: 形势 for 形式.
pub(crate) fn near<'k>(given: &str, known: impl IntoIterator<Item = &'k str> + Clone) -> Option<&'k str> {
    nearest(given, known.clone()).or_else(|| {
        let [first, second] = given.chars().collect::<Vec<char>>()[..] else { return None };
        let like = |name: &&str| match name.chars().collect::<Vec<char>>()[..] {
            [one, two] => one == first || two == second,
            _ => false,
        };
        let mut all = known.into_iter().filter(like);
        all.next().filter(|_| all.next().is_none())
    })
}

/// What could have been meant: the nearest of the names known, or all of them.
pub(crate) fn hint<'k>(given: &str, known: impl IntoIterator<Item = &'k str> + Clone) -> String {
    match near(given, known.clone()) {
        Some(name) => format!("是不是“{name}”？"),
        // What has no name yet is no help.
        None => match known.into_iter().filter(|name| !name.trim().is_empty()).collect::<Vec<_>>() {
            all if all.is_empty() => "这里还没有列出可以写的。".to_owned(),
            all if all.len() > 20 => format!("可以写：{}等。", all[..20].join("、")),
            all => format!("可以写：{}。", all.join("、")),
        },
    }
}
