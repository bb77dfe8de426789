//! Every fault a person can make in a template, with its place; and that every built-in one is without.
