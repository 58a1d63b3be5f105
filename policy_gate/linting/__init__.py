"""The offline ValidatePolicy: `validate.validate_policy` turns a document into findings."""
