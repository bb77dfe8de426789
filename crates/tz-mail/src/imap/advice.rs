//! What to do about a trouble, in Chinese, for people who are not computer people: by step, and by whose server it is.

use super::{Kind, Step, Trouble};

/// Whose server it is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Provider {
    /// 126, 163, yeah.net and their business mail.
    NetEase,
    /// QQ邮箱.
    Qq,
    /// 腾讯企业邮.
    Exmail,
    /// 阿里邮箱.
    Aliyun,
    Other,
}

impl Provider {
    fn of(host: &str) -> Self {
        let host = host.to_ascii_lowercase();
        let ends = |names: &[&str]| names.iter().any(|name| host == *name || host.ends_with(&format!(".{name}")));
        if ends(&["163.com", "126.com", "yeah.net", "188.com", "qiye.163.com", "ym.163.com"]) {
            Self::NetEase
        } else if ends(&["exmail.qq.com"]) {
            Self::Exmail
        } else if ends(&["qq.com", "foxmail.com"]) {
            Self::Qq
        } else if ends(&["aliyun.com", "mxhichina.com", "qiye.aliyun.com"]) {
            Self::Aliyun
        } else {
            Self::Other
        }
    }

    fn sign_in(self) -> &'static str {
        match self {
            Self::NetEase => {
                "网易邮箱不能用登录密码收信：请在网页邮箱的“设置—POP3/SMTP/IMAP”中开启“IMAP/SMTP服务”，新增授权码，并把授权码填在这里。"
            }
            Self::Qq => {
                "QQ邮箱不能用QQ密码收信：请在网页邮箱的“设置—账号”中开启“IMAP/SMTP服务”，生成授权码，并把授权码填在这里。改过QQ密码后授权码会失效，需重新生成。"
            }
            Self::Exmail => {
                "请在腾讯企业邮网页的“设置—客户端设置”中开启“IMAP/SMTP服务”；已开启安全登录的，还要生成客户端专用密码并填在这里。"
            }
            Self::Aliyun => {
                "请确认阿里邮箱的管理员已允许“IMAP/POP3客户端”登录；开启了“三方客户端安全密码”的，请生成安全密码并填在这里。"
            }
            Self::Other => {
                "请核对登录名（多数服务器要写完整的邮箱地址）和密码；许多邮箱要先开启IMAP服务，并改用授权码或客户端专用密码。"
            }
        }
    }
}

impl Trouble {
    /// What a person should do about it.
    pub fn advice(&self, host: &str) -> String {
        let provider = Provider::of(host);
        let house = "请查看“关于”页和磁盘剩余空间；来信仍在邮箱里，会自动再收。";
        let later = "多为网络或邮箱服务器一时不稳，会自动再试；一小时后仍这样，请联系邮箱服务商。";
        let by_kind = match (self.step, self.kind) {
            (_, Kind::House) => house,
            (_, Kind::NoSuchHost) => {
                "请核对服务器地址，例如 imap.126.com、imap.qq.com；再检查本机能不能上网、域名解析是否正常。"
            }
            (_, Kind::Unreachable) => "请核对端口（加密一般是993），并请网络管理员放行本机到该端口的外联。",
            (_, Kind::Certificate) => {
                "请核对服务器地址是否写对。单位自建的邮箱服务器用自签证书的，请把它的CA证书（PEM格式）贴在“自签CA证书”一栏；切勿在不明原因时改用不加密。"
            }
            (_, Kind::NoEncryption) => {
                "请核对端口与加密方式是否配对：993用TLS，143用STARTTLS。服务器只支持旧式加密的，请联系其管理员升级。"
            }
            (Step::SignIn, Kind::Refused) => provider.sign_in(),
            (Step::Identify | Step::Open, Kind::Refused) if provider == Provider::NetEase => {
                "网易提示不安全登录（Unsafe Login）时，请到网页邮箱确认IMAP服务已开启；仍不行的，按提示联系 kefu@188.com。"
            }
            (Step::Open, Kind::Refused) => {
                "请核对文件夹名称；收件箱写 INBOX。QQ邮箱等可能要在网页设置中允许客户端收取该文件夹。"
            }
            (Step::Fetch, Kind::Garbled | Kind::TooMuch | Kind::Refused) => {
                "这一封暂时取不下来，其余来信照收，过后自动再取。请到网页邮箱查看它，必要时下载原件，由编辑从文件导入。"
            }
            (_, Kind::Garbled) => "请核对端口：它可能不是IMAP服务。服务器确为IMAP的，会自动再试。",
            (_, Kind::Refused | Kind::Silent | Kind::Slow | Kind::Lost | Kind::TooMuch) => later,
        };
        by_kind.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_provider_is_known_by_its_server_and_told_its_own_way() {
        let refused = Trouble::new(Step::SignIn, Kind::Refused, "LOGIN failed");
        for (host, said) in [
            ("imap.126.com", "网易"),
            ("IMAP.163.com", "网易"),
            ("imap.qiye.163.com", "网易"),
            ("imap.qq.com", "QQ邮箱"),
            ("imap.exmail.qq.com", "腾讯企业邮"),
            ("imap.mxhichina.com", "阿里"),
            ("mail.tengzhou.gov.cn", "完整的邮箱地址"),
            ("not126.com", "完整的邮箱地址"),
        ] {
            assert!(refused.advice(host).contains(said), "{host}: {}", refused.advice(host));
        }
    }
}
