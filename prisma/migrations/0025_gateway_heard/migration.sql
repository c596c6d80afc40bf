-- A customer's chart is complete up to when a gateway was last heard, also where the customer has asked for nothing since.
-- That moment is nobody's secret; the rest of the row stays the platform's.
GRANT SELECT ("seenAt") ON "GatewayInstance" TO switchyard_tenant;
