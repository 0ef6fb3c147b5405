//! Outgoing email, on Amazon SES.

use std::time::Duration;

use aws_sdk_ses::Client;
use aws_sdk_ses::config::Builder;
use aws_sdk_ses::config::retry::RetryConfig;
use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::{Body, Content, Destination, Message, RawMessage};
use aws_types::SdkConfig;
use mail_builder::MessageBuilder;
use mail_builder::headers::content_type::ContentType;
use mail_builder::mime::MimePart;
use support_aws::{Aws, failure};
use support_core::email::{Attachment, Email, Picture};
use support_core::identity::EmailAddress;
use support_core::ports::Mailer;
use support_core::refusal::Failure;
use support_settings::SettingError;
use support_settings::variable::MAIL_FROM;

const SERVICE: &str = "ses";
/// The error code of SES when emails come faster than the account may send them.
const THROTTLED: &str = "Throttling";
const BACKOFF: Duration = Duration::from_millis(50);

/// Sends from one address, as text and HTML in UTF-8.
///
/// An email that SES may not have accepted is sent once more, and can then arrive twice: it is the same
/// email with the same code. The second try is made here and not by the SDK, which would forget that
/// SES may have accepted the first one if it refuses the second.
#[derive(Clone, Debug)]
pub struct SesMailer {
    client: Client,
    from: String,
}

impl SesMailer {
    /// Sends from the address in `MAIL_FROM`.
    ///
    /// # Errors
    /// The variable is missing, blank or not UTF-8.
    pub fn from_env(aws: &Aws) -> Result<Self, SettingError> {
        Ok(Self::new(aws.config(), MAIL_FROM.required()?))
    }

    /// `from` is an identity verified with SES.
    pub fn new(config: &SdkConfig, from: String) -> Self {
        let once = Builder::from(config).retry_config(RetryConfig::disabled());
        Self { client: Client::from_conf(once.build()), from }
    }
}

impl Mailer for SesMailer {
    async fn send(&self, to: &EmailAddress, email: &Email) -> Result<(), Failure> {
        let simple = email.attachments.is_empty() && email.pictures.is_empty();
        let raw = if simple { None } else { Some(self.raw(to, email)?) };
        let once = async || match &raw {
            None => self.send_simple(to, email).await,
            Some(raw) => self.send_raw(to, raw.clone()).await,
        };
        let Err(first) = once().await else { return Ok(()) };
        if !first.maybe_done && first.detail != THROTTLED {
            return Err(first);
        }
        tokio::time::sleep(BACKOFF).await;
        once().await.map_err(|second| Failure {
            maybe_done: first.maybe_done || second.maybe_done,
            ..second
        })
    }
}

impl SesMailer {
    async fn send_simple(&self, to: &EmailAddress, email: &Email) -> Result<(), Failure> {
        let body = Body::builder().text(utf8(&email.text)?).html(utf8(&email.html)?).build();
        self.client
            .send_email()
            .source(&self.from)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .message(Message::builder().subject(utf8(&email.subject)?).body(body).build())
            .send()
            .await
            .map(drop)
            .map_err(|error| failure(SERVICE, &error))
    }

    /// With pictures or attachments the email is built here, as MIME (RFC 2045).
    fn raw(&self, to: &EmailAddress, email: &Email) -> Result<RawMessage, Failure> {
        let message = MessageBuilder::new()
            .from(self.from.as_str())
            .to(to.as_str())
            .subject(email.subject.as_str())
            .body(body(email));
        let data = message.write_to_vec().map_err(not_built)?;
        RawMessage::builder().data(Blob::new(data)).build().map_err(not_built)
    }

    async fn send_raw(&self, to: &EmailAddress, raw: RawMessage) -> Result<(), Failure> {
        self.client
            .send_raw_email()
            .source(&self.from)
            .destinations(to.as_str())
            .raw_message(raw)
            .send()
            .await
            .map(drop)
            .map_err(|error| failure(SERVICE, &error))
    }
}

/// Text or HTML, the HTML together with its pictures (`multipart/related`, RFC 2387), and the
/// attachments beside both: the nesting that email programs agree on.
fn body(email: &Email) -> MimePart<'_> {
    let text = MimePart::new("text/plain", email.text.as_str());
    let html = MimePart::new("text/html", email.html.as_str());
    let related = ContentType::new("multipart/related").attribute("type", "text/html");
    let html = with(related, html, email.pictures.iter().map(picture));
    let words = MimePart::new("multipart/alternative", vec![text, html]);
    with(ContentType::new("multipart/mixed"), words, email.attachments.iter().map(attachment))
}

/// `first` with the others in a multipart of this type; by itself, if there are none.
fn with<'a>(
    multipart: ContentType<'a>,
    first: MimePart<'a>,
    others: impl ExactSizeIterator<Item = MimePart<'a>>,
) -> MimePart<'a> {
    if others.len() == 0 {
        return first;
    }
    MimePart::new(multipart, std::iter::once(first).chain(others).collect::<Vec<_>>())
}

fn picture(picture: &Picture) -> MimePart<'_> {
    let Picture { id, name, content } = picture;
    let png = ContentType::new("image/png").attribute("name", *name);
    let inline = ContentType::new("inline").attribute("filename", *name);
    MimePart::new(png, content.as_slice()).header("Content-Disposition", inline).cid(id.as_str())
}

fn attachment(attachment: &Attachment) -> MimePart<'_> {
    let Attachment { name, content_type, content } = attachment;
    MimePart::new(*content_type, content.as_slice()).attachment(name.as_str())
}

fn not_built<E>(_: E) -> Failure {
    Failure::clean(SERVICE, "request not built")
}

/// SES assumes that a part is seven-bit ASCII unless the charset says otherwise.
fn utf8(text: &str) -> Result<Content, Failure> {
    let content = Content::builder().charset("UTF-8").data(text).build();
    content.map_err(not_built)
}
