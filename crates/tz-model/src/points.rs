use std::cmp::Ordering;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub};
use std::str::FromStr;

use num_rational::Ratio;

/// Points (分), exact: a third stays a third. Never a float.
///
/// Shown as a decimal without trailing zeros where that is finite, else as a fraction (`13/3`).
///
/// Whatever a scheme or a table says, arithmetic neither panics nor wraps: what no longer fits into eighteen digits above or
/// below the line is kept as near as eighteen digits can say it, and no office's points come near that.
///
/// ```
/// use tz_model::Points;
/// let third: Points = "13/3".parse().unwrap();
/// assert_eq!((third + Points::from(1)).to_string(), "16/3");
/// assert_eq!("2.50".parse::<Points>().unwrap().to_string(), "2.5");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(Ratio<i64>);

impl Points {
    /// Nothing.
    pub const ZERO: Self = Self(Ratio::new_raw(0, 1));

    /// `numerator / denominator`. `None` if the denominator is 0.
    pub fn fraction(numerator: i64, denominator: i64) -> Option<Self> {
        let sign = i128::from(denominator.signum());
        (denominator != 0).then(|| Self::nearest(i128::from(numerator) * sign, i128::from(denominator.unsigned_abs())))
    }

    /// `above / below`, exact if lowest terms fit into 64 bits, else as near as they can be. `below` is positive.
    fn nearest(above: i128, below: i128) -> Self {
        let common = greatest_common_divisor(above.unsigned_abs(), below.unsigned_abs()) as i128;
        let (mut above, mut below) = (above / common, below / common);
        while above.unsigned_abs() > i64::MAX as u128 || below > i128::from(i64::MAX) {
            if below == 1 {
                above = above.signum() * i128::from(i64::MAX);
            } else {
                // One binary digit less on both sides of the line.
                (above, below) = (above / 2, (below / 2).max(1));
            }
        }
        let fits = |number: i128| i64::try_from(number).expect("was made to fit");
        Self(Ratio::new(fits(above), fits(below)))
    }

    /// How many times `other` goes into these. `None` if it is 0.
    pub fn divided_by(self, other: Self) -> Option<Self> {
        let (above, below) = other.parts();
        let reversed = match above.signum() {
            0 => return None,
            -1 => Ratio::new_raw(-below, above.saturating_neg()),
            _ => Ratio::new_raw(below, above),
        };
        Some(self * Self(reversed))
    }

    /// The greatest whole number that is not above these.
    pub fn floor(self) -> Self {
        let (above, below) = self.parts();
        Self::from(above.div_euclid(below))
    }

    /// Rounded to so many decimals, a half away from zero (四舍五入). More than twelve are twelve.
    pub fn rounded(self, decimals: u32) -> Self {
        let scale = 10i128.pow(decimals.min(12));
        let (above, below) = self.parts();
        let scaled = i128::from(above.unsigned_abs()) * scale;
        let whole = (2 * scaled + i128::from(below)) / (2 * i128::from(below));
        Self::nearest(whole * i128::from(above.signum()), scale)
    }

    /// True for 0.
    pub fn is_zero(self) -> bool {
        *self.0.numer() == 0
    }

    /// True below 0.
    pub fn is_negative(self) -> bool {
        *self.0.numer() < 0
    }

    /// Numerator and (positive) denominator in lowest terms.
    pub fn parts(self) -> (i64, i64) {
        (*self.0.numer(), *self.0.denom())
    }

    /// These points with a sign in front unless they are 0, for ledgers: `+5`, `-3`, `0`.
    pub fn signed(self) -> String {
        if self > Self::ZERO { format!("+{self}") } else { self.to_string() }
    }
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

impl From<i64> for Points {
    /// The least number is taken as the one after it, so that every number has its opposite.
    fn from(whole: i64) -> Self {
        Self(Ratio::from_integer(whole.max(-i64::MAX)))
    }
}

impl Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let ((a, b), (c, d)) = (self.parts(), other.parts());
        if b == 1
            && d == 1
            && let Some(sum) = a.checked_add(c)
        {
            return Self::from(sum);
        }
        // Products of two 64-bit numbers; their sum has room in 128 bits, as neither is the least number.
        let (a, b, c, d) = (i128::from(a), i128::from(b), i128::from(c), i128::from(d));
        Self::nearest(a * d + c * b, b * d)
    }
}

impl AddAssign for Points {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Points {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Neg for Points {
    type Output = Self;
    fn neg(self) -> Self {
        let (above, below) = self.parts();
        Self(Ratio::new_raw(above.saturating_neg(), below))
    }
}

impl Mul for Points {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let ((a, b), (c, d)) = (self.parts(), other.parts());
        if b == 1
            && d == 1
            && let Some(product) = a.checked_mul(c)
        {
            return Self::from(product);
        }
        Self::nearest(i128::from(a) * i128::from(c), i128::from(b) * i128::from(d))
    }
}

impl Mul<i64> for Points {
    type Output = Self;
    fn mul(self, times: i64) -> Self {
        self * Self::from(times)
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (numerator, denominator) = self.parts();
        if denominator == 1 {
            return write!(f, "{numerator}");
        }
        let (mut rest, mut twos, mut fives) = (denominator, 0u32, 0u32);
        while rest % 2 == 0 {
            rest /= 2;
            twos += 1;
        }
        while rest % 5 == 0 {
            rest /= 5;
            fives += 1;
        }
        let places = twos.max(fives);
        let scale = (rest == 1).then(|| 10i128.checked_pow(places)).flatten();
        match scale {
            None => write!(f, "{numerator}/{denominator}"),
            Some(scale) => {
                let scaled = i128::from(numerator) * (scale / i128::from(denominator));
                let sign = if scaled < 0 { "-" } else { "" };
                let (whole, part) = (scaled.abs() / scale, scaled.abs() % scale);
                write!(f, "{sign}{whole}.{part:0width$}", width = places as usize)
            }
        }
    }
}

/// A text that is not a number of points.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是分值。请写整数、小数或分数，例如 5、2.5、1/3。")]
pub struct NotPoints(pub String);

impl FromStr for Points {
    type Err = NotPoints;

