//! A function that does nothing: what the runtime itself costs, beside which `make bench` shows the others.

use std::convert::Infallible;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(async |_: LambdaEvent<Value>| Ok::<_, Infallible>(Value::Null)))
        .await
}
