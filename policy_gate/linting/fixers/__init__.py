"""Fixers of rules, by subject. Each is named where its rule is declared."""
