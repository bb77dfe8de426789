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
        (denominator != 0).then(|| Self(Ratio::new(numerator, denominator)))
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

impl From<i64> for Points {
    fn from(whole: i64) -> Self {
        Self(Ratio::from_integer(whole))
    }
}

impl Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
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
        Self(self.0 - other.0)
    }
}

impl Neg for Points {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Mul for Points {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Mul<i64> for Points {
    type Output = Self;
    fn mul(self, times: i64) -> Self {
        Self(self.0 * times)
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
            if digits.is_empty() || digits.len() > 12 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
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

    proptest! {
        #[test]
        fn what_is_shown_reads_back_as_the_same_points(above in -1_000_000i64..1_000_000, below in 1i64..1000) {
            let points = Points::fraction(above, below).unwrap();
            prop_assert_eq!(points.to_string().parse::<Points>().unwrap(), points);
        }
    }
}
