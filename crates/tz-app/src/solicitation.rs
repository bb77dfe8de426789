//! solicitation
