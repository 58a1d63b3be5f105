"""`.policy-gate.yml` to a GateConfig."""
