"""What a check finds: one line for people, the same facts by name for scripts."""

from dataclasses import dataclass

from mypi.commands.checking.deployment import Answer


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be. `code` never changes; a remark is no fault, and worth knowing."""

    code: str
    what: str
    why: str
    """Why it matters: what does not work, or who may do what they should not."""
    remedy: str
    """What to write, and where."""
    is_remark: bool = False

    def __str__(self) -> str:
        return f"{'remark' if self.is_remark else 'problem'} {self.code}: {self.what}; {self.why}; {self.remedy}"

    def facts(self) -> dict[str, str | bool]:
        """Return the facts by name."""
        return {
            "code": self.code,
            "is_remark": self.is_remark,
            "what": self.what,
            "why": self.why,
            "remedy": self.remedy,
        }


def remark(code: str, what: str, why: str, remedy: str) -> Finding:
    """Return a finding that is no fault."""
    return Finding(code, what, why, remedy, is_remark=True)


def unexpected(code: str, what: str, answer: Answer) -> Finding:
    """Return the finding for an answer that mypi does not give."""
    return Finding(
        code,
        f"{what} is answered {answer.status} {answer.reason}",
        "mypi answers otherwise, so that something before it stepped in, or it is broken",
        "look into the error log of the server",
    )
