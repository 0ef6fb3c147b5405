//! Outgoing email, on Amazon SES.

use std::time::Duration;

use aws_sdk_ses::Client;
use aws_sdk_ses::config::Builder;
use aws_sdk_ses::config::retry::RetryConfig;
use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::{MessageTag, RawMessage};
use aws_types::SdkConfig;
use mail_builder::MessageBuilder;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::text::Text;
use mail_builder::mime::MimePart;
use support_aws::{Aws, failure};
use support_core::email::{Attachment, Email, Picture};
use support_core::email_origin::Origin;
use support_core::identity::EmailAddress;
use support_core::ports::Mailer;
use support_core::refusal::Failure;
use support_settings::SettingError;
use support_settings::variable::{CONFIGURATION_SET, MAIL_FROM};

const SERVICE: &str = "ses";
/// The error code of SES when emails come faster than the account may send them.
const THROTTLED: &str = "Throttling";
const BACKOFF: Duration = Duration::from_millis(50);

/// What keeps programs from answering: an out-of-office reply would quote codes and links to the
/// sender's mailbox. The first is RFC 3834, section 5; Exchange heeds the second (MS-OXCMAIL).
const NO_REPLIES: [(&str, &str); 2] =
    [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")];

/// The tags of an email that belongs to a verification. SES returns them with what becomes of it.
pub mod tag {
    pub const VERIFICATION: &str = "verification";
    pub const EMAIL: &str = "email";
    pub const NUMBER: &str = "number";
}

/// Sends from one address, as text and HTML in UTF-8.
///
/// An email that SES may not have accepted is sent once more, and can then arrive twice: it is the same
/// email with the same code. The second try is made here and not by the SDK, which would forget that
/// SES may have accepted the first one if it refuses the second.
#[derive(Clone, Debug)]
pub struct SesMailer {
    client: Client,
    from: String,
    configuration_set: String,
}

impl SesMailer {
    /// Sends from the address in `MAIL_FROM`, under the configuration set in `CONFIGURATION_SET`.
    ///
    /// # Errors
    /// A variable is missing, blank or not UTF-8.
    pub fn from_env(aws: &Aws) -> Result<Self, SettingError> {
        Ok(Self::new(aws.config(), MAIL_FROM.required()?, CONFIGURATION_SET.required()?))
    }

    /// `from` is an identity verified with SES. `configuration_set` says what SES reports of the emails.
    pub fn new(config: &SdkConfig, from: String, configuration_set: String) -> Self {
        let once = Builder::from(config).retry_config(RetryConfig::disabled());
        Self { client: Client::from_conf(once.build()), from, configuration_set }
    }
}

impl Mailer for SesMailer {
    async fn send(&self, to: &EmailAddress, email: &Email) -> Result<(), Failure> {
        let message = self.message(to, email)?;
        let tags = email.origin.as_ref().map(tags).transpose()?;
        let once = async || self.send_once(to, message.clone(), tags.clone()).await;
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
    /// Builds the email as MIME (RFC 2045), which alone takes headers of ours.
    fn message(&self, to: &EmailAddress, email: &Email) -> Result<RawMessage, Failure> {
        let mut message = MessageBuilder::new()
            .from(self.from.as_str())
            .to(to.as_str())
            .subject(email.subject.as_str())
            .body(body(email));
        for (header, value) in NO_REPLIES {
            message = message.header(header, Text::new(value));
        }
        let data = message.write_to_vec().map_err(not_built)?;
        RawMessage::builder().data(Blob::new(data)).build().map_err(not_built)
    }

    async fn send_once(
        &self,
        to: &EmailAddress,
        message: RawMessage,
        tags: Option<Vec<MessageTag>>,
    ) -> Result<(), Failure> {
        self.client
            .send_raw_email()
            .source(&self.from)
            .destinations(to.as_str())
            .configuration_set_name(&self.configuration_set)
            .set_tags(tags)
            .raw_message(message)
            .send()
            .await
            .map(drop)
            .map_err(|error| failure(SERVICE, &error))
    }
}

/// Tags take letters, digits, hyphens and underscores, as an id has them.
fn tags(origin: &Origin) -> Result<Vec<MessageTag>, Failure> {
    let Origin { verification, email, number } = origin;
    let mut tags = vec![
        (tag::VERIFICATION, verification.to_string()),
        (tag::EMAIL, email.as_str().to_owned()),
    ];
    tags.extend(number.map(|number| (tag::NUMBER, number.to_string())));
    tags.into_iter()
        .map(|(name, value)| MessageTag::builder().name(name).value(value).build())
        .collect::<Result<_, _>>()
        .map_err(not_built)
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
