//! Why something could not be read, in the words the person concerned reads.

use crate::kind::FileKind;

/// Why a mail or document gives no text. Its `Display` says what is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// More bytes than the budget allows.
    #[error("内容超过{limit_mb}兆字节的上限，未读取。原件已保留，请压缩图片或拆分后重新报送。")]
    TooLarge {
        /// The limit in MB.
        limit_mb: usize,
    },
    /// A mail's header block beyond the budget.
    #[error("邮件头异常庞大，未读取。原件已保留，请联系发件单位换一种方式报送。")]
    HeaderTooLarge,
    /// More parts than the budget allows.
    #[error("邮件的组成部分超过{limit}个，未读取。原件已保留，请联系发件单位将附件打包或分次报送。")]
    TooManyParts {
        /// The limit in parts.
        limit: usize,
    },
    /// Nested beyond the budget.
    #[error("内容嵌套超过{limit}层，未读取。原件已保留，请联系发件单位直接附上稿件重新报送。")]
    TooDeep {
        /// The limit in levels.
        limit: usize,
    },
    /// Not a mail at all.
    #[error("这不是一封完整的邮件，未能读取。原件已保留，请联系发件单位重新发送。")]
    NotAMessage,
    /// An archive with more entries than the budget allows.
    #[error("压缩包内文件超过{limit}个，未解压。请拆分后重新报送。")]
    TooManyEntries {
        /// The limit in entries.
        limit: usize,
    },
    /// Unpacks to more than the budget allows.
    #[error("解压后超过{limit_mb}兆字节的上限，已停止解压。请确认压缩包无误，或拆分后重新报送。")]
    UnpacksTooLarge {
        /// The limit in MB.
        limit_mb: usize,
    },
    /// So much in so many wrappings that reading it would take too long.
    #[error("附件内容过于庞杂，读取用时超过上限，已停止读取。原件已保留，请联系报送单位拆分后重新报送。")]
    TooMuchWork,
    /// Pages that are pictures: a scan has no letters to read.
    #[error("{kind}是扫描件或图片，没有可以读取的文字，需人工核对。请编辑打开附件，补录正文。")]
    Scanned {
        /// What it is.
        kind: FileKind,
    },
    /// A font that does not say which letters its shapes are.
    #[error("{kind}的字体没有注明文字编码，无法读取，需人工核对。请编辑打开附件，补录正文。")]
    UnknownLetters {
        /// What it is.
        kind: FileKind,
    },
    /// A kind whose text is not read by this version.
    #[error("暂不能自动读取{kind}。请编辑打开附件，补录正文。")]
    NotYet {
        /// What the content is, whatever its name.
        kind: FileKind,
    },
    /// Protected by a password.
    #[error("{kind}已加密，无法读取。请联系报送单位取消密码后重新报送。")]
    PasswordProtected {
        /// What is protected.
        kind: FileKind,
    },
    /// Broken, cut off or not what it claims to be.
    #[error("{kind}已损坏或不完整，无法读取。请联系报送单位重新报送。")]
    Damaged {
        /// What it should be.
        kind: FileKind,
    },
    /// Holds a construct that no office program writes and that is only used for attacks.
    #[error("{kind}含有{what}，出于安全考虑未读取。请联系报送单位另存为普通文档后重新报送。")]
    Forbidden {
        /// What it is.
        kind: FileKind,
        /// The construct in Chinese.
        what: &'static str,
    },
    /// An archive where a single document was asked for.
    #[error("这是压缩包，内含的文件需逐个读取。请解压后查看。")]
    IsArchive,
    /// An archive by a program whose format is nobody else's: no free reader of it is to be had.
    #[error("rar压缩包不能自动解压。请编辑下载后解压，补录其中的稿件，或请报送单位改用zip或7z格式重新报送。")]
    Rar,
    /// No text in it.
    #[error("{kind}中没有文字。如内容为图片，请编辑打开附件，补录正文。")]
    Empty {
        /// What it is.
        kind: FileKind,
    },
}
