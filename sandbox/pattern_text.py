"""A text that fits a simple regular expression: literals, classes, groups, alternatives, repetition, anchors."""

import random
import string

CLASSES = {"d": string.digits, "w": string.ascii_lowercase + string.digits + "_", "s": " "}
ANY = string.ascii_lowercase
PRINTABLE = string.ascii_letters + string.digits + " -_.,;:!?"


class PatternText:
    """Walks a pattern once and writes what it reads; unbounded repetition is kept short."""

    def __init__(self, pattern: str, dice: random.Random) -> None:
        self.pattern = pattern
        self.dice = dice
        self.at = 0

    def write(self) -> str:
        """One text that the pattern accepts."""
        return self.dice.choice(self._alternatives())

    def _peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _next(self) -> str:
        self.at += 1
        return self.pattern[self.at - 1 : self.at]

    def _alternatives(self) -> list[str]:
        found, text = [], ""
        while self._peek() not in ("", ")"):
            if self._peek() == "|":
                self.at += 1
                found.append(text)
                text = ""
            else:
                text += self._repeated()
        return [*found, text]

    def _repeated(self) -> str:
        start = self.at
        text = self._atom()
        low, high = self._quantifier()
        # Each repetition reads the atom anew, so that its choices differ.
        end = self.at
        for _ in range(self.dice.randint(low, high) - 1):
            self.at = start
            text += self._atom()
        self.at = end
        return text if high and (low or self.dice.random() < 0.5) else ""

    def _quantifier(self) -> tuple[int, int]:
        mark = self._peek()
        bounds = {"*": (0, 4), "+": (1, 5), "?": (0, 1)}.get(mark)
        if bounds:
            self.at += 1
        elif mark == "{":
            inside = self.pattern[self.at + 1 : self.pattern.index("}", self.at)]
            self.at += len(inside) + 2
            low, comma, high = inside.partition(",")
            least = int(low or 0)
            bounds = (least, int(high) if high else least + 4 if comma else least)
        if bounds and self._peek() == "?":
            self.at += 1
        return bounds or (1, 1)

    def _atom(self) -> str:
        sign = self._next()
        if sign == "(":
            return self._group()
        if sign == "[":
            return self.dice.choice(self._members())
        if sign == "\\":
            return self._escape(self._next())
        if sign in "^$":
            return ""
        return self.dice.choice(ANY) if sign == "." else sign

    def _group(self) -> str:
        if self.pattern.startswith("?:", self.at):
            self.at += 2
        elif self.pattern.startswith("?P<", self.at):
            self.at = self.pattern.index(">", self.at) + 1
        text = self.dice.choice(self._alternatives())
        self.at += 1
        return text

    def _escape(self, sign: str) -> str:
        if sign in "bBAZz":
            return ""
        return self.dice.choice(CLASSES.get(sign, {"n": "\n", "t": "\t", "S": "x", "D": "x", "W": "-"}.get(sign, sign)))

    def _members(self) -> str:
        negated = self._peek() == "^"
        self.at += negated
        members = ""
        while self._peek() != "]" or not members:
            sign = self._next()
            if sign == "\\":
                sign = self._next()
                members += CLASSES.get(sign, sign)
            elif self._peek() == "-" and self.pattern[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                members += "".join(map(chr, range(ord(sign), ord(self._next()) + 1)))
            else:
                members += sign
        self.at += 1
        return "".join(sign for sign in PRINTABLE if sign not in members) if negated else members
