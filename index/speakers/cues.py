"""Cues: the words by which prose says that somebody said something, and whom they credit."""

import re
from dataclasses import dataclass

from index.speakers.names import LONG_NAME, People

# Verbs that can stand before their subject as well: "…, said Blinken".
_SAY = """
    sa(?:y|ys|id) tell(?:s)? told add(?:s|ed)? ask(?:s|ed)? note(?:s|d)? explain(?:s|ed)? warn(?:s|ed)? argue(?:s|d)?
    write(?:s)? wrote tweet(?:s|ed)? continue(?:s|d) recall(?:s|ed)? insist(?:s|ed)? declare(?:s|d)? repl(?:y|ies|ied)
    respond(?:s|ed)? quip(?:s|ped)? joke(?:s|d)? announce(?:s|d)? conclude(?:s|d)? observe(?:s|d)? remark(?:s|ed)?
    stress(?:es|ed)? emphasi[sz]e(?:s|d)? exclaim(?:s|ed)? admit(?:s|ted)? predict(?:s|ed)? suggest(?:s|ed)?
""".split()
_STATE = """
    accept(?:s|ed)? accuse(?:s|d)? acknowledge(?:s|d)? address(?:es|ed) affirm(?:s|ed)? agree(?:s|d)? allege(?:s|d)?
    answer(?:s|ed)? apologi[sz]e(?:s|d)? appeal(?:s|ed)? applaud(?:s|ed)? assert(?:s|ed)? assure(?:s|d)? attack(?:s|ed)
    back(?:s|ed) believe(?:s|d)? blame(?:s|d)? blast(?:s|ed)? boast(?:s|ed)? call(?:s|ed)? caution(?:s|ed)?
    challenge(?:s|d) cite(?:s|d)? claim(?:s|ed)? comment(?:s|ed) commit(?:s|ted)? compare(?:s|d)? complain(?:s|ed)?
    concede(?:s|d)? condemn(?:s|ed)? confirm(?:s|ed)? congratulate(?:s|d)? consider(?:s|ed)? contend(?:s|ed)?
    criticize(?:s|d)? criticise(?:s|d)? decline(?:s|d) defend(?:s|ed)? demand(?:s|ed)? den(?:y|ies|ied)
    denounce(?:s|d)? describe(?:s|d)? disagree(?:s|d)? dismiss(?:es|ed)? disput(?:es|ed) doubt(?:s|ed)? echo(?:es|ed)?
    encourage(?:s|d)? endorse(?:s|d)? estimate(?:s|d)? expect(?:s|ed)? express(?:es|ed)? favou?r(?:s|ed) fear(?:s|ed)?
    feel(?:s)? felt hail(?:s|ed)? highlight(?:s|ed)? hope(?:s|d)? impl(?:y|ies|ied) insinuate(?:s|d) invite(?:s|d)
    lament(?:s|ed)? laud(?:s|ed) maintain(?:s|ed)? mention(?:s|ed)? mock(?:s|ed)? oppose(?:s|d)? outline(?:s|d)?
    plan(?:s|ned)? pledge(?:s|d)? point(?:s|ed)\\sout praise(?:s|d)? present(?:s|ed) promise(?:s|d)? propose(?:s|d)?
    protest(?:s|ed) question(?:s|ed) reaffirm(?:s|ed)? recommend(?:s|ed)? refer(?:s|red)\\sto refuse(?:s|d)?
    reiterate(?:s|d)? reject(?:s|ed)? request(?:s|ed) reveal(?:s|ed)? ridicule(?:s|d)? slam(?:s|med)? spoke(?:\\sof)?
    state(?:s|d) support(?:s|ed)? testif(?:ies|ied) thank(?:s|ed)? think(?:s)? thought threaten(?:s|ed)? tout(?:s|ed)?
    underline(?:s|d)? underscore(?:s|d)? urge(?:s|d)? voice(?:s|d) vow(?:s|ed)? wants? wanted welcome(?:s|d)?
    wonder(?:s|ed)?
""".split()
_PARTICIPLE = (
    r"(?:saying|telling|adding|arguing|calling|noting|warning|explaining|insisting|claiming|declaring|promising|vowing|"
    r"suggesting|stressing|urging|asking|writing|tweeting|accusing|describing|demanding|predicting|acknowledging|"
    r"expressing|criticizing|praising|denying|announcing|pledging|complaining|proposing|trashing|mocking)"
)
_VERB = rf"(?:{'|'.join(_SAY + _STATE)}|(?:is|was|are|were|been)\s{_PARTICIPLE})(?![\w’'])"
# What may stand between a subject and its verb without being either.
_BETWEEN = (
    r"(?:(?:,[^,“”\"]{2,90}){1,4},|\s\([^)]{1,30}\)|\s(?:on|in|at|late|early|last|this|earlier|later)(?=\s)(?:\s[\w’'\-]+){1,3}?|"
    r"\s(?:\w+ly|also|then|again|once|further|has|had|have|did|does|will|would|could|not|never|even|still|now|however|"
    r"himself|herself|who|went\son\sto|took\sto\sTwitter\sto|on\s\w+day|\w+day|yesterday|today))"
)
_SUBJECT_FIRST = re.compile(rf"(?P<name>{LONG_NAME}){_BETWEEN}{{0,4}}?\s(?P<verb>{_VERB})")
_VERB_FIRST = re.compile(
    rf"(?:[,?!.”\"’']|^)\s?(?:{'|'.join(_SAY)})\s(?:the\s)?(?:(?:former|longtime|then)\s)?(?P<name>{LONG_NAME})"
)
_ACCORDING = re.compile(
    rf"\b(?:[Aa]ccording\sto|[Ii]n\sthe\swords\sof|[Ii]n\sthe\sview\sof)\s(?:the\s)?(?P<name>{LONG_NAME})"
)
_PARTICIPIAL = re.compile(rf"^(?P<name>{LONG_NAME})\b[^“”\"]{{0,160}}?,\s{_PARTICIPLE}\b")
_PRONOUN_FIRST = re.compile(
    rf"(?:^|[,;]\s|[”\"]\s|\b(?:but|and|that|when|as|while)\s)(?:he|she|He|She){_BETWEEN}{{0,3}}?\s{_VERB}"
)
_PRONOUN_LAST = re.compile(rf"[,?!.”\"’']\s?(?:{'|'.join(_SAY)})\s(?:he|she)\b")
# "The claim that Wang Yi said so" is not Wang Yi saying so, nor is "if Wang Yi said so", or "whom Lavrov called".
_DENIED = re.compile(
    r"\b(?:(?:claims?|allegations?|reports?|rumou?rs?|suggestions?|den(?:y|ies|ied))\s(?:\w+\s)?that|if|whether|"
    r"asked\swhat|asked\sabout\swhat)\s(?:the\s)?$"
)
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|''.*?(?:''|$)")


