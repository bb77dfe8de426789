//! Who is believed (check 21 of the forged senders): each message through the reader, as it would arrive.

use crate::sender::{Evidence, Forgery, Proof, Standing, standing};
use crate::{Budget, read_message};

/// The addresses the office has registered (N3.1).
const REGISTERED: [&str; 3] = ["binhu@unit.example", "longyang@mail.example", "jiefang@sub.unit.example"];

fn read(mail: &str) -> crate::Message {
    read_message(mail.as_bytes(), &Budget::default()).expect("a mail")
}

fn told(mail: &str, signed_by: &[String]) -> Standing {
    standing(&read(mail), &Evidence { provider: Some("mx.office.example"), signed_by })
}

/// Whether a message counts as the unit's: a registered address, and proof that it is the sender's own.
fn accepted(mail: &str) -> bool {
    let from = read(mail).from.map(|from| from.address).unwrap_or_default();
    REGISTERED.contains(&from.as_str()) && matches!(told(mail, &[]), Standing::Proven(_))
}

const OWN: &str = "Authentication-Results: mx.office.example;";

#[test]
fn no_forged_sender_is_taken_for_the_unit() {
    let from = "From: <binhu@unit.example>\r\n";
    let forged: Vec<String> = vec![
        // Nothing speaks for it, or the provider found nothing.
        from.to_owned(),
        format!("{OWN} none\r\n{from}"),
        format!(
            "{OWN} spf=none smtp.mailfrom=binhu@unit.example; dkim=none; dmarc=none header.from=unit.example\r\n{from}"
        ),
        format!("{OWN} spf=softfail smtp.mailfrom=binhu@unit.example; dkim=temperror header.d=unit.example\r\n{from}"),
        // The provider says no.
        format!("{OWN} spf=fail smtp.mailfrom=binhu@unit.example\r\n{from}"),
        format!("{OWN} dkim=pass header.d=unit.example; dmarc=fail header.from=unit.example\r\n{from}"),
        format!("{OWN} dkim=fail header.d=unit.example\r\n{from}"),
        // Another's pass.
        format!("{OWN} dkim=pass header.d=evil.example\r\n{from}"),
        format!("{OWN} spf=pass smtp.mailfrom=thief@evil.example\r\n{from}"),
        format!("{OWN} dmarc=pass header.from=evil.example\r\n{from}"),
        format!("{OWN} dkim=pass header.d=example\r\n{from}"),
        format!("{OWN} dkim=pass header.d=nit.example\r\n{from}"),
        // The same provider, another of its customers.
        format!("{OWN} spf=pass smtp.mailfrom=thief@unit.example\r\n{from}"),
        // Results the message brought with it.
        format!("Authentication-Results: mx.evil.example; dmarc=pass header.from=unit.example\r\n{from}"),
        format!(
            "{OWN} spf=fail smtp.mailfrom=binhu@unit.example\r\n{OWN} dmarc=pass header.from=unit.example\r\n{from}"
        ),
        format!("{OWN} none\r\n{OWN} dmarc=pass header.from=unit.example\r\n{from}"),
        format!("X-Authentication-Results: mx.office.example; dmarc=pass header.from=unit.example\r\n{from}"),
        format!(
            "Authentication-Results: mx.office.example.evil.example; dmarc=pass header.from=unit.example\r\n{from}"
        ),
        // Results inside comments, quotes and encoded words.
        format!("{OWN} spf=none (dmarc=pass header.from=unit.example; dmarc=pass)\r\n{from}"),
        format!("{OWN} spf=none smtp.mailfrom=\"; dmarc=pass\"\r\n{from}"),
        format!("{OWN} spf=none smtp.mailfrom==?utf-8?q?=3B_dmarc=3Dpass?=\r\n{from}"),
        // Who it says it is.
        format!("{OWN} dmarc=pass header.from=unit.example\r\n{from}From: <thief@evil.example>\r\n"),
        format!("{OWN} dmarc=pass header.from=evil.example\r\nFrom: \"binhu@unit.example\" <thief@evil.example>\r\n"),
        // A Cyrillic letter for a Latin one.
        format!("{OWN} dmarc=pass header.from=unit.example\r\nFrom: <b\u{456}nhu@unit.example>\r\n"),
        // An answer to a mail of ours proves nothing.
        format!("In-Reply-To: <receipt-12@office.example>\r\nSubject: Re: 回执\r\n{from}"),
        format!(
            "Sender: <binhu@unit.example>\r\n{OWN} dmarc=pass header.from=evil.example\r\nFrom: <thief@evil.example>\r\n"
        ),
    ];
    assert!(forged.len() >= 24);
    for mail in &forged {
        assert!(!accepted(&format!("{mail}\r\ntext")), "{mail}");
    }
}

