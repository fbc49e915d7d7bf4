use std::{
    fmt, fs, io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use lettre::transport::smtp::{
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, CertificateStore, TlsParameters},
    extension::ClientId,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{ClientConfig, crypto::ring, pki_types::ServerName},
};

use super::{
    super::tls,
    classify::{At, Trouble},
};
use crate::{
    error::StartError,
    settings::{SmtpSettings, Tls},
};

/// Opens connections: socket without Nagle's delay, TLS as set, account.
pub(super) struct Connector {
    host: String,
    port: u16,
    security: Security,
    account: Option<Credentials>,
    hello: ClientId,
}

enum Security {
    None,
    Starttls(TlsParameters),
    Implicit(TlsConnector, ServerName<'static>),
}

impl Connector {
    pub(super) fn new(settings: &SmtpSettings) -> Result<Self, StartError> {
        let unusable = |setting, reason: String| StartError::Setting { setting, reason };
        let authority = match &settings.ca_file {
            None => None,
            Some(file) => Some(fs::read(file).map_err(|error| unusable("smtp.ca_file", error.to_string()))?),
        };
        let security = match settings.tls {
            Tls::None => Security::None,
            Tls::Starttls => {
                let mut builder = TlsParameters::builder(settings.host.clone());
                if let Some(pem) = &authority {
                    let certificate = Certificate::from_pem(pem);
                    let certificate =
                        certificate.map_err(|error| unusable("smtp.ca_file", error.to_string()))?;
                    builder = builder
                        .certificate_store(CertificateStore::None)
                        .add_root_certificate(certificate);
                }
                Security::Starttls(
                    builder
                        .build()
                        .map_err(|error| unusable("smtp.host", error.to_string()))?,
                )
            }
            Tls::Implicit => {
                let roots = tls::roots("smtp.ca_file", authority.as_deref())?;
                let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
                    .with_safe_default_protocol_versions()
                    .map_err(|error| unusable("smtp.tls", error.to_string()))?
                    .with_root_certificates(roots)
                    .with_no_client_auth();
                let name = ServerName::try_from(settings.host.clone());
                let name = name.map_err(|error| unusable("smtp.host", error.to_string()))?;
                Security::Implicit(TlsConnector::from(Arc::new(config)), name)
            }
        };
        let account = (!settings.user.is_empty())
            .then(|| Credentials::new(settings.user.clone(), settings.password.reveal().to_owned()));
        let hello = if settings.hello.is_empty() {
            ClientId::default()
        } else {
            ClientId::Domain(settings.hello.clone())
        };
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            security,
            account,
            hello,
        })
    }

    pub(super) async fn connect(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let lost = |what| {
            move |_: io::Error| Trouble::Lost {
                at: At::Connect,
                what,
            }
        };
        let socket = TcpStream::connect((self.host.as_str(), self.port)).await;
        let socket = socket.map_err(lost("the mail server cannot be reached"))?;
        // lettre leaves Nagle's algorithm on: 40 ms a mail against a peer that delays its acknowledgements.
        socket.set_nodelay(true).map_err(lost("the socket was lost"))?;
        let refused = |error: lettre::transport::smtp::Error| Trouble::of(At::Connect, &error);
        let stream: Box<dyn AsyncTokioStream> = match &self.security {
            Security::Implicit(connector, name) => {
                let stream = connector.connect(name.clone(), socket).await;
                Box::new(Encrypted(stream.map_err(lost("the encryption failed"))?))
            }
            Security::None | Security::Starttls(_) => Box::new(socket),
        };
        let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &self.hello)
            .await
            .map_err(refused)?;
        if let Security::Starttls(parameters) = &self.security {
            // A server that does not offer it is refused too: nothing goes out in plain text by accident.
            connection
                .starttls(parameters.clone(), &self.hello)
                .await
                .map_err(refused)?;
        }
        if let Some(account) = &self.account {
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], account)
                .await
                .map_err(refused)?;
        }
        Ok(connection)
    }
}

/// lettre takes any stream that knows its peer; it has no way to begin with TLS on a socket of ours.
struct Encrypted(TlsStream<TcpStream>);

impl fmt::Debug for Encrypted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Encrypted")
    }
}

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
