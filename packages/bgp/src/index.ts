/** Peers, filters and mesh in, BIRD configuration out. Pure. */
