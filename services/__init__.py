"""The services. Each imports of another its `contracts` and nothing else."""
