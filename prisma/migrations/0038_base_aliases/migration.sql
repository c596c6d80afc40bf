-- Other names of a pool's base model, exact or with `*`: adapters trained under one of them belong to it.
ALTER TABLE "Pool" ADD COLUMN "baseAliases" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- The text behind "chatTemplateChecksum", so that two templates can be compared by what they render.
-- null = the pool has no template, or was added before its text was kept.
ALTER TABLE "Pool" ADD COLUMN "chatTemplate" TEXT;
