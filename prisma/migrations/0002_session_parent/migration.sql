-- A session ends with the token that it was made with.
ALTER TABLE tokens ADD COLUMN parent_id uuid REFERENCES tokens (id);
