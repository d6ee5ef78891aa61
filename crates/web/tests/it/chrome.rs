//! A real browser for tests: Debian's Chromium, driven through its driver, with the keyboard alone.

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::key::Key;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use testkit::PASSWORD;

/// How Chromium is started: no window, no network of its own.
const ARGUMENTS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
];
/// Names the folder in which tests keep pictures of pages, for people to look at; without it none are.
const PICTURES: &str = "HUIFANG_TEST_PICTURES";
/// Longest wait for something to appear on a page.
const PATIENCE: Duration = Duration::from_secs(20);

/// The driver; it ends with the test.
pub(crate) struct Driver {
    process: Child,
    pub(crate) address: String,
}

impl Driver {
    /// Starts the driver on a port of its own choice.
    pub(crate) fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver must be installed: ./test does it");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| {
            let line = line.ok()?;
            let (_, rest) = line.split_once("on port ")?;
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<u16>().ok().filter(|port| *port > 0)
        });
        // Nobody reads what it says later; it must not block on that.
        std::thread::spawn(move || lines.for_each(drop));
        let port = port.expect("chromedriver says its port");
        Self {
            process,
            address: format!("http://127.0.0.1:{port}"),
        }
    }

    /// Opens a browser window of a size.
    pub(crate) async fn open(&self, site: &str, width: u32, height: u32) -> Window {
        let mut arguments: Vec<String> = ARGUMENTS.iter().map(|a| (*a).to_owned()).collect();
        arguments.push(format!("--window-size={width},{height}"));
        let options = serde_json::json!({
            "args": arguments,
            "binary": "/usr/bin/chromium",
            "prefs": { "intl.accept_languages": "zh-CN" },
        });
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:chromeOptions".into(), options);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&self.address)
            .await
            .expect("Chromium must start: ./test installs it");
        Window {
            client,
            site: site.to_owned(),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A window in which someone works with the keyboard.
pub(crate) struct Window {
    pub(crate) client: Client,
    site: String,
}

impl Window {
    /// Signs in by typing.
    pub(crate) async fn sign_in(&self, username: &str) {
        self.client
            .goto(&format!("{}/sign-in", self.site))
            .await
            .unwrap();
        self.see("#username").await;
        self.write(username).await;
        self.press(Key::Tab).await;
        self.write(PASSWORD).await;
        self.press(Key::Enter).await;
        self.see("nav a.here").await;
    }

    /// Keeps a picture of the page, where somebody wants to look at it.
    pub(crate) async fn keep(&self, name: &str) {
        if let Some(folder) = std::env::var_os(PICTURES) {
            let picture = self.client.screenshot().await.unwrap();
            let file = std::path::Path::new(&folder).join(format!("{name}.png"));
            std::fs::write(file, picture).unwrap();
        }
    }

    /// Opens a page by its address, as from a bookmark.
    pub(crate) async fn go(&self, path: &str) {
        self.client
            .goto(&format!("{}{path}", self.site))
            .await
            .unwrap();
        self.see("main").await;
    }

    /// Waits until something is on the page.
    pub(crate) async fn see(&self, selector: &str) {
        let found = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(selector))
            .await;
        if found.is_err() {
            panic!(
                "no {selector} on {}:\n{}",
                self.path().await,
                self.text("body").await
            );
        }
    }

    /// Waits until the page shows a text.
    pub(crate) async fn read(&self, text: &str) {
        let quoted = format!("//*[contains(normalize-space(.), '{text}')]");
        let found = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::XPath(&quoted))
            .await;
        if found.is_err() {
            panic!(
                "no “{text}” on {}:\n{}",
                self.path().await,
                self.text("body").await
            );
        }
    }

    /// Waits until the address fulfils something.
    pub(crate) async fn arrive(&self, what: &str, is_there: impl Fn(&str) -> bool) {
        for _ in 0..200 {
            if is_there(&self.path().await) {
                return self.see("main").await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!(
            "never came to {what}, still at {}:\n{}",
            self.path().await,
            self.text("body").await
        );
    }

    /// The path on which the window is.
    pub(crate) async fn path(&self) -> String {
        self.client.current_url().await.unwrap().path().to_owned()
    }

    /// The text of an element.
    pub(crate) async fn text(&self, selector: &str) -> String {
        match self.client.find(Locator::Css(selector)).await {
            Ok(element) => element.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Whether an element is on the page now.
    pub(crate) async fn has(&self, selector: &str) -> bool {
        self.client.find(Locator::Css(selector)).await.is_ok()
    }

    /// Presses a key that has no letter.
    pub(crate) async fn press(&self, key: Key) {
        self.strike(&[char::from(key)]).await;
    }

    /// Presses Control and Enter together.
    pub(crate) async fn control_enter(&self) {
        let (control, enter) = (char::from(Key::Control), char::from(Key::Enter));
        let keys = KeyActions::new("keyboard".into())
            .then(KeyAction::Down { value: control })
            .then(KeyAction::Down { value: enter })
            .then(KeyAction::Up { value: enter })
            .then(KeyAction::Up { value: control });
        self.client.perform_actions(keys).await.unwrap();
    }

    /// Types letters, one key each.
    pub(crate) async fn write(&self, text: &str) {
        let letters: Vec<char> = text.chars().collect();
        self.strike(&letters).await;
    }

    async fn strike(&self, keys: &[char]) {
        let mut actions = KeyActions::new("keyboard".into());
        for key in keys {
            actions = actions
                .then(KeyAction::Down { value: *key })
                .then(KeyAction::Up { value: *key });
        }
        self.client.perform_actions(actions).await.unwrap();
    }

    /// Whether anything is wider than the window.
    pub(crate) async fn overflows(&self) -> bool {
        let script = "return document.documentElement.scrollWidth > window.innerWidth + 1";
        let answer = self.client.execute(script, Vec::new()).await.unwrap();
        answer.as_bool().unwrap()
    }

    /// Closes the window.
    pub(crate) async fn close(self) {
        self.client.close().await.unwrap();
    }
}
