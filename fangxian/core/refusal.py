"""What the program says when it will not do something it was asked to do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence in both of the program's languages.

    Both are always written side by side, so that neither can be forgotten and a reader of the code
    sees what the person will see. `{name}` places a fact.
    """

    zh: str
    en: str

    def with_facts(self, **facts: object) -> "Said":
        return Said(self.zh.format(**facts), self.en.format(**facts))

    def in_language(self, language: str) -> str:
        """The sentence for a language tag such as `zh-hans` or `en`; Chinese for any other tag."""
        return self.en if language.lower().startswith("en") else self.zh


class Refusal(Exception):
    """An expected no: a stable code for machines, a sentence for people, the facts for both.

    The sentence has three parts: what happened, with the actual values; what would have been right;
    what to do now. The edge that shows it (pages, api, gate, cli) picks the language. Facts may be
    personal: log the code, never the facts. Anything else that escapes an action is a bug.

    Parameters
    ----------
    code : dotted name, `room.what_is_wrong`; stable, listed in docs/reference/refusals.md
    zh, en : the sentence, with `{fact}` placeholders; both must use the same facts
    """

    def __init__(self, code: str, *, zh: str, en: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts
        self.said = Said(zh, en).with_facts(**facts)
