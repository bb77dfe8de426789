//! Accounts and sessions: signing in, one-time links, passwords (等保 8.1.4.1, ASVS 6 and 7).

mod state;

use std::sync::{Condvar, LazyLock, Mutex};

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tz_model::{AccountId, UnitId};
use tz_store::account::{AccountRow, InvitationRow, SessionRow};
use tz_store::audit::Act;
use tz_store::content::sha256;

pub use state::{AccountState, account_state};
pub use tz_store::waiting::Waiting;

use crate::problem::all_right;
use crate::{Administrator, App, FieldFault, Person, Problem, Role};

const MINUTE: i64 = 60_000_000;
/// A session unused this long is over.
const IDLE: i64 = 30 * MINUTE;
/// A session is over then, however busy.
const ABSOLUTE: i64 = 12 * 60 * MINUTE;
/// So many wrong passwords lock an account.
const FAILURES: i64 = 5;
/// … for so long, and twice as long each time again, up to 16 hours: 35 guesses in a day.
const LOCKED: i64 = 15 * MINUTE;
const LONGEST_DOUBLING: i64 = 6;
/// One-time links are good for so long.
const INVITATION: i64 = 24 * 60 * MINUTE;

/// A session just begun: the token goes into the cookie and nowhere else.
pub struct Begun {
    /// For the cookie.
    pub token: String,
    /// Who.
    pub person: Person,
    /// What changing forms carry.
    pub csrf: String,
}

/// A person with their session's form token.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Who.
    pub person: Person,
    /// What changing forms carry.
    pub csrf: String,
    /// What waits for them, for the navigation.
    pub waiting: Waiting,
}

/// What to make an account from.
#[derive(Clone, Debug, Default)]
pub struct NewAccount {
    /// Sign-in name.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// Role key.
    pub role: String,
    /// The unit, for a reporter.
    pub unit: Option<UnitId>,
}

/// A random secret of 32 bytes, as text for a link or cookie.
fn secret() -> String {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).expect("the system's random source works, or nothing may go on");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Password hashing takes 19 MiB and tens of milliseconds: at most so many at a time.
fn with_hashing_place<T>(work: impl FnOnce() -> T) -> T {
    static BUSY: LazyLock<(Mutex<u32>, Condvar)> = LazyLock::new(|| (Mutex::new(0), Condvar::new()));
    let (count, freed) = &*BUSY;
    let mut busy = count.lock().expect("no holder of this lock can panic");
    while *busy >= 4 {
        busy = freed.wait(busy).expect("no holder of this lock can panic");
    }
    *busy += 1;
    drop(busy);
    let done = work();
    *count.lock().expect("no holder of this lock can panic") -= 1;
    freed.notify_one();
    done
}

/// argon2id with OWASP's first choice of cost: 19 MiB, two passes.
fn hasher() -> Argon2<'static> {
    Argon2::new(
        Algorithm::Argon2id,
        Version::V0x13,
        Params::new(19 * 1024, 2, 1, None).expect("these parameters are valid"),
    )
}

/// The stored form of a password.
pub(crate) fn hash_password(password: &str) -> String {
    with_hashing_place(|| {
        hasher().hash_password(password.as_bytes()).expect("hashing only fails on absurd lengths").to_string()
    })
}

pub(crate) fn right_password(password: &str, hash: &str) -> bool {
    // An unknown account costs the same time as a known one (ASVS 6.3.8).
    static NOBODY: LazyLock<String> = LazyLock::new(|| hash_password("nobody has this password"));
    let (hash, known) = if hash.is_empty() { (NOBODY.as_str(), false) } else { (hash, true) };
    let parsed = PasswordHash::new(hash);
    let right = parsed
        .is_ok_and(|parsed| with_hashing_place(|| hasher().verify_password(password.as_bytes(), &parsed).is_ok()));
    right && known
}

/// Faults of a new password by the 等保 policy: at least 8 characters of at least three kinds, not the sign-in name.
fn password_faults(login: &str, password: &str, again: &str) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let kinds = [
        password.chars().any(|c| c.is_ascii_lowercase()),
        password.chars().any(|c| c.is_ascii_uppercase()),
        password.chars().any(|c| c.is_ascii_digit()),
        password.chars().any(|c| !c.is_ascii_alphanumeric()),
    ];
    if password.chars().count() < 8 || kinds.into_iter().filter(|&kind| kind).count() < 3 {
        faults.push(FieldFault::new("password", "密码至少8个字符，并包含大写字母、小写字母、数字、其他符号中的三种。"));
    }
    if password.chars().count() > 256 {
        faults.push(FieldFault::new("password", "密码不能超过256个字符。"));
    }
    if !login.is_empty() && password.to_lowercase().contains(&login.to_lowercase()) {
        faults.push(FieldFault::new("password", "密码中不能包含登录名。"));
    }
    if password != again {
        faults.push(FieldFault::new("again", "两次输入的密码不一致，请重新输入。"));
    }
    faults
}

