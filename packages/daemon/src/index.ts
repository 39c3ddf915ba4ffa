/** What every daemon shares: configuration, log, metrics, health and the reconcile loop. */
