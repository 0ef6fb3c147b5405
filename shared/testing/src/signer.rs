//! A key that signs receipts, on this machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use support_core::ports::ReceiptKey;
use support_core::receipt::{PublicKey, Receipt};
use support_core::refusal::Failure;

/// A key of its own every time.
#[derive(Clone)]
pub struct Signer {
    pair: Arc<EcdsaKeyPair>,
    down: Arc<AtomicBool>,
}

impl Default for Signer {
    fn default() -> Self {
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let random = random();
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random);
        Self { pair: Arc::new(pair.expect("a key")), down: Arc::default() }
    }
}

#[expect(clippy::disallowed_methods, reason = "ring signs with its own generator alone")]
fn random() -> SystemRandom {
    SystemRandom::new()
}

impl Signer {
    /// Takes the key away, or brings it back.
    pub fn down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }

    /// `SubjectPublicKeyInfo` in DER, as KMS gives it.
    pub fn spki(&self) -> Vec<u8> {
        let head = [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
            0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ];
        [&head[..], self.pair.public_key().as_ref()].concat()
    }

    pub fn public_key(&self) -> PublicKey {
        PublicKey::from_spki(&self.spki()).expect("a point on P-256")
    }

    /// ASN.1 DER.
    pub fn signature(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(&random(), message).expect("signed").as_ref().to_vec()
    }

    /// The file that the customer gets.
    pub fn file(&self, receipt: &Receipt) -> Vec<u8> {
        receipt.signed(&self.signature(&receipt.canonical()), &self.public_key())
    }

    fn up(&self) -> Result<(), Failure> {
        if self.down.load(Ordering::Relaxed) {
            return Err(Failure::unsure("kms", "down"));
        }
        Ok(())
    }
}

impl ReceiptKey for Signer {
    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        self.up()?;
        Ok(self.signature(message))
    }

    async fn public(&self) -> Result<PublicKey, Failure> {
        self.up()?;
        Ok(self.public_key())
    }
}
