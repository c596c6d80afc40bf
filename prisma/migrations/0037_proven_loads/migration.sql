-- The digest that the plugin on the node proved before the load; null = the node proved none. In a pool whose nodes fetch
-- their adapters, a registration counts only with the version's own digest here.
ALTER TABLE "Registration" ADD COLUMN "verifiedDigest" TEXT;

-- What the engine computes on, as the node shows it: cpu, gpu, or cpu_likely (only its metrics look like it).
ALTER TABLE "Node" ADD COLUMN "backend" TEXT;

-- The gateway asks no base model of a CPU engine that has adapters loaded.
DROP TRIGGER routing_changed ON "Node";
CREATE TRIGGER routing_changed AFTER INSERT OR DELETE OR UPDATE OF "baseUrl", "sealedKey", "standalone", "cordoned", "conditions", "epoch", "drainDeadline", "backend" ON "Node"
  FOR EACH STATEMENT EXECUTE FUNCTION notify_routing();
