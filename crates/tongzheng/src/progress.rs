//! Progress of long work, at a terminal only.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar over `length` steps; it draws nothing where standard error is no terminal.
pub(crate) fn bar(length: u64, doing: &'static str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{msg} {bar:32} {pos}/{len} 已用{elapsed}，约剩{eta}")
        .expect("the template is checked by every run");
    bar.set_style(style.progress_chars("━━─"));
    bar.set_message(doing);
    bar
}
