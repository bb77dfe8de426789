//! How an account stands (账号状态), as lists say it.

use tz_store::account::AccountRow;

/// How an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// 正常
    Well,
    /// 暂停登录: too many wrong passwords.
    Locked,
    /// 待启用: its one-time link has not been used.
    Fresh,
    /// 已停用
    Disabled,
}

impl AccountState {
    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Well => "正常",
            Self::Locked => "暂停登录",
            Self::Fresh => "待启用",
            Self::Disabled => "已停用",
        }
    }
}

/// How an account stands at a moment, in microseconds of UTC.
pub fn account_state(row: &AccountRow, now: i64) -> AccountState {
    if row.disabled {
        AccountState::Disabled
    } else if row.locked_until.is_some_and(|until| until > now) {
        AccountState::Locked
    } else if row.password_hash.is_empty() {
        AccountState::Fresh
    } else {
        AccountState::Well
    }
}