fn person_of(row: &AccountRow) -> Result<Person, Problem> {
    let role = Role::of_key(&row.role).ok_or_else(|| {
        Problem::Failed(tz_store::Failure::Damaged {
            doing: "reading an account",
            what: format!("unknown role {}", row.role),
        })
    })?;
    Ok(Person {
        account: AccountId(row.id),
        name: row.name.clone(),
        role,
        unit: row.unit_id.map(UnitId),
        must_change: row.must_change,
    })
}

impl App {
    /// Signs in (登录). Five wrong passwords lock the account for 15 minutes, five more for 30, and so on; an administrator's
    /// one-time link ends the lock. Unknown name, wrong password and locked account look alike and take the same time.
    ///
    /// A session already open in the browser (`old_token`) ends, so that its token never serves two people.
    pub fn sign_in(&self, login: &str, password: &str, old_token: Option<&str>) -> Result<Begun, Problem> {
        let now = self.micros();
        let wrong = || {
            Problem::Refused(
                "登录名或密码不对，或者该账号因连续5次输错正在暂停登录。请核对后再试；15分钟后仍不能登录的，请联系系统管理员重置密码。"
                    .to_owned(),
            )
        };
        let account = self.read()?.find_account_by_login(login)?;
        let locked = account.as_ref().and_then(|row| row.locked_until).is_some_and(|until| until > now);
        let known = account.filter(|_| !locked);
        let right = right_password(password, known.as_ref().map_or("", |row| row.password_hash.as_str()));
        if locked {
            return Err(wrong());
        }
        let mut tx = self.write()?;
        // Read again inside the transaction: another wrong password may have come in meanwhile.
        let Some(mut row) = tx.find_account_by_login(login)? else { return Err(wrong()) };
        if row.locked_until.is_some_and(|until| until > now) {
            return Err(wrong());
        }
        if !right || row.disabled {
            row.failures += 1;
            if row.failures % FAILURES == 0 {
                let doubling = (row.failures / FAILURES - 1).min(LONGEST_DOUBLING);
                row.locked_until = Some(now + (LOCKED << doubling));
            }
            tx.update_account(&row)?;
            tx.record_act(&Act {
                at: now,
                account: Some(row.id),
                who: &row.name,
                act: "登录",
                object: &row.login,
                done: false,
                detail: if row.disabled { "账号已停用" } else { "密码不对" },
            })?;
            tx.commit()?;
            return Err(wrong());
        }
        row.failures = 0;
        row.locked_until = None;
        row.last_seen_at = Some(now);
        tx.update_account(&row)?;
        if let Some(old) = old_token {
            tx.end_session(&sha256(old.as_bytes()))?;
        }
        let begun = begin_session(&mut tx, &row, now)?;
        tx.record_act(&Act {
            at: now,
            account: Some(row.id),
            who: &row.name,
            act: "登录",
            object: &row.login,
            done: true,
            detail: "",
        })?;
        tx.commit()?;
        Ok(begun)
    }

    /// The person behind a session's token, if it is still good: 30 minutes idle or 12 hours at most.
    pub fn signed(&self, token: &str) -> Result<Option<Signed>, Problem> {
        self.signed_as(token, true)
    }

    /// The same for a page that keeps itself up to date: nobody need be sitting before it, so the session grows old all the same.
    pub fn signed_unattended(&self, token: &str) -> Result<Option<Signed>, Problem> {
        self.signed_as(token, false)
    }

