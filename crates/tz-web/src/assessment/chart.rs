//! Charts as SVG that print: where each bar stands is decided here, how it looks is the style sheet's (charts.html).

use tz_app::assessment::Trend;
use tz_model::Points;

/// A bar with its words.
pub(super) struct ChartBar {
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub height: i64,
    /// `own` where it is the one that is looked at.
    pub class: &'static str,
    pub label: String,
    pub label_x: i64,
    pub label_y: i64,
    pub value: String,
    pub value_x: i64,
    pub value_y: i64,
}

/// A chart, ready to be drawn; what it shows stands in a table beside it too.
pub(super) struct Chart {
    pub width: i64,
    pub height: i64,
    /// Where nothing is: a line through all bars.
    pub zero: i64,
    pub bars: Vec<ChartBar>,
    /// The group's mean, as the points of a line; empty without one.
    pub mean: String,
    pub words: String,
}

/// So much of `full` as `points` is of `most`.
fn share(points: Points, most: Points, full: i64) -> i64 {
    let ((above, below), (most_above, most_below)) = (points.parts(), most.parts());
    let whole = i128::from(below) * i128::from(most_above);
    let part = i128::from(full) * i128::from(above) * i128::from(most_below);
    i64::try_from(part.checked_div(whole).unwrap_or(0)).unwrap_or(full)
}

/// The largest of some points, whatever their sign; never nothing.
fn most(all: impl Iterator<Item = Points>) -> Points {
    let largest = all.map(|points| if points.is_negative() { -points } else { points }).max();
    largest.filter(|points| !points.is_zero()).unwrap_or_else(|| Points::from(1))
}

fn signed(points: Points) -> String {
    points.to_string().replace('-', "−")
}

/// A unit's periods as upright bars, its group's mean as a line through them.
pub(super) fn of_periods(trend: &Trend, title: &str) -> Chart {
    let [step, bar, full, top_room, foot] = [50_i64, 28, 120, 18, 20];
    let all = || trend.periods.iter();
    let most = most(all().flat_map(|one| [one.total, one.mean]));
    let below = all().any(|one| one.total.is_negative() || one.mean.is_negative());
    let zero = top_room + full;
    let height = zero + foot + if below { full / 2 } else { 0 };
    let y = |points: Points| zero - share(points, most, full).clamp(-full / 2, full);
    let bars = (0..).zip(all()).map(|(at, one)| {
        let (x, top) = (at * step + (step - bar) / 2, y(one.total));
        ChartBar {
            x,
            y: top.min(zero),
            width: bar,
            height: (zero - top).abs().max(1),
            class: if usize::try_from(at + 1) == Ok(trend.periods.len()) { "own" } else { "" },
            label: one.period.period.within_year(),
            label_x: x + bar / 2,
            label_y: height - 6,
            value: signed(one.total),
            value_x: x + bar / 2,
            value_y: top.min(zero) - 4,
        }
    });
    let mean = (0..).zip(all()).map(|(at, one)| format!("{},{}", at * step + step / 2, y(one.mean)));
    let said = all().map(|one| format!("{}{}分", one.period.chinese(), one.total)).collect::<Vec<_>>();
    Chart {
        width: step * i64::try_from(trend.periods.len()).unwrap_or(12).max(4),
        height,
        zero,
        bars: bars.collect(),
        mean: mean.collect::<Vec<_>>().join(" "),
        words: format!("{title}：{}", said.join("，")),
    }
}

/// The units of a group as bars one under the other.
pub(super) fn of_group(trend: &Trend, title: &str) -> Chart {
    let [row, bar, name, full, value] = [20_i64, 12, 150, 260, 60];
    let most = most(trend.peers.iter().map(|peer| peer.total));
    let bars = (0..).zip(&trend.peers).map(|(at, peer)| {
        let length = share(peer.total, most, full).clamp(0, full).max(1);
        ChartBar {
            x: name,
            y: at * row + (row - bar) / 2,
            width: length,
            height: bar,
            class: if peer.own { "own" } else { "" },
            label: peer.name.clone(),
            label_x: name - 8,
            label_y: at * row + 14,
            value: signed(peer.total),
            value_x: name + length + 6,
            value_y: at * row + 14,
        }
    });
    let said = trend.peers.iter().map(|peer| format!("{}{}分", peer.name, peer.total)).collect::<Vec<_>>();
    Chart {
        width: name + full + value,
        height: row * i64::try_from(trend.peers.len()).unwrap_or(1).max(1),
        zero: name,
        bars: bars.collect(),
        mean: String::new(),
        words: format!("{title}：{}", said.join("，")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_of_the_largest_and_never_more_than_the_whole() {
        assert_eq!(share(Points::from(5), Points::from(20), 120), 30);
        assert_eq!(share(Points::from(-5), Points::from(20), 120), -30);
        assert_eq!(most([Points::from(-30), Points::from(20)].into_iter()), Points::from(30));
        assert_eq!(most(std::iter::empty()), Points::from(1));
    }
}
