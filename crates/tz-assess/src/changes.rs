//! What happened to the price of a fact on its way to a line, step by step, and the words for it.

use tz_model::{Clause, Name, Points};

use crate::words;

/// The steps a price took. A line without any is the price itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    /// The column whose amount is not known yet.
    pub waits_for: Option<Name>,
    /// What one was worth, where a number column multiplied it.
    pub each: Points,
    /// The column and its number.
    pub times: Option<(Name, Points)>,
    /// The points before the first multiplier.
    pub first: Option<Points>,
    /// Multipliers of the use, with the clause each rests on.
    pub factors: Vec<(Clause, Points)>,
    /// How it went together with other facts of the item.
    pub combined: Vec<Combined>,
    /// What the unit's part of it is.
    pub shared: Option<Shared>,
    /// A multiplier of all the item has earned: it took the sum, by so much.
    pub boosted: Option<Boosted>,
}

/// One rule that combined a fact with others of its item (合并).
#[derive(Clone, Debug)]
pub(crate) struct Combined {
    /// What makes them one: 同一稿件.
    pub same: String,
    /// How they go together: 只计最高.
    pub how: String,
    /// The points the fact brought.
    pub own: Points,
    /// What all before it came to.
    pub before: Points,
    /// What all with it come to.
    pub after: Points,
}

/// How a fact was shared between its units (分摊).
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    /// The points shared.
    pub whole: Points,
    pub how: String,
}

/// A multiplier of all an item earned.
#[derive(Clone, Debug)]
pub(crate) struct Boosted {
    /// The points multiplied.
    pub sum: Points,
    pub by: Points,
    /// The fact that came for the item, where the line is of a later use.
    pub for_: Option<String>,
    /// True if the item was multiplied already and nothing more is.
    pub again: bool,
}

impl Changes {
    /// What the line waits for, as a sentence.
    pub fn waiting(&self) -> Option<String> {
        self.waits_for.as_ref().map(|column| format!("“{column}”还没有确定，确定后计分。"))
    }

    /// Each step, behind a comma.
    pub fn write(&self, out: &mut String) {
        let put = |out: &mut String, text: &str| out.push_str(text);
        if let Some((column, number)) = &self.times {
            put(out, "，每份 ");
            words::points(out, self.each);
            put(out, " 分，");
            put(out, column);
            put(out, " ");
            words::points(out, *number);
        }
        if let Some(first) = self.first {
            put(out, "，原计 ");
            words::points(out, first);
            put(out, " 分");
        }
        for (clause, by) in &self.factors {
            put(out, "，按“");
            put(out, clause.as_str());
            put(out, "”乘以 ");
            words::points(out, *by);
        }
        self.combined.iter().for_each(|combined| combined.write(out));
        if let Some(shared) = &self.shared {
            put(out, "，");
            words::points(out, shared.whole);
            put(out, " 分");
            put(out, &shared.how);
        }
        if let Some(boosted) = &self.boosted {
            boosted.write(out);
        }
    }
}

impl Combined {
    fn write(&self, out: &mut String) {
        let mut told = format!("，{}{}，", self.same, self.how);
        let adds = self.after + -self.before;
        if adds == self.own && self.before.is_zero() {
            // It stands alone so far: nothing to tell.
            return;
        }
        if adds.is_zero() {
            told.push_str(&format!("此前已计 {} 分，这次的 {} 分不再计入", self.before, self.own));
        } else if adds == self.own {
            told.push_str(&format!("此前已计 {} 分，这次另计 {} 分", self.before, self.own));
        } else {
            told.push_str(&format!("此前已计 {} 分，连同这次共计 {} 分，补计差额", self.before, self.after));
        }
        out.push_str(&told);
    }
}

impl Boosted {
    fn write(&self, out: &mut String) {
        let told = match (&self.for_, self.again) {
            (Some(fact), _) => format!("，该稿已有{fact}，这次的 {} 分乘以 {}", self.sum, self.by),
            (None, true) => "，该稿此前已经加倍，只计一次".to_owned(),
            (None, false) if self.sum.is_zero() => "，该稿此前没有得分，以后得分再加倍".to_owned(),
            (None, false) => format!("，该稿已得的 {} 分乘以 {}", self.sum, self.by),
        };
        out.push_str(&told);
    }
}
