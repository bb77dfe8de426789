//! Parts of a scheme in words, as the file writes them.

use std::fmt;

use crate::mechanism::{Column, Comparison, Condition, Operand, Span};

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Comparison {
    /// As a scheme writes it.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "≤",
            Self::Equal => "=",
            Self::NotEqual => "≠",
            Self::AtLeast => "≥",
            Self::More => ">",
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is { column, values, not } => {
                let mark = if *not { "≠" } else { "=" };
                write!(f, "{column} {mark} {}", values.iter().map(|value| &**value).collect::<Vec<_>>().join("、"))
            }
            Self::Compare { column, how, with } => {
                write!(f, "{column} {} ", how.mark())?;
                match with {
                    Operand::Number(number) => write!(f, "{number}"),
                    Operand::Date(date) => write!(f, "{date}"),
                    Operand::Column(other) => write!(f, "{other}"),
                }
            }
            Self::Has { column, present } => write!(f, "{column} {}", if *present { "有" } else { "无" }),
            Self::Linked { table, yes } => write!(f, "{}被{}", if *yes { "" } else { "未" }, table.name()),
            Self::ReceivedInPeriod { yes } => write!(f, "{}当期报送", if *yes { "" } else { "非" }),
            Self::Any(any) => {
                for (place, one) in any.iter().enumerate() {
                    write!(f, "{}{one}", if place > 0 { " 或 " } else { "" })?;
                }
                Ok(())
            }
        }
    }
}

impl Span {
    /// As an office says it.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Week => "每周",
            Self::Period => "每期",
            Self::Quarter => "每季",
            Self::HalfYear => "每半年",
            Self::Year => "全年",
        }
    }
}
