//! Opens the database: its file, its migrations, its connections.

use std::fs;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use anyhow::Context;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

/// The kind of database; Postgres will stand here beside it.
pub(crate) type Db = sqlx::Sqlite;
pub(crate) type Pool = sqlx::Pool<Db>;

/// Connections to one database.
#[derive(Clone)]
pub(crate) struct Database {
    pub(crate) reader: Pool,
    /// A single connection: SQLite has one writer, and waiting for a connection is fair and quick
    /// where waiting for its file lock is neither.
    pub(crate) writer: Pool,
}

impl Database {
    pub(crate) async fn open(url: &str) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::from_str(url)
            .with_context(|| "DATABASE_URL should look like sqlite://talkwire.db")?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(BUSY_TIMEOUT);
        create_folder(options.get_filename())?;

        let file = options.get_filename().display().to_string();
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .with_context(|| format!("cannot open the database {file}"))?;
        migrate(&writer).await.with_context(|| format!("cannot migrate {file}"))?;
        let reader = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        Ok(Self { reader, writer })
    }

    pub(crate) async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// For what another process may be writing meanwhile.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

static MIGRATIONS: Migrator = sqlx::migrate!();

async fn migrate(pool: &Pool) -> anyhow::Result<()> {
    // SQLite has no migration lock: of two processes that start at once, the later one may fail
    // over what the earlier one has just made, and finds all done when it looks again.
    if MIGRATIONS.run(pool).await.is_err() {
        MIGRATIONS.run(pool).await?;
    }
    Ok(())
}

fn create_folder(file: &Path) -> anyhow::Result<()> {
    match file.parent() {
        Some(folder) => {
            fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))
        }
        None => Ok(()),
    }
}
