//! Checks every invariant of the stored records (核验): each fault is a Chinese sentence. Statements are recomputed above,
//! where the scheme is known.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::connection::{Either, columns};
use crate::content::sha256;
use crate::ledger::FactRow;
use crate::mail::MailRow;
use crate::postbox::LetterRow;
use crate::schema::{content, fact, fact_now, issue, item, item_version, mail, postbox, postbox_letter};
use crate::statement::StatementRow;
use crate::{Failure, Tx, dialect};

impl Tx {
    /// Every fault in what is stored for this office; empty means sound.
    pub fn verify_records(&mut self) -> Result<Vec<String>, Failure> {
        let mut faults =
            dialect::own_check(self.connection()).map_err(Failure::at("running the database's own check"))?;
        self.verify_audit(&mut faults)?;
        self.verify_schemes(&mut faults)?;
        self.verify_templates(&mut faults)?;
        self.verify_contents(&mut faults)?;
        self.verify_mail(&mut faults)?;
        self.verify_letters(&mut faults)?;
        self.verify_items(&mut faults)?;
        self.verify_issues(&mut faults)?;
        self.verify_ledger(&mut faults)?;
        self.verify_upward(&mut faults)?;
        self.verify_objections(&mut faults)?;
        self.verify_statement_chain(&mut faults)?;
        Ok(faults)
    }

    /// Every fault in the audit chain alone.
    pub fn verify_audit_chain(&mut self) -> Result<Vec<String>, Failure> {
        let mut faults = Vec::new();
        self.verify_audit(&mut faults)?;
        Ok(faults)
    }

    fn verify_audit(&mut self, faults: &mut Vec<String>) -> Result<(), Failure> {
        let (mut previous, mut last) = (String::new(), 0);
        loop {
            let rows = self.audit_after(last, 1000)?;
            if rows.is_empty() {
                // The counter knows how many there were: the chain alone would not miss its own end.
                if self.last_number("audit")? != last {
                    faults.push(format!("审计记录缺第{}条，记录可能被删除。", last + 1));
                }
                return Ok(());
            }
            for row in rows {
                if row.seq != last + 1 {
                    faults.push(format!("审计记录缺第{}条，记录可能被删除。", last + 1));
                }
                if row.hash != row.expected_hash(&previous) {
                    faults.push(format!("审计记录第{}条与其校验值不符，内容可能被改动。", row.seq));
                }
                last = row.seq;
                previous = row.hash;
            }
        }
    }

    /// The program takes a scheme by its hash and reads its text once: here every text is held against its hash, and every
    /// adoption and draft against the texts.
    fn verify_schemes(&mut self, faults: &mut Vec<String>) -> Result<(), Failure> {
        let texts = self.list_scheme_texts()?;
        let adoptions = self.list_scheme_adoptions()?;
        let drafts = self.list_scheme_drafts()?;
        let named = adoptions.iter().map(|row| (&row.hash, &row.scheme_id));
        let named: BTreeMap<&String, &String> = drafts.iter().map(|row| (&row.hash, &row.name)).chain(named).collect();
        for (hash, name) in &named {
            if !texts.iter().any(|(known, _)| known == *hash) {
                faults.push(format!("计分办法“{name}”没有文字，内容可能被删除。"));
            }
        }
        for (hash, _) in texts.iter().filter(|(hash, text)| sha256(text.as_bytes()) != *hash) {
            let name = named.get(hash).map_or(hash, |name| *name);
            faults.push(format!("计分办法“{name}”的文字与其校验值不符，内容可能被改动。"));
        }
        Ok(())
    }

    /// Every wording ever taken into force has its text, and every text is what its hash names.
    fn verify_templates(&mut self, faults: &mut Vec<String>) -> Result<(), Failure> {
        let texts = self.list_template_texts()?;
        for row in self.list_templates()?.iter().filter(|row| !row.hash.is_empty()) {
            if !texts.iter().any(|(known, _)| *known == row.hash) {
                faults.push(format!("第{}次启用的{}模板没有文字，内容可能被删除。", row.seq, row.kind));
            }
        }
        for (hash, _) in texts.iter().filter(|(hash, text)| sha256(text.as_bytes()) != *hash) {
            faults.push(format!("一份文书模板的文字与其校验值（{hash}）不符，内容可能被改动。"));
        }
        Ok(())
    }

