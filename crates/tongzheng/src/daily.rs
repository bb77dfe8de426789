//! What is looked at again and again while the server runs: whether a unit is to be warned (预警).

use std::sync::Arc;
use std::time::Duration;

use tz_app::App;

/// How often. What was said is said once: looking more often changes nothing.
const EVERY: Duration = Duration::from_secs(10 * 60);

/// Looks until the server ends.
pub(crate) async fn follow(app: Arc<App>) {
    loop {
        let again = Arc::clone(&app);
        let looked = tokio::task::spawn_blocking(move || again.warn_of_runs()).await;
        match looked {
            Ok(Ok(0)) => {}
            Ok(Ok(units)) => tracing::info!(units, "Units were warned of a second period among the last."),
            Ok(Err(problem)) => tracing::warn!(%problem, "whether units are to be warned could not be looked at"),
            // Told to stop meanwhile.
            Err(_) => return,
        }
        tokio::time::sleep(EVERY).await;
    }
}
