"""Ways for a request to reach a service and for an event to be heard."""