    fn verify_contents(&mut self, faults: &mut Vec<String>) -> Result<(), Failure> {
        let ids: Vec<i64> = content::table
            .select(content::id)
            .order(content::id)
            .load_on(self.connection())
            .map_err(Failure::at("listing the contents"))?;
        for id in ids {
            let (hash, size): (String, i64) = content::table
                .filter(content::id.eq(id))
                .select((content::sha256, content::size))
                .first_on(self.connection())
                .map_err(Failure::at("reading a content's hash"))?;
            let bytes = self.content(id)?;
            if sha256(&bytes) != hash || bytes.len() as i64 != size {
                faults.push(format!("第{id}号存件的内容与其校验值不符，文件可能损坏。"));
            }
        }
        Ok(())
    }

    /// What was sent upward, confirmed and commented stands in the ledger as its rows say.
    fn verify_upward(&mut self, faults: &mut Vec<String>) -> Result<(), Failure> {
        for row in self.list_forwards(None, i64::MAX)? {
            if (row.state == "sent") != row.sent_at.is_some() && row.state != "withdrawn" {
                faults.push(format!("上报稿《{}》的状态与上报时间不符。", row.title));
            }
        }
        for line in self.list_adopted_lines("entered", i64::MAX)? {
            let known = match &line.fact_key {
                Some(key) => self.find_fact("采用", key)?.is_some(),
                None => false,
            };
            if !known {
                faults.push(format!("采用目录条目《{}》已确认，台账中却没有对应的采用。", line.title));
            }
        }
        for claim in self.list_claims(None, i64::MAX)? {
            let known = match &claim.fact_key {
                Some(key) => self.find_fact("事项", key)?.is_some(),
                None => false,
            };
            if (claim.state == "confirmed") != known {
                faults.push(format!("单位登记的通报获批示第{}号与台账不符。", claim.id));
            }
        }
        for follow in self.list_follow_ups(None)? {
            if self.find_fact("批示", &follow.fact_key)?.is_none() {
                faults.push(format!("督办第{}号对应的批示不在台账中。", follow.id));
            }
        }
        for state in ["attached", "entered"] {
            for (page, scan) in self.list_scan_pages(state, i64::MAX)? {
                if page.item_id.is_none() && page.comment_id.is_none() {
                    faults.push(format!("扫描件“{}”第{}页没有对应的稿件。", scan.name, page.page));
                }
            }
        }
        Ok(())
    }

    /// An objection that was accepted names a fact recorded after it: without one no point may have changed.
    fn verify_objections(&mut self, faults: &mut Vec<String>) -> Result<(), Failure> {
        for row in self.list_objections(None, i64::MAX)? {
            let corrected = match (&row.fact_table, &row.fact_key) {
                (Some(table), Some(key)) => self.find_fact(table, key)?.is_some_and(|fact| fact.seq > row.fact_seq),
                _ => false,
            };
            if (row.state == "accepted") != corrected {
                faults.push(format!("申诉第{}号的答复与台账不符。", row.id));
            }
        }
        Ok(())
    }

    fn verify_mail(&mut self, faults: &mut Vec<String>) -> Result<(), Failure> {
        let rows: Vec<MailRow> = mail::table
            .filter(mail::office_id.eq(self.office.0))
            .order(mail::id)
            .select(columns::<MailRow>())
            .load_on(self.connection())
            .map_err(Failure::at("walking the ledger of messages"))?;
        for row in rows {
            let items: i64 = item::table
                .filter(item::mail_id.eq(row.id))
                .count()
                .first_on(self.connection())
                .map_err(Failure::at("counting a message's items"))?;
            let kept = row.content_id.is_some();
            let sound = match row.fate.as_str() {
                "item" => items > 0 && kept,
                "repeat" => items == 0 && row.same_as.is_some(),
                "quarantine" | "automatic" | "discarded" => items == 0 && kept,
                "secret" => items == 0 && !kept && row.subject.is_empty(),
                _ => false,
            };
            if !sound {
                faults.push(format!("第{}号来信的去向“{}”与所存记录不符。", row.id, row.fate));
            }
        }
        Ok(())
    }

    /// Every letter of a postbox is one message of this office, and no message is two letters under the same numbering.
    fn verify_letters(&mut self, faults: &mut Vec<String>) -> Result<(), Failure> {
        let rows: Vec<(LetterRow, Option<i64>)> = postbox_letter::table
            .inner_join(postbox::table.on(postbox::id.eq(postbox_letter::postbox_id)))
            .left_join(mail::table.on(mail::id.eq(postbox_letter::mail_id)))
            .filter(postbox::office_id.eq(self.office.0))
            .order(postbox_letter::id)
            .select((columns::<LetterRow>(), mail::office_id.nullable()))
            .load_on(self.connection())
            .map_err(Failure::at("walking the ledger of letters"))?;
        let mut claimed: BTreeMap<(i64, String, i64, i64), i64> = BTreeMap::new();
        for (row, owner) in rows {
            if owner != Some(self.office.0) {
                faults.push(format!("第{}号收信记录指向的第{}号来信不存在。", row.id, row.mail_id));
            }
            if row.replaced_at.is_none()
                && let Some(other) = claimed.insert((row.postbox_id, row.folder, row.uidvalidity, row.mail_id), row.uid)
            {
                faults.push(format!(
                    "第{}号来信在收信邮箱中有两个编号（{other}和{}），应各为一封。",
                    row.mail_id, row.uid
                ));
            }
        }
        Ok(())
    }

