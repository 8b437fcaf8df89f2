//! A crypto provider that lets LiveKit's Sender Reports through.
//!
//! LiveKit appends an SDES item of type 15 (MID, RFC 7941) to every compound that carries a Sender Report. The crate's parser takes an
//! unknown type for the end of the list and drops the whole compound, so no report ever arrives. No hook sees decrypted RTCP but the
//! cipher itself: after a successful AES-GCM opening of an SRTCP packet, the types that the parser does not know are rewritten to NOTE.

mod sdes;

use rtc::crypto::{
    ActiveKeyExchange, AeadAlgorithm, AeadCipher, BlockCipherAlgorithm, CbcAlgorithm, CbcCipher, CryptoAlgorithm,
    CryptoError, HashAlgorithm, HmacAlgorithm, KeyExchangeAlgorithm, Mac, PublicKey, RTCCrypto, RTCCryptoProvider,
    RTCRandom, SignatureScheme, SigningKey, StreamCipher, StreamCipherAlgorithm, default_provider,
};
use std::sync::Arc;

/// The built-in provider with the rewriting AEAD in front.
pub(crate) struct CryptoProvider {
    inner: Arc<dyn RTCCryptoProvider>,
    crypto: Crypto,
}

impl CryptoProvider {
    pub fn new() -> Result<Self, CryptoError> {
        let inner = default_provider()?;
        Ok(Self { crypto: Crypto(Arc::clone(&inner)), inner })
    }
}

impl RTCCryptoProvider for CryptoProvider {
    fn name(&self) -> &'static str {
        "visavis"
    }

    fn crypto(&self) -> &dyn RTCCrypto {
        &self.crypto
    }

    fn random(&self) -> &dyn RTCRandom {
        self.inner.random()
    }
}

/// Every method must be forwarded: the trait's defaults fail at run time, not at compile time.
struct Crypto(Arc<dyn RTCCryptoProvider>);

impl RTCCrypto for Crypto {
    fn supports(&self, algorithm: CryptoAlgorithm) -> bool {
        self.0.crypto().supports(algorithm)
    }

    fn hash(&self, algorithm: HashAlgorithm, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.0.crypto().hash(algorithm, data)
    }

    fn block_encrypt(&self, algorithm: BlockCipherAlgorithm, key: &[u8], block: &mut [u8]) -> Result<(), CryptoError> {
        self.0.crypto().block_encrypt(algorithm, key, block)
    }

    fn new_hmac(&self, algorithm: HmacAlgorithm, key: &[u8]) -> Result<Box<dyn Mac>, CryptoError> {
        self.0.crypto().new_hmac(algorithm, key)
    }

    fn new_stream_cipher(
        &self,
        algorithm: StreamCipherAlgorithm,
        key: &[u8],
    ) -> Result<Box<dyn StreamCipher>, CryptoError> {
        self.0.crypto().new_stream_cipher(algorithm, key)
    }

    fn new_aead(&self, algorithm: AeadAlgorithm, key: &[u8]) -> Result<Box<dyn AeadCipher>, CryptoError> {
        Ok(Box::new(Aead(self.0.crypto().new_aead(algorithm, key)?)))
    }

    fn new_cbc(&self, algorithm: CbcAlgorithm, key: &[u8]) -> Result<Box<dyn CbcCipher>, CryptoError> {
        self.0.crypto().new_cbc(algorithm, key)
    }

    fn start_key_exchange(&self, algorithm: KeyExchangeAlgorithm) -> Result<Box<dyn ActiveKeyExchange>, CryptoError> {
        self.0.crypto().start_key_exchange(algorithm)
    }

    fn generate_signing_key(&self, scheme: SignatureScheme) -> Result<Arc<dyn SigningKey>, CryptoError> {
        self.0.crypto().generate_signing_key(scheme)
    }

    fn import_signing_key(
        &self,
        scheme: SignatureScheme,
        pkcs8_der: &[u8],
    ) -> Result<Arc<dyn SigningKey>, CryptoError> {
        self.0.crypto().import_signing_key(scheme, pkcs8_der)
    }

    fn verify_signature(
        &self,
        scheme: SignatureScheme,
        public_key: PublicKey<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        self.0.crypto().verify_signature(scheme, public_key, message, signature)
    }
}

struct Aead(Box<dyn AeadCipher>);

impl AeadCipher for Aead {
    fn tag_len(&self) -> usize {
        self.0.tag_len()
    }

    fn seal_in_place(
        &mut self,
        nonce: &[u8],
        aad: &[u8],
        plaintext: &mut [u8],
        tag: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.0.seal_in_place(nonce, aad, plaintext, tag)
    }

