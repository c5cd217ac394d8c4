//! What can be set, by environment or by flag.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Parser};

/// The reference gateway of talkwire.
#[derive(Debug, Clone, Parser)]
#[command(version, args_override_self = true)]
pub struct Settings {
    /// For development: seeds an empty database, hands out tokens at `POST /dev/token`, starts the bot.
    #[arg(long)]
    pub dev: bool,

    /// The port to listen on; 0 takes a free one.
    #[arg(long, env, default_value_t = 3001)]
    pub port: u16,

    /// The address to listen on.
    #[arg(long, env, default_value = "127.0.0.1")]
    pub host: IpAddr,

    /// Where the chat is stored [default: sqlite://talkwire.db, with --dev target/talkwire-dev.db of the root].
    #[arg(long, env, hide_env_values = true)]
    pub database_url: Option<String>,

    /// The secret that signs the tokens (JWT, HS256). Without it the gateway is open to all.
    #[arg(long, env, hide_env_values = true)]
    pub token_secret: Option<String>,

    /// The origins that pages may come from, separated by commas [default: any while the gateway is open, else its own].
    #[arg(long, env)]
    pub cors_origin: Option<String>,

    /// False refuses every upgrade, so that clients poll.
    #[arg(long, env, default_value = "true", action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub websocket_enabled: bool,

    /// How many conversations one connection may subscribe to.
    #[arg(long, env, default_value_t = 1_000)]
    pub max_subscriptions: usize,

    /// How many missed messages a subscriber is sent; who missed more is told that it cannot be recovered.
    #[arg(long, env, default_value_t = 1_000)]
    pub replay_limit: i64,

    /// With --dev: whether a bot answers for people who are not connected.
    #[arg(long, env, default_value = "true", action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    pub bot: bool,

    /// The folder that holds `src/js`, `pkg` and `examples/vanilla`.
    #[arg(long, env, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))]
    pub talkwire_root: PathBuf,
}

impl Settings {
    /// Says what is unsafe about these settings.
    pub fn warn(&self) {
        if self.is_open() {
            tracing::warn!("TOKEN_SECRET is not set: the gateway is open to all, for development");
        }
        if self.dev {
            tracing::warn!("--dev: whoever asks is given a token for any user");
        }
    }

    pub(crate) fn database_url(&self) -> String {
        match set(self.database_url.as_deref()) {
            Some(url) => url.to_owned(),
            None if self.dev => {
                format!("sqlite://{}/target/talkwire-dev.db", self.talkwire_root.display())
            }
            None => "sqlite://talkwire.db".to_owned(),
        }
    }

    pub(crate) fn token_secret(&self) -> Option<&str> {
        set(self.token_secret.as_deref())
    }

    pub(crate) fn cors_origin(&self) -> Option<&str> {
        set(self.cors_origin.as_deref())
    }

    /// Whether whoever comes without a token is let in.
    pub(crate) fn is_open(&self) -> bool {
        self.token_secret().is_none()
    }
}

/// An environment variable set to nothing counts as not set.
fn set(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty())
}
