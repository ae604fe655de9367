"""What a question asks about: the question without who, when, and the phrases that only frame it."""

import re
from collections.abc import Iterable

_VERBS = """
    accept accuse acknowledge admit advise agree announce answer appeal argue ask assert assess assure blame boast
    call caution claim comment compare complain concede condemn confirm congratulate criticise criticize declare
    defend demand deny describe disagree dismiss draw emphasise emphasize expect explain express favour hail highlight
    hint insist justify liken link mention mock note object offer oppose paint pledge plead point praise predict promise
    propose quip read react rebut recall recommend refer refuse reject remark reply report respond rule\\sout say
    speak stand state stress suggest support talk tell thank think threaten tweet underline urge view voice vow want
    warn welcome wish write
""".split()
_IRREGULAR = "said saying told telling thought spoke spoken wrote written stood read denied replied"
# The United States, member states and US states are no verbs.
_NO_NOUN = r"(?!(?:(?<=\bunited\s)|(?<=\bmember\s)|(?<=\bus\s)|(?<=\bu\.s\.\s))states\b)"
VERB = rf"(?:{_NO_NOUN}(?:{'|'.join(_VERBS)}|{_IRREGULAR.replace(' ', '|')})(?:e?s|\w?e?d|\w?ing)?)"
# After "which", "states" are countries or parts of one, unless they state that something is so.
SAYS_SO = rf"(?!states\b(?!\s(?:that|about)\b)){VERB}"
NOUNS = (
    r"(?:views?|positions?|stance|opinions?|remarks?|statements?|comments?|reactions?|responses?|answers?|words?|lines?|"
    r"case|explanation|message|promises?|pledges?|condolences|tribute|speech|address|call|claims?|warnings?|advice|take|"
    r"thoughts|attitude|approach|argument|criticism|praise|justification|denial|verdict|assessment|rebuttal|reply)"
)
# "Who besides Wang Yi spoke": what stands before people whose words are not wanted.
LEAVING_OUT = r"(?:besides|other\sthan|apart\sfrom|except(?:\sfor)?)"

# To whom something is said, or where, is no part of what it is about.
_ADDRESSED = re.compile(
    r"\b(?P<verb>tell|told|warn(?:ed)?|remind(?:ed)?|inform(?:ed)?)\s(?:the\s)?"
    r"(?:un|united\snations|(?:un\s)?general\s(?:assembly|debate)|assembly|press|reporters|journalists|world|congress|us)\b",
    re.I,
)
_SETTING = re.compile(
    r"\b(?:at|to|before|in)\s(?:the\s)?(?:un|united\snations|(?:un\s)?general\s(?:assembly|debate))"
    r"(?:\s(?:about|on))?(?!\s?[\w’'])|^(?:at|to|before|in)\sthe\s(?:un|general\s(?:assembly|debate))(?:\s(?:about|on))?\b",
    re.I,
)
# "Who said that …", "Which leader told the UN that …": what was said is looked up, and answers who.
_WHO = re.compile(
    rf"^\s*(?:who|which\s(?:[\w\-]+\s){{0,4}}?)(?:\s?(?:at|from|in)\s(?:the\s)?(?:[\w\-]+\s){{1,3}}?)?\s?{SAYS_SO}"
    rf"(?:\s(?:out|up|back|off|of))?(?:\s(?:at\s|to\s)?the\s(?:un|united\snations|general\s(?:assembly|debate)|press|"
    rf"reporters))?(?:\s(?:about|that|on|of))?\b",
    re.I,
)
_FRAMES = (
    # What a follow-up adds to the question before it: see conversation.py.
    re.compile(r"\b(?:next\safter|just\sbefore)\sspeaking\s(?=about\b)", re.I),
    re.compile(r",\sand\s(?:who\ssaid\s(?:so|that|it)|when|where|why|how(?:\s(?:many|much))?)\W*$", re.I),
    re.compile(r"\belse\b(?=\sdid\b)", re.I),
    re.compile(r"\b(?:any|some)(?:thing|one|body)(?:\s(?:about|on|to))\b", re.I),
    re.compile(
        rf"\b(?:what|how|which|when|where|why)?\s?(?:did|does|do|has|have|had)\s+{VERB}(?:\s(?:about|on|that|to))?\b",
        re.I,
    ),
    # "What did the finance ministry say about …": who says it is no part of what it is about, but what is compared
    # or linked is.
    re.compile(
        rf"^\s*(?:what|how)\s(?:else\s)?(?:did|does|do|has|have)\s(?:(?!\b(?:when|after|if|because|as)\b)[^?.]){{0,60}}?"
        rf"\s?(?!compar|link|liken){VERB}\s(?:about|on|of|regarding|to|that)\b",
        re.I,
    ),
    re.compile(r"^\s*(?:what|how)\s(?:is|are|was|were|about)\b|^\s*tell me about\b", re.I),
    re.compile(r"^\s*(?:did|does|do|has|have|had|will|would|is|was)\b", re.I),
    re.compile(rf"\b{NOUNS}\s(?:on|about|regarding|to|of)\b", re.I),
    re.compile(r"\baccording to(?:\s(?:his|her|their)\b)?|\bplease\b|^\s*I want\b", re.I),
)
LATEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|last (?:thing|word|time|say|said|spoke|speak)|"
    r"last(?=\s(?:comment|statement|remark)))\b",
    re.I,
)
# "The first call" is no first time.
EARLIEST = re.compile(
    rf"(?<!\bthe\s)(?<!\bhis\s)(?<!\bher\s)(?<!\btheir\s)(?<!\bits\s)\bfirst\s(?:ever\s)?(?={VERB}\b)|"
    r"\b(?:very\s)?first\s(?:thing|time|words?|mention|remarks?|comments?)\b|\bearliest\b",
    re.I,
)


def topic_of(question: str, names: Iterable[str] = ()) -> str:
    """What is asked about, without who (`names`) and what only frames a question; "" where nothing is left."""
    topic = question
    for name in names:
        whole = rf"(?:\b(?:the|mr|mrs|ms|dr)\.?\s)?(?<!\w){re.escape(name)}(?!\w)(?:[’']s?(?=\s|$))?"
        topic = re.sub(whole, " ", topic, flags=re.I)
    topic = " ".join(EARLIEST.sub(" ", LATEST.sub(" ", topic)).split())
    topic = _ADDRESSED.sub(r"\g<verb>", _WHO.sub(" ", topic))
    for frame in (_SETTING, *_FRAMES):
        topic = " ".join(frame.sub(" ", topic).split())
    topic = topic.strip(" ?.,;:!")
    return re.sub(r"^(?:(?:and|from|on|about|the)\s)+", "", topic, flags=re.I) if re.search(r"\w{2}", topic) else ""
