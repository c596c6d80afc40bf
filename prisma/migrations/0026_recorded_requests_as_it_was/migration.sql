-- On 2026-11-26 0026 stood otherwise for some hours and made this column itself, before "openFor". 0027 adds it and takes
-- from the trail what it says, so that one of 0026 goes first; one of 0027 stands last, and stays.
DO $$
DECLARE
  made_by_0026 boolean := (
    SELECT (SELECT attnum FROM pg_attribute WHERE attrelid = '"Recording"'::regclass AND attname = 'endedByCustomer')
      < (SELECT attnum FROM pg_attribute WHERE attrelid = '"Recording"'::regclass AND attname = 'openFor'));
BEGIN
  IF made_by_0026 THEN
    ALTER TABLE "Recording" DROP COLUMN "endedByCustomer";
  END IF;
END $$;
