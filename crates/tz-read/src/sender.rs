//! Who sent a message, as far as that can be known: the mail provider's results and our own check of signatures, never what
//! the message says of itself (N3.1). Read [`standing`].

use crate::mail::{Message, address};

/// What is known beside the message's own words.
#[derive(Debug, Clone, Copy, Default)]
pub struct Evidence<'a> {
    /// The name under which our mail provider writes its results (authserv-id), such as `mx.example.cn`; a `*` at an end stands
    /// for anything, since some providers write the name of the machine. Without it no result in the message is believed.
    pub provider: Option<&'a str>,
    /// The domains whose DKIM signature over this message was found valid here. Empty if none was, or none could be checked.
    pub signed_by: &'a [String],
}

/// How far the sender is to be believed (发件人核验).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The address in From is the sender's own.
    Proven(Proof),
    /// Nothing speaks for it and nothing against it (未验证).
    Unproven,
    /// Something speaks against it.
    Forged(Forgery),
}

/// What proves a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The provider found that the domain of From agrees (DMARC).
    Dmarc,
    /// The provider found a valid signature of the domain of From (DKIM).
    Dkim,
    /// The provider found that the message came from a server of that domain, sent by that very address (SPF).
    Spf,
    /// We found a valid signature of the domain of From.
    OwnDkim,
}

/// What speaks against a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgery {
    /// From names nobody.
    NoFrom,
    /// From names several.
    ManyFrom,
    /// The provider found that the domain of From does not agree (DMARC).
    Dmarc,
    /// The provider found that the domain of From does not send from there (SPF).
    Spf,
}

impl std::fmt::Display for Forgery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoFrom => "邮件没有发件人，不能确定是哪个单位报送的。",
            Self::ManyFrom => "邮件写有多个发件人，不能确定是哪个单位报送的。",
            Self::Dmarc => "邮件服务商核验发件人不符（DMARC 未通过），可能是冒名发送。请与该单位电话核实。",
            Self::Spf => "邮件不是从发件人所在的邮件系统发出的（SPF 未通过），可能是冒名发送。请与该单位电话核实。",
        })
    }
}

/// One result of the line a provider writes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Finding {
    method: String,
    result: String,
    properties: Vec<(String, String)>,
}

impl Finding {
    fn property(&self, names: &[&str]) -> Option<&str> {
        self.properties.iter().find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| value.as_str())
    }
}

/// How far the sender of a message is to be believed. In this order: From itself, the topmost results of our provider, our
/// own check of signatures.
#[must_use]
pub fn standing(message: &Message, evidence: &Evidence<'_>) -> Standing {
    let Some(from) = &message.from else { return Standing::Forged(Forgery::NoFrom) };
    if message.from_count > 1 {
        return Standing::Forged(Forgery::ManyFrom);
    }
    let address = from.address.to_lowercase();
    let Some((_, domain)) = address.rsplit_once('@') else { return Standing::Unproven };
    // Only the topmost line under the provider's name is its own: those below it may have come with the message.
    let findings = evidence.provider.and_then(|provider| {
        let lines = message.header("Authentication-Results").filter_map(read_results);
        lines.into_iter().find(|(by, _)| named(provider, by)).map(|(_, findings)| findings)
    });
    if let Some(findings) = findings {
        match judge(&findings, &address, domain) {
            Standing::Unproven => {}
            known => return known,
        }
    }
    if evidence.signed_by.iter().any(|signer| speaks_for(signer, domain)) {
        return Standing::Proven(Proof::OwnDkim);
    }
    Standing::Unproven
}

