//! The gateway as a program.

use std::io::{self, Write, stderr, stdout};
use std::process::exit;

use clap::Parser;
use talkwire_gateway::{Gateway, Settings};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_writer(stderr).with_env_filter(filter).init();

    let settings = Settings::parse();
    settings.warn();
    let mut signals = Signals::listen()?;
    let gateway = Gateway::start(settings).await?;
    // Deliberately on stdout, and in this form: scripts wait for it.
    writeln!(stdout(), "listening on http://{}", gateway.addr())?;

    signals.next().await;
    tracing::info!("stopping");
    tokio::select! {
        () = gateway.shutdown() => Ok(()),
        // Whoever asks twice does not want to wait.
        () = signals.next() => exit(130),
    }
}

/// What asks a program to end.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
