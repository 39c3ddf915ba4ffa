CREATE TABLE store_head (
  id    integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  epoch uuid    NOT NULL,
  head  bigint  NOT NULL
) WITH (fillfactor = 50); -- updated by every group commit: leave room for HOT updates
INSERT INTO store_head (epoch, head) VALUES (gen_random_uuid(), 0);

CREATE TABLE objects (
  kind      text   NOT NULL,
  namespace text   NOT NULL, -- '' for cluster kinds
  name      text   NOT NULL,
  revision  bigint NOT NULL,
  body      json   NOT NULL, -- json, not jsonb: people see their keys in the order they wrote them
  PRIMARY KEY (kind, namespace, name)
) WITH (fillfactor = 80);

CREATE TABLE revisions (
  revision  bigint PRIMARY KEY,
  set_end   bigint NOT NULL, -- last revision of the same change set
  group_id  uuid   NOT NULL, -- chosen by the writer: tells after a lost connection whether its commit happened
  at        timestamptz(3) NOT NULL DEFAULT now(),
  op        text   NOT NULL CHECK (op IN ('ADDED', 'MODIFIED', 'DELETED')),
  kind      text   NOT NULL,
  namespace text   NOT NULL,
  name      text   NOT NULL,
  author    text   NOT NULL,
  reason    text   NOT NULL,
  body      json   NOT NULL,
  previous  json
);
CREATE INDEX revisions_object ON revisions (kind, namespace, name, revision);
CREATE INDEX revisions_at ON revisions (at);

CREATE TABLE agent_status (
  node       text PRIMARY KEY,
  status     json NOT NULL,
  updated_at timestamptz(3) NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

CREATE FUNCTION announce_agent_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('percale_agents', COALESCE(NEW.node, OLD.node));
  RETURN NULL;
END $$;
CREATE TRIGGER agent_status_changed AFTER INSERT OR UPDATE OR DELETE ON agent_status
  FOR EACH ROW EXECUTE FUNCTION announce_agent_status();

CREATE TABLE tokens (
  id          uuid PRIMARY KEY,
  hash        text NOT NULL UNIQUE,
  subject     text NOT NULL,
  groups      text[] NOT NULL,
  description text NOT NULL DEFAULT '',
  created_at  timestamptz(3) NOT NULL DEFAULT now(),
  expires_at  timestamptz(3),
  revoked_at  timestamptz(3)
);

CREATE TABLE settings (
  key   text PRIMARY KEY,
  value json NOT NULL
);
