"""Ways to run the services: distributed under nameko, or embedded in one process."""
