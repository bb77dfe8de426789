//! Who can try a postbox for a page: the door that talks to mail servers, handed in from outside.

use std::pin::Pin;

use tz_app::postbox::PostboxOrder;

/// A step of trying a postbox (试一试).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriedStep {
    /// What it is called.
    pub name: String,
    /// What went wrong; empty where it went well.
    pub trouble: String,
    /// What was found, or what to do; may be empty.
    pub words: String,
}

/// Tries postboxes.
pub trait Postman: Send + Sync {
    /// Takes every step up to opening the folder, and changes nothing there.
    fn attempt(&self, order: PostboxOrder) -> Pin<Box<dyn Future<Output = Vec<TriedStep>> + Send>>;
}

/// Said where there is none.
pub(crate) const NO_POSTMAN: &str = "演示不连接邮箱服务器。正式运行（tongzheng serve）时可以试收。";
