-- Rights of the role under which the web processes and the job workers speak to PostgreSQL. Run by the owner of the
-- tables, after the first `pcmt migrate` and after every upgrade (docs/dev/operations.md):
--   psql -v web=pcmt_web -v owner=pcmt_owner -f ops/postgresql-roles.sql DATABASE
GRANT USAGE ON SCHEMA public TO :web;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :web;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :web;
ALTER DEFAULT PRIVILEGES FOR ROLE :owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :web;
ALTER DEFAULT PRIVILEGES FOR ROLE :owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO :web;
-- The audit log: entries are added and read; the head of a day moves on. Nothing is changed, removed or pruned.
REVOKE ALL ON audit_entry, audit_day FROM :web;
GRANT SELECT, INSERT ON audit_entry, audit_day TO :web;
GRANT UPDATE (entries, head) ON audit_day TO :web;
-- What was migrated is read, never rewritten.
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM :web;
