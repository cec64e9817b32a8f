"""Events from the document that they describe to every handler: outbox, relay, inbox."""
