"""The patterns of the metadata (digits, classes, groups, alternatives, counts) as automata that numbers are drawn from."""


class Pattern:
    def __init__(self, source):
        self.source, self.at = source, 0
        self.moves = []  # a state: (digits, next) or, without digits, (None, [next, ...])
        self.end = self._state(("end",))
        self.start = self._build(self._alternatives(), self.end)

    def _state(self, state):
        self.moves.append(state)
        return len(self.moves) - 1

    # -- reading: a tree of ("set", digits), ("seq", parts), ("alt", parts), ("rep", part, least, most)
    def _alternatives(self):
        parts = [self._sequence()]
        while self.at < len(self.source) and self.source[self.at] == "|":
            self.at += 1
            parts.append(self._sequence())
        return ("alt", parts)

    def _sequence(self):
        parts = []
        while self.at < len(self.source) and self.source[self.at] not in "|)":
            parts.append(self._counted(self._atom()))
        return ("seq", parts)

    def _atom(self):
        c = self.source[self.at]
        self.at += 1
        if c == "(":
            if self.source.startswith("?:", self.at):
                self.at += 2
            inner = self._alternatives()
            self.at += 1
            return inner
        if c == "\\":
            self.at += 1
            return ("set", "0123456789")
        if c == "[":
            end = self.source.index("]", self.at)
            body, self.at, digits, i = self.source[self.at:end].replace("\\d", "0-9"), end + 1, "", 0
            while i < len(body):
                if i + 2 < len(body) and body[i + 1] == "-":
                    digits += "".join(map(str, range(int(body[i]), int(body[i + 2]) + 1)))
                    i += 3
                else:
                    digits += body[i]
                    i += 1
            return ("set", digits)
        if c.isdigit():
            return ("set", c)
        raise ValueError(f"{self.source}: {c} at {self.at}")

    def _counted(self, part):
        if self.at < len(self.source) and self.source[self.at] == "?":
            self.at += 1
            return ("rep", part, 0, 1)
        if self.at < len(self.source) and self.source[self.at] == "{":
            end = self.source.index("}", self.at)
            least, _, most = self.source[self.at + 1:end].partition(",")
            self.at = end + 1
            return ("rep", part, int(least), int(most or least))
        return part

    def _build(self, node, after):
        kind = node[0]
        if kind == "set":
            return self._state((node[1], after))
        if kind == "seq":
            for part in reversed(node[1]):
                after = self._build(part, after)
            return after
        if kind == "alt":
            return self._state((None, [self._build(part, after) for part in node[1]]))
        _, part, least, most = node
        start = after
        for _ in range(most - least):
            start = self._state((None, [self._build(part, start), after]))
        for _ in range(least):
            start = self._build(part, start)
        return start

    # -- walking
    def closure(self, states):
        seen, open_ = set(), list(states)
        while open_:
            state = open_.pop()
            if state in seen:
                continue
            seen.add(state)
            if self.moves[state][0] is None:
                open_ += self.moves[state][1]
        return frozenset(s for s in seen if self.moves[s][0] is not None)

    def begin(self):
        return self.closure([self.start])

    def step(self, states, digit):
        return self.closure(self.moves[s][1] for s in states if s != self.end and digit in self.moves[s][0])

    def draw(self, chance, prefix=""):
        """A number of the pattern that begins with `prefix`, at random; None if there is none."""
        states, number = self.begin(), prefix
        for digit in prefix:
            states = self.step(states, digit)
        while states:
            inner = [s for s in states if s != self.end]
            if self.end in states and (not inner or chance.random() < 0.5):
                return number
            digit = chance.choice(sorted({d for s in inner for d in self.moves[s][0]}))
            number += digit
            states = self.step(states, digit)
        return None
