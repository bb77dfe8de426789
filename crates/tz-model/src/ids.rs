//! Identities. Each is a number of its own type, so that an item can never be taken for a unit.

use std::fmt;
use std::str::FromStr;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// An office (机关): the owner of every record. One installation may serve several.
    OfficeId;
    /// A unit (单位) that reports and is scored.
    UnitId;
    /// A person (人员) of a unit or of the office, with or without an account.
    PersonId;
    /// An account (账号) that signs in.
    AccountId;
    /// An item (稿件): one report of one or several units.
    ItemId;
    /// A version (版本) of an item's text; the first is 1.
    Revision;
    /// A message (来信) in the mail ledger.
    MailId;
    /// A postbox (收信邮箱) that the office reads by itself.
    PostboxId;
    /// A blob: raw mail or attachment, stored once by the SHA-256 of its bytes.
    BlobId;
    /// A publication (刊物), such as 《每日要情》.
    PublicationId;
    /// An issue (期) of a publication.
    IssueId;
    /// A leader's comment (批示).
    CommentId;
    /// A solicitation (约稿).
    SolicitationId;
    /// A statement (计分表): a closed month.
    StatementId;
    /// The place of a row in the office's ledger of facts (计分事实). Grows by one a row and has no gaps.
    FactSeq;
}
