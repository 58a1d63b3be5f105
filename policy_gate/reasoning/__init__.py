"""The offline decision procedure: policy documents in, answers out.

`checks` is the way in: `check_no_new_access`, `check_access_not_granted`, `check_no_public_access`;
beside it `access_by_action`. A check goes document (JSON to statements) → formula, by elements,
conditions and variables (statements to clauses over atoms) → policy (all of that, once) →
inclusion (one Allow statement against a reference, one pattern at a time: problem) → solver, by
satisfiability (truth values), domains (parts of a request), context (values of keys) and search
(texts of patterns) → concretion (values for policy variables) → a witness that the evaluator
confirms. `evaluator` and the modules named after it say what one document answers to one request,
by code of their own.
"""
