//! Passwords of postboxes, sealed (加密保存) under a key that lies in a file beside the database and not in it: who has one of
//! the two, such as a backup, has no password.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};

use super::Secret;
use crate::Problem;

/// What the file is called.
const NAME: &str = "postbox.key";
const KEY: usize = 32;
const NONCE: usize = 24;

/// The key file of an installation. Made at first use, readable by its owner only.
#[derive(Debug)]
pub struct KeyFile {
    path: PathBuf,
    /// Two forms saved at once must not make two keys.
    making: Mutex<()>,
}

impl KeyFile {
    /// The key file of a data folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join(NAME), making: Mutex::new(()) }
    }

    /// Seals a password for one use (`about`): sealed text cannot be moved to another.
    pub(crate) fn seal(&self, secret: &Secret, about: &str) -> Result<String, Problem> {
        let cipher = XChaCha20Poly1305::new(Key::from_slice(&self.key_or_new()?));
        let mut nonce = [0_u8; NONCE];
        getrandom::fill(&mut nonce).map_err(|cause| self.broken(&cause.to_string()))?;
        let payload = Payload { msg: secret.text().as_bytes(), aad: about.as_bytes() };
        let sealed = cipher
            .encrypt(XNonce::from_slice(&nonce), payload)
            .expect("a password is shorter than what one nonce may seal");
        Ok(format!("1:{}", STANDARD.encode([&nonce[..], &sealed].concat())))
    }

    /// Opens what [`KeyFile::seal`] has sealed for the same use.
    pub(crate) fn open(&self, sealed: &str, about: &str) -> Result<Secret, Problem> {
        let lost = || {
            Problem::Refused(format!(
                "所存的授权码解不开：密钥文件“{NAME}”不是原来的那一个。请从备份恢复它，或者重新填写授权码。"
            ))
        };
        let key = self.key()?.ok_or_else(lost)?;
        let bytes = sealed.strip_prefix("1:").and_then(|text| STANDARD.decode(text).ok()).ok_or_else(lost)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or_else(lost)?;
        let payload = Payload { msg: sealed, aad: about.as_bytes() };
        let plain = XChaCha20Poly1305::new(Key::from_slice(&key))
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| lost())?;
        String::from_utf8(plain).map(Secret::new).map_err(|_| lost())
    }

    fn key(&self) -> Result<Option<[u8; KEY]>, Problem> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(self.broken(&cause.to_string())),
        };
        let key = STANDARD.decode(text.trim_ascii()).ok().and_then(|key| key.try_into().ok());
        key.map(Some).ok_or_else(|| self.broken("内容不是密钥"))
    }

    fn key_or_new(&self) -> Result<[u8; KEY], Problem> {
        let _one = self.making.lock().expect("no holder of this lock can panic");
        if let Some(key) = self.key()? {
            return Ok(key);
        }
        let mut key = [0_u8; KEY];
        getrandom::fill(&mut key).map_err(|cause| self.broken(&cause.to_string()))?;
        self.write(&key).map_err(|cause| self.broken(&cause.to_string()))?;
        // Another process on the same folder may have been faster: what lies there now is the key.
        self.key()?.ok_or_else(|| self.broken("写入后读不到"))
    }

    /// The file appears whole or not at all, and is on the disk before a password is sealed under it.
    fn write(&self, key: &[u8]) -> std::io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let new = self.path.with_extension(format!("key.{}", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut file = options.open(&new)?;
        file.write_all(STANDARD.encode(key).as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        let linked = fs::hard_link(&new, &self.path);
        fs::remove_file(&new)?;
        match linked {
            Err(cause) if cause.kind() != ErrorKind::AlreadyExists => return Err(cause),
            _ => {}
        }
        // The name must last as well. Windows writes it with the file.
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    }

    fn broken(&self, why: &str) -> Problem {
        Problem::Refused(format!(
            "密钥文件“{}”不能使用：{why}。授权码须用它加密，请检查数据文件夹的权限和剩余空间，或从备份恢复它。",
            self.path.display()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_with_its_key_and_for_its_use() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let keys = KeyFile::in_folder(folder.path());
        let secret = Secret::new("授权码abcd");
        let (one, two) = (keys.seal(&secret, "1").unwrap(), keys.seal(&secret, "1").unwrap());
        assert_ne!(one, two, "the same password never looks the same");
        assert!(!one.contains("abcd"));
        // Another process reads the same file.
        assert_eq!(KeyFile::in_folder(folder.path()).open(&one, "1").unwrap(), secret);
        let wrong = [
            KeyFile::in_folder(other.path()).open(&one, "1"),
            keys.open(&one, "2"),
            keys.open(&one[..one.len() - 4], "1"),
            keys.open("", "1"),
            keys.open("1:", "1"),
        ];
        for opened in wrong {
            assert!(opened.unwrap_err().to_string().contains("重新填写授权码"));
        }
        KeyFile::in_folder(other.path()).seal(&secret, "1").unwrap();
        assert!(KeyFile::in_folder(other.path()).open(&one, "1").is_err(), "another installation's key");
        fs::write(folder.path().join(NAME), "damaged").unwrap();
        assert!(keys.seal(&secret, "1").unwrap_err().to_string().contains("不能使用"));
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_for_its_owner_only_and_lies_there_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        KeyFile::in_folder(folder.path()).seal(&Secret::new("x"), "1").unwrap();
        let files: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().collect();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
