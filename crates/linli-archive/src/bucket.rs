//! A bucket that speaks S3's protocol: Amazon's own, or any that does, such as MinIO, Garage or R2.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path as Name;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientConfigKey, ObjectStore, RetryConfig};
use tokio::runtime::{Builder, Handle, Runtime};

use crate::ArchiveError;

/// How long a server may let us wait before it counts as out of reach.
const CONNECT: &str = "5 seconds";
/// How long one file may take, in either direction: 64 MiB on a line of five megabits a second.
const TRANSFER: &str = "2 minutes";
/// How often, and for how long, a request is made again that a server could not answer.
const RETRIES: usize = 4;
const RETRIED_FOR: Duration = Duration::from_secs(15);

const IN_CLEAR_TEXT: &str = "AWS_ENDPOINT_URL begins with http:, and nothing would be encrypted; \
                            set AWS_ALLOW_HTTP=true if that is meant";

/// A bucket and a prefix in it, by their URL, with the runtime that its requests need.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    url: Arc<str>,
    traffic: Arc<Traffic>,
}

impl Bucket {
    /// Opens `s3://bucket/prefix`. Who may, and where the server is, say the variables of the
    /// environment that other tools take too: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ALLOW_HTTP`. Nothing is asked of the server yet.
    pub(crate) fn open(url: &str) -> Result<(Self, Arc<dyn ObjectStore>), ArchiveError> {
        Self::over(url, AmazonS3Builder::from_env())
    }

    /// Opens it where its server is known.
    pub(crate) fn over(
        url: &str,
        server: AmazonS3Builder,
    ) -> Result<(Self, Arc<dyn ObjectStore>), ArchiveError> {
        let unreachable = |reason: String| ArchiveError::Unreachable { file: url.into(), reason };
        if speaks_openly(&server) {
            return Err(unreachable(IN_CLEAR_TEXT.into()));
        }
        let rest = url.strip_prefix("s3://").unwrap_or(url);
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = Name::parse(prefix).map_err(|error| unreachable(error.to_string()))?;
        let retry = RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: RETRIES,
            retry_timeout: RETRIED_FOR,
        };
        let built = server
            .with_bucket_name(bucket)
            .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::ConnectTimeout), CONNECT)
            .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), TRANSFER)
            .with_retry(retry)
            .build();
        let objects = built.map_err(|error| unreachable(error.to_string()))?;
        let traffic = Traffic::start().map_err(|error| unreachable(error.to_string()))?;
        let bucket = Self { url: url.into(), traffic: Arc::new(traffic) };
        Ok((bucket, Arc::new(PrefixStore::new(objects, prefix))))
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Runs what speaks to the server, whatever thread waits for it.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        asked: impl Future<Output = object_store::Result<T>> + Send + 'static,
    ) -> object_store::Result<T> {
        self.traffic.runtime.spawn(asked).await?
    }
}

/// Whether the server is spoken to in clear text, and nobody said that it may be.
fn speaks_openly(server: &AmazonS3Builder) -> bool {
    let said = |key: &AmazonS3ConfigKey| server.get_config_value(key).unwrap_or_default();
    let is_allowed = said(&AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp));
    said(&AmazonS3ConfigKey::Endpoint).starts_with("http:") && is_allowed != "true"
}

/// What is in the way, and where to look.
pub(crate) fn reason(error: &object_store::Error, cause: &str) -> String {
    match error {
        object_store::Error::Unauthenticated { .. }
        | object_store::Error::PermissionDenied { .. } => {
            "the server does not let you in; look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and \
             what they may do"
                .into()
        }
        object_store::Error::NotFound { .. } => "there is no such bucket; make it first".into(),
        _ => format!("{cause}; look at AWS_ENDPOINT_URL and AWS_REGION"),
    }
}

/// The thread that carries the traffic.
#[derive(Debug)]
struct Traffic {
    runtime: Handle,
    owned: Option<Runtime>,
}

impl Traffic {
    fn start() -> std::io::Result<Self> {
        let threads = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        Ok(Self { runtime: threads.handle().clone(), owned: Some(threads) })
    }
}

impl Drop for Traffic {
    /// Waits for nothing: whoever drops it may be on a runtime of their own.
    fn drop(&mut self) {
        if let Some(threads) = self.owned.take() {
            threads.shutdown_background();
        }
    }
}
