//! `tongzheng serve`: the data folder, the one-time link at the first start, and running until told to stop.

use std::fs::{File, OpenOptions, TryLockError};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use tz_app::{App, Clock, ShiftedClock, SystemClock};
use tz_scheme::Scheme;
use tz_store::Store;
use tz_web::{Server, Settings};

use crate::args::{Place, ServeOptions};
use crate::faces::SystemFaces;
use crate::say::{self, Stop};
use crate::{intranet, outbox, postbox, scans, ticking};

/// The scheme an office starts with.
const FIRST_SCHEME: &str = "tengzhou-2018";

pub(crate) fn run(options: ServeOptions) -> Result<(), Stop> {
    if !options.listen.ip().is_loopback() && !options.behind_proxy {
        return Err(Stop::one(format!(
            "监听 {} 会让密码在网络上明文传送，没有启动。请在前面放一个提供 HTTPS 的反向代理，并加上 --behind-proxy。",
            options.listen
        )));
    }
    if let Some(folder) = options.scans.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(Stop::one(format!("批示扫描件的文件夹“{}”不存在，请先建立，或核对路径。", folder.display())));
    }
    let listener = listen(options.listen)?;
    let _held = match options.place.database {
        Some(_) => None,
        None => hold(&options.place.data)?,
    };
    let app = open(&options.place)?.with_faces(Arc::new(SystemFaces::default()));
    let first = app.first_link()?;
    let address = listener.local_addr().unwrap_or(options.listen);
    say::out(&format!("通政已启动：http://{address}/\n本系统不得存储、处理国家秘密。\n"));
    if let Some(token) = first {
        say::out(&format!(
            "首次使用：请在24小时内打开下面的一次性链接，建立系统管理员账号。\nhttp://{address}/welcome/{token}\n"
        ));
    }
    let notice = options.place.drill_from.map(|_| "这是演练：日期和时间不是真实的，请勿录入正式数据。".to_owned());
    let settings = Settings { tls: options.behind_proxy, notice, ..Settings::default() };
    let app = Arc::new(app);
    let server = Server::new(Arc::clone(&app), settings)?.with_postman(Arc::new(postbox::ImapPostman));
    let folders = Folders { scans: options.scans, intranet: options.intranet };
    run_until_told(listener, server, Arc::clone(&app), Some(app), folders)
}

/// Takes a port before anything else is done, so that a taken one is said at once.
pub(crate) fn listen(address: SocketAddr) -> Result<TcpListener, Stop> {
    let listener = TcpListener::bind(address).map_err(|cause| {
        let why = match cause.kind() {
            std::io::ErrorKind::AddrInUse => {
                "端口已被占用，可能已有一个通政在运行。请先停掉它，或用 --listen 换一个端口".to_owned()
            }
            std::io::ErrorKind::PermissionDenied => "没有权限使用这个端口，请换一个大于1024的端口".to_owned(),
            std::io::ErrorKind::AddrNotAvailable => "本机没有这个地址，请核对".to_owned(),
            _ => cause.to_string(),
        };
        Stop::one(format!("无法监听 {address}：{why}。"))
    })?;
    listener.set_nonblocking(true).map_err(|cause| Stop::one(format!("无法监听 {address}：{cause}。")))?;
    Ok(listener)
}

/// Takes a data folder for this server alone, before anything in it is touched: two servers would each invalidate the
/// other's one-time link, and a newer one would bring the database to its structure under an older one's feet. Held until
/// the file is closed, however the process ends.
pub(crate) fn hold(folder: &Path) -> Result<Option<File>, Stop> {
    let opened = std::fs::create_dir_all(folder)
        .and_then(|()| OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("tongzheng.lock")));
    // What is wrong with a folder that cannot be written is said by the store, which opens it next.
    let Ok(file) = opened else { return Ok(None) };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(Stop::one(format!(
            "数据文件夹“{}”正由另一个通政使用。请先停掉它，或用 --data 另指定一个文件夹。",
            folder.display()
        ))),
        // A file system without locks keeps no folder from being served.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(Some(file)),
    }
}

/// The office of a data folder or database, set up if it is new.
pub(crate) fn open(place: &Place) -> Result<App, Stop> {
    let store = match &place.database {
        Some(address) => Store::open_postgres(address)?,
        None => Store::open_folder(&place.data)?,
    };
    let scheme = Scheme::builtin(FIRST_SCHEME).expect("the built-in scheme is there");
    let clock: Arc<dyn Clock> = match place.drill_from {
        Some(start) => Arc::new(ShiftedClock::starting_at(start)),
        None => Arc::new(SystemClock),
    };
    let app = App::open_or_set_up(Arc::new(store), clock, scheme, Date::constant(2018, 1, 1))?;
    Ok(app.reading_by(crate::reading::reader()).with_keys(&place.data))
}

/// An existing office: commands that check or import do not set one up by mistake in an empty folder.
pub(crate) fn open_existing(place: &Place) -> Result<App, Stop> {
    if place.database.is_none() && !Path::new(&place.data).join("tongzheng.db").exists() {
        return Err(Stop::one(format!(
            "文件夹“{}”里没有通政的数据。请用 --data 指定数据文件夹，或先运行 tongzheng serve 建立。",
            place.data.display()
        )));
    }
    open(place)
}

/// Folders of the machine that a server looks after.
#[derive(Default)]
pub(crate) struct Folders {
    /// Where scans of commented pages are put (批示扫描件).
    pub scans: Option<PathBuf>,
    /// Where what is published is written (内网发布).
    pub intranet: Option<PathBuf>,
}

/// Serves until Ctrl-C or a termination signal; requests under way are finished. The jobs of `app` are run meanwhile; the
/// postboxes of `reading` are followed and its mail is sent.
pub(crate) fn run_until_told(
    listener: TcpListener,
    server: Server,
    app: Arc<App>,
    reading: Option<Arc<App>>,
    folders: Folders,
) -> Result<(), Stop> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    // A second subscriber in one process is only ever a test's.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|cause| Stop::one(format!("无法启动：{cause}。")))?;
    runtime.block_on(async {
        tokio::spawn(ticking::run_jobs(app));
        if let (Some(app), Some(folder)) = (&reading, folders.scans) {
            tokio::spawn(scans::watch(Arc::clone(app), folder));
        }
        if let (Some(app), Some(folder)) = (&reading, folders.intranet) {
            tokio::spawn(intranet::keep(Arc::clone(app), folder));
        }
        let sender = reading.map(|app| {
            tokio::spawn(postbox::follow(Arc::clone(&app)));
            // After a start the program may be a newer one: what it stumbled over is looked at again.
            let again = Arc::clone(&app);
            tokio::task::spawn_blocking(move || {
                if let Err(problem) = again.replay_stumbled() {
                    tracing::warn!(%problem, "messages the program had stumbled over could not be looked at again");
                }
            });
            outbox::Sender::start(app)
        });
        let listener =
            tokio::net::TcpListener::from_std(listener).map_err(|cause| Stop::one(format!("无法启动：{cause}。")))?;
        let served = axum::serve(listener, tz_web::router(server)).with_graceful_shutdown(told_to_stop()).await;
        if let Some(sender) = sender {
            sender.finish().await;
        }
        served.map_err(|cause| Stop::one(format!("服务中断：{cause}。")))
    })
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(signal) => signal,
            Err(_) => {
                let _ = interrupt.await;
                return;
            }
        };
        tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
    say::out("\n正在停止，请稍候。\n");
}
