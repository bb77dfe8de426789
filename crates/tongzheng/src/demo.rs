//! `tongzheng demo`: a full office with a made-up year on an embedded database.

use std::path::Path;
use std::sync::Arc;

use tz_app::demo::Demo;
use tz_store::{OpenFailure, Store};
use tz_web::{Server, Settings};

use crate::args::DemoOptions;
use crate::faces::SystemFaces;
use crate::say::{self, Stop};
use crate::{progress, serve};

/// How a folder's database is opened.
type Open = fn(&Path) -> Result<Store, OpenFailure>;

pub(crate) fn run(options: DemoOptions) -> Result<(), Stop> {
    let listener = serve::listen(options.listen)?;
    let temporary;
    // Only the folder that is thrown away is written without waiting for the disk.
    let (folder, open): (_, Open) = match &options.data {
        Some(folder) => (folder.as_path(), Store::open_folder),
        None => {
            temporary = tempfile::Builder::new()
                .prefix("tongzheng-demo-")
                .tempdir()
                .map_err(|cause| Stop::one(format!("无法建立临时文件夹：{cause}。请用 --data 指定一个文件夹。")))?;
            (temporary.path(), Store::open_throw_away)
        }
    };
    if folder.join("tongzheng.db").exists() {
        return Err(Stop::one(format!("文件夹“{}”里已有数据，演示不会改动它。请换一个文件夹。", folder.display())));
    }
    let _held = serve::hold(folder)?;
    let store = Arc::new(open(folder)?);
    let bar = progress::bar(Demo::STEPS, "正在准备演示数据");
    let demo = Demo::make(store, |step| bar.set_position(step))?;
    let address = listener.local_addr().unwrap_or(options.listen);
    let words = demo.words(&format!("http://{address}/"));
    let accounts = demo.accounts.clone();
    let app = demo.served(|app| {
        app.reading_by(crate::reading::reader()).with_keys(folder).with_faces(Arc::new(SystemFaces::default()))
    })?;
    bar.finish_and_clear();
    say::out(&words);
    let settings = Settings {
        tls: false,
        notice: Some("这是演示：单位名称取自公开文件，稿件、人员、批示等全部为虚构。演示时间为2018年12月。".to_owned()),
        demo_accounts: accounts,
    };
    let app = Arc::new(app);
    serve::run_until_told(listener, Server::new(Arc::clone(&app), settings)?, app, None, serve::Folders::default())
}
