-- The user of these jobs in dashtam-api's database: it reads three tables and writes nothing. Can be loaded again. Its password:
--   ALTER ROLE dashtam_jobs PASSWORD '…';
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dashtam_jobs') THEN
        CREATE ROLE dashtam_jobs LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT CONNECTION LIMIT 100;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO dashtam_jobs', current_database());
END
$$;

-- Beside the rights: a statement that would write is refused before it is looked at.
ALTER ROLE dashtam_jobs SET default_transaction_read_only = on;
GRANT USAGE ON SCHEMA public TO dashtam_jobs;
GRANT SELECT ON users, provider_connections, sessions TO dashtam_jobs;
