//! What a connection remembers from one reading to the next.
//!
//! Every page asks things that change seldom: the units' names, the schemes, how much waits in which room. A connection
//! that has read them keeps them, together with the database's own mark of the state they were read in
//! ([`dialect::state`]). The next transaction asks for the mark, from within its own view of the database, and forgets
//! everything as soon as anybody has committed anything since: in this program, in another process, or past both.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{Failure, Tx, dialect};

/// A question by its name, with what it is asked about. One name always has answers of one type.
pub type Question = (&'static str, String);

/// Questions of many kinds of pages, not of every page ever shown.
const MOST: usize = 128;

/// Answers read from one state of the database.
#[derive(Default)]
pub(crate) struct Memory {
    state: Option<String>,
    answers: BTreeMap<(i64, Question), Arc<dyn Any + Send + Sync>>,
}

impl Tx {
    /// The answer to a question about the database as this transaction sees it: remembered if nobody has committed
    /// anything since it was read, else asked. A transaction that writes sees what it has changed, and always asks.
    ///
    /// The answer may rest on nothing but what is read through `ask` and what the question names. Only a bounded number
    /// is kept; questions that hardly anybody asks twice, such as a search for some words, are better not remembered.
    pub fn remembered<Answer: Any + Send + Sync, Wrong: From<Failure>>(
        &mut self,
        question: Question,
        ask: impl FnOnce(&mut Self) -> Result<Answer, Wrong>,
    ) -> Result<Arc<Answer>, Wrong> {
        if !self.only_reads() {
            return ask(self).map(Arc::new);
        }
        if !self.compared {
            let state =
                dialect::state(self.connection()).map_err(Failure::at("asking whether anything has changed"))?;
            let memory = self.memory();
            if memory.state.as_ref() != Some(&state) {
                *memory = Memory { state: Some(state), answers: BTreeMap::new() };
            }
            self.compared = true;
        }
        let key = (self.office.0, question);
        let known = self.memory().answers.get(&key).cloned();
        if let Some(known) = known.and_then(|known| known.downcast().ok()) {
            return Ok(known);
        }
        let answer = Arc::new(ask(self)?);
        let answers = &mut self.memory().answers;
        if answers.len() >= MOST {
            answers.clear();
        }
        answers.insert(key, Arc::clone(&answer) as Arc<dyn Any + Send + Sync>);
        Ok(answer)
    }
}
