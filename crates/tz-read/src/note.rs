//! What a reader noticed and a person may want to know.

use std::fmt;

use crate::kind::FileKind;

/// Something noticed while reading; the text was taken all the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// No usable charset was declared; it was told from the bytes.
    CharsetGuessed,
    /// The declared charset was not the true one.
    CharsetWrong {
        /// What was declared.
        declared: String,
    },
    /// Some bytes are characters in no likely charset.
    UndecodableBytes,
    /// Header lines with raw 8-bit bytes.
    RawHeader,
    /// Null bytes, taken out of the text.
    NulBytes,
    /// More than one address or line in From: the sender is doubtful.
    ManyFrom,
    /// One piece of a message that was sent in pieces.
    PartialMessage,
    /// A multipart whose end is missing, or whose parts are.
    BrokenMultipart,
    /// Signed by S/MIME or PGP; the signature was not checked.
    Signed,
    /// Encrypted by S/MIME or PGP; the content cannot be read.
    Encrypted,
    /// A password-protected attachment.
    EncryptedAttachment,
    /// The attachment is a link that expires (超大附件), the file itself is not in the mail.
    ExpiringLink,
    /// Macros; they were not run.
    Macros,
    /// Files embedded in the document; they were not read.
    EmbeddedFiles,
    /// A field that would start a program (DDE); it was not run.
    ProgramField,
    /// Parts outside the document; nothing was fetched.
    ExternalParts,
    /// Automatic numbers, which the text does not hold.
    AutoNumbers,
    /// Deleted text under revision marks; it was left out.
    RevisionMarks,
    /// Pages that are pictures beside pages of text.
    ScannedPages,
    /// Letters whose font does not say what they are; they are missing from the text.
    UnknownLetters,
    /// An encrypted file that opens without a password.
    OpenLock,
    /// An electronic seal or signature in a document; it was not checked.
    Sealed,
    /// A file whose content is another format than its name says.
    OtherFormat {
        /// What the content is.
        kind: FileKind,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CharsetGuessed => "未注明文字编码，已按内容判断。如有乱码，请查看原件。",
            Self::CharsetWrong { declared } => {
                return write!(f, "注明的文字编码（{declared}）与实际不符，已按内容判断。如有乱码，请查看原件。");
            }
            Self::UndecodableBytes => "有无法识别的字，已用“\u{FFFD}”代替，请对照原件补正。",
            Self::RawHeader => "邮件头未按规定编码，已按内容判断。",
            Self::NulBytes => "正文含有空字节，已去除。",
            Self::ManyFrom => "邮件有多个发件人，请核实报送单位。",
            Self::PartialMessage => "这是分段发送的邮件中的一段，内容不完整，请联系发件单位整封重发。",
            Self::BrokenMultipart => "邮件结构不完整，可能缺少附件，请对照原件核对。",
            Self::Signed => "邮件带有电子签名，未作验证。",
            Self::Encrypted => "邮件已加密，无法读取内容，请联系发件单位。",
            Self::EncryptedAttachment => "附件已加密，无法读取，请联系报送单位取消密码后重新报送。",
            Self::ExpiringLink => {
                "超大附件没有收到：邮件内只有会过期的下载链接，文件不在其中。请联系报送单位作为普通附件重发。"
            }
            Self::Macros => "文档含有宏，未运行。",
            Self::EmbeddedFiles => "文档内嵌有其他文件，未读取，请打开附件查看。",
            Self::ProgramField => "文档含有会启动程序的域（DDE），未运行。",
            Self::ExternalParts => "文档引用了外部内容，未下载。",
            Self::AutoNumbers => "文档使用了自动编号，序号未读出，请对照附件补上。",
            Self::RevisionMarks => "文档带有修订痕迹，已按接受修订读取。",
            Self::ScannedPages => "文档有扫描页或图片页，其中文字未读出，请对照附件补录。",
            Self::UnknownLetters => "文档有的字体没有注明文字编码，部分文字未读出，请对照附件补正。",
            Self::OpenLock => "文件已加密，但不用密码就能打开，已照常读取。",
            Self::Sealed => "文档带有电子印章或签名，未作验证。",
            Self::OtherFormat { kind } => {
                return write!(f, "文件的扩展名与内容不符，实际是{kind}，已按内容读取。");
            }
        })
    }
}
