//! Who is asking. The type is the permission: a function that takes an [`Editor`] can only be called for one.

use std::ops::Deref;

use tz_model::{AccountId, UnitId};
use tz_store::item::Sight;

/// What a person does in the system (角色).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// 信息员: reports for one unit.
    Reporter,
    /// 编辑: receives, edits, adopts.
    Editor,
    /// 科长: an editor who also publishes and closes months.
    Chief,
    /// 领导: reads published issues and comments on them.
    Leader,
    /// 系统管理员: units, people, accounts; reads no items.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Reporter, Self::Editor, Self::Chief, Self::Leader, Self::Administrator];

    /// As stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::Reporter => "reporter",
            Self::Editor => "editor",
            Self::Chief => "chief",
            Self::Leader => "leader",
            Self::Administrator => "administrator",
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reporter => "信息员",
            Self::Editor => "编辑",
            Self::Chief => "科长",
            Self::Leader => "领导",
            Self::Administrator => "系统管理员",
        }
    }

    /// The role stored under a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }
}

/// A person who has signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account.
    pub account: AccountId,
    /// The person's name.
    pub name: String,
    /// What they do.
    pub role: Role,
    /// The unit they report for; set for reporters only.
    pub unit: Option<UnitId>,
    /// A new password must be chosen before anything else.
    pub must_change: bool,
}

impl Person {
    /// What this person may see: a reporter their unit's own, the office's people everything.
    pub fn sight(&self) -> Sight {
        match self.unit {
            Some(unit) => Sight::Unit(unit),
            None => Sight::Office,
        }
    }
}

macro_rules! may {
    ($($(#[$doc:meta])* $name:ident: $($role:ident)|+;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(Person);

        impl $name {
            /// The person, if their role allows it.
            pub fn of(person: &Person) -> Option<Self> {
                matches!(person.role, $(Role::$role)|+).then(|| Self(person.clone()))
            }
        }

        impl Deref for $name {
            type Target = Person;
            fn deref(&self) -> &Person {
                &self.0
            }
        }
    )*};
}

may! {
    /// Somebody who reports for a unit (信息员).
    Reporter: Reporter;
    /// Somebody who receives and edits (编辑, 科长).
    Editor: Editor | Chief;
    /// Somebody who publishes and closes months (科长).
    Chief: Chief;
    /// Somebody who reads published issues and comments on them (领导).
    Leader: Leader;
    /// Somebody who may read published issues: whom they are distributed to (领导, 信息员), and who makes them.
    IssueReader: Leader | Reporter | Editor | Chief;
    /// Somebody who looks after units, people and accounts (系统管理员).
    Administrator: Administrator;
    /// Somebody who decides whose address is whose, and is told of refused secrets (系统管理员, 科长).
    Registrar: Administrator | Chief;
}

impl Reporter {
    /// The unit they report for.
    pub fn unit(&self) -> UnitId {
        self.0.unit.expect("a reporter's account cannot be made without a unit")
    }
}
