//! Buckets in a folder, served by S3's protocol on loopback: real requests, real signatures, real
//! files, and a server that can be stopped.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// Who may.
const KEY: &str = "linli";
/// Their secret, of this test alone.
const SECRET: &str = "a secret of this test";

/// A running server with one bucket. Dropping it stops it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    _runtime: Runtime,
}

impl Server {
    /// Serves the folders in `folder` as buckets, and makes one named `bucket` there.
    ///
    /// # Errors
    /// Those of the folder, of the port, and of starting a thread.
    pub fn start(folder: &Path, bucket: &str) -> io::Result<Self> {
        fs::create_dir_all(folder.join(bucket))?;
        let files =
            FileSystem::new(folder).map_err(|error| io::Error::other(format!("{error:?}")))?;
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        runtime.spawn(serve(listener, service.build()));
        Ok(Self { address, _runtime: runtime })
    }

    /// What a process must find in its environment to be let in.
    pub fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL", format!("http://{}", self.address)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_ACCESS_KEY_ID", KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
        ]
    }
}

async fn serve(listener: TcpListener, service: S3Service) {
    while let Ok((socket, _)) = listener.accept().await {
        let service = service.clone();
        tokio::spawn(async move {
            let connections = auto::Builder::new(TokioExecutor::new());
            // Whoever hangs up has got what they wanted.
            let _ = connections.serve_connection(TokioIo::new(socket), service).await;
        });
    }
}
