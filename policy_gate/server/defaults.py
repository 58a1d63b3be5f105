"""What holds where nothing else is asked for. Nothing is imported here: the help needs it."""

ACCOUNT = "111122223333"
"""The account of AWS's examples."""

MAX_PAGE = 1000
"""Items that a page of Access Analyzer has at most.

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html
"""
