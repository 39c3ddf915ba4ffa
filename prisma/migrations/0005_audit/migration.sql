-- Audit events as JSON lines, as many together as came within a moment: a row for each would cost as much as the writes that they tell of.
CREATE TABLE audit_batches (
  id bigserial PRIMARY KEY,
  at timestamptz(3) NOT NULL DEFAULT now(),
  characters integer NOT NULL,
  events text NOT NULL
);

-- Browser sessions end when nobody has used them for so long.
ALTER TABLE tokens ADD COLUMN idle_seconds integer;
ALTER TABLE tokens ADD COLUMN used_at timestamptz(3);
