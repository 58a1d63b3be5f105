"""The process that `action.yml` starts: inputs in, outputs and exit status out."""
