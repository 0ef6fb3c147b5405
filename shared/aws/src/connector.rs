//! The HTTPS connector: rustls with ring, which makes the first connection ten times cheaper
//! than the SDK's own default at the CPU share of a small function. Plain HTTP works, too, for
//! an emulator.

use std::time::Duration;

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::byte_stream::ByteStream;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(1);

/// Makes the one connector: the clients use the connections that [`get`] opens.
pub(crate) fn connector() -> SharedHttpConnector {
    SharedHttpConnector::new(
        Connector::builder()
            .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECT).build())
            .sleep_impl(TokioSleep::new())
            // Small requests must not wait for the acknowledgement of what went before.
            .enable_tcp_nodelay(true)
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
            .build(),
    )
}

/// Gets `url` and reads the answer to its end, which returns the connection to the pool. Returns
/// whether any answer came within a second.
pub(crate) async fn get(connector: &SharedHttpConnector, url: &str) -> bool {
    let mut request = HttpRequest::empty();
    if request.set_uri(url).is_err() {
        return false;
    }
    let answer = async {
        let answer = connector.call(request).await.ok()?;
        ByteStream::new(answer.into_body()).collect().await.ok()
    };
    tokio::time::timeout(CONNECT, answer).await.is_ok_and(|answer| answer.is_some())
}
