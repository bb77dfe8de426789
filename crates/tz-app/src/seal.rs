//! Passwords of mail accounts (授权码) stand sealed in the database, under a key that stands beside it and never in it: a copy of
//! the database alone opens no mailbox.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::Aead;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};

use crate::{App, Problem};

/// Bytes of a nonce.
const NONCE: usize = 24;

/// The key of an installation (密钥). Its `Debug` prints nothing of it.
#[derive(Clone)]
pub struct SealKey([u8; 32]);

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealKey")
    }
}

impl SealKey {
    /// A new key from the system's random source.
    #[must_use]
    pub fn fresh() -> Self {
        let mut bytes = [0u8; 32];
        getrandom::fill(&mut bytes).expect("the system's random source works, or nothing may go on");
        Self(bytes)
    }

    /// The key as kept in its file.
    #[must_use]
    pub fn text(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// Reads [`SealKey::text`]; nothing if it is no key.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        STANDARD.decode(text.trim()).ok()?.try_into().ok().map(Self)
    }
}

fn no_key() -> Problem {
    Problem::Refused("没有找到保护邮箱授权码的密钥。请用 serve 启动服务后再设置。".to_owned())
}

impl App {
    pub(crate) fn seal(&self, secret: &str) -> Result<String, Problem> {
        let key = self.seal_key.as_ref().ok_or_else(no_key)?;
        let mut nonce = [0u8; NONCE];
        getrandom::fill(&mut nonce).expect("the system's random source works, or nothing may go on");
        let cipher = XChaCha20Poly1305::new(&key.0.into());
        let text = cipher.encrypt(&nonce.into(), secret.as_bytes()).expect("a password fits into memory");
        Ok(STANDARD.encode([&nonce[..], &text].concat()))
    }

    pub(crate) fn unseal(&self, sealed: &str) -> Result<String, Problem> {
        let key = self.seal_key.as_ref().ok_or_else(no_key)?;
        let opened = STANDARD.decode(sealed).ok().and_then(|bytes| {
            let (nonce, text) = bytes.split_first_chunk::<NONCE>()?;
            let open = XChaCha20Poly1305::new(&key.0.into()).decrypt(&(*nonce).into(), text).ok()?;
            String::from_utf8(open).ok()
        });
        opened.ok_or_else(|| {
            Problem::Refused(
                "保存的邮箱授权码打不开：密钥文件已不是保存时的那一个。请重新填写授权码，或者放回原来的密钥文件。"
                    .to_owned(),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::SealKey;

    #[test]
    fn a_key_is_read_back_and_never_printed() {
        let key = SealKey::fresh();
        let again = SealKey::read(&key.text()).expect("as written");
        assert_eq!(again.text(), key.text());
        assert_eq!(format!("{key:?}"), "SealKey");
        assert!(SealKey::read("abc").is_none());
    }
}
