//! SES as a server on this machine: what is sent to it, and what becomes of it if it refuses,
//! fails, hangs or is not there.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{MessageParser, MimeHeaders};
use support_aws::{Aws, Timeouts};
use support_core::email::{Attachment, Email, Picture};
use support_core::email_origin::EmailKind;
use support_core::identity::{EmailAddress, VerificationId};
use support_core::ports::Mailer;
use support_core::refusal::Failure;
use support_ses::SesMailer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

const SENT: Behaviour = Behaviour::Answers(
    200,
    "<SendRawEmailResponse><SendRawEmailResult><MessageId>1</MessageId></SendRawEmailResult>\
     </SendRawEmailResponse>",
);
const REJECTED: Behaviour = Behaviour::Answers(
    400,
    "<ErrorResponse><Error><Type>Sender</Type><Code>MessageRejected</Code><Message>EmailAddress address \
     is not verified: lucia+1@example.com</Message></Error></ErrorResponse>",
);
const THROTTLED: Behaviour = Behaviour::Answers(
    400,
    "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Maximum sending \
     rate exceeded.</Message></Error></ErrorResponse>",
);

#[derive(Clone, Copy)]
enum Behaviour {
    Answers(u16, &'static str),
    /// Takes the request and closes the connection.
    Cuts,
    /// Takes the request and says nothing.
    Hangs,
}

/// Behaves so towards one request after the other, the last for good. Gives its address and the
/// bodies of the requests.
async fn server(behaviours: &'static [Behaviour]) -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (bodies, received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut hanging = Vec::new();
        let mut behaviours = behaviours.iter().copied();
        let mut behaviour = behaviours.next().unwrap();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            bodies.send(read_request(&mut stream).await).unwrap();
            match behaviour {
                Behaviour::Answers(status, body) => {
                    let answer = format!(
                        "HTTP/1.1 {status} X\r\ncontent-type: text/xml\r\nconnection: close\r\n\
                         content-length: {}\r\n\r\n{body}",
                        body.len()
                    );
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
                Behaviour::Cuts => {}
                Behaviour::Hangs => hanging.push(stream),
            }
            behaviour = behaviours.next().unwrap_or(behaviour);
        }
    });
    (url, received)
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).await.unwrap();
    String::from_utf8(body).unwrap()
}

/// Plain text and HTML.
fn plain() -> Email {
    Email {
        subject: "Su código".to_owned(),
        text: "Hola & adiós: 042137\n".to_owned(),
        html: "<p>Hola &amp; adiós</p>".to_owned(),
        pictures: Vec::new(),
        attachments: Vec::new(),
        origin: None,
    }
}

async fn send(url: &str) -> Result<(), Failure> {
    send_email(url, &plain()).await
}