fn judge(findings: &[Finding], address: &str, domain: &str) -> Standing {
    let of = |method: &'static str| findings.iter().filter(move |finding| finding.method == method);
    if of("dmarc").any(|finding| finding.result == "fail") {
        return Standing::Forged(Forgery::Dmarc);
    }
    let agreed = |finding: &Finding| {
        let about = finding.property(&["header.from"]);
        finding.result == "pass" && about.is_none_or(|about| domain_of(about) == domain)
    };
    if of("dmarc").any(agreed) {
        return Standing::Proven(Proof::Dmarc);
    }
    let signed = |finding: &Finding| {
        let signer = finding.property(&["header.d"]).or_else(|| finding.property(&["header.i"]));
        finding.result == "pass" && signer.is_some_and(|signer| speaks_for(&domain_of(signer), domain))
    };
    if of("dkim").any(signed) {
        return Standing::Proven(Proof::Dkim);
    }
    if of("spf").any(|finding| finding.result == "fail") {
        return Standing::Forged(Forgery::Spf);
    }
    // Everybody with an account there sends from a large provider's servers, so the whole address must agree.
    let sent = |finding: &Finding| {
        let by = finding.property(&["smtp.mailfrom", "smtp.mail", "smtp.from", "spf.mailfrom"]);
        finding.result == "pass" && by.is_some_and(|by| by.to_lowercase() == address)
    };
    if of("spf").any(sent) { Standing::Proven(Proof::Spf) } else { Standing::Unproven }
}

/// Whether a domain's signature speaks for addresses of another: its own and those beneath it. A signature of a whole top
/// level speaks for nobody.
fn speaks_for(signer: &str, domain: &str) -> bool {
    let signer = signer.to_lowercase();
    signer.contains('.') && (signer == domain || domain.strip_suffix(&signer).is_some_and(|rest| rest.ends_with('.')))
}

fn domain_of(value: &str) -> String {
    value.rsplit('@').next().unwrap_or(value).trim_end_matches('.').to_lowercase()
}

fn named(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.trim().to_lowercase(), name.to_lowercase());
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        // A pattern of nothing but stars would believe anybody.
        _ if pattern.chars().all(|c| c == '*') => false,
        (Some(end), None) => name.ends_with(end),
        (None, Some(start)) => name.starts_with(start),
        (Some(_), Some(_)) => name.contains(pattern.trim_matches('*')),
        (None, None) => name == pattern,
    }
}

/// Reads a line of results (RFC 8601): who wrote it and what was found. What stands in comments and quotes is no result.
fn read_results(line: &str) -> Option<(String, Vec<Finding>)> {
    let marks = marks(line);
    let mut parts = marks.split(|mark| *mark == Mark::Semicolon);
    let Some(Mark::Word(by)) = parts.next()?.first() else { return None };
    let finding = |part: &[Mark]| {
        let mut pairs = pairs(part).into_iter();
        let (method, result) = pairs.next()?;
        let method = method.split('/').next().unwrap_or_default().to_owned();
        Some(Finding { method, result: result.to_lowercase(), properties: pairs.collect() })
    };
    Some((by.clone(), parts.filter_map(finding).collect()))
}

/// Names in lower case with the values behind their `=`; words without one are passed over.
fn pairs(part: &[Mark]) -> Vec<(String, String)> {
    let pair = |marks: &[Mark]| match marks {
        [Mark::Word(name), Mark::Equals, Mark::Word(value)] => Some((name.to_lowercase(), value.clone())),
        _ => None,
    };
    part.windows(3).filter_map(pair).collect()
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Mark {
    Word(String),
    Equals,
    Semicolon,
}

fn marks(line: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut word = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let mark = match c {
            '"' => {
                address::quoted(&mut chars, &mut word);
                continue;
            }
            // In a value (a signature's hash, an address) it is a letter like others.
            '=' if !matches!(marks.last(), Some(Mark::Equals)) => Some(Mark::Equals),
            ';' => Some(Mark::Semicolon),
            '(' => {
                address::comment(&mut chars, &mut String::new());
                None
            }
            c if c.is_whitespace() => None,
            c => {
                word.push(c);
                continue;
            }
        };
        if !word.is_empty() {
            marks.push(Mark::Word(std::mem::take(&mut word)));
        }
        marks.extend(mark);
    }
    if !word.is_empty() {
        marks.push(Mark::Word(word));
    }
    marks
}