    fn signed_as(&self, token: &str, attended: bool) -> Result<Option<Signed>, Problem> {
        let hash = sha256(token.as_bytes());
        let now = self.micros();
        let mut tx = self.read()?;
        let Some((session, account)) = tx.find_session(&hash)? else { return Ok(None) };
        if account.disabled || session.expires_at <= now || session.seen_at + IDLE <= now {
            drop(tx);
            let mut tx = self.write()?;
            tx.end_session(&hash)?;
            tx.commit()?;
            return Ok(None);
        }
        let person = person_of(&account)?;
        let waiting = self.waiting_for(&mut tx, &person)?;
        drop(tx);
        // Noted once a minute, so that reading a page does not mean writing.
        if attended && session.seen_at + MINUTE <= now {
            let mut tx = self.write()?;
            tx.touch_session(&hash, now)?;
            tx.commit()?;
        }
        Ok(Some(Signed { person, csrf: session.csrf, waiting }))
    }

    /// Signs out (退出): the session ends on the server.
    pub fn sign_out(&self, token: &str) -> Result<(), Problem> {
        let hash = sha256(token.as_bytes());
        let mut tx = self.write()?;
        if let Some((_, account)) = tx.find_session(&hash)? {
            tx.end_session(&hash)?;
            tx.record_act(&Act {
                at: self.micros(),
                account: Some(account.id),
                who: &account.name,
                act: "退出",
                object: &account.login,
                done: true,
                detail: "",
            })?;
        }
        tx.commit()?;
        Ok(())
    }

    /// Changes one's own password; every other session of the account ends, and a new one begins.
    pub fn change_password(&self, who: &Person, old: &str, new: &str, again: &str) -> Result<Begun, Problem> {
        let now = self.micros();
        let row = self.read()?.find_account(who.account)?.ok_or(Problem::NotThere)?;
        let mut faults = password_faults(&row.login, new, again);
        if old == new {
            faults.push(FieldFault::new("password", "新密码不能与原密码相同。"));
        }
        if !right_password(old, &row.password_hash) {
            faults.push(FieldFault::new("old", "原密码不对。"));
        }
        all_right(faults)?;
        let hash = hash_password(new);
        let mut tx = self.write()?;
        let mut row = tx.find_account(who.account)?.ok_or(Problem::NotThere)?;
        row.password_hash = hash;
        row.must_change = false;
        tx.update_account(&row)?;
        tx.end_sessions_of(who.account)?;
        let begun = begin_session(&mut tx, &row, now)?;
        tx.record_act(&Act {
            at: now,
            account: Some(row.id),
            who: &row.name,
            act: "修改密码",
            object: &row.login,
            done: true,
            detail: "",
        })?;
        tx.commit()?;
        Ok(begun)
    }

    /// Makes the one-time link for the first administrator (一次性链接), if the office has no account yet.
    pub fn first_link(&self) -> Result<Option<String>, Problem> {
        let now = self.micros();
        let mut tx = self.write()?;
        if !tx.list_accounts()?.is_empty() {
            return Ok(None);
        }
        let token = secret();
        tx.insert_invitation(&InvitationRow {
            token_hash: sha256(token.as_bytes()),
            office_id: self.office.0,
            account_id: None,
            created_at: now,
            expires_at: now + INVITATION,
            used_at: None,
        })?;
        tx.commit()?;
        Ok(Some(token))
    }

    /// Whether a one-time link is still good, and whose account it is for (`None`: the first administrator's).
    pub fn invitation(&self, token: &str) -> Result<Option<AccountRow>, Problem> {
        let mut tx = self.read()?;
        let link = tx.find_invitation(&sha256(token.as_bytes()))?.ok_or(Problem::NotThere)?;
        if link.used_at.is_some() || link.expires_at <= self.micros() {
            return Err(Problem::Refused("这个一次性链接已经用过或已过期。请向系统管理员要一个新的。".to_owned()));
        }
        Ok(match link.account_id {
            Some(id) => tx.find_account(AccountId(id))?,
            None => None,
        })
    }