async fn send_email(url: &str, email: &Email) -> Result<(), Failure> {
    let lookup = |name| match name {
        "AWS_REGION" => Some("us-east-1".to_owned()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
        "AWS_ENDPOINT_URL" => Some(url.to_owned()),
        _ => None,
    };
    let timeouts =
        Timeouts { attempt: Duration::from_millis(200), operation: Duration::from_millis(600) };
    let aws = Aws::from_variables(lookup, timeouts).unwrap();
    SesMailer::new(aws.config(), "soporte@waizant.example".into(), "emails".into())
        .send(&EmailAddress::parse("lucia+1@example.com").unwrap(), email)
        .await
}

#[tokio::test]
async fn an_email_goes_to_one_address_as_text_and_html_in_utf_8() {
    let (form, message) = sent_raw(&plain()).await;
    let expected = [
        ("Action", "SendRawEmail"),
        ("Version", "2010-12-01"),
        ("Source", "soporte@waizant.example"),
        ("Destinations.member.1", "lucia+1@example.com"),
        ("ConfigurationSetName", "emails"),
    ];
    assert_eq!(form, expected.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
    let parsed = MessageParser::default().parse(&message).unwrap();
    assert_eq!(parsed.subject(), Some("Su código"));
    assert_eq!(parsed.body_text(0).unwrap().trim_end(), "Hola & adiós: 042137");
    assert_eq!(parsed.body_html(0).unwrap().trim_end(), "<p>Hola &amp; adiós</p>");
    assert_eq!(parsed.attachment_count(), 0);
}

#[tokio::test]
async fn an_email_of_a_verification_says_so_in_tags_that_ses_takes() {
    let id = VerificationId::parse("-_ECAwQFBgcICQoLDA0ODw").unwrap();
    for (kind, number) in [(EmailKind::ConsentRequest, Some(3)), (EmailKind::Closed, None)] {
        let (form, message) = sent_raw(&plain().of_verification(&id, kind, number)).await;
        let mut tags = vec![("verification", id.to_string()), ("email", kind.as_str().to_owned())];
        tags.extend(number.map(|number: u32| ("number", number.to_string())));
        for (place, (name, value)) in (1..).zip(&tags) {
            assert_eq!(form[&format!("Tags.member.{place}.Name")], *name);
            assert_eq!(form[&format!("Tags.member.{place}.Value")], *value);
            assert!(value.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)));
        }
        assert_eq!(form.keys().filter(|key| key.starts_with("Tags.")).count(), 2 * tags.len());
        // What the reader gets says nothing of it.
        assert!(!String::from_utf8_lossy(&message).contains(id.as_str()));
    }
}

#[tokio::test] // P45
async fn no_email_asks_for_an_automatic_reply() {
    for email in [plain(), with_receipt(b"{}".to_vec())] {
        let (_, message) = sent_raw(&email).await;
        let parsed = MessageParser::default().parse(&message).unwrap();
        for (header, value) in
            [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")]
        {
            assert_eq!(parsed.header_raw(header).map(str::trim), Some(value));
        }
    }
}

#[tokio::test] // P25
async fn an_ses_that_is_not_there_fails_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(send(&url).await, Err(Failure::unsure("ses", "not reached")));
}

#[tokio::test] // P25
async fn an_ses_that_hangs_fails_in_time_and_may_have_sent() {
    let (url, _received) = server(&[Behaviour::Hangs]).await;
    let sending = tokio::time::timeout(Duration::from_secs(2), send(&url));
    assert_eq!(sending.await.expect("in time"), Err(Failure::unsure("ses", "timed out")));
}

#[tokio::test] // P26
async fn an_email_whose_answer_is_lost_may_have_been_sent() {
    for behaviours in [
        &[Behaviour::Cuts] as &[_],
        &[Behaviour::Answers(500, "")],
        &[Behaviour::Answers(503, "<html>no error of SES</html>")],
    ] {
        let (url, _received) = server(behaviours).await;
        let failure = send(&url).await.unwrap_err();
        assert!(failure.maybe_done, "{failure:?}");
    }
}

#[tokio::test] // P26
async fn an_email_sent_again_is_the_same_email() {
    for behaviours in [&[Behaviour::Cuts, SENT], &[THROTTLED, SENT]] {
        let (url, mut received) = server(behaviours).await;
        send(&url).await.unwrap();
        assert_eq!(received.recv().await.unwrap(), received.recv().await.unwrap());
        assert!(received.try_recv().is_err(), "sent twice");
    }
}

#[tokio::test] // P26
async fn after_a_refused_second_try_the_first_may_have_sent() {
    let (url, _received) = server(&[Behaviour::Cuts, REJECTED]).await;
    assert_eq!(send(&url).await, Err(Failure::unsure("ses", "MessageRejected")));
    let (url, _received) = server(&[THROTTLED, REJECTED]).await;
    assert_eq!(send(&url).await, Err(Failure::clean("ses", "MessageRejected")));
}

