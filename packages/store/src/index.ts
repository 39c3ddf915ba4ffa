/** The datastore: Postgres with a revision log, group commit and watch. Alone speaks SQL. */
