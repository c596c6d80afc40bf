-- The most tokens that one request of a tenant may take; null = no limit.
ALTER TABLE "Tenant" ADD COLUMN "tokensPerRequest" INTEGER;