#[tokio::test] // P7
async fn a_refusal_is_named_by_its_code_without_the_address_in_its_message() {
    let (url, mut received) = server(&[REJECTED]).await;
    assert_eq!(send(&url).await, Err(Failure::clean("ses", "MessageRejected")));
    received.recv().await.unwrap();
    assert!(received.try_recv().is_err(), "not tried again");
}

/// An email with a file, as SES is given it: the form's fields, and the MIME message.
async fn sent_raw(email: &Email) -> (HashMap<String, String>, Vec<u8>) {
    let (url, mut received) = server(&[SENT]).await;
    send_email(&url, email).await.unwrap();
    let body = received.recv().await.unwrap();
    assert!(received.try_recv().is_err(), "sent once");
    let mut form: HashMap<_, _> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let message = STANDARD.decode(form.remove("RawMessage.Data").unwrap()).unwrap();
    (form, message)
}

fn with_receipt(content: Vec<u8>) -> Email {
    let name = "receipt-AAECAwQFBgcICQoLDA0ODw.json".to_owned();
    let receipt = Attachment { name, content_type: "application/json", content };
    Email { attachments: vec![receipt], ..plain() }
}

/// A signature is over bytes: the file must arrive as it was made, whatever is in it.
#[tokio::test] // P12
async fn a_receipt_is_attached_byte_for_byte() {
    let odd = [
        br#"{"receipt":{"reason":"\u00f1"},"signature":{}}"#.to_vec(),
        format!(r#"{{"receipt":{{"reason":"{}"}}}}"#, "ñ—😀".repeat(4_000)).into_bytes(),
        b"\r\n.\r\nFrom here\n--boundary--\r\n\n\r".to_vec(),
        (0..=255).collect(),
    ];
    for content in odd {
        let email = with_receipt(content.clone());
        let (form, message) = sent_raw(&email).await;
        let expected = [
            ("Action", "SendRawEmail"),
            ("Version", "2010-12-01"),
            ("Source", "soporte@waizant.example"),
            ("Destinations.member.1", "lucia+1@example.com"),
            ("ConfigurationSetName", "emails"),
        ];
        assert_eq!(form, expected.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
        // What an email server may not carry: bytes beyond ASCII, lines beyond 998 (RFC 5322).
        assert!(message.is_ascii());
        assert!(message.split(|byte| *byte == b'\n').all(|line| line.len() <= 998));

        let parsed = MessageParser::default().parse(&message).unwrap();
        assert_eq!(parsed.subject(), Some("Su código"));
        assert_eq!(
            parsed.from().unwrap().first().unwrap().address(),
            Some("soporte@waizant.example")
        );
        assert_eq!(parsed.to().unwrap().first().unwrap().address(), Some("lucia+1@example.com"));
        assert_eq!(parsed.body_text(0).unwrap().trim_end(), "Hola & adiós: 042137");
        assert_eq!(parsed.body_html(0).unwrap().trim_end(), "<p>Hola &amp; adiós</p>");
        assert_eq!((parsed.text_body_count(), parsed.html_body_count()), (1, 1));
        let files: Vec<_> = parsed.attachments().collect();
        let [file] = files.as_slice() else { panic!("{} files", files.len()) };
        assert_eq!(file.attachment_name(), Some("receipt-AAECAwQFBgcICQoLDA0ODw.json"));
        let kind = file.content_type().unwrap();
        assert_eq!((kind.ctype(), kind.subtype()), ("application", Some("json")));
        assert_eq!(file.contents(), content);
    }
}

/// The HTML shows the picture that goes along; who reads the text alone has neither.
#[tokio::test]
async fn a_picture_is_in_the_html_and_not_an_attachment() {
    let content = [&b"\x89PNG\r\n\x1a\n"[..], &[0, 255, 13, 10, 46, 13, 10]].concat();
    let picture =
        Picture { id: "app-qr.1@support-access".into(), name: "qr.png", content: content.clone() };
    let receipt = with_receipt(b"{}".to_vec());
    for email in [plain(), receipt] {
        let files = email.attachments.len();
        let html = "<img src=\"cid:app-qr.1@support-access\">".to_owned();
        let (form, message) =
            sent_raw(&Email { html, pictures: vec![picture.clone()], ..email }).await;
        assert_eq!(form["Action"], "SendRawEmail");
        assert!(message.is_ascii());
        let parsed = MessageParser::default().parse(&message).unwrap();
        let kind = |at: u32| {
            let kind = parsed.part(at).unwrap().content_type().unwrap();
            format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default())
        };
        let mut expected = vec![
            "multipart/alternative",
            "text/plain",
            "multipart/related",
            "text/html",
            "image/png",
        ];
        if files > 0 {
            expected.insert(0, "multipart/mixed");
            expected.push("application/json");
        }
        // RFC 2387 asks for it.
        let related = parsed.part(if files > 0 { 3 } else { 2 }).unwrap().content_type().unwrap();
        assert_eq!(related.attribute("type"), Some("text/html"));
        let kinds: Vec<_> = (0..).take(parsed.parts.len()).map(kind).collect();
        assert_eq!(kinds, expected);
        let image = parsed.parts.iter().find(|part| part.content_id().is_some()).unwrap();
        assert_eq!(image.content_id(), Some("app-qr.1@support-access"));
        assert_eq!(image.contents(), content);
        let disposition = image.content_disposition().unwrap();
        assert_eq!((disposition.ctype(), image.attachment_name()), ("inline", Some("qr.png")));
        assert_eq!(parsed.body_text(0).unwrap().trim_end(), "Hola & adiós: 042137");
        assert_eq!(
            parsed.body_html(0).unwrap().trim_end(),
            "<img src=\"cid:app-qr.1@support-access\">"
        );
    }
}

/// Whatever stands in a subject or a file's name: it adds no header, no recipient and no part.
#[tokio::test] // P24
async fn no_header_can_be_injected() {
    let hostile = [
        "a\r\nBcc: evil@example.com",
        "a\nX-Evil: 1\n\nanother body",
        "a\rBcc: evil@example.com",
        "=?utf-8?q?a=0D=0ABcc:_evil@example.com?=",
        "\u{2028}Bcc: evil@example.com\u{85}",
        "ñ\r\n\tBcc: evil@example.com\r\n\r\n--x",
        "\"; x=\"\r\nContent-Type: text/html",
    ];
    let known = [
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "content-type",
        "auto-submitted",
        "x-auto-response-suppress",
    ]
    .map(Some);
    for words in hostile {
        let mut email = with_receipt(b"{}".to_vec());
        email.subject = words.to_owned();
        email.attachments[0].name = words.to_owned();
        let (form, message) = sent_raw(&email).await;
        assert_eq!(form["Destinations.member.1"], "lucia+1@example.com");
        let parsed = MessageParser::default().parse(&message).unwrap();
        for header in parsed.headers() {
            let name = header.name().to_ascii_lowercase();
            assert!(known.contains(&Some(name.as_str())), "{words:?}: {name}");
        }
        assert!(parsed.bcc().is_none() && parsed.cc().is_none(), "{words:?}");
        assert_eq!(parsed.to().unwrap().iter().count(), 1, "{words:?}");
        assert_eq!(parsed.body_text(0).unwrap().trim_end(), "Hola & adiós: 042137");
        assert_eq!(parsed.attachment_count(), 1, "{words:?}");
        assert_eq!(parsed.attachment(0).unwrap().contents(), b"{}");
        // And to a reader that goes by lines alone.
        let text = String::from_utf8(message).unwrap();
        let lines = text.split(['\r', '\n']).map(str::to_ascii_lowercase);
        assert!(lines.filter(|line| line.starts_with("bcc:")).count() == 0, "{words:?}:\n{text}");
    }
}
