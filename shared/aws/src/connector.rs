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

/// How long a connection stays open without a request.
///
/// AWS closes idle connections, some endpoints after 20 seconds, and a frozen function does not notice:
/// its next call would fail, and not every call may be repeated. So the function is the first to let go.
const IDLE: Duration = Duration::from_secs(15);

/// Makes the one connector: the clients use the connections that [`get`] opens.
pub(crate) fn connector() -> SharedHttpConnector {
    idle_for(IDLE)
}

fn idle_for(idle: Duration) -> SharedHttpConnector {
    SharedHttpConnector::new(
        Connector::builder()
            .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECT).build())
            .sleep_impl(TokioSleep::new())
            // Small requests must not wait for the acknowledgement of what went before.
            .enable_tcp_nodelay(true)
            .pool_idle_timeout(idle)
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

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// A server that keeps every connection open, and the number of connections so far.
    fn server() -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
                let mut stream = stream.unwrap();
                std::thread::spawn(move || {
                    let mut request = [0; 1024];
                    while stream.read(&mut request).is_ok_and(|read| read > 0) {
                        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
                    }
                });
            }
        });
        (url, connections)
    }

    async fn connections_of_two_calls(idle: Duration) -> usize {
        let (url, connections) = server();
        let connector = idle_for(idle);
        assert!(get(&connector, &url).await);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(get(&connector, &url).await);
        connections.load(Ordering::SeqCst)
    }

    #[tokio::test]
    async fn a_connection_that_was_idle_for_too_long_is_not_used_again() {
        assert_eq!(connections_of_two_calls(Duration::from_millis(50)).await, 2);
        assert_eq!(connections_of_two_calls(Duration::from_mins(5)).await, 1);
    }

    #[test]
    fn the_function_lets_go_of_a_connection_before_aws_does() {
        assert!(IDLE < Duration::from_secs(20), "some endpoints close after 20 seconds");
    }
}
