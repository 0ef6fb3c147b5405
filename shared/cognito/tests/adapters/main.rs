//! The adapters against a Cognito that answers from a script: what exactly they send, and what they
//! make of every kind of answer.

#![expect(clippy::disallowed_methods, reason = "the tests measure")]

mod agents;
mod customers;
mod minter;
mod passwords;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use support_aws::{Aws, Timeouts};
use support_cognito::Cognito;

#[derive(Clone, Debug)]
pub enum Answer {
    Gives(Value),
    Refuses(u16, &'static str, &'static str),
    Hangs,
    Breaks,
}

use Answer::{Breaks, Gives, Hangs};

pub fn error(code: &'static str) -> Answer {
    Answer::Refuses(400, code, "ana@example.com may not")
}

pub type Script = [(&'static str, Vec<Answer>)];

/// Answers each operation with its answers in turn, and repeats the last one.
#[derive(Clone, Debug, Default)]
pub struct FakeCognito {
    script: Arc<Mutex<HashMap<&'static str, Vec<Answer>>>>,
    seen: Arc<Mutex<Vec<(String, Value)>>>,
}

impl FakeCognito {
    pub fn new(script: &Script) -> Self {
        let script = script.iter().cloned().collect();
        Self { script: Arc::new(Mutex::new(script)), ..Self::default() }
    }

    pub fn client(&self) -> Cognito {
        let lookup = |name| match name {
            "AWS_REGION" => Some("us-east-1".to_owned()),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
            _ => None,
        };
        let aws = Aws::from_variables(lookup, Timeouts::ORDINARY).unwrap();
        let connector = SharedHttpConnector::new(self.clone());
        let http = http_client_fn(move |_, _| connector.clone());
        Cognito::new(&aws.config().to_builder().http_client(http).build())
    }

    /// The operations called, in order.
    pub fn operations(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|(operation, _)| operation.clone()).collect()
    }

    pub fn requests(&self) -> Vec<(String, Value)> {
        self.seen.lock().unwrap().clone()
    }
}

impl HttpConnector for FakeCognito {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap();
        let operation = target.split('.').nth(1).unwrap().to_owned();
        let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let mut script = self.script.lock().unwrap();
        let answers = script.get_mut(operation.as_str()).expect("an operation of the script");
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        self.seen.lock().unwrap().push((operation, body));
        let (status, body) = match answer {
            Gives(body) => (200, body),
            Answer::Refuses(status, code, message) => {
                (status, json!({"__type": code, "message": message}))
            }
            Hangs => return HttpConnectorFuture::new(std::future::pending()),
            Breaks => {
                return HttpConnectorFuture::ready(Err(ConnectorError::io("reset".into())));
            }
        };
        let status = u16::try_into(status).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body.to_string()))))
    }
}

pub fn user(status: &str, enabled: bool) -> Answer {
    Gives(json!({"Username": "u", "UserStatus": status, "Enabled": enabled}))
}

pub fn groups(names: &[&str], next: Option<&str>) -> Answer {
    let groups: Vec<Value> = names.iter().map(|name| json!({"GroupName": name})).collect();
    Gives(json!({"Groups": groups, "NextToken": next}))
}