    fn from_str(text: &str) -> Result<Self, NotPoints> {
        let wrong = || NotPoints(text.to_owned());
        let trimmed = text.trim();
        let (negative, digits) = match trimmed.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
        };
        let number = |digits: &str| -> Result<i64, NotPoints> {
            if digits.is_empty() || digits.len() > 19 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(wrong());
            }
            digits.parse().map_err(|_| wrong())
        };
        let value = if let Some((above, below)) = digits.split_once('/') {
            Self::fraction(number(above)?, number(below)?).ok_or_else(wrong)?
        } else if let Some((whole, part)) = digits.split_once('.') {
            if part.len() > 12 {
                return Err(wrong());
            }
            let scale = 10i64.pow(part.len() as u32);
            let whole = number(whole)?;
            let above =
                whole.checked_mul(scale).and_then(|above| above.checked_add(number(part).ok()?)).ok_or_else(wrong)?;
            Self::fraction(above, scale).ok_or_else(wrong)?
        } else {
            Self::from(number(digits)?)
        };
        Ok(if negative { -value } else { value })
    }
}

impl PartialEq<i64> for Points {
    fn eq(&self, other: &i64) -> bool {
        *self == Self::from(*other)
    }
}

impl PartialOrd<i64> for Points {
    fn partial_cmp(&self, other: &i64) -> Option<Ordering> {
        self.partial_cmp(&Self::from(*other))
    }
}

#[cfg(test)]
mod tests {
    use super::Points;
    use proptest::prelude::*;

    #[test]
    fn decimals_are_finite_or_stay_fractions() {
        for (given, shown) in
            [("0", "0"), ("-0.5", "-0.5"), ("1/3", "1/3"), ("-2/6", "-1/3"), ("7/8", "0.875"), ("+4.20", "4.2")]
        {
            assert_eq!(given.parse::<Points>().unwrap().to_string(), shown);
        }
        for wrong in ["", "五", "1e3", "1/0", "1.2.3", "--1", "0x10", "1.", ".5"] {
            assert!(wrong.parse::<Points>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_half_is_rounded_up_and_a_part_of_one_is_cut_off() {
        for (given, decimals, rounded, floor) in [
            ("2.5", 0, "3", "2"),
            ("-2.5", 0, "-3", "-3"),
            ("2/3", 2, "0.67", "0"),
            ("1/3", 1, "0.3", "0"),
            ("7", 2, "7", "7"),
            ("0.045", 2, "0.05", "0"),
        ] {
            let points: Points = given.parse().unwrap();
            assert_eq!(points.rounded(decimals).to_string(), rounded, "{given}");
            assert_eq!(points.floor().to_string(), floor, "{given}");
        }
        let third = Points::fraction(1, 3).unwrap();
        assert_eq!(Points::from(2).divided_by(third), Some(Points::from(6)));
        assert_eq!(Points::from(2).divided_by(-third), Some(Points::from(-6)));
        assert_eq!(third.divided_by(Points::ZERO), None);
    }

    proptest! {
        /// The worst numbers a table or scheme can hold give some number, never a panic or the wrong sign.
        #[test]
        fn arithmetic_never_panics_or_wraps(a: i64, b: i64, c: i64, d: i64) {
            let (Some(left), Some(right)) = (Points::fraction(a, b), Points::fraction(c, d)) else { return Ok(()) };
            let (sum, product) = (left + right, left * right);
            prop_assert_eq!(left - right, left + -right);
            if left >= Points::ZERO && right >= Points::ZERO {
                prop_assert!(sum >= left.max(right).floor() - Points::from(1), "{left} + {right} = {sum}");
                prop_assert!(product >= Points::ZERO);
            }
            let _ = (left.rounded(3), left.floor(), left.divided_by(right), product.to_string());
        }

        /// What can be told exactly is told exactly.
        #[test]
        fn sums_and_products_of_small_fractions_are_exact(
            (a, b) in (-9_999i64..9_999, 1i64..999), (c, d) in (-9_999i64..9_999, 1i64..999),
        ) {
            let (left, right) = (Points::fraction(a, b).unwrap(), Points::fraction(c, d).unwrap());
            prop_assert_eq!(Some(left + right), Points::fraction(a * d + c * b, b * d));
            prop_assert_eq!(Some(left * right), Points::fraction(a * c, b * d));
            prop_assert_eq!(left + right - right, left);
        }

        #[test]
        fn what_is_shown_reads_back_as_the_same_points(above in -1_000_000i64..1_000_000, below in 1i64..1000) {
            let points = Points::fraction(above, below).unwrap();
            prop_assert_eq!(points.to_string().parse::<Points>().unwrap(), points);
        }
    }
}
