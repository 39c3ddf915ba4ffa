/** Which address next: blocks, affinities and handles as pure decisions over plain data. */
