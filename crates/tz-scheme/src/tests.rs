use tz_model::Points;

use crate::{BUILTIN_IDS, Scheme};

fn tengzhou() -> &'static Scheme {
    Scheme::builtin("tengzhou-2018").expect("a built-in scheme")
}

#[test]
fn every_built_in_scheme_is_free_of_faults() {
    for id in BUILTIN_IDS {
        assert_eq!(&**Scheme::builtin(id).expect("listed").id(), *id);
    }
}