@dataclass(frozen=True, slots=True)
class Cue:
    """Who is credited, and the span in the sentence that does it."""

    speaker: str
    start: int
    end: int


def find_cue(text: str, people: People, subject: str | None = None, *, quoted: bool = False) -> Cue | None:
    """The cue of a sentence; `subject` is whom "he" or "she" means, where that is clear.

    With `quoted`, the sentence begins inside a quotation that was opened before it.

    The first that credits a person the document leaves no doubt about. A cue inside quotation marks is the quoted
    person's, who is credited with the whole.
    """
    spans = [match.span() for match in _QUOTED.finditer(f"“{text}" if quoted and "”" in text else text)]
    spans = [(begin - 1, end - 1) for begin, end in spans] if quoted and "”" in text else spans
    for pattern in (_SUBJECT_FIRST, _VERB_FIRST, _ACCORDING, _PARTICIPIAL):
        for match in pattern.finditer(text):
            start = match.start("name")
            if any(begin <= start < end for begin, end in spans) or _DENIED.search(text, 0, start):
                continue
            speaker = people.resolve(match["name"])
            if speaker:
                return Cue(speaker, *match.span())
    for pattern in (_PRONOUN_FIRST, _PRONOUN_LAST):
        pronoun = pattern.search(text)
        if pronoun and subject and not any(begin < pronoun.end() - 1 < end for begin, end in spans):
            return Cue(subject, *pronoun.span())
    return None


def is_quoted(text: str) -> bool:
    """Whether a sentence is all, or nearly all, between quotation marks."""
    inside = sum(end - start for start, end in (match.span() for match in _QUOTED.finditer(text)))
    return inside >= 0.8 * len(text)


def opens_quotation(text: str) -> bool:
    """Whether a quotation is begun and not ended in a text."""
    return text.count("“") > text.count("”") or (text.count('"') % 2 == 1)


def has_quotation(text: str) -> bool:
    return bool(_QUOTED.search(text))
