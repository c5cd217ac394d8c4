//! The gateway as a program.

use std::io::{Write, stderr, stdout};
use std::process::exit;

use anyhow::Context;
use clap::Parser;
use talkwire_gateway::{Gateway, Settings};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_writer(stderr).with_env_filter(filter).init();

    let settings = Settings::parse();
    settings.warn();
    let gateway = Gateway::start(settings).await?;
    // Deliberately on stdout, and in this form: scripts wait for it.
    writeln!(stdout(), "listening on http://{}", gateway.addr())?;

    stop_signal().await?;
    tokio::spawn(async {
        // Whoever asks twice does not want to wait.
        if stop_signal().await.is_ok() {
            exit(130);
        }
    });
    tracing::info!("stopping");
    gateway.shutdown().await;
    Ok(())
}

async fn stop_signal() -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
