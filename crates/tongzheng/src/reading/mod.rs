//! Reading strangers' bytes in child processes of the same binary (docs/decisions/0007-reading-apart.md): `apart` asks,
//! `child` answers, `wire` is what passes between them.

#[cfg(unix)]
mod apart;
#[cfg(unix)]
mod child;
#[cfg(unix)]
mod wire;

use std::sync::Arc;

use tz_app::reading::Reader;

/// The reader of this installation.
#[cfg(unix)]
pub(crate) fn reader() -> Arc<dyn Reader> {
    match apart::Apart::of_this_program() {
        Some(apart) => Arc::new(apart),
        None => Arc::new(tz_app::reading::Here),
    }
}

/// The reader of this installation. Limits on a process are the system's to keep, and here nobody asked it to.
#[cfg(not(unix))]
pub(crate) fn reader() -> Arc<dyn Reader> {
    Arc::new(tz_app::reading::Here)
}

/// `tongzheng read-one`: answers on standard output what is asked on standard input, until that ends.
#[cfg(unix)]
pub(crate) fn serve_readings() -> Result<(), crate::say::Stop> {
    child::serve(&mut std::io::stdin().lock(), &mut std::io::stdout().lock())
        .map_err(|cause| crate::say::Stop::one(format!("读取进程中断：{cause}。")))
}

/// `tongzheng read-one`, which nobody runs here.
#[cfg(not(unix))]
pub(crate) fn serve_readings() -> Result<(), crate::say::Stop> {
    Err(crate::say::Stop::one("此系统上不使用单独的读取进程。"))
}
