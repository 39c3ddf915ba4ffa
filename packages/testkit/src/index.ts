/** Namespaces, generators and fakes for tests. */
