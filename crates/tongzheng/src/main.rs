//! tongzheng
fn main() {}
