-- Tenant isolation in the database itself. Two roles (created by lib/platform/roles.ts, since roles belong to the whole
-- cluster): switchyard_platform sees everything; switchyard_tenant sees the rows of the tenant named by the setting
-- switchyard.tenant_id of its transaction, and nothing at all without it.

GRANT USAGE ON SCHEMA public TO switchyard_platform, switchyard_tenant;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO switchyard_platform;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO switchyard_platform;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO switchyard_platform;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO switchyard_platform;

CREATE FUNCTION switchyard_tenant_id() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT NULLIF(current_setting('switchyard.tenant_id', true), '')
$$;

DO $$
DECLARE
  scoped text;
  owner_column text;
BEGIN
  FOREACH scoped IN ARRAY ARRAY[
    'Tenant', 'Membership', 'ApiKey', 'Adapter', 'AdapterVersion', 'VersionFile', 'VersionRetention', 'Placement', 'Hold',
    'Registration', 'LoadEvent', 'EvalSuite', 'EvalCase', 'EvalRun', 'EvalSample', 'Verdict', 'Route', 'Cutover',
    'RequestTrace', 'Annotation', 'AuditEntry', 'AuditChain', 'IdempotencyKey'
  ] LOOP
    owner_column := CASE scoped WHEN 'Tenant' THEN 'id' WHEN 'AuditEntry' THEN 'chain' WHEN 'AuditChain' THEN 'chain' ELSE 'tenantId' END;
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
    EXECUTE format('CREATE POLICY platform ON %I TO switchyard_platform USING (true) WITH CHECK (true)', scoped);
    EXECUTE format('CREATE POLICY tenant ON %I TO switchyard_tenant USING (%I = switchyard_tenant_id()) WITH CHECK (%I = switchyard_tenant_id())',
      scoped, owner_column, owner_column);
  END LOOP;
END $$;

-- What a customer's own session may read. Pools, nodes, users, sessions and everything else stay out of its reach.
GRANT SELECT ON "Tenant", "Membership", "ApiKey", "Adapter", "AdapterVersion", "VersionFile", "Placement", "Registration",
  "EvalSuite", "EvalCase", "EvalRun", "EvalSample", "Verdict", "Route", "Cutover", "RequestTrace", "Annotation",
  "AuditEntry", "AuditChain", "IdempotencyKey" TO switchyard_tenant;
-- What it may change: its own keys, and the trail that every change leaves.
GRANT INSERT, UPDATE ON "ApiKey", "AuditChain", "IdempotencyKey" TO switchyard_tenant;
GRANT INSERT ON "AuditEntry" TO switchyard_tenant;

-- The audit trail only grows.
REVOKE UPDATE, DELETE, TRUNCATE ON "AuditEntry" FROM switchyard_platform, switchyard_tenant;
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit entries are append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON "AuditEntry"
  FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();

-- Wake-ups. A listener that misses one still converges: every loop also runs on a timer.
CREATE FUNCTION notify_routing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('switchyard_routing', TG_TABLE_NAME);
  RETURN NULL;
END $$;
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE ON "Route" FOR EACH STATEMENT EXECUTE FUNCTION notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE ON "Tenant" FOR EACH STATEMENT EXECUTE FUNCTION notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE ON "Adapter" FOR EACH STATEMENT EXECUTE FUNCTION notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE ON "Pool" FOR EACH STATEMENT EXECUTE FUNCTION notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE ON "Setting" FOR EACH STATEMENT EXECUTE FUNCTION notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE OF "revokedAt", "scopes" ON "ApiKey" FOR EACH STATEMENT EXECUTE FUNCTION notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE OF "state", "epoch" ON "Registration" FOR EACH STATEMENT EXECUTE FUNCTION notify_routing();
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE OF "baseUrl", "sealedKey", "standalone", "cordoned", "conditions", "epoch" ON "Node"
  FOR EACH STATEMENT EXECUTE FUNCTION notify_routing();

CREATE FUNCTION notify_work() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('switchyard_work', TG_TABLE_NAME);
  RETURN NULL;
END $$;
CREATE TRIGGER work_changed AFTER INSERT OR DELETE OR UPDATE OF "desire", "generation" ON "Placement" FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF "cordoned", "baseUrl", "generation" ON "Node" FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF "state" ON "EvalRun" FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF "phase" ON "Cutover" FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
CREATE TRIGGER work_changed AFTER INSERT OR UPDATE OF "state" ON "Registration" FOR EACH STATEMENT EXECUTE FUNCTION notify_work();
