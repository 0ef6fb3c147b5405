//! The key that receipts are checked with.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::SHA256;
use serde::{Deserialize, Serialize};

/// The public half of the key that receipts are signed with, as a JWK (RFC 7517).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    kty: String,
    crv: String,
    x: String,
    y: String,
    #[serde(rename = "use")]
    usage: String,
    alg: String,
    /// The thumbprint of the members above that make the key (RFC 7638).
    pub kid: String,
}

impl PublicKey {
    /// From a `SubjectPublicKeyInfo` in DER (RFC 5480), as KMS gives it. `None` for any other kind
    /// of key than a point on P-256.
    pub fn from_spki(der: &[u8]) -> Option<Self> {
        // What comes before the point is the same for every key on P-256.
        const PREFIX: [u8; 27] = [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
            0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
        ];
        let point = der.strip_prefix(&PREFIX).filter(|point| point.len() == 64)?;
        let (x, y) = point.split_at(32);
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let text = |text: &str| text.to_owned();
        Some(Self {
            kid: thumbprint(&x, &y),
            kty: text("EC"),
            crv: text("P-256"),
            x,
            y,
            usage: text("sig"),
            alg: text("ES256"),
        })
    }

    /// The uncompressed point (SEC 1, section 2.3.3). `None` if this is no such key, or its id is
    /// not its own: a damaged key must not make a receipt look altered.
    pub(super) fn point(&self) -> Option<Vec<u8>> {
        let (x, y) = (URL_SAFE_NO_PAD.decode(&self.x).ok()?, URL_SAFE_NO_PAD.decode(&self.y).ok()?);
        let whole = self.kty == "EC"
            && self.crv == "P-256"
            && x.len() == 32
            && y.len() == 32
            && self.kid == thumbprint(&self.x, &self.y);
        whole.then(|| [&[4], &x[..], &y[..]].concat())
    }
}

/// SHA-256.
pub fn digest(message: &[u8]) -> Vec<u8> {
    ring::digest::digest(&SHA256, message).as_ref().to_vec()
}

fn thumbprint(x: &str, y: &str) -> String {
    let text = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    URL_SAFE_NO_PAD.encode(digest(text.as_bytes()))
}
