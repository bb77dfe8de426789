//! The room forward.

use crate::Routes;

/// Every route of the room.
pub(crate) fn routes() -> Routes {
    Routes::default()
}
