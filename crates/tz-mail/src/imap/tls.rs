//! Whose certificates are believed: the public authorities, the machine's own if wanted, those that were pasted, and a
//! pasted certificate itself.

use std::sync::Arc;

use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::Trust;

/// A mail server of one's own often shows the very certificate that signs itself, marked as an authority, which no chain of
/// trust allows. Who pastes it says: this one.
#[derive(Debug)]
struct Pinned {
    pasted: Vec<CertificateDer<'static>>,
    usual: Arc<WebPkiServerVerifier>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.pasted.iter().any(|pasted| pasted == end_entity) {
            return Ok(ServerCertVerified::assertion());
        }
        self.usual.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}

/// How to shake hands with a server of this trust, or what is wrong with what was pasted.
pub(super) fn config(trust: &Trust) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if trust.system {
        // What of this machine's list cannot be read is left out, as every program does.
        for certificate in rustls_native_certs::load_native_certs().certs {
            let _ = roots.add(certificate);
        }
    }
    let mut pasted = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(trust.pem.as_bytes()) {
        let certificate = certificate.map_err(|wrong| wrong.to_string())?;
        // Old certificates are no roots (version 1), but may still be the server's own.
        let _ = roots.add(certificate.clone());
        pasted.push(certificate);
    }
    let provider = Arc::new(ring::default_provider());
    let usual = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let usual = usual.build().expect("there are public authorities and no revocation lists");
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring speaks every version rustls does")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pinned { pasted, usual }))
        .with_no_client_auth();
    Ok(Arc::new(config))
}
