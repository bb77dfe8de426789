//! What went wrong with a server, and at which step.

/// A step on the way to a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Finding the server's address.
    Resolve,
    /// Reaching it.
    Connect,
    /// Agreeing on encryption.
    Encrypt,
    /// Its first word.
    Greet,
    /// Signing in.
    SignIn,
    /// Saying who we are (RFC 2971).
    Identify,
    /// Opening the folder.
    Open,
    /// Listing the letters.
    List,
    /// Fetching a letter.
    Fetch,
    /// Waiting for new ones.
    Wait,
    /// Keeping a letter, in the house.
    Keep,
}

impl Step {
    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Resolve => "名字解析",
            Self::Connect => "连接",
            Self::Encrypt => "加密",
            Self::Greet => "服务器应答",
            Self::SignIn => "登录",
            Self::Identify => "表明身份（ID）",
            Self::Open => "打开收件箱",
            Self::List => "列出来信",
            Self::Fetch => "取信",
            Self::Wait => "等候新信",
            Self::Keep => "入库",
        }
    }
}

/// In which way it went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is no such host.
    NoSuchHost,
    /// Nobody answers there.
    Unreachable,
    /// Its certificate is not believed.
    Certificate,
    /// No common encryption, or none offered.
    NoEncryption,
    /// The server said no.
    Refused,
    /// The server said nothing for too long.
    Silent,
    /// The server sends too slowly to be waited for.
    Slow,
    /// The connection broke.
    Lost,
    /// What came could not be understood.
    Garbled,
    /// More came than is borne.
    TooMuch,
    /// The house could not keep a letter.
    House,
}

impl Kind {
    /// What happened, as a part of a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoSuchHost => "找不到这台服务器",
            Self::Unreachable => "连不上服务器",
            Self::Certificate => "服务器的证书不能确认",
            Self::NoEncryption => "不能建立加密连接",
            Self::Refused => "服务器拒绝",
            Self::Silent => "服务器长时间没有回应",
            Self::Slow => "服务器传送太慢",
            Self::Lost => "连接中断",
            Self::Garbled => "服务器的回应无法理解",
            Self::TooMuch => "服务器送来的内容超出限度",
            Self::House => "来信没有存成",
        }
    }
}

/// A step that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}：{}{}", .step.name(), .kind.words(), quoted(.said))]
pub struct Trouble {
    /// The step.
    pub step: Step,
    /// In which way.
    pub kind: Kind,
    /// What the server or the system said, cleaned; may be empty.
    pub said: String,
}

fn quoted(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!("（“{said}”）") }
}

impl Trouble {
    pub(super) fn new(step: Step, kind: Kind, said: &str) -> Self {
        Self { step, kind, said: cleaned(said) }
    }
}

/// What a server says is a stranger's text: one short line without control characters.
fn cleaned(said: &str) -> String {
    let plain: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
