"""The offline decision procedure: policy documents in, answers out.

`checks` is the way in: `check_no_new_access`, `check_access_not_granted`, `check_no_public_access`.
`evaluator` says what one document answers to one request, by code of its own. A check goes
document (JSON to statements) → formula (statements to clauses) → inclusion (one Allow statement
against a reference, one pattern at a time) → solver → domains and search (strings) → a witness
that the evaluator confirms.
"""
