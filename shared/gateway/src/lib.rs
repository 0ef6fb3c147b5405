//! Between an HTTP API's events and the handlers: typed requests come in, answers and problems go
//! out. A handler sees no unchecked string, reads no clock and writes no log.
//!
//! A function's `main` reads its settings, builds its parts and passes a handler to [`serve()`]:
//!
//! ```no_run
//! use support_gateway::{Answer, DEADLINE, Request, init_logging, serve};
//!
//! # async fn start() -> Result<(), support_gateway::Error> {
//! init_logging();
//! let connect = async || Ok(support_settings::limits()?);
//! serve(DEADLINE, connect, async |limits, request: &Request| {
//!     let caller = request.agent()?;
//!     let id = request.verification_id()?;
//!     # let _ = (limits, caller);
//!     Ok(Answer::ok(&id))
//! })
//! .await
//! # }
//! ```

mod answer;
mod background;
mod body;
mod caller;
mod clock;
mod directory;
mod logging;
mod mailer;
mod metrics;
mod problem;
mod request;
mod respond;
mod serve;
#[cfg(test)]
mod test_log;

pub use answer::{Answer, Response};
pub use background::{Noted, serve_events, serve_queue, serve_schedule};
pub use caller::{Caller, CustomerCaller};
pub use clock::{Stopwatch, now};
pub use directory::readable;
pub use lambda_runtime::Error;
pub use logging::init_logging;
pub use mailer::Counted;
pub use metrics::{Metric, measure, measure_authorization, measure_due};
pub use problem::{FieldError, Problem, Unauthenticated};
pub use request::{Event, Request};
pub use respond::respond;
pub use serve::{DEADLINE, SESSION_DEADLINE, serve};