    fn verify_items(&mut self, faults: &mut Vec<String>) -> Result<(), Failure> {
        let rows: Vec<(i64, String, i64)> = item::table
            .filter(item::office_id.eq(self.office.0))
            .order(item::id)
            .select((item::id, item::number, item::revision))
            .load_on(self.connection())
            .map_err(Failure::at("walking the items"))?;
        let versions: Vec<(i64, i64)> = item_version::table
            .inner_join(item::table.on(item::id.eq(item_version::item_id)))
            .filter(item::office_id.eq(self.office.0))
            .order((item_version::item_id, item_version::revision))
            .select((item_version::item_id, item_version::revision))
            .load_on(self.connection())
            .map_err(Failure::at("walking the versions"))?;
        let mut of: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for (item, revision) in versions {
            of.entry(item).or_default().push(revision);
        }
        for (id, number, revision) in rows {
            let found = of.remove(&id).unwrap_or_default();
            if !found.iter().copied().eq(1..=revision) {
                faults.push(format!("稿件{number}的版本不连续：应有第1至{revision}版。"));
            }
        }
        Ok(())
    }

    fn verify_issues(&mut self, faults: &mut Vec<String>) -> Result<(), Failure> {
        let rows: Vec<(i64, Option<i64>, Option<i64>)> = issue::table
            .filter(issue::office_id.eq(self.office.0).and(issue::number.is_not_null()))
            .order((issue::publication_id, issue::year, issue::number))
            .select((issue::publication_id, issue::year, issue::number))
            .load_on(self.connection())
            .map_err(Failure::at("walking the issues"))?;
        let mut last: BTreeMap<(i64, i64), i64> = BTreeMap::new();
        for (publication, year, number) in rows {
            let (year, number) = (year.unwrap_or(0), number.unwrap_or(0));
            let before = last.insert((publication, year), number).unwrap_or(0);
            if number != before + 1 {
                faults.push(format!("第{publication}号刊物{year}年的期号在第{before}期后缺号。"));
            }
        }
        Ok(())
    }

    fn verify_ledger(&mut self, faults: &mut Vec<String>) -> Result<(), Failure> {
        let doing = "walking the ledger";
        let rows: Vec<FactRow> = fact::table
            .filter(fact::office_id.eq(self.office.0))
            .order(fact::seq)
            .select(columns::<FactRow>())
            .load_on(self.connection())
            .map_err(Failure::at(doing))?;
        let mut latest: BTreeMap<(String, String), (i64, String)> = BTreeMap::new();
        for row in rows {
            latest.insert((row.fact_table, row.key), (row.seq, row.date));
        }
        let now: Vec<(String, String, i64, String)> = fact_now::table
            .filter(fact_now::office_id.eq(self.office.0))
            .select((fact_now::fact_table, fact_now::key, fact_now::seq, fact_now::date))
            .load_on(self.connection())
            .map_err(Failure::at(doing))?;
        let now: BTreeMap<(String, String), (i64, String)> =
            now.into_iter().map(|(table, key, seq, date)| ((table, key), (seq, date))).collect();
        if now != latest {
            faults.push("计分事实的现行索引与台账不一致，需要重建索引。".to_owned());
        }
        Ok(())
    }

    fn verify_statement_chain(&mut self, faults: &mut Vec<String>) -> Result<(), Failure> {
        let mut statements: Vec<StatementRow> = self.list_statements()?;
        statements.sort_by_key(|statement| statement.number);
        let mut previous = String::new();
        for (place, statement) in statements.iter().enumerate() {
            if statement.number != place as i64 + 1 {
                faults.push(format!("计分表缺第{}号。", place + 1));
            }
            if sha256(statement.content.as_bytes()) != statement.sha256 {
                faults.push(format!(
                    "计分表第{}号（{}）的内容与其校验值不符，内容可能被改动。",
                    statement.number, statement.month
                ));
            }
            if statement.previous_sha256 != previous {
                faults.push(format!("计分表第{}号（{}）没有接上前一号。", statement.number, statement.month));
            }
            previous = statement.sha256.clone();
        }
        Ok(())
    }
}
