-- A chat template prints a tool's schema key by key, in the order it was written in, and a model answers what it reads.
-- jsonb sorts keys (shortest first), so a gate asked something else than the customer's application does.
-- What is stored already keeps the order it has now.
ALTER TABLE "EvalCase"
  ALTER COLUMN "messages" TYPE json,
  ALTER COLUMN "tools" TYPE json,
  ALTER COLUMN "expected" TYPE json;
ALTER TABLE "TenantTools" ALTER COLUMN "tools" TYPE json;
ALTER TABLE "EvalTemplate" ALTER COLUMN "patterns" TYPE json;