    fn open_in_place(&mut self, nonce: &[u8], aad: &[u8], data: &mut [u8], tag: &[u8]) -> Result<(), CryptoError> {
        self.0.open_in_place(nonce, aad, data, tag)?;
        // Authentic from here on.
        if let Some(header) = srtcp_header(aad) {
            sdes::neutralise(header, data);
        }
        Ok(())
    }
}

/// The clear header of an encrypted SRTCP packet, told from its additional data (RFC 7714 §9.2): eight octets of RTCP, then E and index.
///
/// DTLS records have 13 octets of additional data; RTP has no payload type whose second octet is in 192..=223 without a marker clash,
/// because payload types 64..=95 are not used with RTCP multiplexing (RFC 5761 §4).
fn srtcp_header(aad: &[u8]) -> Option<&[u8; 8]> {
    match aad {
        [first, kind, .., _, _, _] if aad.len() == 12 && first >> 6 == 2 && (192..=223).contains(kind) => {
            (aad.get(8)? & 0x80 != 0).then(|| aad.first_chunk::<8>()).flatten()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One SRTCP packet whose SDES has a MID item, sealed by the built-in provider and opened by ours.
    fn sealed(aad: &[u8; 12], plain: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let provider = default_provider().expect("ring");
        let mut cipher = provider.crypto().new_aead(AeadAlgorithm::Aes128Gcm, &[7; 16]).expect("cipher");
        let (mut data, mut tag) = (plain.to_vec(), vec![0; cipher.tag_len()]);
        cipher.seal_in_place(&[1; 12], aad, &mut data, &mut tag).expect("sealed");
        (data, tag)
    }

    const SDES_HEAD: [u8; 8] = [0x81, 202, 0, 3, 0, 0, 0, 9];
    const SDES_BODY: [u8; 8] = [1, 1, b'c', 15, 1, b'0', 0, 0];

    fn opened(aad: &[u8; 12]) -> Vec<u8> {
        let (mut data, tag) = sealed(aad, &SDES_BODY);
        let provider = CryptoProvider::new().expect("provider");
        let mut cipher = provider.crypto().new_aead(AeadAlgorithm::Aes128Gcm, &[7; 16]).expect("cipher");
        cipher.open_in_place(&[1; 12], aad, &mut data, &tag).expect("authentic");
        data
    }

    fn aad(first: [u8; 8], index: [u8; 4]) -> [u8; 12] {
        let mut aad = [0; 12];
        aad[..8].copy_from_slice(&first);
        aad[8..].copy_from_slice(&index);
        aad
    }

    #[test]
    fn an_unknown_item_in_srtcp_becomes_a_note() {
        let data = opened(&aad(SDES_HEAD, [0x80, 0, 0, 1]));
        assert_eq!(data, [1, 1, b'c', 7, 1, b'0', 0, 0]);
    }

    #[test]
    fn nothing_else_is_touched() {
        // Unencrypted SRTCP (E = 0), and an RTP packet (payload type 111) with the same body.
        assert_eq!(opened(&aad(SDES_HEAD, [0, 0, 0, 1])), SDES_BODY);
        assert_eq!(opened(&aad([0x80, 111, 0, 3, 0, 0, 0, 9], [0x80, 0, 0, 1])), SDES_BODY);
    }

    #[test]
    fn a_forged_packet_is_refused() {
        let aad = aad(SDES_HEAD, [0x80, 0, 0, 1]);
        let (mut data, mut tag) = sealed(&aad, &SDES_BODY);
        tag[0] ^= 1;
        let provider = CryptoProvider::new().expect("provider");
        let mut cipher = provider.crypto().new_aead(AeadAlgorithm::Aes128Gcm, &[7; 16]).expect("cipher");
        assert!(cipher.open_in_place(&[1; 12], &aad, &mut data, &tag).is_err());
    }

    #[test]
    fn every_algorithm_of_the_inner_provider_is_forwarded() {
        let provider = CryptoProvider::new().expect("provider");
        let crypto = provider.crypto();
        assert!(crypto.hash(HashAlgorithm::Sha256, b"x").is_ok());
        assert!(crypto.generate_signing_key(SignatureScheme::EcdsaP256Sha256).is_ok());
        assert!(crypto.start_key_exchange(KeyExchangeAlgorithm::X25519).is_ok());
        assert!(crypto.new_hmac(HmacAlgorithm::Sha1, &[0; 20]).is_ok());
    }
}
