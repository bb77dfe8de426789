//! The last morning's letters: one for every fate and every reason to wait, as offices really get them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use tz_model::PostboxId;
use tz_store::mail::MailRow;
use tz_store::outgoing::MailOutRow;
use tz_store::postbox::{FolderKey, LetterKey, PostboxRow};

use super::Cast;
use super::year::{TODAY, moment};
use crate::mail::{Hold, PostboxLetter};
use crate::reading::STUMBLED;
use crate::report::NewItem;
use crate::{App, Editor, FixedClock, Problem, Reporter};

/// The office's own address.
const OFFICE: &str = "xxk@tengzhou.example";
/// Whose results of checking senders are believed.
const PROVIDER: &str = "mx.tengzhou.example";
const FOLDER: &str = "INBOX";
const JUNK: &str = "垃圾邮件";

/// A Word document of which only the beginning arrived.
const CUT: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0cut off on its way";

/// A letter to be made.
#[derive(Default)]
struct Spec<'a> {
    from: &'a str,
    subject: &'a str,
    /// Further header lines, each with its end.
    more: &'a str,
    body: &'a str,
    files: &'a [(&'a str, &'a [u8])],
    /// What the provider found of the sender; nothing: it passed.
    checked: Option<&'a str>,
}

/// The bytes of a letter.
fn letter(spec: &Spec<'_>) -> Vec<u8> {
    let domain = spec.from.rsplit('@').next().unwrap_or_default().trim_end_matches('>');
    let passed = format!("dmarc=pass header.from={domain}");
    let checked = spec.checked.unwrap_or(&passed);
    let mut raw = format!(
        "Authentication-Results: {PROVIDER}; {checked}\r\nFrom: {}\r\nTo: {OFFICE}\r\nSubject: {}\r\n\
         Date: Thu, 20 Dec 2018 08:10:00 +0800\r\nMessage-ID: <{:x}@tengzhou.example>\r\n{}MIME-Version: 1.0\r\n",
        spec.from,
        spec.subject,
        tz_text::fingerprint(spec.subject).0,
        spec.more
    );
    let text = format!(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}\r\n",
        spec.body.replace('\n', "\r\n")
    );
    if spec.files.is_empty() {
        raw.push_str(&text);
        return raw.into_bytes();
    }
    raw.push_str("Content-Type: multipart/mixed; boundary=\"demo\"\r\n\r\n--demo\r\n");
    raw.push_str(&text);
    for (name, bytes) in spec.files {
        let codes: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let lines: Vec<String> = bytes.chunks(57).map(|line| STANDARD.encode(line)).collect();
        raw.push_str(&format!(
            "--demo\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; filename*=UTF-8''{codes}\r\n\r\n{}\r\n",
            lines.join("\r\n")
        ));
    }
    raw.push_str("--demo--\r\n");
    raw.into_bytes()
}

/// The office's postbox, switched off: a demonstration connects to no mail server.
fn postbox(app: &App, now: i64) -> Result<PostboxId, Problem> {
    let mut tx = app.write()?;
    let id = tx.insert_postbox(PostboxRow {
        id: 0,
        office_id: 0,
        name: "政务信息邮箱".to_owned(),
        host: "imap.tengzhou.example".to_owned(),
        port: 993,
        security: "tls".to_owned(),
        authorities: String::new(),
        system_trust: false,
        login: OFFICE.to_owned(),
        password: String::new(),
        folder: FOLDER.to_owned(),
        start_from: "2018-12-01".to_owned(),
        authserv_id: PROVIDER.to_owned(),
        mark_seen: false,
        enabled: false,
        revision: 1,
        changed_at: now,
        more_folders: JUNK.to_owned(),
    })?;
    tx.commit()?;
    Ok(id)
}

/// How the office sends; switched on only while this morning's answers are written.
fn mail_out(app: &App, enabled: bool) -> Result<(), Problem> {
    let mut tx = app.write()?;
    tx.set_mail_out(MailOutRow {
        office_id: app.office().0,
        enabled,
        host: "smtp.tengzhou.example".to_owned(),
        port: 465,
        security: "tls".to_owned(),
        authorities: String::new(),
        login: OFFICE.to_owned(),
        password_sealed: String::new(),
        address: OFFICE.to_owned(),
        name: "政务信息科".to_owned(),
        per_minute: 30,
        trouble: String::new(),
        troubled_at: None,
    })?;
    tx.commit()?;
    Ok(())
}

/// Brings letters of the postbox, one place after the other.
struct Postman<'a> {
    app: &'a App,
    postbox: PostboxId,
    next: u32,
}

impl Postman<'_> {
    fn bring(&mut self, spec: &Spec<'_>) -> Result<(), Problem> {
        self.take(FOLDER, &letter(spec), None)
    }

    fn take(&mut self, folder: &str, raw: &[u8], large: Option<u64>) -> Result<(), Problem> {
        self.next += 1;
        let minute = i8::try_from(self.next % 25).unwrap_or(0);
        let arrived: Timestamp = moment(TODAY, 8, minute);
        self.app.receive_letter(&PostboxLetter {
            key: LetterKey {
                folder: FolderKey { postbox: self.postbox, name: folder, uidvalidity: 1_543_593_600 },
                uid: self.next,
            },
            size: large.or(Some(raw.len() as u64)),
            arrived: Some(arrived),
            raw,
            head_only: large.is_some(),
            signed_by: &[],
        })?;
        Ok(())
    }
}

