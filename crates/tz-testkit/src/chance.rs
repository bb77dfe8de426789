use proptest::test_runner::Config;

/// The settings of a property test: so many cases, and `PROPERTY_TIMES` as many where that variable is set.
///
/// `./test` fixes the seed (`PROPTEST_RNG_SEED`), so that a change is never refused for what it did not touch; `./test
/// --all` draws another one every time and many more cases, and what that finds becomes a case of its own.
///
/// # Panics
/// Where `PROPERTY_TIMES` is no whole number.
#[must_use]
pub fn property(cases: u32) -> Config {
    let times =
        std::env::var("PROPERTY_TIMES").map_or(1, |times| times.parse().expect("PROPERTY_TIMES: a whole number"));
    Config { cases: cases * times, ..Config::default() }
}

/// True for `./test --all`: a test with a long and a short form takes the long one.
#[must_use]
pub fn is_thorough() -> bool {
    std::env::var_os("PROPERTY_TIMES").is_some()
}
