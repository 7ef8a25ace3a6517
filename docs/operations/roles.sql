-- Two roles: lease_console_owner owns everything and migrates; lease_console_runtime serves, and can neither change nor delete a
-- transfer of the ledger or an event of the audit log, nor switch off the triggers that refuse it.
-- Run by a superuser in the service's database: before the first migration, and once more after it. It may be run again at any time,
-- also in a database that one role has owned so far. Passwords are not set here: ALTER ROLE … PASSWORD, or \password in psql.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lease_console_owner') THEN
    CREATE ROLE lease_console_owner LOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lease_console_runtime') THEN
    CREATE ROLE lease_console_runtime LOGIN;
  END IF;
  EXECUTE format('ALTER DATABASE %I OWNER TO lease_console_owner', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO lease_console_runtime', current_database());
END
$$;

ALTER SCHEMA public OWNER TO lease_console_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO lease_console_runtime;

-- What another role has made so far; parts of extensions stay with their extension, sequences of columns follow their table.
DO $$
DECLARE
  object record;
BEGIN
  FOR object IN
    SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, oid::regclass::text AS name
      FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S') AND relowner <> 'lease_console_owner'::regrole
       AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype IN ('e', 'a', 'i')
                                                AND (deptype = 'e' OR relkind = 'S'))
    UNION ALL
    SELECT 'ROUTINE', oid::regprocedure::text
      FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace AND proowner <> 'lease_console_owner'::regrole
       AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
  LOOP
    EXECUTE format('ALTER %s %s OWNER TO lease_console_owner', object.kind, object.name);
  END LOOP;
END
$$;

-- What there is, and what later migrations will make.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO lease_console_runtime;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO lease_console_runtime;
ALTER DEFAULT PRIVILEGES FOR ROLE lease_console_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO lease_console_runtime;
ALTER DEFAULT PRIVILEGES FOR ROLE lease_console_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO lease_console_runtime;
ALTER DEFAULT PRIVILEGES FOR ROLE lease_console_owner IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO lease_console_runtime;

DO $$
BEGIN
  IF to_regclass('public.migration') IS NOT NULL THEN
    REVOKE UPDATE, DELETE ON ledger_transfer, audit_event FROM lease_console_runtime;
    REVOKE INSERT, UPDATE, DELETE ON migration FROM lease_console_runtime;
  END IF;
  IF to_regprocedure('public.lock_transfers()') IS NOT NULL THEN
    GRANT EXECUTE ON FUNCTION public.lock_transfers() TO lease_console_runtime;
  END IF;
END
$$;
