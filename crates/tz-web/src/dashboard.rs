//! The room dashboard.

use crate::Routes;

/// Every route of the room.
pub(crate) fn routes() -> Routes {
    Routes::default()
}
