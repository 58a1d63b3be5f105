"""Conflict-driven search for truth values that satisfy clauses, modulo a theory.

Unit propagation over two watched literals, and learning from the first unique implication point
of each conflict. Where all clauses hold, the theory is asked about the literals that make them
hold; what it rules out becomes a clause of its own.
Source: J. Marques-Silva, I. Lynce and S. Malik, Conflict-Driven Clause Learning SAT Solvers,
Handbook of Satisfiability (2009), chapter 4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from policy_gate.reasoning.budget import Budget

Code = int
"""A literal: twice the number of its atom, plus one where it is negative."""

Exclusion = Callable[[list[Code]], "list[Code] | None"]
"""Which of some literals cannot all be true in any world; None where they can."""


def satisfy(
    clauses: Sequence[Sequence[Code]], atoms: int, exclusion: Exclusion, budget: Budget
) -> list[Code] | None:
    """Literals that make all clauses hold and that the theory does not exclude.

    None where there are none. Raises what `exclusion` and `budget` raise.
    """
    return _Solver(clauses, atoms, exclusion, budget).run()


class _Solver:
    def __init__(
        self, clauses: Sequence[Sequence[Code]], atoms: int, exclusion: Exclusion, budget: Budget
    ) -> None:
        self.exclusion = exclusion
        self.budget = budget
        self.clauses = [list(clause) for clause in clauses]
        self.true = [False] * (2 * atoms)
        """Whether each literal is true; neither it nor its negation may be."""

        self.level = [0] * atoms
        self.reason: list[list[Code] | None] = [None] * atoms
        self.activity = [0.0] * atoms
        self.trail: list[Code] = []
        self.levels: list[int] = []
        """The length of the trail before each decision."""

        self.watched: list[list[list[Code]]] = [[] for _ in range(2 * atoms)]
        self.propagated = 0

    def run(self) -> list[Code] | None:
        for clause in self.clauses:
            if not self.watch(clause):
                return None
        while True:
            conflict = self.propagate()
            if conflict is None:
                open_clause = self.unsatisfied()
                if open_clause is not None:
                    self.levels.append(len(self.trail))
                    self.assign(self.most_active(open_clause), None)
                    continue
                chosen = self.chosen()
                excluded = self.exclusion(chosen)
                if excluded is None:
                    return chosen
                conflict = [code ^ 1 for code in excluded]
            if not self.learn(conflict):
                return None

    def watch(self, clause: list[Code]) -> bool:
        """Add a clause; whether it can hold with what is known at the start."""
        if len(clause) > 1:
            self.watched[clause[0]].append(clause)
            self.watched[clause[1]].append(clause)
            return True
        if not clause or self.true[clause[0] ^ 1]:
            return False
        if not self.true[clause[0]]:
            self.assign(clause[0], clause)
        return True

    def assign(self, code: Code, reason: list[Code] | None) -> None:
        self.true[code] = True
        self.level[code >> 1] = len(self.levels)
        self.reason[code >> 1] = reason
        self.trail.append(code)

    def propagate(self) -> list[Code] | None:
        """Assign what follows; a clause that fails, None where none does."""
        while self.propagated < len(self.trail):
            false = self.trail[self.propagated] ^ 1
            self.propagated += 1
            watching = self.watched[false]
            self.watched[false] = kept = []
            self.budget.spend(1 + len(watching))
            for number, clause in enumerate(watching):
                if self.rewatch(clause, false):
                    continue
                kept.append(clause)
                if self.true[clause[0]]:
                    continue
                if self.true[clause[0] ^ 1]:
                    kept += watching[number + 1 :]
                    return clause
                self.assign(clause[0], clause)
        return None

    def rewatch(self, clause: list[Code], false: Code) -> bool:
        """Watch another literal than the false one; whether there is one."""
        if clause[0] == false:
            clause[0], clause[1] = clause[1], false
        if self.true[clause[0]]:
            return False
        for position in range(2, len(clause)):
            code = clause[position]
            if not self.true[code ^ 1]:
                clause[1], clause[position] = code, false
                self.watched[code].append(clause)
                return True
        return False

    def unsatisfied(self) -> list[Code] | None:
        """A clause that no literal makes hold yet."""
        self.budget.spend(len(self.clauses) // 8)
        true = self.true
        return next(
            (clause for clause in self.clauses if not any(true[code] for code in clause)), None
        )

    def most_active(self, clause: list[Code]) -> Code:
        free = [code for code in clause if not self.true[code ^ 1]]
        return max(free, key=lambda code: self.activity[code >> 1])

    def chosen(self) -> list[Code]:
        """True literals that make every clause hold, preferably few."""
        chosen: dict[Code, None] = {}
        for clause in sorted(self.clauses, key=len):
            if not any(code in chosen for code in clause):
                chosen[next(code for code in clause if self.true[code])] = None
        return list(chosen)

    def learn(self, conflict: list[Code]) -> bool:
        """Go back to where the conflict teaches something; False where it proves there is nothing.

        The learned clause asserts its first literal there.
        """
        top = max((self.level[code >> 1] for code in conflict), default=0)
        if top == 0:
            return False
        self.go_back(top)
        learned = self.first_implication_point(conflict, top)
        self.go_back(max((self.level[code >> 1] for code in learned[1:]), default=0))
        learned[1:] = sorted(learned[1:], key=lambda code: -self.level[code >> 1])
        self.clauses.append(learned)
        if len(learned) > 1:
            self.watch(learned)
        self.assign(learned[0], learned)
        return True

    def first_implication_point(self, conflict: list[Code], top: int) -> list[Code]:
        """The learned clause; its first literal is the only one of the top level."""
        seen: set[int] = set()
        lower: list[Code] = []
        pending = 0
        reason: Sequence[Code] = conflict
        position = len(self.trail)
        while True:
            for code in reason:
                atom = code >> 1
                if atom in seen or self.level[atom] == 0:
                    continue
                seen.add(atom)
                self.activity[atom] = self.activity[atom] * 0.98 + 1
                if self.level[atom] == top:
                    pending += 1
                else:
                    lower.append(code)
            position -= 1
            while self.trail[position] >> 1 not in seen:
                position -= 1
            code = self.trail[position]
            pending -= 1
            if pending == 0:
                return [code ^ 1, *lower]
            reason = [other for other in self.reason[code >> 1] or () if other != code]

    def go_back(self, level: int) -> None:
        """Undo all decisions beyond a level."""
        if len(self.levels) <= level:
            return
        size = self.levels[level]
        for code in self.trail[size:]:
            self.true[code] = False
        del self.trail[size:]
        del self.levels[level:]
        self.propagated = min(self.propagated, size)