    /// Uses a one-time link: sets the account's password, or makes the first administrator's account.
    pub fn accept_invitation(
        &self,
        token: &str,
        login: &str,
        name: &str,
        password: &str,
        again: &str,
    ) -> Result<Begun, Problem> {
        let account = self.invitation(token)?;
        let now = self.micros();
        let login = account.as_ref().map_or(login.trim(), |row| row.login.as_str()).to_owned();
        let mut faults = password_faults(&login, password, again);
        if account.is_none() {
            faults.extend(login_faults(&login, name));
        }
        all_right(faults)?;
        let hash = hash_password(password);
        let mut tx = self.write()?;
        if !tx.use_invitation(&sha256(token.as_bytes()), now)? {
            return Err(Problem::Refused("这个一次性链接刚刚被使用过。".to_owned()));
        }
        let row = match account {
            Some(account) => {
                let mut row = tx.find_account(AccountId(account.id))?.ok_or(Problem::NotThere)?;
                row.password_hash = hash;
                row.must_change = false;
                row.failures = 0;
                row.locked_until = None;
                tx.update_account(&row)?;
                tx.end_sessions_of(AccountId(row.id))?;
                row
            }
            None => {
                if !tx.list_accounts()?.is_empty() {
                    return Err(Problem::Refused("本机关已经有账号，首次使用的链接不再有效。".to_owned()));
                }
                let id = tx.next_id("account")?;
                let row = fresh_account(id, self.office.0, &login, name, Role::Administrator, None, hash, now);
                tx.insert_account(&row)?;
                row
            }
        };
        let begun = begin_session(&mut tx, &row, now)?;
        tx.record_act(&Act {
            at: now,
            account: Some(row.id),
            who: &row.name,
            act: "启用账号",
            object: &row.login,
            done: true,
            detail: "使用一次性链接",
        })?;
        tx.commit()?;
        Ok(begun)
    }

    /// Makes an account (开户) without a password; the answer is the token of its one-time link, shown once.
    pub fn create_account(&self, who: &Administrator, new: &NewAccount) -> Result<String, Problem> {
        let now = self.micros();
        let mut faults = login_faults(&new.login, &new.name);
        let role = Role::of_key(&new.role);
        if role.is_none() {
            faults.push(FieldFault::new("role", "请选择角色。"));
        }
        if role == Some(Role::Reporter) && new.unit.is_none() {
            faults.push(FieldFault::new("unit", "信息员账号必须选择所属单位。"));
        }
        all_right(faults)?;
        let role = role.expect("a missing role was a fault above");
        let mut tx = self.write()?;
        let unit = if role == Role::Reporter { new.unit } else { None };
        if let Some(unit) = unit
            && tx.find_unit(unit)?.is_none()
        {
            return Err(Problem::field("unit", "没有这个单位，请重新选择。"));
        }
        let id = tx.next_id("account")?;
        let row = fresh_account(id, self.office.0, new.login.trim(), &new.name, role, unit, String::new(), now);
        tx.insert_account(&row).map_err(|failure| {
            if failure.is_taken() {
                Problem::field("login", format!("登录名“{}”已被使用，请换一个。", new.login.trim()))
            } else {
                Problem::Failed(failure)
            }
        })?;
        let token = invite(&mut tx, self.office.0, id, now)?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "新建账号",
            object: &row.login,
            done: true,
            detail: role.name(),
        })?;
        tx.commit()?;
        Ok(token)
    }

    /// A new one-time link for an account whose password is forgotten (重置密码); its sessions end and the old password with them.
    ///
    /// Links given out before and not used yet end too. One's own password is changed, not reset.
    pub fn reset_account(&self, who: &Administrator, account: AccountId) -> Result<String, Problem> {
        if account == who.account {
            return Err(Problem::Refused("自己的密码请用页面右上角的“修改密码”更换，不能重置。".to_owned()));
        }
        let now = self.micros();
        let mut tx = self.write()?;
        let mut row = tx.find_account(account)?.ok_or(Problem::NotThere)?;
        row.password_hash = String::new();
        row.locked_until = None;
        row.failures = 0;
        tx.update_account(&row)?;
        tx.end_sessions_of(account)?;
        tx.end_invitations_of(account, now)?;
        let token = invite(&mut tx, self.office.0, account.0, now)?;
        tx.record_act(&Act {
            at: now,
            account: Some(who.account.0),
            who: &who.name,
            act: "重置密码",
            object: &row.login,
            done: true,
            detail: "",
        })?;
        tx.commit()?;
        Ok(token)
    }

    /// Disables an account or enables it again (停用、启用). Nobody disables their own.
    pub fn set_account_disabled(&self, who: &Administrator, account: AccountId, disabled: bool) -> Result<(), Problem> {
        if account == who.account {
            return Err(Problem::Refused("不能停用自己的账号。".to_owned()));
        }
        let mut tx = self.write()?;
        let mut row = tx.find_account(account)?.ok_or(Problem::NotThere)?;
        row.disabled = disabled;
        tx.update_account(&row)?;
        if disabled {
            tx.end_sessions_of(account)?;
        }
        tx.record_act(&Act {
            at: self.micros(),
            account: Some(who.account.0),
            who: &who.name,
            act: if disabled { "停用账号" } else { "启用账号" },
            object: &row.login,
            done: true,
            detail: "",
        })?;
        tx.commit()?;
        Ok(())
    }

    /// Makes an account with a password at once, without a one-time link: for the demonstration and for tests.
    pub fn add_account_with_password(
        &self,
        login: &str,
        name: &str,
        role: Role,
        unit: Option<UnitId>,
        password: &str,
    ) -> Result<AccountId, Problem> {
        let hash = hash_password(password);
        let mut tx = self.write()?;
        let id = tx.next_id("account")?;
        tx.insert_account(&fresh_account(id, self.office.0, login, name, role, unit, hash, self.micros()))?;
        tx.commit()?;
        Ok(AccountId(id))
    }

    /// Every account, for the administrator's list.
    pub fn accounts(&self, _who: &Administrator) -> Result<Vec<AccountRow>, Problem> {
        Ok(self.read()?.list_accounts()?)
    }

    /// Keeps what a person has typed into a form (草稿).
    pub fn save_draft(&self, who: &Person, form: &str, content: &str) -> Result<(), Problem> {
        let mut tx = self.write()?;
        // What carries a mark of secrecy is not kept, as a draft no more than as an item (N3.1).
        let typed: Vec<(String, String)> = serde_json::from_str(content).unwrap_or_default();
        let marks = tz_text::secrecy::find_mark(typed.iter().flat_map(|(name, text)| {
            let place = if name == "title" { tz_text::secrecy::Place::Subject } else { tz_text::secrecy::Place::Body };
            [(place, text.as_str())]
        }));
        if marks.is_some_and(|mark| mark.strength == tz_text::secrecy::Strength::Strong) {
            tx.delete_draft(who.account, form)?;
            tx.commit()?;
            return Err(Problem::field("body", "所填内容带有密级标志，没有保存。涉密信息请由专人携带存储设备报送。"));
        }
        tx.save_draft(who.account, form, content, self.micros())?;
        tx.commit()?;
        Ok(())
    }

    /// What a person had typed into a form, and when it was kept.
    pub fn draft(&self, who: &Person, form: &str) -> Result<Option<(String, jiff::Timestamp)>, Problem> {
        Ok(self.read()?.find_draft(who.account, form)?.map(|(content, at)| (content, tz_store::moment(at))))
    }
}

