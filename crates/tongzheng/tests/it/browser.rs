//! A real Chromium by its driver, both from Debian packages.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;

/// How long a page may take to say what is waited for.
pub const LIMIT: std::time::Duration = std::time::Duration::from_secs(30);

/// A browser window, and the driver that ends with it.
pub struct Browser {
    /// The window.
    pub window: Client,
    driver: Child,
    port: u16,
    /// Removed when the browser is gone.
    _profile: tempfile::TempDir,
    pictures: PathBuf,
}

impl Browser {
    /// Opens a window, or `None` with a printed line where Chromium or its driver is not installed.
    pub async fn open() -> Option<Self> {
        let Ok(mut driver) =
            Command::new("chromedriver").arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).spawn()
        else {
            println!("skipped: chromedriver is not installed (./test installs it)");
            return None;
        };
        let mut lines = BufReader::new(driver.stdout.take().expect("its output is piped")).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, rest) = line.split_once("started successfully on port ")?;
            rest.trim_end_matches('.').parse::<u16>().ok()
        });
        std::thread::spawn(move || lines.for_each(drop));
        let port = port.expect("chromedriver says its port");
        let profile = tempfile::tempdir().expect("a temporary folder");
        let mut arguments: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--window-size=1400,1000",
            "--lang=zh-CN",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let capabilities = serde_json::json!({ "goog:chromeOptions": { "args": arguments } });
        let serde_json::Value::Object(capabilities) = capabilities else { return None };
        let window = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.into_iter().collect())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("Chromium opens a window");
        let pictures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../screenshots");
        std::fs::create_dir_all(&pictures).expect("the pictures' folder can be made");
        Some(Self { window, driver, port, _profile: profile, pictures })
    }

    /// Goes to an address.
    pub async fn go(&self, address: &str) {
        self.window.goto(address).await.expect("the page loads");
    }

    /// Types into the field of a name, instead of what stands there.
    pub async fn fill(&self, name: &str, text: &str) {
        let field = self.find(&format!("[name='{name}']:not([type=hidden])")).await;
        field.clear().await.expect("the field can be cleared");
        field.send_keys(text).await.expect("the field takes text");
    }

    /// Chooses the entry with this text in the list of a name.
    pub async fn choose(&self, name: &str, text: &str) {
        let path = format!("//select[@name='{name}']//option[contains(normalize-space(.), '{text}')]");
        let entry =
            self.window.find(Locator::XPath(&path)).await.unwrap_or_else(|_| panic!("no entry {text} in {name}"));
        entry.click().await.expect("the entry can be chosen");
    }

    /// Sets a field whose typing depends on the browser's language, such as a day.
    pub async fn set(&self, name: &str, value: &str) {
        self.find(&format!("main [name='{name}']")).await;
        let script = format!("document.querySelector(\"main [name='{name}']\").value = '{value}'");
        self.window.execute(&script, Vec::new()).await.expect("the field can be set");
    }

    /// Ticks the first box of a name with a value or a label, be it in a closed list.
    pub async fn tick(&self, name: &str, value: &str) {
        self.find(&format!("[name='{name}']")).await;
        let script = format!(
            "const boxes = [...document.querySelectorAll(\"[name='{name}']\")];
             boxes.find(box => box.value === '{value}' || box.parentElement.textContent.trim() === '{value}').click()"
        );
        self.window.execute(&script, Vec::new()).await.expect("the box can be ticked");
    }

    /// The token of the session, for what a test fetches beside the window.
    pub async fn session(&self) -> String {
        let cookie = self.window.get_named_cookie("tongzheng").await.expect("the session's cookie");
        cookie.value().to_owned()
    }

    /// Presses the button or link with this text, or else the first whose text holds it.
    pub async fn press(&self, text: &str) {
        let any = format!(
            "//main//button[contains(normalize-space(.), '{text}')] | //main//a[contains(normalize-space(.), '{text}')]"
        );
        let exact = format!("//main//button[normalize-space(.) = '{text}'] | //main//a[normalize-space(.) = '{text}']");
        let held = self.window.wait().at_most(LIMIT).for_element(Locator::XPath(&any)).await;
        let button = match self.window.find(Locator::XPath(&exact)).await {
            Ok(button) => button,
            Err(_) => match held {
                Ok(button) => button,
                Err(_) => panic!("no button {text} on this page:\n{}", self.text().await),
            },
        };
        button.click().await.expect("the button can be pressed");
    }

    /// Presses a button whose script asks once more, and agrees.
    pub async fn press_surely(&self, text: &str) {
        self.press(text).await;
        if self.window.get_alert_text().await.is_ok() {
            self.window.accept_alert().await.expect("the question can be answered");
        }
    }

    /// The element of a CSS selector.
    pub async fn find(&self, selector: &str) -> Element {
        match self.window.wait().at_most(LIMIT).for_element(Locator::Css(selector)).await {
            Ok(element) => element,
            Err(_) => panic!("no {selector} on this page:\n{}", self.text().await),
        }
    }

    /// The element of an XPath, where a selector cannot say what is meant.
    pub async fn at(&self, path: &str) -> Element {
        match self.window.wait().at_most(LIMIT).for_element(Locator::XPath(path)).await {
            Ok(element) => element,
            Err(_) => panic!("no {path} on this page:\n{}", self.text().await),
        }
    }

    /// The page's text as a person reads it.
    pub async fn text(&self) -> String {
        match self.window.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Fails unless the page says this, or comes to say it within the limit.
    pub async fn says(&self, expected: &str) {
        let path = format!("//body[contains(., '{expected}')]");
        if self.window.wait().at_most(LIMIT).for_element(Locator::XPath(&path)).await.is_err() {
            panic!("the page does not say “{expected}”:\n{}", self.text().await);
        }
    }

    /// Keeps a picture of the page.
    pub async fn picture(&self, name: &str) {
        let png = self.window.screenshot().await.expect("the window can be pictured");
        std::fs::write(self.pictures.join(format!("{name}.png")), png).expect("the picture can be kept");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver closes its windows when asked to stop; killed, it would leave them behind.
        if let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = write!(stream, "GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            let _ = stream.read_to_end(&mut Vec::new());
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
