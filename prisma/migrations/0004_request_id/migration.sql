-- The request that brought a change, as logs and error messages call it; '' where none did.
ALTER TABLE revisions ADD COLUMN request_id text NOT NULL DEFAULT '';