#[test]
fn genuine_senders_are_believed_however_the_provider_writes_it() {
    let lines = [
        "spf=pass smtp.mailfrom=ADDRESS; dkim=none; dmarc=none(permerror) header.from=DOMAIN",
        "spf=pass (sender is authorised) smtp.mail=ADDRESS;\r\n\tdkim=none",
        "dkim=pass (2048-bit key; unprotected) header.d=DOMAIN header.i=@DOMAIN header.a=rsa-sha256 header.b=Ab+c=",
        "spf=softfail smtp.mailfrom=bounce@list.example; dkim=pass header.i=@DOMAIN",
        "dmarc=pass (p=QUARANTINE sp=NONE dis=NONE) header.from=DOMAIN",
        "dkim=fail header.d=list.example; dkim=pass header.d=DOMAIN; dmarc=pass header.from=DOMAIN",
        "spf = pass smtp.mailfrom = ADDRESS",
        "dkim/1=pass header.d=\"DOMAIN\"",
    ];
    let mut genuine = 0;
    for at in 0..200 {
        let address = REGISTERED[at % 3];
        let (_, domain) = address.split_once('@').expect("an address");
        let line = lines[at % lines.len()].replace("ADDRESS", address).replace("DOMAIN", domain);
        let version = ["", " 1"][at % 2];
        let below = ["", "Authentication-Results: mx.evil.example; dmarc=fail\r\n"][at / 2 % 2];
        let mail = format!(
            "Received: by mx.office.example\r\nAuthentication-Results: MX.office.example{version};\r\n {line}\r\n{below}\
             From: =?gbk?B?tfo=?= <{address}>\r\n\r\ntext {at}"
        );
        assert!(accepted(&mail), "{mail}");
        genuine += 1;
    }
    assert_eq!(genuine, 200);
}

#[test]
fn reasons_are_told() {
    let from = "From: <jiefang@sub.unit.example>\r\n\r\n";
    let by = |line: &str| told(&format!("{OWN} {line}\r\n{from}"), &[]);
    assert_eq!(by("dmarc=pass"), Standing::Proven(Proof::Dmarc));
    assert_eq!(by("dkim=pass header.d=unit.example"), Standing::Proven(Proof::Dkim), "a domain above signs for it");
    assert_eq!(by("spf=pass smtp.mailfrom=jiefang@sub.unit.example"), Standing::Proven(Proof::Spf));
    assert_eq!(by("spf=pass smtp.mailfrom=sub.unit.example"), Standing::Unproven, "any customer of that server");
    assert_eq!(by("spf=fail smtp.mailfrom=x@sub.unit.example"), Standing::Forged(Forgery::Spf));
    assert_eq!(by("dmarc=fail"), Standing::Forged(Forgery::Dmarc));
    let signed = told(from, &["unit.example".to_owned()]);
    assert_eq!(signed, Standing::Proven(Proof::OwnDkim));
    assert_eq!(told(from, &["example".to_owned()]), Standing::Unproven);
    let refused = told(&format!("{OWN} dmarc=fail\r\n{from}"), &["unit.example".to_owned()]);
    assert_eq!(refused, Standing::Forged(Forgery::Dmarc), "the provider knows its own customers better");
    assert_eq!(told("Subject: x\r\n\r\n", &[]), Standing::Forged(Forgery::NoFrom));
}

#[test]
fn a_provider_that_writes_its_machines_names_is_known_by_a_star() {
    let mail = read("Authentication-Results: gz-mx-12; dmarc=pass\r\nFrom: <a@b.example>\r\n\r\n");
    let by = |provider| standing(&mail, &Evidence { provider, signed_by: &[] });
    for believed in ["gz-mx-*", "*-12", "*mx*", "GZ-MX-12"] {
        assert_eq!(by(Some(believed)), Standing::Proven(Proof::Dmarc), "{believed}");
    }
    for not in ["*", "**", "", "gz-mx-1", "mx*"] {
        assert_eq!(by(Some(not)), Standing::Unproven, "{not}");
    }
    assert_eq!(by(None), Standing::Unproven);
}
