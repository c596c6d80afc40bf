-- A row of "last_look" is written when a node is found otherwise than before, and every minute, no longer with each scrape.
-- In between, a node whose last look was good was seen by the newest scrape.
CREATE VIEW series.node_look WITH (security_invoker = true) AS
SELECT node_id, CASE WHEN error IS NULL THEN GREATEST(at, (SELECT max(at) FROM series.tick)) ELSE at END AS at,
  epoch, simulated, plugin, error
FROM series.last_look;
GRANT SELECT ON series.node_look TO switchyard_platform;
