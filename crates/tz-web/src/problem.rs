//! Problems as pages: not there 404, refused 409, faults 422, overtaken 409 with both texts, failure 500 with a number to quote.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tz_app::Problem;

use crate::desk::{Desk, Frame, Room};
use crate::forms::Posted;

/// A problem on its way to becoming a page.
#[derive(Debug)]
pub(crate) struct Oops {
    status: StatusCode,
    problem: Arc<Problem>,
    number: Option<String>,
}

/// A handler's answer.
pub(crate) type Answer = Result<Response, Oops>;

/// The problem inside a response, for the gate, which knows the person and so the frame.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    problem: Arc<Problem>,
    number: Option<String>,
}

/// A number to quote: unique since the server started.
fn number() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Oops {
    pub(crate) fn with(status: StatusCode, problem: Problem) -> Self {
        Self { status, problem: Arc::new(problem), number: None }
    }

    pub(crate) fn panicked() -> Self {
        let number = number();
        tracing::error!(number, "a handler panicked");
        let problem =
            Problem::Refused("服务器处理这一页时出了意外。您已提交保存的内容不受影响，请返回重试。".to_owned());
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, problem: Arc::new(problem), number: Some(number) }
    }

    pub(crate) fn crashed(error: tokio::task::JoinError) -> Self {
        tracing::error!(%error, "a use case panicked");
        Self::panicked()
    }

    /// The problem itself, to be shown beside its form instead of on a page of its own.
    pub(crate) fn into_problem(self) -> Result<Problem, Self> {
        let Self { status, problem, number } = self;
        Arc::try_unwrap(problem).map_err(|problem| Self { status, problem, number })
    }
}

impl From<Problem> for Oops {
    fn from(problem: Problem) -> Self {
        let (status, number) = match &problem {
            Problem::NotThere => (StatusCode::NOT_FOUND, None),
            Problem::Refused(_) | Problem::Overtaken { .. } => (StatusCode::CONFLICT, None),
            Problem::Faults(_) => (StatusCode::UNPROCESSABLE_ENTITY, None),
            Problem::TooMuch(_) => (StatusCode::TOO_MANY_REQUESTS, None),
            Problem::Failed(failure) => {
                let number = number();
                let mut text = failure.to_string();
                let mut cause = std::error::Error::source(failure);
                while let Some(inner) = cause {
                    text = format!("{text}: {inner}");
                    cause = inner.source();
                }
                tracing::error!(number, failure = text, "a use case failed");
                (StatusCode::INTERNAL_SERVER_ERROR, Some(number))
            }
        };
        Self { status, problem: Arc::new(problem), number }
    }
}

impl From<askama::Error> for Oops {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "a template failed");
        Self::panicked()
    }
}

impl IntoResponse for Oops {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.problem.to_string()).into_response();
        response.extensions_mut().insert(Shown { problem: self.problem, number: self.number });
        response
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    frame: Frame,
    heading: &'static str,
    sentences: Vec<String>,
    number: Option<String>,
    /// What the person had typed, so that nothing is lost.
    typed: Vec<String>,
    /// The newer version, where somebody else saved first.
    newer: Option<(String, String)>,
}

impl Shown {
    pub(crate) fn page(self, desk: &Desk, status: StatusCode, posted: &Posted) -> Response {
        let (heading, sentences, newer) = match &*self.problem {
            Problem::NotThere => ("没有找到", vec![self.problem.to_string()], None),
            Problem::Refused(sentence) => ("没有执行", vec![sentence.clone()], None),
            Problem::TooMuch(sentence) => ("请稍后再试", vec![sentence.clone()], None),
            Problem::Faults(faults) => {
                ("请改正后再提交", faults.iter().map(|fault| fault.sentence.clone()).collect(), None)
            }
            Problem::Overtaken { title, body, .. } => {
                ("已有新版本", vec![self.problem.to_string()], Some((title.clone(), body.clone())))
            }
            Problem::Failed(_) => (
                "服务器出错",
                vec![
                    "数据没有保存成功，原有内容不受影响。请稍后重试；如仍出错，请把下面的编号告诉系统管理员。"
                        .to_owned(),
                ],
                None,
            ),
        };
        let mut typed = posted.typed();
        typed.retain(|(name, _)| !name.starts_with("password") && name != "old" && name != "again");
        let typed = Posted::readable(&typed);
        let page = ProblemPage {
            frame: desk.frame(Room::None, heading),
            heading,
            sentences,
            number: self.number,
            typed,
            newer,
        };
        match page.render() {
            Ok(html) => (status, axum::response::Html(html)).into_response(),
            Err(_) => (status, self.problem.to_string()).into_response(),
        }
    }
}
