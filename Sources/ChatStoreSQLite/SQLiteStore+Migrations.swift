import ChatStore
import GRDB

extension SQLiteStore {
    /// Every version of the tables. A migration that was released is never changed; a new one is added behind it.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 foundation") { database in
            try database.execute(
                sql: """
                    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

                    -- The sequence is kept here too, so that it outlives the messages if old ones are ever removed.
                    CREATE TABLE rooms (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, sequence INTEGER NOT NULL);

                    -- Rows lie in the order in which pages are read.
                    CREATE TABLE messages (
                        room INTEGER NOT NULL REFERENCES rooms(id),
                        sequence INTEGER NOT NULL,
                        message_id TEXT NOT NULL,
                        sender_id TEXT NOT NULL,
                        sender_name TEXT NOT NULL,
                        message TEXT NOT NULL,
                        sent_at INTEGER NOT NULL,
                        client_message_id TEXT,
                        PRIMARY KEY (room, sequence)
                    ) WITHOUT ROWID;
                    CREATE UNIQUE INDEX messages_client ON messages(room, sender_id, client_message_id)
                        WHERE client_message_id IS NOT NULL;

                    CREATE TABLE connections (
                        id TEXT PRIMARY KEY,
                        user_id TEXT NOT NULL,
                        user_name TEXT NOT NULL,
                        connected_at INTEGER NOT NULL,
                        expires_at INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    CREATE TABLE memberships (
                        room TEXT NOT NULL,
                        connection TEXT NOT NULL REFERENCES connections(id) ON DELETE CASCADE,
                        PRIMARY KEY (room, connection)
                    ) WITHOUT ROWID;
                    CREATE INDEX memberships_connection ON memberships(connection);

                    CREATE TABLE users (
                        pool TEXT NOT NULL,
                        username TEXT NOT NULL,
                        subject TEXT NOT NULL,
                        attributes TEXT NOT NULL,
                        status TEXT NOT NULL,
                        salt BLOB NOT NULL,
                        verifier BLOB NOT NULL,
                        code_digest BLOB,
                        code_expires_at INTEGER,
                        code_failed_attempts INTEGER,
                        created_at INTEGER NOT NULL,
                        modified_at INTEGER NOT NULL,
                        version INTEGER NOT NULL,
                        PRIMARY KEY (pool, username)
                    ) WITHOUT ROWID;

                    CREATE TABLE refresh_tokens (
                        digest BLOB PRIMARY KEY,
                        pool TEXT NOT NULL,
                        client_id TEXT NOT NULL,
                        username TEXT NOT NULL,
                        authenticated_at INTEGER NOT NULL,
                        origin_id TEXT NOT NULL,
                        expires_at INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX refresh_tokens_expiry ON refresh_tokens(expires_at);

                    CREATE TABLE signing_keys (
                        pool TEXT NOT NULL,
                        key_id TEXT NOT NULL,
                        private_key TEXT NOT NULL,
                        created_at INTEGER NOT NULL,
                        PRIMARY KEY (pool, key_id)
                    ) WITHOUT ROWID;
                    """)
            try database.execute(sql: "INSERT INTO meta VALUES ('epoch', ?)", arguments: [StoreEpoch.random()])
        }
        return migrator
    }
}
