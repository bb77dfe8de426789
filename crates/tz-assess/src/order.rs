//! The order of fact keys (编号): numbers by value, so that 采用:9 stands before 采用:12.

use std::cmp::Ordering;

/// Compares two keys, runs of digits by value.
pub(crate) fn natural(left: &str, right: &str) -> Ordering {
    let (mut a, mut b) = (left.as_bytes(), right.as_bytes());
    while let (Some(x), Some(y)) = (a.first(), b.first()) {
        let step = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (m, n) = (digits(&mut a), digits(&mut b));
            m.len().cmp(&n.len()).then_with(|| m.cmp(n))
        } else {
            (a, b) = (&a[1..], &b[1..]);
            x.cmp(y)
        };
        if step.is_ne() {
            return step;
        }
    }
    a.len().cmp(&b.len()).then_with(|| left.cmp(right))
}

/// Takes the digits at the beginning off, without leading zeros.
fn digits<'a>(text: &mut &'a [u8]) -> &'a [u8] {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (mut run, rest) = text.split_at(end);
    *text = rest;
    while let [b'0', more @ ..] = run
        && !more.is_empty()
    {
        run = more;
    }
    run
}

#[cfg(test)]
mod tests {
    use super::natural;

    #[test]
    fn keys_stand_as_a_person_would_put_them() {
        let mut keys = ["12", "9", "A10", "A2", "2018-010", "2018-9", "", "乙", "甲", "012"];
        keys.sort_by(|a, b| natural(a, b));
        assert_eq!(keys, ["", "9", "012", "12", "2018-9", "2018-010", "A2", "A10", "乙", "甲"]);
    }
}
