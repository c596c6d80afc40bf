-- Suites that people make: where one comes from, what of it is held out, how single arguments are compared; a tenant's
-- own tools and the templates of use cases, from which suites are generated. A revision that a run used never changes.

-- AlterTable
ALTER TABLE "EvalSuite" ADD COLUMN "source" TEXT NOT NULL DEFAULT 'generated',
ADD COLUMN "basedOnId" TEXT,
ADD COLUMN "templateId" TEXT,
ADD COLUMN "remarks" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN "heldOut" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "matchers" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN "generation" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN "createdBy" TEXT;

-- AlterTable
ALTER TABLE "EvalCase" ADD COLUMN "holdOut" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN "template" TEXT,
ADD COLUMN "fingerprint" TEXT;

-- CreateTable
CREATE TABLE "TenantTools" (
    "tenantId" TEXT NOT NULL,
    "tools" JSONB NOT NULL,
    "roles" JSONB NOT NULL,
    "hash" TEXT NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedBy" TEXT NOT NULL,

    CONSTRAINT "TenantTools_pkey" PRIMARY KEY ("tenantId")
);

-- CreateTable
CREATE TABLE "EvalTemplate" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "patterns" JSONB NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedBy" TEXT NOT NULL,

    CONSTRAINT "EvalTemplate_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "EvalCase_suiteId_category_idx" ON "EvalCase"("suiteId", "category");

-- CreateIndex
CREATE INDEX "EvalRun_suiteId_idx" ON "EvalRun"("suiteId");

-- CreateIndex
CREATE UNIQUE INDEX "EvalTemplate_name_key" ON "EvalTemplate"("name");

-- AddForeignKey
ALTER TABLE "TenantTools" ADD CONSTRAINT "TenantTools_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row-level security as in 0002. Templates are the platform's own; a tenant's tools are its own to read.
DO $$
DECLARE
  scoped text;
BEGIN
  FOREACH scoped IN ARRAY ARRAY['TenantTools', 'EvalTemplate'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', scoped);
    EXECUTE format('CREATE POLICY platform ON %I TO switchyard_platform USING (true) WITH CHECK (true)', scoped);
  END LOOP;
END $$;
CREATE POLICY tenant ON "TenantTools" TO switchyard_tenant USING ("tenantId" = switchyard_tenant_id()) WITH CHECK (false);
GRANT SELECT ON "TenantTools" TO switchyard_tenant;

-- Held-out prompts are never shown to customers, whatever a query asks for: neither the prompt nor what was answered to
-- it. The inner query runs under the policy of "EvalCase", so an answer is there exactly when its prompt is.
ALTER POLICY tenant ON "EvalCase" USING ("tenantId" = switchyard_tenant_id() AND NOT "holdOut");
ALTER POLICY tenant ON "EvalSample" USING (
  "tenantId" = switchyard_tenant_id() AND EXISTS (SELECT 1 FROM "EvalCase" WHERE "EvalCase"."id" = "caseId")
);

-- A revision that a run used is what its verdict speaks of. When the whole suite goes (with its tenant), so may its parts.
CREATE FUNCTION is_used_suite(suite text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM "EvalSuite" WHERE "id" = suite) AND EXISTS (SELECT 1 FROM "EvalRun" WHERE "suiteId" = suite)
$$;

CREATE FUNCTION refuse_used_case_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND is_used_suite(OLD."suiteId") OR TG_OP <> 'DELETE' AND is_used_suite(NEW."suiteId") THEN
    RAISE EXCEPTION 'the suite of this prompt was used by a run' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER used_suite_is_final BEFORE INSERT OR UPDATE OR DELETE ON "EvalCase"
  FOR EACH ROW EXECUTE FUNCTION refuse_used_case_change();

CREATE FUNCTION refuse_used_suite_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF is_used_suite(OLD."id") AND EXISTS (SELECT 1 FROM "Tenant" WHERE "id" = OLD."tenantId") THEN
    RAISE EXCEPTION 'this suite was used by a run' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER used_suite_is_final BEFORE UPDATE OR DELETE ON "EvalSuite"
  FOR EACH ROW EXECUTE FUNCTION refuse_used_suite_change();