/// This morning's letters, and what a reporter tries to send that must not come by the network.
pub(super) fn letters(app: &App, clock: &FixedClock, cast: &Cast) -> Result<(), Problem> {
    clock.set(moment(TODAY, 8, 30));
    let postbox = postbox(app, app.micros())?;
    mail_out(app, true)?;
    let mut postman = Postman { app, postbox, next: 0 };
    postman.bring(&Spec {
        from: "xinxi009@tengzhou.example",
        subject: "【工作动态】扎实做好冬季供水管网防冻工作",
        body: "入冬以来，我镇对二十三处供水管网和阀门井逐一排查包扎，更换老化水管一千二百米，储备抢修材料四十余件，公布二十四小时报修电话。目前，全镇供水正常，未发生冻裂停水。",
        ..Spec::default()
    })?;
    answered(app)?;
    let receipt = app.outgoing(&editor(cast), None, None)?.rows.first().map(|row| row.message_id.clone());
    waiting(&mut postman, &receipt.unwrap_or_default())?;
    other_fates(&mut postman)?;
    stumbled(&mut postman)?;
    answered(app)?;
    mail_out(app, false)?;
    discard_one(app, cast)?;
    if let Some(reporter) = cast.reporter.as_ref().and_then(Reporter::of) {
        let new = NewItem {
            title: "关于某项工作的情况".to_owned(),
            body: "秘密★1年\n（演示：这一行是密级标志，整份内容不会被保存。）".to_owned(),
            ..NewItem::default()
        };
        // It is refused, which is what is to be shown.
        match app.send_item(&reporter, &new, "demo-secret") {
            Err(Problem::Faults(_)) => {}
            Err(other) => return Err(other),
            Ok(_) => unreachable!("a mark of secrecy is never received"),
        }
    }
    Ok(())
}

fn editor(cast: &Cast) -> Editor {
    Editor::of(&cast.editors[0]).expect("the cast's editors are editors")
}

/// Writes the answers that are due and says that they were taken over.
fn answered(app: &App) -> Result<(), Problem> {
    for letter in app.claim_outgoing(100)? {
        app.outgoing_sent(letter.id)?;
    }
    Ok(())
}

/// Letters that wait, one for each reason.
fn waiting(postman: &mut Postman<'_>, receipt: &str) -> Result<(), Problem> {
    postman.bring(&Spec {
        from: "someone@elsewhere.example",
        subject: "问题建议：乡村公路路灯夜间不亮问题需重视",
        body: "群众反映，通村公路近半年有十七盏路灯不亮，夜间出行不便，建议尽快检修并明确管护单位。",
        ..Spec::default()
    })?;
    postman.bring(&Spec {
        from: "xinxi012@tengzhou.example",
        subject: "【经验亮点】“错峰缴费”让群众少排队",
        body: "针对年底医保缴费集中、群众排队时间长的情况，我镇按村居分时段安排缴费，设立流动缴费点六处，安排志愿者上门为行动不便的老人代办，单日最长等候时间由两小时缩短到二十分钟。",
        checked: Some("none"),
        ..Spec::default()
    })?;
    postman.bring(&Spec {
        from: "xinxi001@tengzhou.example",
        subject: "紧急：请更新报送邮箱并回复通讯录",
        body: "因系统升级，请各单位立即将报送邮箱改为新地址，并把信息员通讯录发到本邮箱，逾期将停止收稿。",
        checked: Some("spf=fail smtp.mailfrom=bulk@elsewhere.example; dmarc=fail header.from=tengzhou.example"),
        ..Spec::default()
    })?;
    postman.bring(&Spec {
        from: "xinxi020@tengzhou.example",
        subject: "【调研分析】关于设施蔬菜产业的调研",
        body: "内部资料，注意保存\n近期，我单位对全市设施蔬菜产业进行了调研。全市现有日光温室一万二千座，主要分布在六个镇，户均增收一万一千元，存在品种单一、冷链不足、品牌分散等问题，建议统一育苗、统一品牌、统一检测。",
        ..Spec::default()
    })?;
    let item = "关于秸秆综合利用的做法\n今年以来，我镇推行秸秆打捆离田，建成收储点五处，与两家企业签订收购协议，收储秸秆一万三千吨，农户每亩增收四十元，全镇未发生露天焚烧。";
    postman.bring(&Spec {
        from: "xinxi015@tengzhou.example",
        subject: "12月信息两篇",
        body: "现报送信息两篇，请查收。",
        files: &[("秸秆综合利用.txt", item.as_bytes()), ("冬修水利.docx", CUT)],
        ..Spec::default()
    })?;
    postman.bring(&Spec {
        from: "xinxi018@tengzhou.example",
        subject: "现场照片",
        files: &[("清雪现场.jpg", b"\xFF\xD8\xFF\xE0\0\x10JFIF\0 a picture of a street in the snow")],
        ..Spec::default()
    })?;
    postman.bring(&Spec {
        from: "xinxi009@tengzhou.example",
        subject: "回复：收稿回执",
        more: &format!("In-Reply-To: <{receipt}>\r\n"),
        body: "收到，谢谢。另外请问上月那篇防火的信息有没有采用？",
        ..Spec::default()
    })?;
    let head = letter(&Spec {
        from: "xinxi023@tengzhou.example",
        subject: "【工作动态】全民健身中心建成开放（附视频和图片）",
        ..Spec::default()
    });
    let end = head.windows(4).position(|four| four == b"\r\n\r\n").map_or(head.len(), |at| at + 4);
    postman.take(FOLDER, &head[..end], Some(96 << 20))?;
    postman.bring(&Spec {
        from: "xinxi027@tengzhou.example",
        subject: "【工作动态】冬季森林防火宣传进村入户",
        body: "请查收附件。",
        files: &[("冬季森林防火宣传进村入户.docx", CUT)],
        ..Spec::default()
    })?;
    // Over the counter, on a disk: nobody's mail.
    let paper = "龙阳镇开展农村饮水安全排查\n连日来，龙阳镇组织水利、卫生人员对全镇五十二处农村供水点开展排查，检测水样一百零四份，整改隐患七处，为三个村更换净水设备，保障群众冬季饮水安全。";
    postman.app.receive_file("龙阳镇饮水安全.txt", "龙阳镇饮水安全.txt", paper.as_bytes())?;
    Ok(())
}

