-- Plain SQL that SQLite and Postgres both read. Times are milliseconds since 1970.

CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'online'
);

CREATE TABLE conversations (
    id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- The position of the newest message. Raising it is what serialises writers.
    last_position BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX conversations_by_activity ON conversations (updated_at);

CREATE TABLE participants (
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    PRIMARY KEY (conversation_id, user_id)
);

CREATE INDEX participants_by_user ON participants (user_id);

CREATE TABLE messages (
    id TEXT NOT NULL PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    -- The wire's `offset`, a word that Postgres keeps for itself.
    position BIGINT NOT NULL,
    client_id TEXT,
    sender_id TEXT NOT NULL,
    sender_name TEXT NOT NULL,
    role TEXT NOT NULL,
    -- JSON: a text or an object.
    content TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (conversation_id, position),
    UNIQUE (conversation_id, client_id)
);

CREATE TABLE reads (
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    user_id TEXT NOT NULL,
    last_position BIGINT NOT NULL,
    PRIMARY KEY (conversation_id, user_id)
);