fn login_faults(login: &str, name: &str) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let login = login.trim();
    if login.is_empty() || login.chars().count() > 64 || login.chars().any(char::is_whitespace) {
        faults.push(FieldFault::new("login", "请填写登录名，64个字符以内，中间不要有空格。"));
    }
    if name.trim().is_empty() || name.chars().count() > 40 {
        faults.push(FieldFault::new("name", "请填写姓名，40个字符以内。"));
    }
    faults
}

fn invite(tx: &mut tz_store::Write, office: i64, account: i64, now: i64) -> Result<String, Problem> {
    let token = secret();
    tx.insert_invitation(&InvitationRow {
        token_hash: sha256(token.as_bytes()),
        office_id: office,
        account_id: Some(account),
        created_at: now,
        expires_at: now + INVITATION,
        used_at: None,
    })?;
    Ok(token)
}

#[expect(clippy::too_many_arguments, reason = "every field of a new account that is not its default")]
pub(crate) fn fresh_account(
    id: i64,
    office: i64,
    login: &str,
    name: &str,
    role: Role,
    unit: Option<UnitId>,
    password_hash: String,
    now: i64,
) -> AccountRow {
    AccountRow {
        id,
        office_id: office,
        login: login.to_owned(),
        login_key: login.to_lowercase(),
        name: name.trim().to_owned(),
        role: role.key().to_owned(),
        unit_id: unit.map(|unit| unit.0),
        password_hash,
        must_change: false,
        disabled: false,
        failures: 0,
        locked_until: None,
        created_at: now,
        last_seen_at: None,
    }
}

fn begin_session(tx: &mut tz_store::Write, row: &AccountRow, now: i64) -> Result<Begun, Problem> {
    let (token, csrf) = (secret(), secret());
    tx.insert_session(&SessionRow {
        token_hash: sha256(token.as_bytes()),
        account_id: row.id,
        csrf: csrf.clone(),
        created_at: now,
        seen_at: now,
        expires_at: now + ABSOLUTE,
    })?;
    Ok(Begun { token, person: person_of(row)?, csrf })
}
