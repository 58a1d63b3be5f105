"""Who does the work of a run: this process, several of this machine, or a cluster."""
