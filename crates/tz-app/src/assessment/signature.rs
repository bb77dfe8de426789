//! Statements signed (签名): Ed25519, by a key that lies in a file beside the database and not in it. Who can change the database
//! alone cannot sign what they have changed.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use crate::{App, Problem};

/// What the file is called.
const NAME: &str = "statement.key";
const SEED: usize = 32;

/// The key file of an installation: a line a key, the last of which signs. Made only when asked for.
#[derive(Debug)]
pub(crate) struct SigningFile {
    path: PathBuf,
}

/// The public key of a pair, as it is printed and kept.
pub(crate) fn public_key(pair: &Ed25519KeyPair) -> String {
    STANDARD.encode(pair.public_key().as_ref())
}

/// The signature of a statement's text.
pub(crate) fn sign(pair: &Ed25519KeyPair, text: &str) -> String {
    STANDARD.encode(pair.sign(text.as_bytes()).as_ref())
}

/// Whether a text was signed by the holder of a public key.
pub(crate) fn is_signed(text: &str, public_key: &str, signature: &str) -> bool {
    let (Ok(key), Ok(signature)) = (STANDARD.decode(public_key), STANDARD.decode(signature)) else { return false };
    UnparsedPublicKey::new(&ED25519, key).verify(text.as_bytes(), &signature).is_ok()
}

impl SigningFile {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join(NAME) }
    }

    /// Every key of the file, the one that signs last; none where there is no file.
    fn keys(&self) -> Result<Vec<Ed25519KeyPair>, Problem> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(self.broken(&cause.to_string())),
        };
        let pair = |line: &str| {
            let seed: [u8; SEED] = STANDARD.decode(line.trim()).ok()?.try_into().ok()?;
            Ed25519KeyPair::from_seed_unchecked(&seed).ok()
        };
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        lines.map(|line| pair(line).ok_or_else(|| self.broken("内容不是密钥"))).collect()
    }

    /// Adds a new key, by which statements are signed from now on; what earlier ones signed stays good. Gives the public key.
    fn add(&self) -> Result<String, Problem> {
        // A file that cannot be read must not be written over.
        self.keys()?;
        let mut seed = [0_u8; SEED];
        getrandom::fill(&mut seed).map_err(|cause| self.broken(&cause.to_string()))?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| self.broken("系统不能生成密钥"))?;
        self.append(&STANDARD.encode(seed)).map_err(|cause| self.broken(&cause.to_string()))?;
        Ok(public_key(&pair))
    }

    /// On the disk before anything is signed by it.
    fn append(&self, line: &str) -> std::io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut file = options.open(&self.path)?;
        file.write_all(format!("{line}\n").as_bytes())?;
        file.sync_all()?;
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    }

    fn broken(&self, why: &str) -> Problem {
        Problem::Refused(format!(
            "签名密钥文件“{}”不能使用：{why}。请检查数据文件夹的权限和剩余空间，或从备份恢复它。",
            self.path.display()
        ))
    }
}

impl App {
    /// The key that signs statements now, if the installation has one.
    pub(crate) fn signing_key(&self) -> Result<Option<Ed25519KeyPair>, Problem> {
        match &self.signing {
            Some(file) => Ok(file.keys()?.pop()),
            None => Ok(None),
        }
    }

    /// The public keys whose signatures are believed here: those of the key file, oldest first.
    pub fn signing_keys(&self) -> Result<Vec<String>, Problem> {
        match &self.signing {
            Some(file) => Ok(file.keys()?.iter().map(public_key).collect()),
            None => Ok(Vec::new()),
        }
    }

    /// Makes a key by which statements are signed from now on (签名密钥), for whoever holds the data folder. Gives the public key.
    pub fn add_signing_key(&self) -> Result<String, Problem> {
        let file = self.signing.as_ref();
        file.ok_or_else(|| Problem::Refused("这里没有数据文件夹，不能保存签名密钥。".to_owned()))?.add()
    }
}
