-- Users, their sessions, and the stored answers of idempotent requests.

-- part: user_row
name, tenant, display_name, email, password, roles, groups, disabled,
created_at;

-- name: user_list
SELECT {user_row} FROM wr_user
WHERE tenant = :tenant AND (:key IS NULL OR name = :key) AND name > :c_text
ORDER BY name LIMIT :limit;

-- name: user_put
INSERT INTO wr_user ({user_row})
VALUES (:name, :tenant, :display_name, :email, :password, :roles, :groups,
:disabled, :created_at)
ON CONFLICT (tenant, name) DO UPDATE SET display_name = excluded.display_name,
email = excluded.email, password = excluded.password, roles = excluded.roles,
groups = excluded.groups, disabled = excluded.disabled,
created_at = excluded.created_at;

-- name: user_delete
DELETE FROM wr_user WHERE tenant = :tenant AND name = :name;

-- part: session_row
id, user_name, tenant, token, previous, created_at, used_at, expires_at;

-- name: session_by_id
SELECT {session_row} FROM wr_session
WHERE id = :id AND tenant = :tenant AND (:key IS NULL OR user_name = :key);

-- name: session_list @ways
SELECT {session_row} FROM wr_session
WHERE tenant = :tenant AND (:key IS NULL OR user_name = :key)
AND id ~> :c_id
ORDER BY id ~asc LIMIT :limit;

-- name: session_put
INSERT INTO wr_session ({session_row})
VALUES (:id, :user_name, :tenant, :token, :previous, :created_at, :used_at,
:expires_at)
ON CONFLICT (id) DO UPDATE SET user_name = excluded.user_name,
tenant = excluded.tenant, token = excluded.token, previous = excluded.previous,
created_at = excluded.created_at, used_at = excluded.used_at,
expires_at = excluded.expires_at;

-- name: session_swap
UPDATE wr_session SET user_name = :user_name, token = :token,
previous = :previous, created_at = :created_at, used_at = :used_at,
expires_at = :expires_at
WHERE id = :id AND tenant = :tenant AND token = :expect;

-- name: session_delete
DELETE FROM wr_session WHERE id = :id AND tenant = :tenant
AND (:expect IS NULL OR token = :expect);

-- name: idempotency_by_key
SELECT key, body, answer, expires_at FROM wr_idempotency WHERE key = :key;

-- name: idempotency_expire
DELETE FROM wr_idempotency WHERE expires_at < :expires_at;

-- A key of a deployment: free again when it has expired but was not swept yet.
-- name: idempotency_clear
DELETE FROM wr_idempotency WHERE key = :key AND expires_at <= :now;

-- name: idempotency_take
INSERT INTO wr_idempotency (key, body, answer, expires_at)
VALUES (:key, :body, :answer, :expires_at)
ON CONFLICT (key) DO NOTHING;