/// A repeat, an automatic reply, one that was filtered away, and one that must not come by mail.
fn other_fates(postman: &mut Postman<'_>) -> Result<(), Problem> {
    postman.bring(&Spec {
        from: "xinxi031@tengzhou.example",
        subject: "自动回复：约稿通知",
        more: "Auto-Submitted: auto-replied\r\n",
        body: "您好，来信已收到，我将尽快回复。",
        ..Spec::default()
    })?;
    let twice = letter(&Spec {
        from: "xinxi033@tengzhou.example",
        subject: "【社情民意】群众盼望增加冬季早班公交",
        body: "近期，不少群众反映冬季早上六点半以前没有公交车，到市区上学、务工不便，希望在四条线路增加早班车，并在候车点增设挡风设施。",
        ..Spec::default()
    });
    postman.take(FOLDER, &twice, None)?;
    postman.take(FOLDER, &twice, None)?;
    let filtered = letter(&Spec {
        from: "xinxi036@tengzhou.example",
        subject: "【工作动态】“暖冬行动”慰问困难职工",
        body: "市总工会启动“暖冬行动”，走访慰问困难职工三百二十户，发放慰问金和棉衣棉被，并为四十六名困难职工子女联系了寒假勤工岗位。",
        ..Spec::default()
    });
    postman.take(JUNK, &filtered, None)?;
    postman.bring(&Spec {
        from: "promotion@elsewhere.example",
        subject: "年终特惠：办公用品全场八折",
        body: "尊敬的客户，年终特惠活动已经开始，办公用品、电脑耗材全场八折，欢迎来电订购，量大从优。",
        ..Spec::default()
    })?;
    postman.bring(&Spec {
        from: "xinxi040@tengzhou.example",
        subject: "关于某项工作的情况",
        body: "机密★1年\n（演示：带有密级标志的来信不会被保存。）",
        ..Spec::default()
    })
}

/// A letter that an earlier version of the program could not read: no file is at hand that this one stumbles over.
fn stumbled(postman: &mut Postman<'_>) -> Result<(), Problem> {
    let subject = "【工作动态】智慧停车系统上线试运行";
    postman.bring(&Spec {
        from: "xinxi044@tengzhou.example",
        subject,
        body: "城区智慧停车系统上线试运行，接入公共停车场三十一处、泊位九千六百个，市民可用手机查询空余泊位、缴费开票，高峰期周转率提高两成。",
        checked: Some("none"),
        ..Spec::default()
    })?;
    let mut tx = postman.app.write()?;
    let found = tx.list_mail(Some("quarantine"), 50)?;
    let Some(row) = found.into_iter().find(|row| row.subject == subject) else { return Ok(()) };
    let (held_as, held_why) = (Hold::Stumbled.key().to_owned(), STUMBLED.to_owned());
    tx.hold_mail(&MailRow { held_as, held_why, tries: 3, ..row })?;
    tx.commit()?;
    Ok(())
}

/// The advertisement is put aside: that can be taken back today.
fn discard_one(app: &App, cast: &Cast) -> Result<(), Problem> {
    let who = editor(cast);
    let held = app.quarantine(&who, Some(Hold::Stranger), None)?;
    match held.lines.iter().find(|line| line.row.subject.contains("特惠")) {
        Some(line) => app.discard_quarantined(&who, tz_model::MailId(line.row.id), "广告或垃圾邮件"),
        None => Ok(()),
    }
}
