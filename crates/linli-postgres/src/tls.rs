//! TLS: the server shows by its certificate that it is the one named in the address.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::OpenError;

/// A connection whose traffic somebody else carries.
pub(crate) type Wire = Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

/// How a connection is wrapped where the address asks for it.
#[derive(Clone)]
pub(crate) struct Tls(pub(crate) MakeRustlsConnect);

impl Tls {
    /// Trusts nobody: for servers on this machine, and where TLS is switched off.
    pub(crate) fn of_nobody() -> Result<Self, OpenError> {
        Self::of(RootCertStore::empty())
    }

    /// Trusts who is named in a file of PEM certificates, or whom the system trusts.
    pub(crate) fn trusting(authorities: Option<&str>) -> Result<Self, OpenError> {
        let mut roots = RootCertStore::empty();
        match authorities {
            None => {
                // What cannot be read of them trusts nobody.
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
            Some(file) => {
                let unusable = |why: &dyn fmt::Display| OpenError::InvalidAddress {
                    why: format!("sslrootcert={file} holds no certificates: {why}"),
                };
                let certificates = CertificateDer::pem_file_iter(Path::new(file));
                for certificate in certificates.map_err(|error| unusable(&error))? {
                    let certificate = certificate.map_err(|error| unusable(&error))?;
                    roots.add(certificate).map_err(|error| unusable(&error))?;
                }
            }
        }
        Self::of(roots)
    }

    fn of(roots: RootCertStore) -> Result<Self, OpenError> {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| OpenError::InvalidAddress { why: error.to_string() })?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(MakeRustlsConnect::new(config)))
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}
